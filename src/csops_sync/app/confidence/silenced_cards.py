"""Cards that somebody has silenced: they still ask, and mention nobody else before the silence is over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csops_sync.app.books import read_people
from csops_sync.app.confidence.scenes import read_scenes
from csops_sync.app.confidence.silenced_routes import known_as
from csops_sync.app.engine import Engine
from csops_sync.app.office import Office
from csops_sync.app.unsent_reasons import SILENCED
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.silencing import Silence, Silenced, Subject, silence_of
from csops_sync.ports.store import OutboxStatus, Target, Transaction

_EVERYTHING = 1_000_000


def silences_of(engine: Engine, tx: Transaction, cards: Sequence[Card]) -> Mapping[str, Silence]:
    """This function will give by id the cards that are silenced now, and by what.

    By their own opportunity, their customer, the route that moved them, or whose they are.
    """
    now = engine.now()
    silences = [one for one in tx.confidence.silences.with_status("on") if one.holds(now)]
    if not silences:
        return {}
    owners = _owners(engine, tx, cards) if any(one.kind is Silenced.OWNER for one in silences) else {}
    found: dict[str, Silence] = {}
    for card in cards:
        subject = Subject(
            opportunity_id=card.opportunity_id,
            account_id=card.account_id,
            owner_ids=owners.get(card.opportunity_id, ()),
            rules=known_as(engine.rules, card.rule),
        )
        silence = silence_of(silences, subject=subject, now=now)
        if silence is not None:
            found[card.id] = silence
    return found


def look_again(office: Office, tx: Transaction) -> None:
    """This function will let what waits for a silence look again whether one still holds: it may have ended early."""
    waiting = tx.outbox.with_status(OutboxStatus.PENDING, target=Target.CARDS, limit=_EVERYTHING)
    silenced = (row for row in waiting if SILENCED.heard(row.error or ""))
    tx.outbox.put([replace(row, not_before=office.now) for row in silenced])


def _owners(engine: Engine, tx: Transaction, cards: Sequence[Card]) -> Mapping[str, tuple[str, ...]]:
    """Give who owns each opportunity or looks after its renewal; nobody where either is gone."""
    pairs = [(one.account_id, one.opportunity_id) for one in cards]
    scenes = read_scenes(engine, tx, pairs, people=read_people(tx))
    both = {deal: (one.opportunity.owner_id, one.csm.id if one.csm else None) for deal, one in scenes.items()}
    return {deal: tuple(one for one in ids if one) for deal, ids in both.items()}
