"""What Salesforce's history says of known edits, and which changes of confidence a reader may make of it. Plain.

Written from the words of the issue, beside the product's own code and not with it: the judge of random edits.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, permutations

from tests.fakes.busy_people import Edit, State
from tests.fakes.sandbox import Record, SandboxProcess

Standing = tuple[str | None, str]
"""Rank and outcome (`open`, `won`, `lost`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of either history. `number` is the place of its save in the order in which saves were really made.

    Polls from number `poll` on see it, from the instant `visible_at` on.
    """

    id: str
    deal: str
    at: datetime
    by: str
    number: int
    before: State
    after: State
    is_rank: bool
    poll: int
    visible_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One ledger row as it must be: of one row, of a row of each history, or of a second without an order."""

    deal: str
    ids: tuple[str, ...]
    at: datetime
    place: int
    before: Standing
    after: Standing
    by: str | None
    ordered: bool = True

    @property
    def name(self) -> str:
        """Its id in the ledger: that of its row, else of its second, with its place where it is not the first there."""
        if self.ordered or len(self.ids) == 1:
            return self.ids[0]
        return f"{self.deal}@{int(self.at.timestamp())}" + (f".{self.place}" if self.place else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An edit with the number of the poll before which it was sent, and when any reader sees it."""

    edit: Edit
    poll: int
    visible_at: datetime


def rows_of(
    sandbox: SandboxProcess, sent: Sequence[Sent], *, deals: Iterable[str], people: Mapping[str, str]
) -> dict[str, list[Row]]:
    """This function will give the sandbox's own rows by opportunity, each with the edit that made it.

    `people` are user ids by username. Raises AssertionError where a row has no edit, KeyError or IndexError where an
    edit has not its rows.
    """
    ranks = [one for one in sandbox.records("OpportunityFieldHistory") if one["Field"] == "Confidence__c"]
    stages = sandbox.records("OpportunityHistory")
    ids: dict[tuple[object, ...], list[str]] = {}
    for row in ranks:
        ids.setdefault(_face_of_rank(row), []).append(str(row["Id"]))
    for row in stages:
        ids.setdefault(_face_of_stage(row), []).append(str(row["Id"]))
    found: dict[str, list[Row]] = {deal: [] for deal in deals}
    for number, one in enumerate(sent):
        found[one.edit.deal].extend(_rows(one, number, ids, people))
    assert sum(map(len, found.values())) + len(found) == len(ranks) + len(stages), "a row without an edit"
    return found


def _rows(
    sent: Sent, number: int, ids: dict[tuple[object, ...], list[str]], people: Mapping[str, str]
) -> Iterator[Row]:
    edit, by = sent.edit, people[sent.edit.by]
    head = (edit.deal, edit.at, by)
    faces: list[tuple[bool, tuple[object, ...]]] = []
    if edit.before.rank != edit.after.rank:
        faces.append((True, (*head, edit.before.rank, edit.after.rank)))
    if (edit.before.stage, edit.before.amount) != (edit.after.stage, edit.after.amount):
        faces.append((False, (*head, edit.after.stage, edit.before.amount, edit.after.amount)))
    for is_rank, face in faces:
        yield Row(
            id=ids[face].pop(0),
            deal=edit.deal,
            at=edit.at,
            by=by,
            number=number,
            before=edit.before,
            after=edit.after,
            is_rank=is_rank,
            poll=sent.poll,
            visible_at=sent.visible_at,
        )


def _face_of_rank(row: Record) -> tuple[object, ...]:
    return (*_head(row), row["OldValue"], row["NewValue"])


def _face_of_stage(row: Record) -> tuple[object, ...]:
    return (*_head(row), row["StageName"], row["PrevAmount"], row["Amount"])


def _head(row: Record) -> tuple[object, ...]:
    return row["OpportunityId"], datetime.fromisoformat(row["CreatedDate"]), row["CreatedById"]


def changes_of(rows: Iterable[Row], *, start: State) -> Iterator[Change]:
    """This function will give the changes that these rows of one opportunity tell, oldest first."""
    rank, stage = start.rank, start.stage
    for at, second in groupby(sorted(rows, key=lambda one: one.number), key=lambda one: one.at):
        here = list(second)
        yield from _of_second(at, here, State(rank, stage, 0))
        rank = next((one.after.rank for one in reversed(here) if one.is_rank), rank)
        stage = next((one.after.stage for one in reversed(here) if not one.is_rank), stage)


def _of_second(at: datetime, rows: Sequence[Row], start: State) -> Iterator[Change]:
    """Rows of one second are one step each where they can stand in one order only; else they are one step together."""
    ranks, stages = [one for one in rows if one.is_rank], [one for one in rows if not one.is_rank]
    closes = any(one.after.standing[1] != start.standing[1] for one in stages)
    if len(ranks) <= 1 and len(stages) <= 1:
        yield from _moving([_step(at, [*ranks, *stages], start)])
    elif not closes and _ways(ranks) == 1:
        yield from _moving(_one_by_one(at, ranks, start))
    elif closes and not ranks and _ways(stages) == 1:
        yield from _moving(_one_by_one(at, stages, start))
    elif closes or (ranks and start.standing[1] == "open"):
        yield _step(at, [*ranks, *stages], start, ordered=False)


def _one_by_one(at: datetime, rows: Sequence[Row], start: State) -> Iterator[Change]:
    for place, row in enumerate(rows):
        step = _step(at, [row], start, place=place)
        yield step
        start = _after(start, [row])


def _step(at: datetime, rows: Sequence[Row], start: State, *, place: int = 0, ordered: bool = True) -> Change:
    after = _after(start, rows)
    people = {one.by for one in (_movers(rows, start, after) if ordered else rows)}
    return Change(
        deal=rows[0].deal,
        ids=tuple(one.id for one in rows),
        at=at,
        place=place,
        before=start.standing,
        after=after.standing,
        by=people.pop() if len(people) == 1 else None,
        ordered=ordered,
    )


def _movers(rows: Sequence[Row], start: State, after: State) -> Sequence[Row]:
    """Who changed an amount beside a rank moved no rank; who changed a rank beside a close closed nothing."""
    ranks, stages = [one for one in rows if one.is_rank], [one for one in rows if not one.is_rank]
    if start.standing[1] == after.standing[1]:
        return ranks or stages
    return rows if start.standing[0] != after.standing[0] else stages or ranks


def _after(start: State, rows: Sequence[Row]) -> State:
    ordered = sorted(rows, key=lambda one: one.number)
    rank = next((one.after.rank for one in reversed(ordered) if one.is_rank), start.rank)
    stage = next((one.after.stage for one in reversed(ordered) if not one.is_rank), start.stage)
    return State(rank, stage, 0)


def _moving(changes: Iterable[Change]) -> Iterator[Change]:
    """Leave out what moves nothing: while a renewal is closed its rank does not count."""
    for one in changes:
        (rank, outcome), (new_rank, new_outcome) = one.before, one.after
        if outcome != new_outcome or (outcome == "open" and rank != new_rank):
            yield one


def _ways(rows: Sequence[Row]) -> int:
    """Count in how many orders these rows of one history can stand, told by what each replaced."""
    first = rows[0].before if rows else None
    moves = Counter(_stages(one.before, one.after) for one in rows if one.before.stage != one.after.stage)
    ways = {tuple(_face(one) for one in order) for order in permutations(rows) if _fits(order, first, moves)}
    return len(ways)


def _fits(order: Sequence[Row], first: State | None, moves: Counter[tuple[str, str]]) -> bool:
    if first is None:
        return True
    before = [first, *(one.after for one in order)]
    if order[0].is_rank:
        return all(one.before.rank == was.rank for one, was in zip(order, before, strict=False))
    if any(one.before.amount != was.amount for one, was in zip(order, before, strict=False)):
        return False
    steps = (_stages(was, one.after) for one, was in zip(order, before, strict=False))
    return Counter(step for step in steps if step[0] != step[1]) == moves


def _stages(before: State, after: State) -> tuple[str, str]:
    return before.stage, after.stage


def _face(row: Row) -> tuple[object, ...]:
    if row.is_rank:
        return row.before.rank, row.after.rank, row.by
    return row.after.stage, row.after.amount, row.by
