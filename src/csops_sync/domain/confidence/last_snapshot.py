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

    Where several are left it is one that agrees with what is known otherwise. `before` is the snapshot before the
    second; raises ValueError for a second without snapshots.
    """
    left = _fitting(second.entries, partial(_was_left, _ended_with(second.entries, before)))
    left = _fitting(left, partial(_has_stage, _last_stages(second, before)))
    for end in second.ends:
        left = _fitting(left, partial(_agrees, end, past=past, scale=scale))
    return max(left, key=lambda one: one.id)


def value_of(entry: StageEntry, scale: RankScale) -> Scalar:
    """This function will give what a snapshot says of the rank, for scales that are read from snapshots."""
    return entry.probability if scale.kind is RankKind.PROBABILITY else entry.forecast_category


def _fitting(entries: Sequence[StageEntry], fits: Callable[[StageEntry], bool]) -> Sequence[StageEntry]:
    return list(filter(fits, entries)) or entries


def _ended_with(entries: Sequence[StageEntry], before: StageEntry | None) -> Sequence[Left]:
    """Say which amount and close date may be the last: what is left, and replaced by none.

    Nothing can be said where a row is not to be seen yet: then no way leads from where they began through all of them.
    """
    ways = [_way(one) for one in entries if one.knows_replaced]
    replaced, left = Counter(old for old, _ in ways), Counter(new for _, new in ways)
    began = [(before.amount, before.close_date)] if before else list(replaced - left)[:1]
    if len(ways) < len(entries) or replaced - left - Counter(began) or not _is_led_through(ways, began):
        return ()
    return list(left - replaced) or began


def _way(entry: StageEntry) -> tuple[Left, Left]:
    return (entry.replaced_amount, entry.replaced_close_date), (entry.amount, entry.close_date)


def _is_led_through(ways: Sequence[tuple[Left, Left]], began: Sequence[Left]) -> bool:
    """Say whether all of these can be reached from where they began."""
    reached, waiting = set(began or [ways[0][0]]), list(ways)
    while nearer := [one for one in waiting if one[0] in reached]:
        reached.update(new for _, new in nearer)
        waiting = [one for one in waiting if one not in nearer]
    return not waiting


def _was_left(ended: Sequence[Left], entry: StageEntry) -> bool:
    return (entry.amount, entry.close_date) in ended


def _last_stages(second: Second, before: StageEntry | None) -> Sequence[Scalar]:
    """Give the stages that edits leave for good. Those that do not lead to each snapshot's are not all to be seen."""
    reached = {before.stage if before else None, *(one.new for one in second.moves)}
    is_whole = all(one.stage in reached for one in second.entries)
    return left_for_good(second.moves) if is_whole else ()


def _has_stage(stages: Sequence[Scalar], entry: StageEntry) -> bool:
    return entry.stage in stages


def _agrees(standing: Standing, entry: StageEntry, *, past: Past, scale: RankScale) -> bool:
    same_rank = scale.kind is RankKind.FIELD or scale.rank_of(value_of(entry, scale)) == standing.rank
    return same_rank and past.outcome_of(entry) is standing.outcome
