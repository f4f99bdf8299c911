"""Who is asleep when a message is sent is called later, in its thread: a reply under a key of its own, once each.

The call is in the outbox before the message goes out, and the message mentions nobody for whom there is one: whoever is
killed in between, and whoever goes on, finds who is still to be called there. Calls of one message are numbered,
`call/1/<its key>`; a call that finds some of its people asleep again leaves them to the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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


def without_called(tx: Transaction, outgoing: OutgoingCard) -> OutgoingCard:
    """This function will take those off a message who have a call of their own; who still waits for it is named."""
    telling = outgoing.telling
    if not isinstance(telling, PostCard | PostReply) or len(telling.mentions) < 2:  # noqa: PLR2004 - one is not parted
        return outgoing
    calls = {row.key: (row, _mentions_in(row)) for row in calls_after(tx, telling.key)}
    apart = {who for _, mentions in calls.values() for who in mentions}
    waiting = {who for row, mentions in calls.values() if _waits(row) for who in mentions}
    now = tuple(one for one in telling.mentions if one not in apart)
    later = tuple(one for one in telling.mentions if one in waiting)
    return replace(outgoing, telling=replace(telling, mentions=now), later=later) if apart else outgoing


def call_later(engine: Engine, outgoing: OutgoingCard, hearing: Hearing) -> OutgoingCard:
    """This function will put a call for those who are asleep into the outbox, and give the message without them.

    Calls of the same card that still wait are told with it.
    """
    telling = outgoing.telling
    if not hearing.later or not isinstance(telling, PostCard | PostReply):
        return outgoing
    with engine.store.transaction(engine.grant) as tx:
        (card,) = tx.confidence.cards.get([telling.card_id]) or (None,)
        if card is None:
            return outgoing
        waiting = [row for row in tx.outbox.get(card.calling) if _waits(row)]
        owed = (who for row in waiting for who in _mentions_in(row) if who not in telling.mentions)
        call = _call(tx, telling, mentions=tuple(dict.fromkeys((*hearing.later, *owed))))
        put_tellings(engine, tx, [call], not_before=hearing.later_from)
        tx.outbox.put([_with(row, call.key) for row in waiting])
        left = replace(card, calling=_without(card.calling, waiting))
        tx.confidence.cards.put([_calling(left, telling, call.key)])
        tx.journal.add([_event(engine, card, call, hearing)])
    now = tuple(one for one in telling.mentions if one not in hearing.later)
    later = tuple(dict.fromkeys((*outgoing.later, *hearing.later)))
    return replace(outgoing, telling=replace(telling, mentions=now), later=later)


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
        "mentioned": hearing.later,
        "from": hearing.later_from.isoformat() if hearing.later_from else None,
        "message": call.repeats,
        "reason": "outside the business hours of who is mentioned",
    }
    return card_event(engine, card, "called_later", detail)
