"""Step 5 of a cycle for confidence: what has settled becomes cards, replies, summaries, and verdicts in the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from csops_sync.app.confidence.detecting import Looked
from csops_sync.app.confidence.kept_zones import read_zones
from csops_sync.app.confidence.later_calls import read_owed
from csops_sync.app.confidence.living import living_cards
from csops_sync.app.confidence.merging import read_rested
from csops_sync.app.confidence.moves import Teller
from csops_sync.app.confidence.office_hours import business_hours
from csops_sync.app.confidence.scenes import Scene, at_home, read_scenes
from csops_sync.app.confidence.telling_desk import TellingDesk
from csops_sync.app.engine import Engine
from csops_sync.domain.book import AccountBook
from csops_sync.domain.confidence.card import quieted
from csops_sync.domain.confidence.changes import ConfidenceChange, Verdict
from csops_sync.domain.confidence.ranks import BAD_NEWS, RankScale
from csops_sync.domain.confidence.rules import ConfidenceRules
from csops_sync.domain.confidence.settling import Move, move_of, settled_moves
from csops_sync.domain.confidence.storms import Sorted, fold, storms_going_on, stormy_changes
from csops_sync.domain.facts import Person
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import Transaction

_OPEN = (Verdict.WAITING.value, Verdict.HELD.value)
_OVER = tuple(one.value for one in Verdict if one.value not in _OPEN)
_MOST_WAITING = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The rows of the ledger that wait for a verdict, and the moves among them whose window is over.

    `homes` are the customers of opportunities, by id, as far as they have been read; of the others their watches say.
    """

    rows: Sequence[LedgerRow]
    moves: Sequence[Move]
    homes: Mapping[str, str] = field(default_factory=dict)


def read_settled(engine: Engine, tx: Transaction, looked: Looked, *, confidence: ConfidenceRules) -> Settled:
    """This function will find whose window is over, and what waited for business hours that have begun."""
    rows = tx.confidence.ledger.with_status(*_OPEN, limit=_MOST_WAITING)
    moves = _moves(engine, rows, confidence) if rows else ()
    return Settled(rows=rows, moves=moves, homes=looked.homes)


def tell_settled(
    engine: Engine,
    tx: Transaction,
    settled: Settled,
    *,
    confidence: ConfidenceRules,
    people: Mapping[str, Person],
    books: Mapping[str, AccountBook],
) -> int:
    """This function will tell every move that has settled, and give how many there were.

    What waits for business hours is merged with what came after it, and told when they begin. A storm that still goes
    on is waited out, so that it is told once.
    """
    rows, moves = settled.rows, settled.moves
    if not moves:
        return 0
    scenes = read_scenes(engine, tx, at_home(tx, moves, settled.homes), people=people, books=books)
    teller = _teller(engine, tx, settled, confidence)
    parted = _parted(engine, tx, settled, confidence, urgent=_urgent(moves, scenes, teller))
    desk = TellingDesk(
        engine=engine, tx=tx, teller=teller, scenes=scenes, rows={row.change.id: row for row in rows}
    )
    for move in parted.alone:
        desk.tell(move)
    for person, folded in parted.folded.items():
        desk.summarise(folded, by_person=person)
    return desk.record()


def _moves(engine: Engine, rows: Sequence[LedgerRow], confidence: ConfidenceRules) -> Sequence[Move]:
    """Settle what waits; an opportunity of which something is held is decided about as one move, all of it.

    Before the first of whom it mentions is at work nothing is decided anew about what is held, unless more has settled
    since.
    """
    scale, window, now = confidence.scale, confidence.settle, engine.now()
    kept: dict[str, list[ConfidenceChange]] = defaultdict(list)
    for row in rows:
        if row.verdict is Verdict.HELD:
            kept[row.change.opportunity_id].append(row.change)
    fresh = {row.change.opportunity_id for row in rows if row.verdict is Verdict.WAITING}
    for row in rows:
        if row.verdict is Verdict.WAITING and row.change.opportunity_id in kept:
            kept[row.change.opportunity_id].append(row.change)
    waiting = [row.change for row in rows if row.change.opportunity_id not in kept]
    settled = settled_moves(waiting, window=window, now=now, scale=scale)
    ripe = fresh | _ripe(engine, rows) if kept else fresh
    merged = [
        _merged(changes, scale)
        for opportunity_id, changes in kept.items()
        if opportunity_id in ripe and _is_settled(changes, window, engine)
    ]
    return sorted([*settled, *merged], key=lambda one: (one.at, one.id))


def _ripe(engine: Engine, rows: Sequence[LedgerRow]) -> set[str]:
    """Give the opportunities of which something was held until now; an older version did not keep until when."""
    now, ours = engine.now(), business_hours(engine.rules).next_open(engine.now())
    held = (row for row in rows if row.verdict is Verdict.HELD)
    return {row.change.opportunity_id for row in held if (row.held_until or ours) <= now}


def _is_settled(changes: Sequence[ConfidenceChange], window: timedelta, engine: Engine) -> bool:
    return max(one.until or one.at for one in changes) + window <= engine.now()


def _merged(changes: Sequence[ConfidenceChange], scale: RankScale) -> Move:
    return move_of(sorted(changes, key=lambda one: (one.at, one.place, one.id)), scale=scale)


def _teller(engine: Engine, tx: Transaction, settled: Settled, confidence: ConfidenceRules) -> Teller:
    undecided: dict[str, list[ConfidenceChange]] = defaultdict(list)
    for row in settled.rows:
        undecided[row.change.opportunity_id].append(row.change)
    teller = Teller(
        rules=engine.rules,
        confidence=confidence,
        silences=tx.confidence.silences.with_status("on"),
        hours=business_hours(engine.rules),
        now=engine.now(),
        today=engine.today(),
        zones=read_zones(tx),
        undecided=undecided,
    )
    cards = tx.confidence.cards.of([one.opportunity_id for one in settled.moves])
    living = living_cards(engine, tx, cards)
    teller.keep(living)
    teller.rested.update(read_rested(tx, living))
    teller.owed.update(read_owed(tx, living))
    tx.confidence.cards.put([quieted(one) for one in cards if one.waits and one not in living])
    return teller


def _parted(
    engine: Engine, tx: Transaction, settled: Settled, confidence: ConfidenceRules, *, urgent: frozenset[str]
) -> Sorted:
    """Part what is told alone from storms that are over. What was told within the storm's window before counts too."""
    rule, changes = confidence.storm, [row.change for row in settled.rows]
    if rule is None:
        return fold(settled.moves, stormy=frozenset(), urgent=urgent)
    decided = [change for move in settled.moves for change in move.changes]
    since = min(one.until or one.at for one in decided) - rule.within
    told = tx.confidence.ledger.with_status(*_OVER, since=since, limit=_MOST_WAITING)
    stormy = stormy_changes([*changes, *(row.change for row in told)], rule=rule)
    parted = fold(settled.moves, stormy=stormy, urgent=urgent)
    going_on = storms_going_on(changes, rule=rule, settle=confidence.settle, now=engine.now())
    over = {person: moves for person, moves in parted.folded.items() if person not in going_on}
    return Sorted(alone=parted.alone, folded=over)


def _urgent(moves: Sequence[Move], scenes: Mapping[str, Scene], teller: Teller) -> frozenset[str]:
    """Worsened and lost moves that an urgent route, or one that asks for a certain amount, takes are never folded."""
    found = set()
    for move in moves:
        scene = scenes.get(move.opportunity_id)
        if scene is None or move.direction not in BAD_NEWS:
            continue
        routes = teller.routes(move, scene)
        if any(one.urgent or one.prior_at_least is not None for one in routes):
            found.add(move.id)
    return frozenset(found)
