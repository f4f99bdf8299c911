"""What is known by comparing alone, as no row of history says it: found so, and known again in rows that are late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain, count

from csops_sync.domain.confidence.changes import ConfidenceChange, Source
from csops_sync.domain.confidence.ranks import Direction, RankScale, Standing
from csops_sync.domain.confidence.steps import Step
from csops_sync.domain.confidence.watch import Sight, Watch

HISTORY_IS_LATE_FOR = timedelta(hours=1)
"""So long a value may differ from its tracked history before the difference itself is taken for a change."""


def compared_after(watch: Watch, ledger: Iterable[ConfidenceChange]) -> Watch:
    """This function will let a comparison begin after the second of the last row: up to there history explains it."""
    rows = (one.at + timedelta(seconds=1) for one in ledger if one.until is None)
    return replace(watch, compared_at=max((watch.compared_at, *rows)))


def is_compared(step: Step, known: ConfidenceChange) -> bool:
    """This function will say whether a comparison stands for one row of history, that comes after it."""
    return (
        _waits_for_rows(known)
        and known.until is not None
        and known.at <= step.at <= known.until
        and _leads_along([step], known)
    )


def with_chains(known: Sequence[ConfidenceChange], steps: Sequence[Step]) -> dict[str, ConfidenceChange]:
    """This function will give comparisons that several rows of history lead along, with these rows: they are told."""
    found: dict[str, ConfidenceChange] = {}
    held = {row for one in known for row in one.rows}
    for one in filter(_waits_for_rows, known):
        until = one.until or one.at
        way = [step for step in steps if one.at <= step.at <= until and not step.is_still]
        if any(row in held for step in way for row in step.ids):
            continue
        if len(way) > 1 and _leads_along(way, one):
            found[one.id] = replace(one, rows=tuple(row for step in way for row in step.ids))
    return found


def unwaited(steps: Iterable[Step], known: Iterable[ConfidenceChange]) -> Iterator[Step]:
    """This function will leave out steps on the way of a comparison of which not all rows are to be seen yet."""
    waiting = [one for one in known if _waits_for_rows(one)]
    for step in steps:
        if not any(one.at <= step.at <= (one.until or one.at) for one in waiting):
            yield step


def _waits_for_rows(known: ConfidenceChange) -> bool:
    return known.source is Source.COMPARED and not known.rows and known.until is not None


def _leads_along(way: Sequence[Step], known: ConfidenceChange) -> bool:
    """Say whether steps lead where a comparison did; where it closed or opened again ranks may have moved beside."""
    before, after = way[0].before, way[-1].after
    if known.before.outcome is not known.after.outcome:
        return (before.outcome, after.outcome) == (known.before.outcome, known.after.outcome)
    return (before, after) == (known.before, known.after)


def compare(
    watch: Watch,
    sight: Sight,
    *,
    explained: Standing,
    scale: RankScale,
    known: Mapping[str, ConfidenceChange],
) -> tuple[tuple[ConfidenceChange, ...], Watch]:
    """This function will take it for a change that something else stands there than is explained.

    That is where no history can tell it. While history may still come, the watch keeps what is explained, so that the
    difference is not forgotten.
    """
    seen = replace(watch, standing=sight.standing, compared_at=sight.read_at, differs_since=None)
    direction = scale.direction(explained, sight.standing)
    if direction is None:
        return (), seen
    since = watch.differs_since or sight.read_at
    watch = replace(watch, standing=explained, differs_since=since)
    if sight.is_tracked and sight.read_at - since < HISTORY_IS_LATE_FOR:
        return (), watch
    found = _numbered(_compared(watch, sight, direction), known)
    return () if found.id in known else (found,), seen


def _numbered(found: ConfidenceChange, known: Mapping[str, ConfidenceChange]) -> ConfidenceChange:
    """Number what was found by comparing after the first of one stamp: there may be several edits in its second.

    What is in the ledger already, over the same way since the same comparison, is that change.
    """
    facts = (found.before, found.after, found.at)
    later = (replace(found, id=f"{found.id}.{place}", place=place) for place in count(1))
    numbered = ((one, known.get(one.id)) for one in chain((found,), later))
    return next(one for one, had in numbered if had is None or (had.before, had.after, had.at) == facts)


def _compared(watch: Watch, sight: Sight, direction: Direction) -> ConfidenceChange:
    # what is computed may move many times since the record was modified last, so that its stamp names no move
    stamp = sight.read_at if sight.is_computed else sight.modified_at
    return ConfidenceChange(
        id=f"{watch.opportunity_id}~{int(stamp.timestamp() * 1000)}",
        opportunity_id=watch.opportunity_id,
        renewal_key=watch.renewal_key,
        account_id=watch.account_id,
        before=watch.standing,
        after=sight.standing,
        direction=direction,
        at=watch.compared_at,
        until=max(sight.read_at, watch.compared_at),
        by_id=None if sight.is_computed else sight.by_id,
        source=Source.COMPARED,
        amount_after=sight.amount,
    )
