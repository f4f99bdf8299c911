"""From the history of one opportunity to its steps: every move of rank or outcome, in order, with who and how much."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from csops_sync.domain.confidence.history import (
    Ordered,
    StageEntry,
    began_with,
    ended_with,
    order_edits,
    order_entries,
)
from csops_sync.domain.confidence.ranks import Outcome, RankKind, RankScale, Standing
from csops_sync.domain.facts import FieldEdit, Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that is known of an opportunity's past: its stage history, and the edits of its rank's own field.

    `value` is the rank's field as it stands now. `outcomes` says of each stage whether it is closed, and how; a stage
    that is not in it is open.
    """

    opportunity_id: str
    value: Scalar
    entries: tuple[StageEntry, ...] = ()
    edits: tuple[FieldEdit, ...] = ()
    outcomes: Mapping[str, Outcome]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Where a renewal stands while its history is walked; None where no row has said so yet."""

    standing: Standing | None
    raw: Scalar
    last: StageEntry | None

    @property
    def amount(self) -> Decimal | None:
        return self.last.amount if self.last else None


def steps_of(past: Past, *, scale: RankScale) -> tuple[Step, ...]:
    """This function will walk the whole history of an opportunity and give its moves, oldest first.

    The first row of all says where it began and is no move. Rows that move neither rank nor outcome (an amount, a
    close date) are no steps.
    """
    cursor = _Cursor(standing=None, raw=None, last=None)
    if scale.kind is RankKind.FIELD:
        cursor = _begin(past, scale)
    found: list[Step] = []
    for second, entries, edits in _seconds(past):
        steps, cursor = _second(cursor, second, entries, edits, past=past, scale=scale)
        found.extend(steps)
    return tuple(found)


def _begin(past: Past, scale: RankScale) -> _Cursor:
    """The field's value before its first tracked edit, found backwards from what stands there now."""
    raw = past.value
    for _, _, edits in reversed(list(_seconds(past))):
        raw = began_with(edits, otherwise=raw)
    return _Cursor(standing=Standing(scale.rank_of(raw)), raw=raw, last=None)


def _seconds(past: Past) -> Iterator[tuple[datetime, list[StageEntry], list[FieldEdit]]]:
    moments = sorted({_whole(one.at) for one in past.entries} | {_whole(one.at) for one in past.edits})
    entries: dict[datetime, list[StageEntry]] = {moment: [] for moment in moments}
    edits: dict[datetime, list[FieldEdit]] = {moment: [] for moment in moments}
    for entry in past.entries:
        entries[_whole(entry.at)].append(entry)
    for edit in past.edits:
        edits[_whole(edit.at)].append(edit)
    return ((moment, entries[moment], edits[moment]) for moment in moments)


def _second(
    cursor: _Cursor,
    at: datetime,
    entries: Sequence[StageEntry],
    edits: Sequence[FieldEdit],
    *,
    past: Past,
    scale: RankScale,
) -> tuple[list[Step], _Cursor]:
    """Take in the rows of one second."""
    snapshots = order_entries(entries, last=cursor.last)
    chain = order_edits(edits, standing=began_with(edits, otherwise=cursor.raw))
    after = _after(cursor, snapshots, chain, past=past, scale=scale)
    if len(entries) <= 1 and len(edits) <= 1:
        step = _step(cursor, after, at=at, rows=(*edits, *entries))
        return ([step] if step else []), after
    known = snapshots.known and chain.known and not (_moves_rank(chain, scale) and len(entries) > 1)
    if known:
        return _one_by_one(cursor, at, snapshots, chain, past=past, scale=scale), after
    return _net(cursor, after, at=at, rows=(*edits, *entries)), after


def _net(
    before: _Cursor, after: _Cursor, *, at: datetime, rows: Sequence[StageEntry | FieldEdit]
) -> list[Step]:
    """One step for a second whose order is unknown, also where it led back to where it began."""
    step = _step(before, after, at=at, rows=rows, always=any(isinstance(one, FieldEdit) for one in rows))
    return [replace(step, order_known=False)] if step else []


def _moves_rank(chain: Ordered[FieldEdit], scale: RankScale) -> bool:
    return any(scale.rank_of(one.old) != scale.rank_of(one.new) for one in chain.rows)


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
) -> _Cursor:
    """Where it stands after these rows. Of rows without an order the one that no other replaced is the last."""
    last = _last_entry(snapshots) or cursor.last
    raw = chain.rows[-1].new if chain.known and chain.rows else ended_with(chain.rows, otherwise=cursor.raw)
    if scale.kind is RankKind.PROBABILITY:
        raw = last.probability if last else None
    elif scale.kind is RankKind.FORECAST_CATEGORY:
        raw = last.forecast_category if last else None
    outcome = past.outcomes.get(last.stage, Outcome.OPEN) if last else Outcome.OPEN
    is_known = last is not None or scale.kind is RankKind.FIELD
    return _Cursor(standing=Standing(scale.rank_of(raw), outcome) if is_known else None, raw=raw, last=last)


def _last_entry(snapshots: Ordered[StageEntry]) -> StageEntry | None:
    rows = snapshots.rows
    if snapshots.known or not rows:
        return rows[-1] if rows else None
    replaced = {(one.replaced_amount, one.replaced_close_date) for one in rows if one.knows_replaced}
    final = [one for one in rows if (one.amount, one.close_date) not in replaced]
    return max(final or rows, key=lambda one: one.id)


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
    people = {one.by_id for one in rows}
    return Step(
        at=at,
        ids=tuple(one.id for one in rows),
        by_id=rows[0].by_id if len(people) == 1 else None,
        before=before.standing,
        after=after.standing,
        amount_before=before.amount,
        amount_after=after.amount,
    )


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
