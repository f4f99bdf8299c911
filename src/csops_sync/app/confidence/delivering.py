"""Delivery of cards: one telling at a time, `sending` committed before the call, the outcome after it.

Posts and replies carry their key and are looked for before they are sent again; updates and reactions may be repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from csops_sync.app.confidence.card_events import card_event
from csops_sync.app.confidence.hearing import NOBODY_HEARS, Hearing, hearing_of
from csops_sync.app.confidence.kept_zones import keep_zones
from csops_sync.app.confidence.later_calls import call_later
from csops_sync.app.confidence.learning_zones import learn_zones
from csops_sync.app.confidence.outgoing_cards import outgoing_of, place_of, slack_telling
from csops_sync.app.confidence.overflowing import is_removed
from csops_sync.app.confidence.past_words import SOMEBODY
from csops_sync.app.confidence.silenced_cards import silences_of
from csops_sync.app.confidence.standing import after_delivery, keep_first
from csops_sync.app.confidence.telling_words import place_words
from csops_sync.app.engine import Engine
from csops_sync.app.messaging import as_settled, tell_unreachable
from csops_sync.app.pausing import paused_hand
from csops_sync.app.recovery import SETTLING
from csops_sync.app.sending import CLAIM_FOR, claim_ends, handed_back
from csops_sync.app.unsent_reasons import RESTING, SILENCED, UNREADABLE
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import ReplyKind
from csops_sync.domain.confidence.silencing import Silence
from csops_sync.domain.confidence.telling import (
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    SlackTelling,
    UpdateOverflow,
)
from csops_sync.ports.cards import OutgoingCard
from csops_sync.ports.chat import Found, PostResult
from csops_sync.ports.errors import AuthFailedError
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Target, Transaction

_SKEW = timedelta(minutes=2)
_ENOUGH = frozenset({OutboxStatus.PENDING, OutboxStatus.UNKNOWN})
_MESSAGES = PostCard | PostSummary | PostReply | PostOverflow
_IN_THREAD = PostReply | PostOverflow
_OF_NO_CARD = PostSummary | PostOverflow | UpdateOverflow
_FURTHER = frozenset({ReplyKind.CALLED, ReplyKind.ESCALATED, ReplyKind.ASKED_AGAIN})
"""Replies that mention somebody else about what was told before: none goes out while it is silenced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """A claimed row, what it sends, and when who is mentioned in it hears of it."""

    row: OutboxRow
    outgoing: OutgoingCard | None
    hearing: Hearing = NOBODY_HEARS


def deliver_cards(engine: Engine) -> int:
    """This function will do due tellings until none is left, Slack asks to wait, or a stop is asked for.

    Raises AuthFailedError where Slack does not let us in: everything is pending as before.
    """
    settled = 0
    learn_zones(engine)
    while not engine.stopping() and paused_hand(engine) is None:
        claimed = _claim(engine)
        if claimed is None:
            break
        row, claimed = _told(engine, claimed)
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(row)
            _after(engine, tx, row, claimed)
        settled += 1
        if row.status in _ENOUGH and claimed.hearing.begins is None:
            break
    if settled:
        tell_unreachable(engine)
    return settled


def resolve_cards(engine: Engine) -> int:
    """This function will find out what became of tellings without an outcome, and count those that are settled."""
    now, epoch = engine.now(), engine.grant.epoch if engine.grant else 0
    with engine.store.reading() as tx:
        rows = tx.outbox.with_status(OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
    mine = [
        row
        for row in rows
        if row.target is Target.CARDS
        and (row.epoch == epoch or row.status is OutboxStatus.UNKNOWN or _is_over(row, now))
        and (row.sending_at is None or row.sending_at + SETTLING <= now)
    ]
    for row in mine:
        settled = _found_or_not(engine, row)
        claimed = _found(engine, settled)
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(settled)
            _after(engine, tx, settled, claimed)
    return len(mine)


def _found(engine: Engine, row: OutboxRow) -> _Claimed:
    """Say of a telling whose outcome is known now what it was; of a message that was found also in whose hours."""
    with engine.store.reading() as tx:
        outgoing = outgoing_of(engine, tx, row)
    if outgoing is None or row.status is not OutboxStatus.SENT:
        return _Claimed(row=row, outgoing=outgoing)
    stands = replace(hearing_of(engine, outgoing), begins=None, later=())
    return _Claimed(row=row, outgoing=outgoing, hearing=stands)


def _is_over(row: OutboxRow, now: datetime) -> bool:
    return row.claimed_until is None or row.claimed_until <= now


def _claim(engine: Engine) -> _Claimed | None:
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        rows = tx.outbox.claim(
            target=Target.CARDS,
            now=now,
            until=now + CLAIM_FOR,
            epoch=engine.grant.epoch if engine.grant else 0,
            limit=1,
        )
        return _Claimed(row=rows[0], outgoing=outgoing_of(engine, tx, rows[0])) if rows else None


def _told(engine: Engine, claimed: _Claimed) -> tuple[OutboxRow, _Claimed]:
    """Tell it, unless it comes too late, or in a night in which nobody may be mentioned.

    Slack is asked first whose night it is: that may take long, and who has lost the org meanwhile must not post.
    """
    row, outgoing = claimed.row, claimed.outgoing
    if outgoing is None:
        came_late = "a newer face followed, it was answered, or its card was never posted"
        return replace(row, status=OutboxStatus.CANCELLED, error=came_late), claimed
    try:
        if (silence := _silence(engine, outgoing.telling)) is not None:
            return _silenced(engine, row, silence), replace(claimed, hearing=Hearing(begins=silence.until))
        hearing = hearing_of(engine, outgoing)
        claimed = replace(claimed, hearing=hearing)
        if hearing.begins is not None:
            return _resting(engine, row, hearing.begins), claimed
        outgoing = call_later(engine, outgoing, hearing)
        claimed = replace(claimed, outgoing=outgoing)
        if not engine.still_ours() or claim_ends([row], now=engine.now()):
            return handed_back(row, None, now=engine.now()), claimed
        result = engine.cards.tell(outgoing)
    except AuthFailedError as refusal:
        with engine.store.transaction(engine.grant) as tx:
            tx.outbox.settle(handed_back(row, refusal, now=engine.now()))
        raise
    return _swept(engine, _settled(engine, row, result, outgoing.telling), outgoing.telling), claimed


def _settled(engine: Engine, row: OutboxRow, result: PostResult, telling: SlackTelling) -> OutboxRow:
    """Nobody is asked about a page that somebody removed: the next change posts it anew."""
    settled = as_settled(row, result, engine.now())
    is_over = settled.status is OutboxStatus.PARKED and is_removed(settled, telling)
    why = f"{settled.error}; posted anew with its card's next change"
    return replace(settled, status=OutboxStatus.CANCELLED, error=why) if is_over else settled


def _resting(engine: Engine, row: OutboxRow, begins: datetime) -> OutboxRow:
    why = RESTING(until=begins)
    return replace(handed_back(row, None, now=engine.now()), not_before=begins, error=why)


def _silence(engine: Engine, telling: SlackTelling) -> Silence | None:
    """Find what keeps a reply quiet that mentions somebody else about what was told before; None for nothing."""
    if not isinstance(telling, PostReply) or telling.about not in _FURTHER:
        return None
    with engine.store.reading() as tx:
        return silences_of(engine, tx, tx.confidence.cards.get([telling.card_id])).get(telling.card_id)


def _silenced(engine: Engine, row: OutboxRow, silence: Silence) -> OutboxRow:
    why = SILENCED(by=silence.by or SOMEBODY, until=silence.until)
    return replace(handed_back(row, None, now=engine.now()), not_before=silence.until, error=why)


def _swept(engine: Engine, row: OutboxRow, telling: SlackTelling) -> OutboxRow:
    """Look, after a message was sent again, whether it stands there twice; the first one stays."""
    if row.status is not OutboxStatus.SENT or row.attempts <= 1 or not isinstance(telling, _MESSAGES):
        return row
    place = keep_first(engine, _search(engine, row, telling), channel=place_words(telling))
    return row if place is None else replace(row, result=place.text)


def _found_or_not(engine: Engine, row: OutboxRow) -> OutboxRow:
    """What may be done twice is done again; what is a message is looked for first."""
    telling = slack_telling(row)
    again = replace(row, status=OutboxStatus.PENDING, claimed_until=None)
    if not isinstance(telling, _MESSAGES):
        return again
    found = _search(engine, row, telling)
    if not found.readable:
        return replace(row, status=OutboxStatus.PARKED, error=UNREADABLE(), claimed_until=None)
    place = keep_first(engine, found, channel=place_words(telling))
    if place is None:
        return again
    return replace(row, status=OutboxStatus.SENT, result=place.text, error=None, claimed_until=None)


def _search(
    engine: Engine, row: OutboxRow, telling: PostCard | PostSummary | PostReply | PostOverflow
) -> Found:
    if not isinstance(telling, _IN_THREAD):
        since = (row.sending_at or row.created_at) - _SKEW
        return engine.chat.find(keys=(telling.key,), channel=telling.channel, since=since)
    with engine.store.reading() as tx:
        (posted,) = tx.outbox.get([telling.of]) or (None,)
    place = place_of(posted.result) if posted else None
    return engine.cards.find_reply(keys=(telling.key,), place=place) if place else Found(readable=True)


def _after(engine: Engine, tx: Transaction, row: OutboxRow, claimed: _Claimed) -> None:
    """Let the time to answer begin where this asks, and write the line that `explain` tells."""
    keep_zones(engine, tx, claimed.hearing.zones)
    telling = claimed.outgoing.telling if claimed.outgoing else None
    if telling is None or isinstance(telling, _OF_NO_CARD):
        return
    (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
    if card is None:
        return
    told = after_delivery(engine, card, telling, row, claimed.hearing)
    if told != card:
        tx.confidence.cards.put([told])
    if row.status is OutboxStatus.SENT and isinstance(telling, PostCard | PostReply):
        tx.journal.add([_event(engine, card, telling, row)])


def _event(engine: Engine, card: Card, telling: PostCard | PostReply, row: OutboxRow) -> Event:
    about = "card" if isinstance(telling, PostCard) else telling.about.value
    detail: Mapping[str, object] = {
        "about": about,
        "channel": card.channel,
        "mentions": telling.mentions,
        "message": row.result,
        "reason": telling.reason,
    }
    return card_event(engine, card, "confidence_told", detail)
