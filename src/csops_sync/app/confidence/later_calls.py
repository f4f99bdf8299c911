"""Who is asleep when a message is sent is called later, in its thread: a reply under a key of its own, once each.

The call is in the outbox before the message goes out, and the message mentions nobody for whom there is one: whoever is
killed in between, and whoever goes on, finds who is still to be called there. Calls of one message are numbered,
`call/1/<its key>`; a call that finds some of its people asleep again leaves them to the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from csops_sync.app.confidence.card_events import card_event
from csops_sync.app.confidence.hearing import Hearing
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card, also_called
from csops_sync.domain.confidence.face import CardState, ReplyKind
from csops_sync.domain.confidence.ranks import GOOD_NEWS, Direction
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.telling import PostCard, PostReply
from csops_sync.ports.cards import OutgoingCard
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Transaction

_CALL = "call"
_NEVER_TOLD = frozenset({OutboxStatus.CANCELLED, OutboxStatus.DROPPED})
_ANSWERING = GOOD_NEWS | {Direction.RATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The calls of a card that still wait: their keys, whom they mention, and whether they ask for an answer."""

    keys: tuple[str, ...]
    mentions: tuple[str, ...]
    asks: bool

    def after(self, move: Move) -> tuple[str, ...]:
        """This function will say who is to hear of a move because they still had to hear of the one before.

        Nobody where the move answers what they were to be asked; and nobody who made it.
        """
        if self.asks and move.direction in _ANSWERING:
            return ()
        return tuple(one for one in self.mentions if one not in move.by_ids)


def calls_after(tx: Transaction, key: str) -> Sequence[OutboxRow]:
    """This function will give the calls of those who were asleep when a message or a call was sent."""
    return tuple(_calls_after(tx, key))


def without_called(tx: Transaction, outgoing: OutgoingCard, *, is_sent: bool) -> OutgoingCard:
    """This function will take those off a message who have a call of their own; who still waits for it is named.

    Before it `is_sent`, who waits stays on it: who is asleep may be others by now, and is decided with `call_later`.
    """
    telling = outgoing.telling
    if not isinstance(telling, PostCard | PostReply) or len(telling.mentions) < 2:  # noqa: PLR2004 - one is not parted
        return outgoing
    calls = calls_after(tx, telling.key)
    apart = {who for row in calls for who in _mentions_in(row)}
    waiting = {who for row in calls if _waits(row) for who in _mentions_in(row)}
    gone = apart if is_sent else apart - waiting
    now = tuple(one for one in telling.mentions if one not in gone)
    later = tuple(one for one in telling.mentions if one in waiting)
    return replace(outgoing, telling=replace(telling, mentions=now), later=later) if apart else outgoing


def call_later(engine: Engine, outgoing: OutgoingCard, hearing: Hearing) -> OutgoingCard:
    """This function will put a call for those who are asleep into the outbox, and give the message without them.

    Calls of the same card that still wait are told with it. Where the message was tried before, and others were asleep
    then, their call is taken back.
    """
    telling = outgoing.telling
    if not isinstance(telling, PostCard | PostReply) or not (hearing.later or outgoing.later):
        return outgoing
    now = tuple(one for one in telling.mentions if one not in hearing.later)
    with engine.store.transaction(engine.grant) as tx:
        (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
        if card is None:
            return outgoing
        if not _are_called(tx, telling, hearing):
            _call_anew(engine, tx, card, telling, hearing)
    return replace(outgoing, telling=replace(telling, mentions=now), later=hearing.later)


def _are_called(tx: Transaction, telling: PostCard | PostReply, hearing: Hearing) -> bool:
    """Say whether the calls that wait for this message are for those who are asleep, and for nobody who is not."""
    called = {who for row in calls_after(tx, telling.key) if _waits(row) for who in _mentions_in(row)}
    return {*hearing.later} == called & {*telling.mentions}


def _call_anew(
    engine: Engine, tx: Transaction, card: Card, telling: PostCard | PostReply, hearing: Hearing
) -> None:
    """Put one call in the place of those that wait, for who is asleep and whom they were for besides."""
    mine = [row.key for row in calls_after(tx, telling.key)]
    keys = dict.fromkeys((*mine, *(card.calling if hearing.later else ())))
    waiting = [row for row in tx.outbox.get(list(keys)) if _waits(row)]
    owing = [row for row in waiting if not {*_mentions_in(row)} <= {*telling.mentions}]
    owed = (who for row in owing for who in _mentions_in(row) if who not in telling.mentions)
    mentions = tuple(dict.fromkeys((*hearing.later, *owed)))
    left = replace(card, calling=_without(card.calling, waiting))
    if not mentions:
        tx.outbox.put([_with(row, telling.key) for row in waiting])
        tx.confidence.cards.put([left])
        return
    call = _call(tx, telling, mentions=mentions)
    put_tellings(engine, tx, [call], not_before=_first_of(hearing, owing))
    tx.outbox.put([_with(row, call.key) for row in waiting])
    tx.confidence.cards.put([_calling(left, telling, call.key)])
    tx.journal.add([_event(engine, card, call, hearing)])


def is_outdated_call(tx: Transaction, call: PostReply, card: Card | None) -> bool:
    """This function will say whether nobody needs to be called any more: it was answered, undone, or told anew."""
    if card is None or call.key not in card.calling:
        return True
    (told,) = tx.outbox.get([call.repeats or ""]) or (None,)
    if told is None or told.status in _NEVER_TOLD:
        return True
    if call.face.state is CardState.ASKING:
        return card.state is not CardState.ASKING
    return card.face.path[-1] != call.face.path[-1]


def read_owed(tx: Transaction, cards: Sequence[Card]) -> Mapping[str, Owed]:
    """This function will read the calls that wait, by card; of those that came too late only the keys."""
    calling = {key: card for card in cards for key in card.calling}
    if not calling:
        return {}
    found: dict[str, Owed] = {}
    for row in tx.outbox.get(list(calling)):
        call, card = decode_telling(row.payload), calling[row.key]
        if not _waits(row) or not isinstance(call, PostReply):
            continue
        before = found.get(card.id, Owed(keys=(), mentions=(), asks=False))
        is_over = is_outdated_call(tx, call, card)
        found[card.id] = Owed(
            keys=(*before.keys, call.key),
            mentions=before.mentions if is_over else (*before.mentions, *call.mentions),
            asks=before.asks or call.face.state is CardState.ASKING,
        )
    return found


def _call(tx: Transaction, telling: PostCard | PostReply, *, mentions: tuple[str, ...]) -> PostReply:
    root, number = _parted(telling.key)
    taken = len(calls_after(tx, telling.key))
    return PostReply(
        key=_key(root, number + taken + 1),
        card_id=telling.card_id,
        of=telling.key if isinstance(telling, PostCard) else telling.of,
        about=ReplyKind.CALLED,
        face=telling.face,
        mentions=mentions,
        reason=telling.reason,
        repeats=telling.key,
    )


def _first_of(hearing: Hearing, waiting: Sequence[OutboxRow]) -> datetime | None:
    """Say when the first of all who are called is at work: who has waited longer waits for nobody else's morning."""
    begins = (hearing.later_from, *(row.not_before for row in waiting))
    return min((one for one in begins if one is not None), default=None)


def _calling(card: Card, telling: PostCard | PostReply, key: str) -> Card:
    """Keep on a card who is called later; a reaction on the call counts while its question does."""
    asks = telling.key in (card.key, *card.called_in)
    return replace(also_called(card, key=key) if asks else card, calling=(*card.calling, key))


def _without(keys: tuple[str, ...], rows: Sequence[OutboxRow]) -> tuple[str, ...]:
    merged = {row.key for row in rows}
    return tuple(one for one in keys if one not in merged)


def _with(row: OutboxRow, key: str) -> OutboxRow:
    return replace(row, status=OutboxStatus.CANCELLED, error=f"told together with what followed: {key}")


def _calls_after(tx: Transaction, key: str) -> Iterator[OutboxRow]:
    root, number = _parted(key)
    for each in count(number + 1):
        (row,) = tx.outbox.get([_key(root, each)]) or (None,)
        if row is None:
            return
        yield row


def _key(root: str, number: int) -> str:
    return f"{_CALL}/{number}/{root}"


def _parted(key: str) -> tuple[str, int]:
    """Take the key of a message apart: the message that was told first, and the number of the call, 0 for none."""
    kind, _, rest = key.partition("/")
    number, _, root = rest.partition("/")
    return (root, int(number)) if kind == _CALL else (key, 0)


def _waits(row: OutboxRow) -> bool:
    return row.status is OutboxStatus.PENDING


def _mentions_in(row: OutboxRow) -> tuple[str, ...]:
    call = decode_telling(row.payload)
    return call.mentions if isinstance(call, PostReply) else ()


def _event(engine: Engine, card: Card, call: PostReply, hearing: Hearing) -> Event:
    detail = {
        "card": card.id,
        "mentioned": call.mentions,
        "from": hearing.later_from.isoformat() if hearing.later_from else None,
        "message": call.repeats,
        "reason": "outside the business hours of who is mentioned",
    }
    return card_event(engine, card, "called_later", detail)
