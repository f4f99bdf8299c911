"""History that becomes visible late: it corrects threads, and cards where they turn out to end elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from csops_sync.app.confidence.asking import questioned
from csops_sync.app.confidence.calling import after_good_news
from csops_sync.app.confidence.detecting import Looked
from csops_sync.app.confidence.faces import as_before, face_of
from csops_sync.app.confidence.living import living_cards
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.said import update_of
from csops_sync.app.confidence.scenes import Scene, at_home, read_scenes
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card, still_shown
from csops_sync.domain.confidence.face import CardFace, ReplyKind
from csops_sync.domain.confidence.ranks import RankScale
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.settling import Move, move_of
from csops_sync.domain.confidence.telling import PostReply, SlackTelling
from csops_sync.domain.facts import Person
from csops_sync.ports.store import Transaction


def tell_late(
    engine: Engine,
    tx: Transaction,
    looked: Looked,
    *,
    confidence: ConfidenceRules,
    people: Mapping[str, Person],
) -> None:
    """This function will correct the threads of cards by changes that became visible late, mentioning nobody.

    Where the last of what was told turns out to have ended elsewhere, the cards show that, too.
    """
    changes = (*looked.late, *looked.turned)
    if not changes:
        return
    scenes = read_scenes(engine, tx, at_home(tx, changes, looked.homes), people=people)
    for number, change in enumerate(changes):
        scene = scenes.get(change.opportunity_id)
        if scene is None:
            continue
        cards = living_cards(engine, tx, tx.confidence.cards.of([change.opportunity_id]))
        move = move_of([change], scale=confidence.scale)
        face = face_of(scene, move, rules=confidence, today=engine.today())
        if number < len(looked.late):
            put_tellings(engine, tx, [_correction(one, face, f"late/{one.id}/{change.id}") for one in cards])
            continue
        astray = [one for one in cards if one.face.path[-1] != change.after]
        turned = [_turned(one, move, face, scale=confidence.scale) for one in astray]
        tx.confidence.cards.put(turned)
        put_tellings(engine, tx, [said for one in turned for said in _brought_there(one, scene)])


def _turned(card: Card, move: Move, face: CardFace, *, scale: RankScale) -> Card:
    """Let a card show the way that it showed, to where that ended; good news leave nothing to answer for."""
    way = card.face.path[:-1]
    path = way if len(way) > 1 and way[-1] == move.after else (*way, move.after)
    direction = scale.direction(path[0], move.after)
    shown = replace(as_before(face, card.face), path=path, direction=direction)
    moved = replace(card, face=shown, version=card.version + 1, seen=still_shown(card))
    return after_good_news(moved, replace(move, before=path[0], path=path, direction=direction))


def _brought_there(card: Card, scene: Scene) -> Iterator[SlackTelling]:
    yield update_of(card, questioned(card, scene.book.people))
    yield _correction(card, card.face, f"turned/{card.id}/{card.version}")


def _correction(card: Card, face: CardFace, key: str) -> PostReply:
    return PostReply(
        key=key,
        card_id=card.id,
        of=card.key,
        about=ReplyKind.CORRECTED,
        face=face,
        mentions=(),
        reason="a change that became visible late",
    )
