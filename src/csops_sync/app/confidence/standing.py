"""When people may be mentioned and from when their hours count, and no second message of the same key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from csops_sync.app.confidence.telling import business_hours
from csops_sync.app.engine import Engine
from csops_sync.app.recovery import remove_double
from csops_sync.domain.confidence.business_time import open_together
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary, SlackTelling, UpdateCard
from csops_sync.ports.cards import OutgoingCard, Place
from csops_sync.ports.chat import Addressee, Found
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Transaction

NOT_FOR_US = frozenset({"missing_scope", "no_permission", "access_denied"})
"""Codes with which Slack refuses one thing to a token that is good for all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """The `zone` of who is mentioned first, in which an answer's hours count, and when all may hear of it (UTC).

    `begins` is None where that is now.
    """

    zone: str | None = None
    begins: datetime | None = None


NOBODY_HEARS = Hearing()
"""Of what mentions nobody."""


def hearing_of(engine: Engine, outgoing: OutgoingCard, *, rested: bool = False) -> Hearing:
    """This function will ask Slack for the time zones of who is mentioned, and say until when a message waits.

    It waits for the hours that they share, or for those of the first: where they share none within a day, and where it
    has `rested` once. Our own count where Slack says nothing. An urgent card waits for nobody, and a message that
    mentions nobody disturbs nobody. Raises AuthFailedError where Slack does not let us in any more.
    """
    telling = outgoing.telling
    if not isinstance(telling, PostCard | PostReply | PostSummary) or not telling.mentions:
        return NOBODY_HEARS
    zones = _zones_of_mentioned(engine, outgoing, telling)
    now = engine.now()
    waited_for = zones[:1] if rested else tuple(dict.fromkeys(zones))
    begins = open_together([business_hours(engine.rules, zone=one) for one in waited_for], now)
    if begins <= now or _is_urgent(engine, telling):
        return Hearing(zone=zones[0])
    return Hearing(zone=zones[0], begins=begins)


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


def _is_urgent(engine: Engine, telling: PostCard | PostReply | PostSummary) -> bool:
    if isinstance(telling, PostSummary):
        return False
    with engine.store.reading() as tx:
        (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
    return card is not None and card.urgent


def _zones_of_mentioned(
    engine: Engine, outgoing: OutgoingCard, telling: PostCard | PostReply | PostSummary
) -> tuple[str | None, ...]:
    """Give the time zone of each person who is mentioned, None where only ours is known; one for `@handles` alone."""
    people = [outgoing.people[one] for one in telling.mentions if one in outgoing.people]
    return tuple(_zone_of(engine, one) for one in people) or (None,)


def _zone_of(engine: Engine, person: Addressee) -> str | None:
    try:
        return engine.cards.timezone_of(person)
    except (TransientError, PermanentError):
        return None
    except AuthFailedError as refusal:
        if refusal.code not in NOT_FOR_US:
            raise
        return None


def keep_first(engine: Engine, found: Found, *, channel: str) -> Place | None:
    """This function will remove all but the first of our messages of one key, and say where that stands, if anywhere.

    Raises TransientError and AuthFailedError.
    """
    for double in found.messages[1:]:
        remove_double(engine, channel_id=found.channel_id, channel=channel, duplicate=double)
    return Place(channel_id=found.channel_id, ts=found.messages[0].ts) if found.messages else None
