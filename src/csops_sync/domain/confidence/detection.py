"""Which changes of confidence are new: the whole history of a renewal's opportunity, beside what the ledger has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, count
from typing import TypeAlias

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.changes import ConfidenceChange, Source
from csops_sync.domain.confidence.ranks import Direction, RankScale, Standing
from csops_sync.domain.confidence.steps import Past, Step, newest_second, seconds_without, steps_of

HISTORY_IS_LATE_FOR = timedelta(hours=1)
"""So long a value may differ from its tracked history before the difference itself is taken for a change."""
Position: TypeAlias = tuple[datetime, int]
"""A second (UTC) and a place in it."""


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One renewal opportunity under watch (instants UTC). What happened up to `watched_from` is no news.

    `standing` is the last one that changes explain, `compared_at` when the value was last the same; `differs_since` is
    set while it is not.
    """

    opportunity_id: str
    renewal_key: str
    account_id: str
    watched_from: datetime
    standing: Standing
    compared_at: datetime
    differs_since: datetime | None = None


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How an opportunity stands at this reading.

    `is_tracked` says whether its rank has a history. Where the org computes it (`is_computed`: a formula, a value of
    another record) it moves without the opportunity being modified, so nobody can be said to have moved it.
    """

    standing: Standing
    amount: Decimal | None
    by_id: str | None
    modified_at: datetime
    read_at: datetime
    is_tracked: bool
    is_computed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """New changes, known ones that a late row has shown to be otherwise, and the watch from now on."""

    new: tuple[ConfidenceChange, ...]
    corrected: tuple[ConfidenceChange, ...]
    watch: Watch


def begin_watch(
    sight: Sight, *, opportunity_id: str, renewal_key: str, account_id: str, watched_from: datetime
) -> Watch:
    """This function will put an opportunity under watch; nothing that it stands at is a change."""
    return Watch(
        opportunity_id=opportunity_id,
        renewal_key=renewal_key,
        account_id=account_id,
        watched_from=watched_from,
        standing=sight.standing,
        compared_at=sight.read_at,
    )


def detect(
    watch: Watch,
    *,
    past: Past,
    sight: Sight,
    known: Sequence[ConfidenceChange],
    scale: RankScale,
    settled: Collection[str] = (),
) -> Detected:
    """This function will tell what is new since the ledger, each history row once, however late it shows itself.

    `settled` are the ids of known changes that have their verdict: what comes before one of them is late. Where the
    rank has no history, or its history stays behind the value for an hour, values are compared instead.
    """
    past = _told_first(past, known)
    steps = tuple(steps_of(past, scale=scale, ends=_ends(past, sight, known)))
    foreseen = {one.id: one for one in known} | _as_chains(known, steps) | _as_nets(known, steps)
    ledger = dict(foreseen)
    told_until = _told_until([one for one in foreseen.values() if one.id in settled], steps)
    fresh: list[ConfidenceChange] = []
    corrected = {one.id: foreseen[one.id] for one in known if foreseen[one.id] != one}
    for step in steps:
        rest = _rest(step, ledger.values()) if step.at > watch.watched_from else None
        change = _change(watch, rest, scale=scale, told_until=told_until) if rest else None
        before = _same(change, ledger.values()) if change else None
        if change and before is None:
            fresh.append(change)
        elif change and before and _differs(before, change):
            ledger[before.id] = corrected[before.id] = _corrected(before, change)
    explained = _newest([*ledger.values(), *fresh]).after if fresh else watch.standing
    compared, after = _compare(watch, sight, explained=explained, scale=scale, known=foreseen)
    return Detected(new=(*fresh, *compared), corrected=tuple(corrected.values()), watch=after)


def _ends(past: Past, sight: Sight, known: Iterable[ConfidenceChange]) -> Mapping[datetime, Standing]:
    """Say how seconds ended, as far as it was told of all their rows or can be seen now: some rows have no order."""
    told = {row for one in known for row in one.rows}
    nets = sorted((one for one in known if not one.order_known), key=lambda one: one.place)
    open_ended = seconds_without(past, told)
    ends = {one.at: one.after for one in nets if one.at not in open_ended}
    newest = newest_second(past)
    return ends if newest is None else {**ends, newest: sight.standing}


def _told_first(past: Past, known: Iterable[ConfidenceChange]) -> Past:
    """Hand over the rows in the order in which they were told: of rows that are alike the late one comes last."""
    ordered = sorted(known, key=lambda one: (one.at, one.place))
    places = {row: place for place, row in enumerate(row for one in ordered for row in one.rows)}
    if not places:
        return past
    return replace(past, edits=tuple(sorted(past.edits, key=lambda one: places.get(one.id, len(places)))))


def _newest(changes: Iterable[ConfidenceChange]) -> ConfidenceChange:
    return max(changes, key=lambda one: (one.until or one.at, one.place))


def _rest(step: Step, known: Iterable[ConfidenceChange]) -> Step | None:
    """Leave out of a second without an order the rows that the ledger has; None where it has them all.

    A row that shows itself late can take its second's order away after the others were told.
    """
    if step.order_known:
        return step
    told = [one for one in known if set(one.rows) & set(step.ids)]
    if not told:
        return step
    last = max(told, key=lambda one: one.place)
    left = tuple(one for one in step.ids if all(one not in other.rows for other in told))
    return replace(step, ids=left, before=last.after, place=last.place + 1) if left else None


def _told_until(told: Sequence[ConfidenceChange], steps: Sequence[Step]) -> Position | None:
    """Say how far it is told, by where history has now what was told: rows that were late may have come before it."""
    if not told:
        return None
    now = {row: (step.at, step.place) for step in steps for row in step.ids}
    return max(max((now[row] for row in one.rows if row in now), default=(one.at, one.place)) for one in told)


def _change(
    watch: Watch, step: Step, *, scale: RankScale, told_until: Position | None
) -> ConfidenceChange | None:
    direction = scale.direction(step.before, step.after)
    if direction is None and step.order_known:
        return None
    return ConfidenceChange(
        id=step.ids[0] if len(step.ids) == 1 or step.order_known else _of_second(watch, step),
        opportunity_id=watch.opportunity_id,
        renewal_key=watch.renewal_key,
        account_id=watch.account_id,
        before=step.before,
        after=step.after,
        direction=direction,
        at=step.at,
        by_id=step.by_id,
        order_known=step.order_known,
        amount_before=step.amount_before,
        amount_after=step.amount_after,
        rows=step.ids,
        place=step.place,
        late=told_until is not None and (step.at, step.place) < told_until,
    )


def _of_second(watch: Watch, step: Step) -> str:
    """Name a second; what of it shows itself after a part was told, by its place too."""
    later = f".{step.place}" if step.place else ""
    return f"{watch.opportunity_id}@{int(step.at.timestamp())}{later}"


def _same(change: ConfidenceChange, known: Iterable[ConfidenceChange]) -> ConfidenceChange | None:
    """Find what the ledger has of it already: by a row that both are made of, or as a comparison saw it."""
    rows = set(change.rows)
    return next((one for one in known if rows & set(one.rows) or _as_compared(change, one)), None)


def _as_compared(change: ConfidenceChange, known: ConfidenceChange) -> bool:
    """A comparison stands for one row of history that comes after it."""
    return (
        known.source is Source.COMPARED
        and not known.rows
        and known.until is not None
        and known.at <= change.at <= known.until
        and (known.before, known.after) == (change.before, change.after)
    )


def _as_chains(known: Iterable[ConfidenceChange], steps: Sequence[Step]) -> dict[str, ConfidenceChange]:
    """Give the comparisons that several rows of history lead along, with these rows: they are told by now."""
    found: dict[str, ConfidenceChange] = {}
    for one in known:
        if one.source is not Source.COMPARED or one.rows or one.until is None:
            continue
        way = [step for step in steps if one.at <= step.at <= one.until]
        if len(way) > 1 and (way[0].before, way[-1].after) == (one.before, one.after):
            found[one.id] = replace(one, rows=tuple(row for step in way for row in step.ids))
    return found


def _as_nets(known: Collection[ConfidenceChange], steps: Sequence[Step]) -> dict[str, ConfidenceChange]:
    """Give the net moves of seconds with the rows that turn out to lie before their last one: they are told by now."""
    found: dict[str, ConfidenceChange] = {}
    nets = [one for one in known if not one.order_known]
    told = {row for one in known for row in one.rows} if nets else set[str]()
    for one in nets:
        here = [step for step in steps if step.order_known and step.at == one.at]
        last = max((step.place for step in here if set(step.ids) & set(one.rows)), default=0)
        more = [row for step in here if step.place < last for row in step.ids if row not in told]
        if more:
            found[one.id] = replace(one, rows=(*one.rows, *more))
            told.update(more)
    return found


def _differs(known: ConfidenceChange, now: ConfidenceChange) -> bool:
    """Say whether history shows a known change to be otherwise; what several rows make up stays what was told."""
    if set(now.rows) < set(known.rows):
        return False
    was = (known.before, known.after, known.place, known.rows)
    return known.order_known and was != (now.before, now.after, now.place, now.rows)


def _corrected(known: ConfidenceChange, now: ConfidenceChange) -> ConfidenceChange:
    """Keep which change it is, and take from history what, who and when."""
    return replace(now, id=known.id, source=known.source, late=known.late)


def _compare(
    watch: Watch,
    sight: Sight,
    *,
    explained: Standing,
    scale: RankScale,
    known: Mapping[str, ConfidenceChange],
) -> tuple[tuple[ConfidenceChange, ...], Watch]:
    """Take the difference between what is explained and what stands there for a change, where no history can tell it.

    While history may still come, the watch keeps what is explained, so that the difference is not forgotten.
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
        until=sight.read_at,
        by_id=None if sight.is_computed else sight.by_id,
        source=Source.COMPARED,
        amount_after=sight.amount,
    )
