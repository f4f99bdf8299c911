"""From when the hours of who was asked count, and no second message of the same key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from csops_sync.app.confidence.hearing import Hearing
from csops_sync.app.confidence.office_hours import business_hours
from csops_sync.app.engine import Engine
from csops_sync.app.recovery import remove_double
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.telling import PostCard, SlackTelling, UpdateCard
from csops_sync.ports.cards import Place
from csops_sync.ports.chat import Found
from csops_sync.ports.store import OutboxRow, OutboxStatus, Transaction


def after_delivery(
    engine: Engine, card: Card, telling: SlackTelling, row: OutboxRow, hearing: Hearing
) -> Card:
    """This function will give a card as the outcome of one of its tellings leaves it.

    The time to answer begins when the message that asks stands in Slack, or will; nothing else puts it off.
    """
    if hearing.begins is not None:
        return _asked_from(engine, replace(card, resting=row.key), telling, hearing, begins=hearing.begins)
    if row.status is not OutboxStatus.SENT:
        return card
    if card.unread and _shows_question(card, telling):
        asked_at = card.asked_at if isinstance(telling, PostCard) else engine.now()
        card = replace(card, unread=False, seen=None, asked_at=asked_at)
    if card.resting == row.key:
        card = replace(card, resting="")
    if row.key in card.calling:
        card = replace(card, calling=tuple(one for one in card.calling if one != row.key))
    return _asked_from(engine, card, telling, hearing, begins=engine.now())


def could_be_read(tx: Transaction, cards: Sequence[Card]) -> Sequence[Card]:
    """This function will leave out cards whose last question is not in Slack yet, or was refused there.

    A question that a person dropped holds up no step after it.
    """
    keys = {one.key: (one.key, one.question or one.key) for one in cards}
    rows = {row.key: row.status for row in tx.outbox.get([key for pair in keys.values() for key in pair])}
    return [
        one
        for one in cards
        if rows.get(one.key) is OutboxStatus.SENT and rows.get(keys[one.key][1]) not in _UNREADABLE
    ]


_UNREADABLE = frozenset(OutboxStatus) - {OutboxStatus.SENT, OutboxStatus.CANCELLED, OutboxStatus.DROPPED}


def _asked_from(
    engine: Engine, card: Card, telling: SlackTelling, hearing: Hearing, *, begins: datetime
) -> Card:
    """Count the time to answer in the hours of who the question mentions."""
    if telling.key != (card.question or card.key) or card.state is not CardState.ASKING:
        return card
    card = replace(card, zone=hearing.zone)
    if card.due_at is None or card.within is None:
        return card
    return replace(card, due_at=business_hours(engine.rules, zone=card.zone).after(begins, card.within))


def _shows_question(card: Card, telling: SlackTelling) -> bool:
    """Say whether this makes a card's question readable: its message, or the card as it is now."""
    if isinstance(telling, UpdateCard):
        return telling.of == card.key and telling.key.endswith(f"/{card.version}")
    return telling.key == (card.question or card.key)


def keep_first(engine: Engine, found: Found, *, channel: str) -> Place | None:
    """This function will remove all but the first of our messages of one key, and say where that stands, if anywhere.

    Raises TransientError and AuthFailedError.
    """
    for double in found.messages[1:]:
        remove_double(engine, channel_id=found.channel_id, channel=channel, duplicate=double)
    return Place(channel_id=found.channel_id, ts=found.messages[0].ts) if found.messages else None
