"""Cards that nobody answered in time: the next person is mentioned in the thread; a snooze that is over asks again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.moves import update_of
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.telling import business_hours
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card, escalate, quieted
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.silencing import Subject, silence_of
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.domain.facts import Person
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Event, OutboxStatus, Transaction


def has_due(engine: Engine, tx: Transaction) -> bool:
    """This function will say whether any card may take its next step now."""
    return bool(_ripe(engine, tx))


def escalate_due(engine: Engine, tx: Transaction, *, people: Mapping[str, Person]) -> int:
    """This function will take the next step of every card whose time has come, and count them.

    Outside the business hours of who was asked it waits for their beginning, whenever the time had come. A card that
    was not posted yet, or is about something silenced, waits too; one whose opportunity is gone asks no more.
    """
    ripe = _ripe(engine, tx)
    for card in ripe:
        _step(engine, tx, card, people=people)
    return len(ripe)


def _ripe(engine: Engine, tx: Transaction) -> Sequence[Card]:
    now = engine.now()
    due = [
        card
        for card in tx.confidence.cards.due(now)
        if business_hours(engine.rules, zone=card.zone).is_open(now)
    ]
    if not due:
        return ()
    posted = {row.key for row in tx.outbox.get([one.key for one in due]) if row.status is OutboxStatus.SENT}
    rows = {row.id: row for row in tx.mirror.get(Role.OPPORTUNITY, [one.opportunity_id for one in due])}
    silences = tx.confidence.silences.with_status("on")
    return [
        card
        for card in due
        if card.key in posted
        and silence_of(silences, subject=_subject(card, rows.get(card.opportunity_id)), now=now) is None
    ]


def _subject(card: Card, row: Row | None) -> Subject:
    owner = str(row.values.get("owner") or "") if row else ""
    return Subject(
        opportunity_id=card.opportunity_id,
        account_id=card.account_id,
        owner_ids=(owner,) if owner else (),
        rule="",
    )


def _step(engine: Engine, tx: Transaction, card: Card, *, people: Mapping[str, Person]) -> None:
    if _is_gone(tx, card):
        tx.confidence.cards.put([replace(quieted(card), version=card.version + 1)])
        return
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


def _is_gone(tx: Transaction, card: Card) -> bool:
    rows = tx.mirror.get(Role.OPPORTUNITY, [card.opportunity_id])
    return all(row.deleted for row in rows)


def _event(engine: Engine, card: Card, about: ReplyKind, person: str) -> Event:
    return Event(
        at=engine.now(),
        kind=about.value,
        account_id=card.account_id,
        renewal_key=card.renewal_key,
        opportunity_id=card.opportunity_id,
        detail=f'{{"card": "{card.id}", "level": {card.level}, "mentioned": "{person}"}}',
    )
