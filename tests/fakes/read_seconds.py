"""What a reader can make of the rows of history that are to be seen: in which order they stand, where they led. Plain.

Written from the words of docs/rules.md, beside the product's own code and not with it, for the judge of random edits:
every order of the rows of a second is tried, and what leaves out the fewest rows counts.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby, permutations
from typing import TypeAlias

from tests.fakes.busy_people import State
from tests.fakes.edit_history import Change, Row

Rank: TypeAlias = str | None
Face: TypeAlias = tuple[Rank, Rank, str]
"""From which rank to which, by whom."""


@dataclass(frozen=True, slots=True)
class Second:
    """The steps of one second, also those that are no change: one without an order stands alone."""

    at: datetime
    steps: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger has: by row its place among all and the change that it is in, by second at which rank it ends.

    `settled` are the changes with a verdict, `seats` the places of edits within their seconds. Of rows that are alike
    those that the ledger has come first.
    """

    places: Mapping[str, int]
    changes: Mapping[str, str]
    ends: Mapping[datetime, Rank]
    settled: Collection[str]
    seats: Mapping[str, int]

    def is_apart(self, rank: Row, stage: Row) -> bool:
        """Whether an edit was told before the snapshot beside it could be seen."""
        mine, other = self.changes.get(rank.id), self.changes.get(stage.id)
        return mine is not None and mine != other and (mine in self.settled or other is not None)


def seconds_of(rows: Iterable[Row], *, start: State, now: Rank, told: Told) -> Sequence[Second]:
    """This function will read visible rows of one opportunity, whose record stands at the rank `now`."""
    ordered = sorted(rows, key=lambda one: (one.at, one.number))
    seconds = [(at, list(here)) for at, here in groupby(ordered, key=lambda one: one.at)]
    ends = _ends(seconds, now, told)
    stands = start
    found: list[Second] = []
    for number, (at, here) in enumerate(seconds):
        steps, stands = _read(at, here, stands, ends[number], told)
        found.append(Second(at, tuple(steps)))
    return found


def _ends(
    seconds: Sequence[tuple[datetime, Sequence[Row]]],
    now: Rank,
    told: Told,
) -> Sequence[Sequence[Rank]]:
    """Say at which rank each second may have ended: where the next one begins, by what its rows leave for good."""
    ends: Sequence[Rank] = [now]
    found: list[Sequence[Rank]] = []
    is_last = True
    for at, rows in reversed(seconds):
        ranks = sorted((one for one in rows if one.is_rank), key=lambda one: one.id)
        if ranks and is_last:
            ends, is_last = _last_ends(ranks, now, told.ends.get(at, now), told.places), False
        found.append(ends)
        reached = Counter(one.after.rank for one in ranks)
        begins: list[Rank] = []
        for one in ranks:
            if reached[one.before.rank]:
                reached[one.before.rank] -= 1
            else:
                begins.append(one.before.rank)
        ends = begins or ends
    return found[::-1]


def _last_ends(ranks: Sequence[Row], now: Rank, told: Rank, places: Mapping[str, int]) -> Sequence[Rank]:
    """Say where the last edits of all ended: where it was told that all of them did, else where it stands, else there.

    Edits that lead round did not end elsewhere: a row that is not to be seen yet led on.
    """
    reached = [one.after.rank for one in ranks]
    wanted = (told, now) if all(one.id in places for one in ranks) else (now, told)
    fitting = [one for one in wanted if one in reached]
    leads_round = Counter(reached) == Counter(one.before.rank for one in ranks)
    if fitting or not leads_round:
        return fitting[:1] or [now]
    return [one.before.rank for one in ranks]


def _read(
    at: datetime, rows: Sequence[Row], start: State, ends: Sequence[Rank], told: Told
) -> tuple[Sequence[Change], State]:
    """Rows of one second are one step each where they can stand in one order only; else they are one step together."""
    ranks, stages = [one for one in rows if one.is_rank], [one for one in rows if not one.is_rank]
    orders = _orders(tuple(sorted(map(_face, ranks), key=str)), start.rank, tuple(ends))
    end = _end(orders, ends) if ranks else start.rank
    last = stages[-1].after if stages else start
    after = State(end, last.stage, last.amount)
    closes = any(one.after.standing[1] != start.standing[1] for one in stages)
    if len(ranks) == len(stages) == 1 and closes and told.is_apart(ranks[0], stages[0]):
        between = State(end, start.stage, start.amount)
        close = replace(_step(at, stages, between, after), place=1)
        return [_step(at, ranks, start, between), close], after
    if len(ranks) <= 1 and len(stages) <= 1:
        return [_step(at, rows, start, after)], after
    if not closes and len(orders) == 1:
        return _one_by_one(at, _seated(orders[0], ranks, told), stages, start), after
    if closes and not ranks and _ways(stages, start) == 1:
        return _one_by_one(at, [], stages, start), after
    still = not closes and not (ranks and start.standing[1] == "open")
    return [replace(_step(at, rows, start, after, always=True), ordered=False, still=still)], after


@lru_cache(maxsize=10_000)
def _orders(faces: tuple[Face, ...], start: Rank, ends: tuple[Rank, ...]) -> Sequence[tuple[Face, ...]]:
    """Give the orders in which the fewest rows are missing."""
    gaps = {order: _gaps(order, start, ends) for order in set(permutations(faces))}
    fewest = min(gaps.values())
    return [order for order, missing in gaps.items() if missing == fewest]


def _gaps(order: tuple[Face, ...], start: Rank, ends: tuple[Rank, ...]) -> int:
    stands, missing = start, 0
    for old, new, _ in order:
        missing += old != stands
        stands = new
    return missing + (stands not in ends)


def _end(orders: Sequence[tuple[Face, ...]], ends: Sequence[Rank]) -> Rank:
    ended = {order[-1][1] for order in orders}
    if len(ended) == 1:
        return ended.pop()
    return next((one for one in ends if one in ended), ends[0])


def _seated(order: Sequence[Face], rows: Sequence[Row], told: Told) -> Sequence[Row]:
    """Of rows that are alike those that the ledger has keep their places, or come first; then smaller ids do."""
    waiting = sorted(rows, key=lambda one: (told.places.get(one.id, len(told.places)), one.id))
    kept = {told.seats[one.id]: one for one in rows if one.id in told.seats}
    found: dict[int, Row] = {
        place: kept[place] for place, face in enumerate(order) if place in kept and _face(kept[place]) == face
    }
    waiting = [one for one in waiting if one not in found.values()]
    for place, face in enumerate(order):
        if place not in found:
            found[place] = next(one for one in waiting if _face(one) == face)
            waiting.remove(found[place])
    return [found[place] for place in range(len(order))]


def _one_by_one(at: datetime, ranks: Sequence[Row], stages: Sequence[Row], start: State) -> Sequence[Change]:
    """Step by step; what was saved beside ranks and closes nothing was saved with the last of them."""
    found: list[Change] = []
    rounds = max(len(ranks), len(stages))
    for place in range(rounds):
        taken = place - (rounds - len(stages))
        here = [*ranks[place : place + 1], *(stages[taken : taken + 1] if taken >= 0 else [])]
        after = State(
            next((one.after.rank for one in here if one.is_rank), start.rank),
            next((one.after.stage for one in here if not one.is_rank), start.stage),
            next((one.after.amount for one in here if not one.is_rank), start.amount),
        )
        found.append(replace(_step(at, here, start, after), place=place))
        start = after
    return found


def _step(at: datetime, rows: Sequence[Row], start: State, after: State, *, always: bool = False) -> Change:
    ordered = sorted(rows, key=lambda one: not one.is_rank)
    people = {one.by for one in (rows if always else _movers(rows, start, after))}
    return Change(
        deal=rows[0].deal,
        ids=tuple(one.id for one in ordered),
        at=at,
        place=0,
        before=start.standing,
        after=after.standing,
        by=people.pop() if len(people) == 1 else None,
        still=start.standing == after.standing,
    )


def _movers(rows: Sequence[Row], start: State, after: State) -> Sequence[Row]:
    """Who changed an amount beside a rank moved no rank; who changed a rank beside a close closed nothing."""
    ranks, stages = [one for one in rows if one.is_rank], [one for one in rows if not one.is_rank]
    if start.standing[1] == after.standing[1]:
        return ranks or stages
    return rows if start.standing[0] != after.standing[0] else stages or ranks


def matters(change: Change) -> bool:
    """This function will say whether a step is a change: while a renewal is closed its rank does not count."""
    (rank, outcome), (new_rank, new_outcome) = change.before, change.after
    if change.still:
        return False
    return not change.ordered or outcome != new_outcome or (outcome == "open" and rank != new_rank)


def _ways(stages: Sequence[Row], first: State) -> int:
    """Count in how many orders snapshots can stand, told by the amount that each replaced and the tracked stages."""
    moves = Counter(
        (one.before.stage, one.after.stage) for one in stages if one.before.stage != one.after.stage
    )
    return len(
        {
            tuple((one.after.stage, one.after.amount, one.by) for one in order)
            for order in permutations(stages)
            if _fits(order, first, moves)
        }
    )


def _fits(order: Sequence[Row], first: State, moves: Counter[tuple[str, str]]) -> bool:
    before = [first, *(one.after for one in order)]
    if any(one.before.amount != was.amount for one, was in zip(order, before, strict=False)):
        return False
    steps = [(was.stage, one.after.stage) for one, was in zip(order, before, strict=False)]
    return Counter(step for step in steps if step[0] != step[1]) == moves


def _face(row: Row) -> Face:
    return row.before.rank, row.after.rank, row.by
