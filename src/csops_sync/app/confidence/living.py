"""Which cards can still be moved on: those whose message stands in Slack, or is on its way there."""

from collections.abc import Sequence

from csops_sync.app.confidence.said import update_of
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.ports.store import OutboxRow, OutboxStatus, Transaction

_GONE = "message_not_found"
_OVER = frozenset({OutboxStatus.CANCELLED, OutboxStatus.DROPPED})


def living_cards(engine: Engine, tx: Transaction, cards: Sequence[Card]) -> Sequence[Card]:
    """This function will leave out cards that nobody will ever see again: the next move is posted anew.

    Such a card was decided in shadow before the product went live, a person dropped its post, or somebody deleted its
    message in Slack. A parked post waits for a person to retry it, so its card lives.
    """
    keys = [key for card in cards for key in (card.key, _shown_by(card))]
    rows = {row.key: row for row in tx.outbox.get(keys)}
    return [
        card
        for card in cards
        if _stands(engine, rows.get(card.key)) and not _is_deleted(rows.get(_shown_by(card)))
    ]


def _shown_by(card: Card) -> str:
    """The key of the update that showed a card as it is."""
    return update_of(card, card.face).key


def _stands(engine: Engine, post: OutboxRow | None) -> bool:
    if post is None or post.status in _OVER:
        return False
    return post.status is not OutboxStatus.SHADOW or engine.is_shadow


def _is_deleted(update: OutboxRow | None) -> bool:
    """Slack answers an update of a deleted message with this code, and the update is parked."""
    return update is not None and update.status is OutboxStatus.PARKED and _GONE in (update.error or "")
