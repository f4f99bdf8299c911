"""Confidence within one cycle: look for changes, tell what has settled, take the next step where nobody answered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from csops_sync.app.at_hand import NO_BOOKS
from csops_sync.app.books import read_people
from csops_sync.app.confidence.correcting import tell_late
from csops_sync.app.confidence.detecting import look
from csops_sync.app.confidence.escalating import close_gone, escalate_due, has_due
from csops_sync.app.confidence.scope import Scope, leave, widened
from csops_sync.app.confidence.telling import read_settled, tell_settled
from csops_sync.app.engine import Engine
from csops_sync.domain.book import AccountBook
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How many changes were new, how many moves got their verdict, how many cards were escalated."""

    new: int = 0
    settled: int = 0
    escalated: int = 0


NOTHING_FOLLOWED = Followed()


def follow(
    engine: Engine,
    tx: Transaction,
    *,
    account_ids: Iterable[str],
    opportunity_ids: Collection[str],
    unseen_before: datetime | None,
    books: Mapping[str, AccountBook] = NO_BOOKS,
) -> Followed:
    """This function will do a cycle's work for confidence in its transaction; nothing where the rules have none.

    `account_ids` are the customers that the cycle evaluated, `opportunity_ids` what changed of opportunities or of
    their histories. Under a scale that is new every renewal is put under watch first, and nothing is told of the past;
    after rows were read anew, every renewal is looked at. `books` are customers at hand, by account.
    """
    confidence = engine.rules.confidence
    if confidence is None:
        leave(tx)
        return NOTHING_FOLLOWED
    asked = Scope(account_ids=account_ids, opportunity_ids=opportunity_ids, unseen_before=unseen_before)
    scope = widened(engine, tx, asked, scale=confidence.scale)
    looked = look(engine, tx, scope, scale=confidence.scale, books=books)
    settled = read_settled(engine, tx, looked, confidence=confidence)
    if opportunity_ids:
        close_gone(engine, tx)
    if not (looked.late or looked.turned or settled.moves or has_due(engine, tx)):
        return Followed(new=looked.new)
    people = read_people(tx)
    tell_late(engine, tx, looked, confidence=confidence, people=people)
    told = tell_settled(engine, tx, settled, confidence=confidence, people=people, books=books)
    return Followed(new=looked.new, settled=told, escalated=escalate_due(engine, tx, people=people))
