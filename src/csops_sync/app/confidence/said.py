"""The tellings that one move of a card takes: posted, or brought up to date with a reply in its thread. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.faces import with_question
from csops_sync.app.confidence.scenes import Scene
from csops_sync.app.confidence.telling_reasons import CELEBRATED, confidence_of
from csops_sync.domain.confidence.card import Card, quieted
from csops_sync.domain.confidence.face import CardFace, ReplyKind
from csops_sync.domain.confidence.ranks import BAD_NEWS, GOOD_NEWS
from csops_sync.domain.confidence.rules import Route
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.confidence.telling import PostCard, PostReply, React, SlackTelling, UpdateCard


def posted(card: Card, move: Move, route: Route, *, mentions: tuple[str, ...]) -> Sequence[SlackTelling]:
    """This function will post a card, and celebrate good news on it."""
    post = PostCard(
        key=card.key,
        card_id=card.id,
        channel=route.channel,
        face=with_question(card.face, card, answered_by=None),
        mentions=mentions,
        reason=_reason(card.face),
    )
    return [post, *_celebrations(card, move, route)]


def reply_key(card: Card, move: Move) -> str:
    """This function will give the key of the reply that tells a move in a card's thread."""
    return f"move/{card.id}/{move.id}"


def moved_on(
    card: Card, move: Move, scene: Scene, route: Route, *, before: Card, mentions: tuple[str, ...]
) -> Sequence[SlackTelling]:
    """This function will bring a card up to date, and tell the move in its thread, where the mentions are."""
    face = questioned(card, scene.book.people)
    reply = PostReply(
        key=reply_key(card, move),
        card_id=card.id,
        of=card.key,
        about=ReplyKind.REVERSED if _is_reversed(before, move, scene) else ReplyKind.MOVED,
        face=face,
        mentions=mentions,
        reason=_reason(face),
    )
    return [update_of(card, face), reply, *_celebrations(card, move, route)]


def update_of(card: Card, face: CardFace) -> UpdateCard:
    """This function will show a card's newest face in Slack."""
    key = f"face/{card.id}/{card.key.rsplit('/', 1)[-1]}/{card.version}"
    return UpdateCard(key=key, card_id=card.id, of=card.key, face=face, reason=_reason(face))


def closed(card: Card, face: CardFace, *, by: Card) -> UpdateCard:
    """This function will show on a card that another stands in its place: it asks nothing any more, and leads there."""
    last = replace(quieted(card), version=by.version)
    shown = update_of(last, with_question(face, last, answered_by=None))
    return replace(shown, continued_in=by.key)


def _celebrations(card: Card, move: Move, route: Route) -> Iterator[React]:
    """React in the order of the rules: each waits for the one before it, so that the first is the first to be seen."""
    if move.direction not in GOOD_NEWS:
        return
    before = None
    for number, emoji in enumerate(route.celebrate):
        react = React(
            key=f"react/{card.id}/{move.id}/{number:02d}-{emoji}",
            card_id=card.id,
            of=card.key,
            emoji=emoji,
            reason=CELEBRATED(),
            follows=before,
        )
        yield react
        before = react.key


def _is_reversed(before: Card, move: Move, scene: Scene) -> bool:
    """Say whether bad news undoes the good news on the card: it leads back to where that began, or lower."""
    confidence = scene.rules.confidence
    if confidence is None or before.face.direction not in GOOD_NEWS or move.direction not in BAD_NEWS:
        return False
    return confidence.scale.direction(before.face.path[0], move.after) not in GOOD_NEWS


def _reason(face: CardFace) -> str:
    return confidence_of(face.account_name, face.path)
