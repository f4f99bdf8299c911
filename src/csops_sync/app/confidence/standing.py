"""What follows once a message stands in Slack: the hours of who was asked, and no second message of the same key."""

from dataclasses import replace
from datetime import datetime

from csops_sync.app.confidence.telling import business_hours
from csops_sync.app.engine import Engine
from csops_sync.app.recovery import remove_double
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.telling import PostCard, PostReply, SlackTelling
from csops_sync.ports.cards import OutgoingCard, Place
from csops_sync.ports.chat import Found
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError

NOT_FOR_US = frozenset({"missing_scope", "no_permission", "access_denied"})
"""Codes with which Slack refuses one thing to a token that is good for all others."""


def asks(telling: SlackTelling) -> bool:
    """This function will say whether a message puts a question to people."""
    return isinstance(telling, PostCard | PostReply) and telling.face.state is CardState.ASKING


def asked_now(engine: Engine, card: Card, zone: str | None) -> Card:
    """This function will count the time to answer from when people could read the question, in the hours of a zone."""
    if card.state is not CardState.ASKING or card.due_at is None or card.within is None:
        return replace(card, zone=zone)
    due_at = business_hours(engine.rules, zone=zone).after(engine.now(), card.within)
    return replace(card, zone=zone, due_at=due_at)


def learn_zone(engine: Engine, outgoing: OutgoingCard) -> None:
    """This function will ask for the time zone of who was mentioned first: their business hours count for the answer.

    That is the person of the last step, where a card escalates. Our own hours count until Slack says more. Raises
    AuthFailedError where Slack does not let us in any more.
    """
    telling = outgoing.telling
    if not isinstance(telling, PostCard | PostReply) or not asks(telling):
        return
    zone = _zone_of_mentioned(engine, outgoing, telling)
    if zone is not None:
        _keep_zone(engine, telling.card_id, zone)


def rests_until(engine: Engine, outgoing: OutgoingCard) -> datetime | None:
    """This function will say until when (UTC) a step of escalation waits for the hours of who it mentions; None: not.

    The time that they have to answer begins then. An urgent route waits for nobody. Raises as `learn_zone`.
    """
    telling = outgoing.telling
    if not isinstance(telling, PostReply) or telling.about is not ReplyKind.ESCALATED:
        return None
    zone = _zone_of_mentioned(engine, outgoing, telling)
    hours = business_hours(engine.rules, zone=zone)
    if hours.is_open(engine.now()):
        return None
    with engine.store.transaction(engine.grant) as tx:
        (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
        if card is None or _is_urgent(engine, card):
            return None
        begins = hours.next_open(engine.now())
        if card.due_at is not None and card.within is not None:
            tx.confidence.cards.put([replace(card, zone=zone, due_at=hours.after(begins, card.within))])
    return begins


def _is_urgent(engine: Engine, card: Card) -> bool:
    routes = engine.rules.confidence.routes if engine.rules.confidence else ()
    return any(one.urgent for one in routes if one.origin == card.rule)


def _zone_of_mentioned(engine: Engine, outgoing: OutgoingCard, telling: PostCard | PostReply) -> str | None:
    first = next((outgoing.people[one] for one in telling.mentions if one in outgoing.people), None)
    try:
        return engine.cards.timezone_of(first) if first else None
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


def _keep_zone(engine: Engine, card_id: str, zone: str) -> None:
    with engine.store.transaction(engine.grant) as tx:
        (card,) = tx.confidence.cards.get([card_id]) or (None,)
        if card is not None and card.zone != zone:
            tx.confidence.cards.put([asked_now(engine, card, zone)])
