"""From the history of one opportunity to its steps: every move of rank or outcome, in order, with who and how much."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain as chained
from types import MappingProxyType
from typing import TypeVar

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.history import (
    Ordered,
    StageEntry,
    begins_of,
    ended_with,
    order_edits,
    order_entries,
)
from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing
from csops_sync.domain.facts import FieldEdit, Scalar

Row = TypeVar("Row", StageEntry, FieldEdit)


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that is known of an opportunity's past: its stage history, and the edits of its rank's own field.

    `value` is the rank's field as it stands now. `outcomes` says of each stage whether it is closed, and how; a stage
    that is not in it is open. `moves` are the edits of the stage, in an org that tracks it beside its stage history.
    """

    opportunity_id: str
    value: Scalar
    entries: tuple[StageEntry, ...] = ()
    edits: tuple[FieldEdit, ...] = ()
    moves: tuple[FieldEdit, ...] = ()
    outcomes: Mapping[str, Outcome]

    def outcome_of(self, entry: StageEntry) -> Outcome:
        """This function will say whether a snapshot's stage is closed, and how."""
        return self.outcomes.get(entry.stage, Outcome.OPEN)


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move. `ids` are the history rows it is made of: one, or all of a second whose order is unknown.

    `place` orders the moves of one second.
    """

    at: datetime
    ids: tuple[str, ...]
    by_id: str | None
    before: Standing
    after: Standing
    amount_before: Decimal | None
    amount_after: Decimal | None
    order_known: bool = True
    place: int = 0


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Where a renewal stands while its history is walked; None where no row has said so yet.

    `is_found` says that an edit led there; before the first one it is what must have stood there, by all of them.
    """

    standing: Standing | None
    raw: Scalar
    last: StageEntry | None
    is_found: bool = False

    @property
    def amount(self) -> Decimal | None:
        return self.last.amount if self.last else None


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class _Second:
    """The rows of one second. `end` is what is known otherwise of how it ended, where the rows cannot say.

    `likely` is the rank's own field at its end, as far as what came after it tells.
    """

    at: datetime
    entries: tuple[StageEntry, ...]
    edits: tuple[FieldEdit, ...]
    moves: tuple[FieldEdit, ...]
    end: Standing | None = None
    likely: tuple[Scalar, ...] = ()

    @property
    def rows(self) -> tuple[StageEntry | FieldEdit, ...]:
        return (*self.edits, *self.entries)


def steps_of(
    past: Past, *, scale: RankScale, ends: Mapping[datetime, Standing] = MappingProxyType({})
) -> tuple[Step, ...]:
    """This function will walk the whole history of an opportunity and give its moves, oldest first.

    The first row of all says where it began and is no move. Rows that move neither rank nor outcome (an amount, a
    close date) are no steps. `ends` are standings that are known otherwise, at the end of a second (UTC): they count
    where its rows have no order.
    """
    seconds = tuple(_seconds(past, ends))
    cursor = _Cursor(standing=None, raw=None, last=None)
    if scale.kind is RankKind.FIELD:
        seconds, cursor = _begin(seconds, scale, now=past.value)
    found: list[Step] = []
    for second in seconds:
        steps, cursor = _taken_in(cursor, second, past=past, scale=scale)
        found.extend(steps)
    return tuple(found)


def newest_second(past: Past) -> datetime | None:
    """This function will give the last second (UTC) of which there is a row; None where there is none."""
    rows: Iterator[StageEntry | FieldEdit] = chained(past.entries, past.edits)
    newest = max((one.at for one in rows), default=None)
    return None if newest is None else _whole(newest)


def seconds_without(past: Past, ids: Collection[str]) -> frozenset[datetime]:
    """This function will give the seconds (UTC) of which there are snapshots that are not among these rows."""
    return frozenset(_whole(one.at) for one in past.entries if one.id not in ids)


def _begin(
    seconds: Sequence[_Second], scale: RankScale, *, now: Scalar
) -> tuple[tuple[_Second, ...], _Cursor]:
    """The field's value before its first tracked edit, found backwards from what stands there now; and on the way."""
    likely: tuple[Scalar, ...] = (now,)
    found: list[_Second] = []
    for second in reversed(seconds):
        found.append(replace(second, likely=likely) if len(second.edits) > 1 else second)
        likely = begins_of(second.edits, otherwise=likely) if second.edits else likely
    return tuple(reversed(found)), _Cursor(
        standing=Standing(scale.rank_of(likely[0])), raw=likely[0], last=None
    )


def _seconds(past: Past, ends: Mapping[datetime, Standing]) -> Iterator[_Second]:
    entries, edits, moves = _by_second(past.entries), _by_second(past.edits), _by_second(past.moves)
    for at in sorted(entries.keys() | edits.keys()):
        yield _Second(
            at=at,
            entries=tuple(entries.get(at, ())),
            edits=tuple(edits.get(at, ())),
            moves=tuple(moves.get(at, ())),
            end=ends.get(at),
        )


def _by_second(rows: Iterable[Row]) -> Mapping[datetime, list[Row]]:
    found: dict[datetime, list[Row]] = defaultdict(list)
    for row in rows:
        found[_whole(row.at)].append(row)
    return found


def _taken_in(
    cursor: _Cursor, second: _Second, *, past: Past, scale: RankScale
) -> tuple[list[Step], _Cursor]:
    """Take in the rows of one second: as one step, one by one where they have an order, or as their sum."""
    snapshots = order_entries(second.entries, last=cursor.last, moves=second.moves)
    chain = order_edits(second.edits, begins=(cursor.raw,) if cursor.is_found else (), ends=second.likely)
    cursor = _led_from(cursor, chain, scale)
    end = snapshots if snapshots.known else Ordered(_last_of(second, past=past, scale=scale), known=True)
    after = _after(cursor, end, chain, past=past, scale=scale, likely=second.likely)
    if len(second.entries) <= 1 and len(second.edits) <= 1:
        step = _step(cursor, after, at=second.at, rows=second.rows)
        return ([step] if step else []), after
    if _is_ordered(cursor, snapshots, chain, past=past, scale=scale):
        return _one_by_one(cursor, second.at, snapshots, chain, past=past, scale=scale), after
    stirs = any(_stirs(cursor, one, past=past, scale=scale) for one in second.rows)
    return _net(cursor, after, at=second.at, rows=second.rows) if stirs else [], after


def _led_from(cursor: _Cursor, chain: Ordered[FieldEdit], scale: RankScale) -> _Cursor:
    """Let the first edits of all say where they began."""
    if cursor.is_found or len(chain.rows) <= 1 or scale.kind is not RankKind.FIELD:
        return cursor
    raw = next(iter((chain.rows[0].old,) if chain.known else chain.began), cursor.raw)
    outcome = cursor.standing.outcome if cursor.standing else Outcome.OPEN
    return replace(cursor, raw=raw, standing=Standing(scale.rank_of(raw), outcome))


def _is_ordered(
    cursor: _Cursor,
    snapshots: Ordered[StageEntry],
    chain: Ordered[FieldEdit],
    *,
    past: Past,
    scale: RankScale,
) -> bool:
    """Say whether the rows of both histories have one order, as far as they move anything.

    How rows of one history stand to those of the other nothing says.
    """
    if not any(_stirs(cursor, one, past=past, scale=scale) for one in snapshots.rows):
        return chain.known
    return snapshots.known and not any(_moves_rank(one, scale) for one in chain.rows)


def _stirs(cursor: _Cursor, row: StageEntry | FieldEdit, *, past: Past, scale: RankScale) -> bool:
    """Say whether a row by itself moves rank or outcome. While it is closed a rank of its own moves nothing."""
    standing = cursor.standing
    if isinstance(row, FieldEdit):
        return _moves_rank(row, scale) and standing is not None and standing.outcome is Outcome.OPEN
    if scale.kind is RankKind.FIELD:
        return standing is not None and past.outcome_of(row) is not standing.outcome
    return standing != Standing(scale.rank_of(_raw(row, scale)), past.outcome_of(row))


def _net(
    before: _Cursor, after: _Cursor, *, at: datetime, rows: Sequence[StageEntry | FieldEdit]
) -> list[Step]:
    """One step for a second whose order is unknown, also where it led back to where it began."""
    step = _step(before, after, at=at, rows=rows, always=True)
    return [replace(step, order_known=False)] if step else []


def _moves_rank(edit: FieldEdit, scale: RankScale) -> bool:
    return scale.rank_of(edit.old) != scale.rank_of(edit.new)


def _one_by_one(
    cursor: _Cursor,
    at: datetime,
    snapshots: Ordered[StageEntry],
    chain: Ordered[FieldEdit],
    *,
    past: Past,
    scale: RankScale,
) -> list[Step]:
    """Give one step a row. A single snapshot beside several edits was taken with the last of them."""
    found: list[Step] = []
    rounds = max(len(snapshots.rows), len(chain.rows))
    for number in range(rounds):
        edits = chain.rows[number : number + 1]
        taken = number - (rounds - len(snapshots.rows))
        entries = snapshots.rows[taken : taken + 1] if taken >= 0 else ()
        after = _after(
            cursor, Ordered(entries, known=True), Ordered(edits, known=True), past=past, scale=scale
        )
        step = _step(cursor, after, at=at, rows=(*edits, *entries))
        found.extend([replace(step, place=number)] if step else [])
        cursor = after
    return found


def _after(
    cursor: _Cursor,
    snapshots: Ordered[StageEntry],
    chain: Ordered[FieldEdit],
    *,
    past: Past,
    scale: RankScale,
    likely: Sequence[Scalar] = (),
) -> _Cursor:
    """Where it stands after these rows; `likely` is what its own field may hold where they do not say."""
    last = snapshots.rows[-1] if snapshots.rows else cursor.last
    raw = chain.rows[-1].new if chain.known and chain.rows else _ended(cursor, chain, likely)
    if scale.kind is not RankKind.FIELD:
        raw = _raw(last, scale) if last else None
    outcome = past.outcome_of(last) if last else Outcome.OPEN
    is_known = last is not None or scale.kind is RankKind.FIELD
    return _Cursor(
        standing=Standing(scale.rank_of(raw), outcome) if is_known else None,
        raw=raw,
        last=last,
        is_found=cursor.is_found or bool(chain.rows),
    )


def _ended(cursor: _Cursor, chain: Ordered[FieldEdit], likely: Sequence[Scalar]) -> Scalar:
    if chain.ended:
        return chain.ended[0]
    return ended_with(chain.rows, otherwise=cursor.raw, likely=likely)


def _raw(entry: StageEntry, scale: RankScale) -> Scalar:
    return entry.probability if scale.kind is RankKind.PROBABILITY else entry.forecast_category


def _last_of(second: _Second, *, past: Past, scale: RankScale) -> tuple[StageEntry, ...]:
    """Of snapshots without an order, find the last: what no other replaced, what the stage's own edits end with.

    Where several are left, one that agrees with what is known otherwise.
    """
    left = list(second.entries)
    replaced = {(one.replaced_amount, one.replaced_close_date) for one in left if one.knows_replaced}
    stage = ended_with(second.moves, otherwise=None)
    for fits in (
        lambda one: (one.amount, one.close_date) not in replaced,
        lambda one: one.stage == stage,
        lambda one: second.end is not None and _agrees(one, second.end, past=past, scale=scale),
    ):
        left = list(filter(fits, left)) or left
    return (max(left, key=lambda one: one.id),)


def _agrees(entry: StageEntry, standing: Standing, *, past: Past, scale: RankScale) -> bool:
    same_rank = scale.kind is RankKind.FIELD or scale.rank_of(_raw(entry, scale)) == standing.rank
    return same_rank and past.outcome_of(entry) is standing.outcome


def _step(
    before: _Cursor,
    after: _Cursor,
    *,
    at: datetime,
    rows: Sequence[StageEntry | FieldEdit],
    always: bool = False,
) -> Step | None:
    if before.standing is None or after.standing is None:
        return None
    if before.standing == after.standing and not always:
        return None
    moved = rows if always else _that_moved(before.standing, after.standing, rows)
    people = {one.by_id for one in moved}
    return Step(
        at=at,
        ids=tuple(one.id for one in rows),
        by_id=people.pop() if len(people) == 1 else None,
        before=before.standing,
        after=after.standing,
        amount_before=before.amount,
        amount_after=after.amount,
    )


def _that_moved(
    before: Standing, after: Standing, rows: Sequence[StageEntry | FieldEdit]
) -> Sequence[StageEntry | FieldEdit]:
    """Leave out whoever only touched something else in the same second: an amount beside a rank, for one."""
    edits = [one for one in rows if isinstance(one, FieldEdit)]
    entries = [one for one in rows if isinstance(one, StageEntry)]
    if before.outcome is after.outcome:
        return edits or entries
    return rows if before.rank != after.rank else entries or edits


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
