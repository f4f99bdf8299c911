"""Which of several snapshots of one second was the last, where they can stand in more than one order."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from csops_sync.domain.confidence.history import StageEntry, left_for_good
from csops_sync.domain.confidence.ranks import RankKind, RankScale, Standing
from csops_sync.domain.confidence.seconds import Past, Second
from csops_sync.domain.facts import Scalar

Left: TypeAlias = tuple[Decimal | None, date | None]
"""The amount and close date that a snapshot left."""


def last_of(second: Second, before: StageEntry | None, *, past: Past, scale: RankScale) -> StageEntry:
    """This function will find the last snapshot: by what others replaced, and by the stage's own edits.

    Where several are left it is one that agrees with what is known otherwise; first of all where that is sure: what was
    told of the second, and stands there still. `before` is the snapshot before the second; raises ValueError for a
    second without snapshots.
    """
    left: Sequence[StageEntry] = second.entries
    if sure := sure_end(second, scale):
        left = _fitting(left, partial(agrees, sure, past=past, scale=scale))
    left = _fitting(left, partial(_may_be_last, second.entries, before))
    left = _fitting(left, partial(_has_stage, _last_stages(second, before)))
    for end in second.ends:
        left = _fitting(left, partial(agrees, end, past=past, scale=scale))
    return max(left, key=lambda one: one.id)


def sure_end(second: Second, scale: RankScale) -> Standing | None:
    """This function will give the end of a second that was told and stands there still, None where it is not sure."""
    if len(second.ends) <= 1:
        return None
    ends = {(None if scale.kind is RankKind.FIELD else one.rank, one.outcome) for one in second.ends}
    return second.ends[0] if len(ends) == 1 else None


def value_of(entry: StageEntry, scale: RankScale) -> Scalar:
    """This function will give what a snapshot says of the rank, for scales that are read from snapshots."""
    return entry.probability if scale.kind is RankKind.PROBABILITY else entry.forecast_category


def _fitting(entries: Sequence[StageEntry], fits: Callable[[StageEntry], bool]) -> Sequence[StageEntry]:
    return list(filter(fits, entries)) or entries


def _may_be_last(entries: Sequence[StageEntry], before: StageEntry | None, last: StageEntry) -> bool:
    """Say whether a way leads from the snapshot before them through all others to what this one replaced.

    Where none leads to any of them a row is not to be seen yet.
    """
    if before is None or not all(one.knows_replaced for one in entries):
        return True
    began = (before.amount, before.close_date)
    *others, (end, _) = (*(_way(one) for one in entries if one is not last), _way(last))
    reached, left = Counter([began]), Counter([end])
    reached.update(new for _, new in others)
    left.update(old for old, _ in others)
    return reached == left and _is_led_through(others, began)


def _way(entry: StageEntry) -> tuple[Left, Left]:
    return (entry.replaced_amount, entry.replaced_close_date), (entry.amount, entry.close_date)


def _is_led_through(ways: Sequence[tuple[Left, Left]], began: Left) -> bool:
    """Say whether all of these can be reached from where they began."""
    reached, waiting = {began}, list(ways)
    while nearer := [one for one in waiting if one[0] in reached]:
        reached.update(new for _, new in nearer)
        waiting = [one for one in waiting if one not in nearer]
    return not waiting


def _last_stages(second: Second, before: StageEntry | None) -> Sequence[Scalar]:
    """Give the stages that edits leave for good. Those that do not lead to each snapshot's are not all to be seen."""
    reached = {before.stage if before else None, *(one.new for one in second.stage_edits)}
    is_whole = all(one.stage in reached for one in second.entries)
    return left_for_good(second.stage_edits) if is_whole else ()


def _has_stage(stages: Sequence[Scalar], entry: StageEntry) -> bool:
    return entry.stage in stages


def agrees(standing: Standing, entry: StageEntry, *, past: Past, scale: RankScale) -> bool:
    """This function will say whether a snapshot leads to a standing, by its outcome alone where ranks have a field."""
    same_rank = scale.kind is RankKind.FIELD or scale.rank_of(value_of(entry, scale)) == standing.rank
    return same_rank and past.outcome_of(entry) is standing.outcome
