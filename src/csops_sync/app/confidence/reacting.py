"""Where a reaction answers a card: on the card, and on our replies in its thread that asked or mentioned.

A reply belongs to the question with which it came. Once another is asked, what stands on it answers nothing any more:
who reacted there has not seen the new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.domain.confidence.card import Card, Seen
from csops_sync.ports.cards import Place
from csops_sync.ports.store import Transaction

WAITING = ("asking", "snoozed")
"""How a card stands that wants an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A message on which a reaction answers `card`. `thread` is where the card stands that a reply belongs to.

    `came_with` says whether the question came with this message: nothing on it is older than that.
    """

    card: Card
    thread: Place | None = None
    came_with: bool


def asked_in(card: Card, place: Place) -> bool:
    """This function will say whether a card's question came with its own message, which stands in this place."""
    posted_at = datetime.fromtimestamp(float(place.ts), UTC)
    return card.asked_at is None or card.key.endswith(f"/{card.move_id}") or posted_at >= card.asked_at


def standing_spots(tx: Transaction) -> dict[Place, Spot]:
    """This function will give where cards that wait can be answered; what was not posted stands nowhere."""
    waiting = tx.confidence.cards.with_status(*WAITING)
    keys = dict.fromkeys(key for card in waiting for key in _messages(card))
    placed = ((row.key, place_of(row.result)) for row in tx.outbox.get(list(keys)))
    places = {key: place for key, place in placed if place is not None}
    return {place: spot for card in waiting for place, spot in _spots(card, places)}


def _messages(card: Card) -> Iterator[str]:
    yield from (card.key, *card.called_in)
    shown = _shown(card)
    yield from shown.messages if shown else ()


def _shown(card: Card) -> Seen | None:
    return card.seen if card.unread else None


def _spots(card: Card, places: Mapping[str, Place]) -> Iterator[tuple[Place, Spot]]:
    """Give what shows the question before, while the new one cannot be read; then the card and its own replies."""
    shown = _shown(card)
    if shown is not None:
        thread = places.get(next(iter(shown.messages), ""))
        for key in shown.messages:
            if key in places:
                in_thread = thread if places[key] != thread else None
                yield places[key], Spot(card=card, thread=in_thread, came_with=False)
    parent = places.get(card.key)
    if parent is None:
        return
    yield parent, Spot(card=card, came_with=asked_in(card, parent))
    for key in card.called_in:
        if key in places:
            yield places[key], Spot(card=card, thread=parent, came_with=True)
