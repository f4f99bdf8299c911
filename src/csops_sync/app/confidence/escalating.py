"""Cards that nobody answered in time: the next person is mentioned in the thread; a snooze that is over asks again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csops_sync.app.books import read_people
from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.card_events import card_event
from csops_sync.app.confidence.office_hours import business_hours
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.said import update_of
from csops_sync.app.confidence.silenced_cards import silences_of
from csops_sync.app.confidence.standing import could_be_read
from csops_sync.app.confidence.telling_reasons import SNOOZE_OVER, UNANSWERED, UNANSWERED_SO
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card, also_called, escalate, quieted
from csops_sync.domain.confidence.escalation import brought_up_to_date
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.telling import PostReply
from csops_sync.domain.facts import Person
from csops_sync.ports.crm import Role
from csops_sync.ports.store import Event, Transaction

_EVERYTHING = 1_000_000
"""Those that may not take their step yet must not stand before those that may."""


def has_due(engine: Engine, tx: Transaction) -> bool:
    """This function will say whether any card may take its next step now."""
    return bool(_ripe(engine, tx))


def close_gone(engine: Engine, tx: Transaction) -> int:
    """This function will close every question whose opportunity is gone, and count them, also where no step is left."""
    waiting = tx.confidence.cards.with_status(
        CardState.ASKING.value, CardState.SNOOZED.value, limit=_EVERYTHING
    )
    gone = _gone(tx, waiting)
    people = read_people(tx) if gone else {}
    for card in gone:
        _close(engine, tx, card, people=people)
    return len(gone)


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
        for card in tx.confidence.cards.due(now, limit=_EVERYTHING)
        if business_hours(engine.rules, zone=card.zone).is_open(now)
    ]
    ripe = could_be_read(tx, due) if due else ()
    silenced = silences_of(engine, tx, ripe) if ripe else {}
    return [one for one in ripe if one.id not in silenced]


def _step(engine: Engine, tx: Transaction, card: Card, *, people: Mapping[str, Person]) -> None:
    if _gone(tx, [card]):
        _close(engine, tx, card, people=people)
        return
    was_asleep = card.state is CardState.SNOOZED
    fallback = engine.rules.confidence.fallback if engine.rules.confidence else None
    card = brought_up_to_date(card, people=people, fallback=fallback)
    moved, mentions = escalate(card, hours=business_hours(engine.rules, zone=card.zone), now=engine.now())
    moved = replace(moved, version=card.version + 1)
    if not mentions:
        tx.confidence.cards.put([moved])
        return
    about = ReplyKind.ASKED_AGAIN if was_asleep else ReplyKind.ESCALATED
    why = SNOOZE_OVER() if was_asleep else _why(moved)
    # whoever is mentioned now has hours of their own, which Slack tells once the message is on its way
    key = f"{about.value}/{card.id}/{card.move_id}/{moved.version}"
    moved = replace(also_called(moved, key=key), question=key, zone=None)
    tx.confidence.cards.put([moved])
    face = questioned(moved, people)
    reply = PostReply(
        key=key,
        card_id=card.id,
        of=card.key,
        about=about,
        face=face,
        mentions=mentions,
        reason=why,
    )
    put_tellings(engine, tx, [update_of(moved, face), reply])
    tx.journal.add([_event(engine, moved, reply)])


def _close(engine: Engine, tx: Transaction, card: Card, *, people: Mapping[str, Person]) -> None:
    """Let a card ask no more, and show it: there is nothing left to answer for."""
    closed = replace(quieted(card), version=card.version + 1)
    tx.confidence.cards.put([closed])
    put_tellings(engine, tx, [update_of(closed, questioned(closed, people))])


def _why(card: Card) -> str:
    """Say why the step that was just taken is this one."""
    said = next(iter(card.whys[card.level - 1 : card.level]), "")
    return UNANSWERED_SO(why=said) if said else UNANSWERED()


def _gone(tx: Transaction, cards: Sequence[Card]) -> Sequence[Card]:
    rows = tx.mirror.get(Role.OPPORTUNITY, sorted({one.opportunity_id for one in cards}))
    standing = {row.id for row in rows if not row.deleted}
    return [one for one in cards if one.opportunity_id not in standing]


def _event(engine: Engine, card: Card, reply: PostReply) -> Event:
    detail = {"card": card.id, "level": card.level, "mentioned": reply.mentions, "reason": reply.reason}
    return card_event(engine, card, reply.about.value, detail)
