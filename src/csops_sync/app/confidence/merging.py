"""Messages that wait for business hours: what comes after them in the same night is told in one message with them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardFace, CardState, ReplyKind
from csops_sync.domain.confidence.telling import PostCard, PostReply, Telling
from csops_sync.ports.store import OutboxStatus, Transaction

Rested: TypeAlias = PostCard | PostReply
_MOVES = frozenset({ReplyKind.MOVED, ReplyKind.REVERSED})
_ANSWERED = frozenset({CardState.ACKNOWLEDGED, CardState.SNOOZED})


def message_of(tellings: Sequence[Telling]) -> Rested | None:
    """This function will find the message that tells a move among its tellings."""
    found = (one for one in tellings if isinstance(one, PostCard | PostReply))
    return next((one for one in found if isinstance(one, PostCard) or one.about in _MOVES), None)


def read_rested(tx: Transaction, cards: Sequence[Card]) -> dict[str, Rested]:
    """This function will read the moves that wait for business hours, by card."""
    resting = {card.resting: card.id for card in cards if card.resting}
    rows = (row for row in tx.outbox.get(list(resting)) if row.status is OutboxStatus.PENDING)
    told = ((row.key, message_of([decode_telling(row.payload)])) for row in rows)
    return {resting[key]: telling for key, telling in told if telling is not None}


def drop_merged(tx: Transaction, opportunity_id: str, *, rested: str, into: str) -> None:
    """This function will take a message back that another tells too; the ledger names that one from now on."""
    tx.outbox.put(
        [
            replace(row, status=OutboxStatus.CANCELLED, error=f"told together with what followed: {into}")
            for row in tx.outbox.get([rested])
            if row.status is OutboxStatus.PENDING
        ]
    )
    rows = [row for row in tx.confidence.ledger.of([opportunity_id]) if row.message_key == rested]
    tx.confidence.ledger.put([replace(row, message_key=into) for row in rows])


def merged_face(rested: CardFace, face: CardFace) -> CardFace:
    """This function will show two moves as one: from where the first began, by everybody who made them."""
    begins = rested.path[:-1] if rested.path[-1] == face.path[0] else rested.path
    return replace(
        face,
        path=(*begins, *face.path),
        changed_by=tuple(dict.fromkeys((*rested.changed_by, *face.changed_by))),
        amount_before=rested.amount_before,
        order_known=rested.order_known and face.order_known,
    )


def merged_mentions(rested: Rested, mentions: tuple[str, ...], *, known: Card) -> tuple[str, ...]:
    """This function will mention who was to be mentioned, unless somebody has answered meanwhile, and who is now."""
    before = () if known.state in _ANSWERED else rested.mentions
    return tuple(dict.fromkeys((*before, *mentions)))
