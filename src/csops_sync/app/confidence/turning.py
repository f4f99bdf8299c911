"""Cards that turn out to show another end than the renewal's: they are brought there, and nobody is mentioned."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.calling import after_good_news
from csops_sync.app.confidence.faces import as_before
from csops_sync.app.confidence.said import update_of
from csops_sync.app.confidence.telling_reasons import LATE_MOVE
from csops_sync.domain.confidence.card import Card, quieted, still_shown
from csops_sync.domain.confidence.face import CardFace, ReplyKind
from csops_sync.domain.confidence.ranks import RankScale
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.telling import PostReply, SlackTelling
from csops_sync.domain.facts import Person


def is_astray(card: Card, move: Move, *, scale: RankScale) -> bool:
    """This function will say whether a card shows another end than that of a move."""
    return scale.direction(card.face.path[-1], move.after) is not None


def turned(card: Card, move: Move, face: CardFace, *, scale: RankScale) -> Card:
    """This function will let a card show the way that it showed, to where that ended: `face` is how it stands now.

    Good news leave nothing to answer for, nor does what ended where it began.
    """
    way = card.face.path[:-1]
    path = way if len(way) > 1 and way[-1] == move.after else (*way, move.after)
    direction = scale.direction(path[0], move.after)
    shown = replace(as_before(face, card.face), path=path, direction=direction)
    moved = replace(card, face=shown, version=card.version + 1, seen=still_shown(card))
    if direction is None and moved.waits:
        return quieted(moved)
    return after_good_news(moved, replace(move, before=path[0], path=path, direction=direction))


def brought_there(card: Card, people: Mapping[str, Person], *, is_silenced: bool) -> Iterator[SlackTelling]:
    """This function will give what says of a turned card where it stands: the card, and a reply in its thread.

    A reply is heard by all who wrote in the thread: there is none while a silence holds.
    """
    yield update_of(card, questioned(card, people))
    if not is_silenced:
        key = f"turned/{card.id}/{card.key.rpartition('/')[2]}/{card.version}"
        yield correction(card, card.face, key)


def correction(card: Card, face: CardFace, key: str) -> PostReply:
    """This function will give a reply that corrects what a thread says."""
    return PostReply(
        key=key,
        card_id=card.id,
        of=card.key,
        about=ReplyKind.CORRECTED,
        face=face,
        mentions=(),
        reason=LATE_MOVE(),
    )
