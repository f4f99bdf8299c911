"""From the history of one opportunity to its steps: every move of rank or outcome, in order, with who and how much."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.ends import Ends, Likely
from csops_sync.domain.confidence.history import (
    Ordered,
    StageEntry,
    begins_of,
    ended_with,
    is_same,
    left_by,
    order_edits,
    order_entries,
)
from csops_sync.domain.confidence.last_snapshot import agrees, last_of, sure_end, value_of
from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing
from csops_sync.domain.confidence.seconds import Past, Second, seconds_of
from csops_sync.domain.facts import FieldEdit, Scalar


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one row of history did, or all rows of a second whose order is unknown: `ids`.

    `is_still` says that it stands after it as before; of a second without an order, that none of its rows by itself
    moves rank or outcome. `place` orders the steps of one second.
    """

    at: datetime
    ids: tuple[str, ...]
    by_id: str | None
    before: Standing
    after: Standing
    amount_before: Decimal | None
    amount_after: Decimal | None
    order_known: bool = True
    is_still: bool = False
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


def steps_of(
    past: Past,
    *,
    scale: RankScale,
    ends: Ends | None = None,
    apart: Collection[datetime] = (),
) -> tuple[Step, ...]:
    """This function will walk the whole history of an opportunity and give its steps, oldest first.

    The first row of all says where it began and is no step. Rows that move neither rank nor outcome (an amount, a
    close date) are still ones: they may have been told, when another row was not to be seen yet. `ends` are what is
    known otherwise of how seconds ended: they count where the rows have no order. An edit and a
    snapshot of a second are one step, but for the seconds in which they are `apart`.
    """
    ends = ends or Ends()
    seconds = tuple(seconds_of(past, ends=ends, apart=apart))
    cursor = _Cursor(standing=None, raw=None, last=None)
    if scale.kind is RankKind.FIELD:
        seconds, cursor = _begin(seconds, scale, now=past.value, ends=ends.edits)
    found: list[Step] = []
    seen = list(reversed(ends.seen))
    for second in seconds:
        while seen and seen[-1][0] < second.at:
            cursor = _seen_at(cursor, seen.pop()[1], scale)
        steps, cursor = _taken_in(cursor, second, past=past, scale=scale)
        found.extend(steps)
    return tuple(found)


def _seen_at(cursor: _Cursor, standing: Standing, scale: RankScale) -> _Cursor:
    """Lead on from where the record was seen; edits of a field of its own say themselves what they replaced."""
    if scale.kind is RankKind.FIELD and cursor.standing is not None:
        standing = replace(cursor.standing, outcome=standing.outcome)
    return replace(cursor, standing=standing)


def _begin(
    seconds: Sequence[Second], scale: RankScale, *, now: Scalar, ends: Likely
) -> tuple[tuple[Second, ...], _Cursor]:
    """The field's value before its first tracked edit, found backwards from what stands there now; and on the way."""
    likely: tuple[Scalar, ...] = (now,)
    found: list[Second] = []
    is_last = True
    for second in reversed(seconds):
        if not second.edits:
            found.append(second)
            continue
        likely = (
            _last_left(second, scale, ends, now=now) or left_by(second.edits, now=likely)
            if is_last
            else likely
        )
        found.append(replace(second, likely=likely) if len(second.edits) > 1 else second)
        likely, is_last = begins_of(second.edits, otherwise=likely), False
    return tuple(reversed(found)), _Cursor(
        standing=Standing(scale.rank_of(likely[0])), raw=likely[0], last=None
    )


def _last_left(second: Second, scale: RankScale, ends: Likely, *, now: Scalar) -> tuple[Scalar, ...]:
    """Give what edits left that has the rank at which they are known to have ended: what stands there now, if it has.

    Of a number many values have the same rank.
    """
    left = ([one.new for one in second.edits if scale.rank_of(one.new) == end.rank] for end in ends)
    found = next(filter(None, left), [])
    return (now,) if any(is_same(one, now) for one in found) else tuple(found)


def _taken_in(cursor: _Cursor, second: Second, *, past: Past, scale: RankScale) -> tuple[list[Step], _Cursor]:
    """Take in the rows of one second: as one step, one by one where they have an order, or as their sum."""
    snapshots = _snapshots(cursor, second, past=past, scale=scale)
    begins = (cursor.raw,) if cursor.is_found else ()
    chain = order_edits(second.edits, begins=begins, ends=second.likely, seats=past.seats)
    cursor = _led_from(cursor, chain, scale)
    end = snapshots
    if not snapshots.known:
        end = Ordered((last_of(second, cursor.last, past=past, scale=scale),), known=True)
    after = _after(cursor, end, chain, past=past, scale=scale, likely=second.likely)
    if second.is_apart and _closes_alone(cursor, second, past):
        return _one_after_the_other(cursor, after, second, past=past, scale=scale), after
    if len(second.entries) <= 1 and len(second.edits) <= 1:
        return list(_step(cursor, after, at=second.at, rows=second.rows)), after
    if _is_ordered(cursor, snapshots, chain, past=past, scale=scale):
        return _one_by_one(cursor, second.at, snapshots, chain, past=past, scale=scale), after
    stirs = any(_stirs(cursor, one, past=past, scale=scale) for one in second.rows)
    return [
        replace(one, order_known=False, is_still=not stirs, by_id=_only_one(second.rows))
        for one in _step(cursor, after, at=second.at, rows=second.rows)
    ], after


def _snapshots(cursor: _Cursor, second: Second, *, past: Past, scale: RankScale) -> Ordered[StageEntry]:
    """Put snapshots in order; one that ends elsewhere than what is sure has rows that are not to be seen yet."""
    found = order_entries(second.entries, last=cursor.last, stage_edits=second.stage_edits)
    sure = sure_end(second, scale)
    if len(found.rows) <= 1 or not found.known or sure is None:
        return found
    fitting = [one for one in found.rows if agrees(sure, one, past=past, scale=scale)]
    return found if not fitting or found.rows[-1] in fitting else replace(found, known=False)


def _closes_alone(cursor: _Cursor, second: Second, past: Past) -> bool:
    """Say whether these are one edit and one snapshot, which closes or opens again."""
    if not len(second.entries) == len(second.edits) == 1 or cursor.standing is None:
        return False
    return past.outcome_of(second.entries[0]) is not cursor.standing.outcome


def _one_after_the_other(
    before: _Cursor, after: _Cursor, second: Second, *, past: Past, scale: RankScale
) -> list[Step]:
    """Let the edit of a second come first, and then its snapshot."""
    nothing: Ordered[StageEntry] = Ordered((), known=True)
    between = _after(before, nothing, Ordered(second.edits, known=True), past=past, scale=scale)
    snapshots = _step(between, after, at=second.at, rows=second.entries)
    return [
        *_step(before, between, at=second.at, rows=second.edits),
        *(replace(one, place=1) for one in snapshots),
    ]


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
    return standing != Standing(scale.rank_of(value_of(row, scale)), past.outcome_of(row))


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
        found.extend(
            replace(one, place=number) for one in _step(cursor, after, at=at, rows=(*edits, *entries))
        )
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
    last = snapshots.rows[-1] if snapshots.rows else None
    raw = chain.rows[-1].new if chain.known and chain.rows else _ended(cursor, chain, likely)
    if last and scale.kind is not RankKind.FIELD:
        raw = value_of(last, scale)
    standing = cursor.standing
    if last or standing:
        before = standing.outcome if standing else Outcome.OPEN
        standing = Standing(scale.rank_of(raw), past.outcome_of(last) if last else before)
    return _Cursor(
        standing=standing,
        raw=raw,
        last=last or cursor.last,
        is_found=cursor.is_found or bool(chain.rows),
    )


def _ended(cursor: _Cursor, chain: Ordered[FieldEdit], likely: Sequence[Scalar]) -> Scalar:
    if chain.ended:
        return chain.ended[0]
    return ended_with(chain.rows, otherwise=cursor.raw, likely=likely)


def _step(
    before: _Cursor, after: _Cursor, *, at: datetime, rows: Sequence[StageEntry | FieldEdit]
) -> Iterator[Step]:
    """Make one step of these rows, if it is known from where they led and to where."""
    if before.standing is None or after.standing is None:
        return
    yield Step(
        at=at,
        ids=tuple(one.id for one in rows),
        by_id=_only_one(_that_moved(before.standing, after.standing, rows)),
        before=before.standing,
        after=after.standing,
        amount_before=before.amount,
        amount_after=after.amount,
        is_still=before.standing == after.standing,
    )


def _only_one(rows: Sequence[StageEntry | FieldEdit]) -> str | None:
    """Give who made these rows, where it was one person."""
    people = {one.by_id for one in rows}
    return people.pop() if len(people) == 1 else None


def _that_moved(
    before: Standing, after: Standing, rows: Sequence[StageEntry | FieldEdit]
) -> Sequence[StageEntry | FieldEdit]:
    """Leave out whoever only touched something else in the same second: an amount beside a rank, for one."""
    edits = [one for one in rows if isinstance(one, FieldEdit)]
    entries = [one for one in rows if isinstance(one, StageEntry)]
    if before.outcome is after.outcome:
        return edits or entries
    return rows if before.rank != after.rank else entries or edits
