"""History that becomes visible late: it corrects threads, and cards where they turn out to end elsewhere."""

from collections.abc import Mapping
from itertools import chain

from csops_sync.app.confidence.detecting import Looked
from csops_sync.app.confidence.faces import face_of
from csops_sync.app.confidence.living import living_cards
from csops_sync.app.confidence.outgoing import put_tellings
from csops_sync.app.confidence.scenes import at_home, read_scenes
from csops_sync.app.confidence.silenced_cards import silences_of
from csops_sync.app.confidence.turning import brought_there, correction, is_astray, turned
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.settling import move_of
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

    Where the last of what was told turns out to have ended elsewhere, the cards show that, too. While a silence holds
    cards are brought there, and threads are left alone: `explain` shows what came late.
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
        silences = silences_of(engine, tx, cards)
        move = move_of([change], scale=confidence.scale)
        face = face_of(scene, move, rules=confidence, today=engine.today())
        if number < len(looked.late):
            heard = (one for one in cards if one.id not in silences)
            put_tellings(engine, tx, [correction(one, face, f"late/{one.id}/{change.id}") for one in heard])
            continue
        astray = [one for one in cards if is_astray(one, move, scale=confidence.scale)]
        moved = [turned(one, move, face, scale=confidence.scale) for one in astray]
        tx.confidence.cards.put(moved)
        said = (brought_there(one, people, is_silenced=one.id in silences) for one in moved)
        put_tellings(engine, tx, list(chain.from_iterable(said)))
