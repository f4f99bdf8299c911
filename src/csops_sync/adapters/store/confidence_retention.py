"""The removal of what confidence keeps of renewals that are long over, of old events from Slack, and of old silences.

What is kept of one opportunity goes together, in one transaction: its watch, its ledger, its cards, and their posts in
the outbox, by which a living card is found in Slack. A ledger row without its watch would be taken for one that is new.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, or_, select

from csops_sync.adapters.store.scope import Scope, chunks, from_ms, to_day
from csops_sync.adapters.store.shelves import SqlConfidence
from csops_sync.adapters.store.tables import CARD, CONFIDENCE_CHANGE, INBOX, OUTBOX, RENEWAL, WATCH
from csops_sync.domain.confidence.changes import Verdict
from csops_sync.domain.confidence.face import CardState
from csops_sync.ports.cards import AnswerKind
from csops_sync.ports.store import Target

_RANGES = 50
_OVERFLOW = ("overflow", "overflow_update")
_WAITING_CHANGES = (Verdict.WAITING.value, Verdict.HELD.value)
_WAITING_CARDS = (CardState.ASKING.value, CardState.SNOOZED.value)
_MOST = 1_000_000


def is_card_post() -> ColumnElement[bool]:
    """This function will ask for outbox rows that posted a card or the rest of it: they are kept as long as it is."""
    columns = OUTBOX.c
    is_overflow = columns.kind.in_(_OVERFLOW) & (columns.key > "more/card/") & (columns.key < "more/card0")
    return (columns.target == Target.CARDS.value) & ((columns.kind == "card") | is_overflow)


def remove_past(scope: Scope, cutoff_ms: int, *, limit: int) -> Mapping[str, int]:
    """This function will remove what is kept of opportunities that are over, and count the rows by table.

    Over is one that no open renewal has, nor one whose term ended after the cutoff, of which nothing has moved since
    then and nothing waits.
    """
    keys = _past(scope, cutoff_ms, limit)
    if not keys:
        return {}
    removed = {
        WATCH.name: _delete(scope, WATCH, scope.among(WATCH.c.key, keys)),
        CARD.name: _delete(scope, CARD, scope.among(CARD.c.owner, keys)),
        CONFIDENCE_CHANGE.name: _delete(
            scope, CONFIDENCE_CHANGE, scope.among(CONFIDENCE_CHANGE.c.owner, keys)
        ),
    }
    for part in chunks(keys, _RANGES):
        posts = or_(
            *(
                (OUTBOX.c.key > f"{prefix}card/{key}/") & (OUTBOX.c.key < f"{prefix}card/{key}0")
                for prefix in ("", "more/")
                for key in part
            )
        )
        _delete(scope, OUTBOX, posts & is_card_post())
    return removed


def remove_answers(scope: Scope, before_ms: int, *, reactions_before_ms: int, limit: int) -> int:
    """This function will remove events from Slack that are done with.

    Reactions are kept for longer: while one stands on a card, it would be read again and taken for a new answer.
    """
    columns = INBOX.c
    is_reaction = columns.owner == AnswerKind.REACTED.value
    old = (columns.at < before_ms) & (~is_reaction | (columns.at < reactions_before_ms))
    mine = (columns.org_id == scope.org_id) & (columns.status == "done") & old
    keys = scope.connection.execute(select(columns.key).where(mine).limit(limit)).scalars().all()
    return _delete(scope, INBOX, scope.among(columns.key, keys)) if keys else 0


def remove_silences(scope: Scope, before: datetime) -> int:
    """This function will remove silences that ended before an instant, by order or by time; there are few."""
    shelf = SqlConfidence(scope).silences
    kept = shelf.with_status("on", "ended", limit=_MOST)
    old = [one.id for one in kept if (one.ended_at or one.until) < before]
    shelf.remove(old)
    return len(old)


def _past(scope: Scope, cutoff_ms: int, limit: int) -> Sequence[str]:
    watch, renewal = WATCH.c, RENEWAL.c
    day = to_day(from_ms(cutoff_ms).date())
    is_alive = exists().where(
        renewal.org_id == watch.org_id,
        renewal.opportunity_id == watch.key,
        or_(renewal.settled.is_(None), renewal.term_end >= day),
    )
    statement = (
        select(watch.key)
        .where(
            watch.org_id == scope.org_id,
            watch.status == "",  # so that the status index serves `at`
            watch.at < cutoff_ms,
            ~is_alive,
            ~_moves(CONFIDENCE_CHANGE, cutoff_ms, _WAITING_CHANGES),
            ~_moves(CARD, cutoff_ms, _WAITING_CARDS),
        )
        .limit(limit)
    )
    return scope.connection.execute(statement).scalars().all()


def _moves(table: Table, cutoff_ms: int, waiting: Sequence[str]) -> ColumnElement[bool]:
    """Whether anything in a table that belongs to the watched opportunity is newer, or waits."""
    columns = table.c
    return exists().where(
        columns.org_id == WATCH.c.org_id,
        columns.owner == WATCH.c.key,
        or_(columns.at >= cutoff_ms, columns.status.in_(waiting)),
    )


def _delete(scope: Scope, table: Table, which: ColumnElement[bool]) -> int:
    statement = delete(table).where(table.c.org_id == scope.org_id, which)
    return int(scope.connection.execute(statement).rowcount)
