"""Cards that nobody answered in time: the next person is mentioned in the thread; a snooze that is over asks again."""

from collections.abc import Mapping
from dataclasses import replace

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.moves import update_of
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.telling import business_hours
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card, escalate
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.domain.facts import Person
from csops_sync.ports.store import Event, Transaction


def has_due(engine: Engine, tx: Transaction) -> bool:
    """This function will say whether any card's time has come."""
    return bool(tx.confidence.cards.due(engine.now(), limit=1))


def escalate_due(engine: Engine, tx: Transaction, *, people: Mapping[str, Person]) -> int:
    """This function will take the next step of every card whose time has come, and count them.

    Outside business hours it waits for their beginning, whenever the time had come.
    """
    hours = business_hours(engine.rules)
    if not hours.is_open(engine.now()):
        return 0
    due = tx.confidence.cards.due(engine.now())
    for card in due:
        _step(engine, tx, card, people=people)
    return len(due)


def _step(engine: Engine, tx: Transaction, card: Card, *, people: Mapping[str, Person]) -> None:
    was_asleep = card.state is CardState.SNOOZED
    moved, person = escalate(card, hours=business_hours(engine.rules, zone=card.zone), now=engine.now())
    moved = replace(moved, version=card.version + 1)
    tx.confidence.cards.put([moved])
    if person is None:
        return
    face = questioned(moved, people)
    about = ReplyKind.ASKED_AGAIN if was_asleep else ReplyKind.ESCALATED
    reply = PostReply(
        key=f"{about.value}/{card.id}/{card.move_id}/{moved.version}",
        card_id=card.id,
        of=card.key,
        about=about,
        face=face,
        mentions=(person,),
        reason="nobody has answered in time" if not was_asleep else "the snooze is over",
    )
    put_tellings(engine, tx, [update_of(moved, face), reply])
    tx.journal.add([_event(engine, moved, about, person)])


def _event(engine: Engine, card: Card, about: ReplyKind, person: str) -> Event:
    return Event(
        at=engine.now(),
        kind=about.value,
        account_id=card.account_id,
        renewal_key=card.renewal_key,
        opportunity_id=card.opportunity_id,
        detail=f'{{"card": "{card.id}", "level": {card.level}, "mentioned": "{person}"}}',
    )
