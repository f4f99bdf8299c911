"""Which changes of confidence are new: the whole history of a renewal's opportunity, beside what the ledger has."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count, groupby
from operator import attrgetter, itemgetter
from typing import TypeAlias

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.comparing import compare, compared_after, is_compared, unwaited, with_chains
from csops_sync.domain.confidence.ends import ended_before, ends_of
from csops_sync.domain.confidence.ranks import RankKind, RankScale, Standing
from csops_sync.domain.confidence.rechaining import moves, rechained, taken_from
from csops_sync.domain.confidence.seconds import Past, seconds_told_apart
from csops_sync.domain.confidence.steps import Step, steps_of
from csops_sync.domain.confidence.watch import Sight, Watch

Position: TypeAlias = tuple[datetime, int]
"""A second (UTC) and a place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """New changes, known ones that a late row has shown to be otherwise, and the watch from now on.

    `turned` is the last change where it has its verdict, ends elsewhere than was told, and nothing is new after it.
    """

    new: tuple[ConfidenceChange, ...]
    corrected: tuple[ConfidenceChange, ...]
    watch: Watch
    turned: ConfidenceChange | None = None


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
    steps = _steps(watch, past, sight, sorted(known, key=_place), scale=scale, settled=settled)
    foreseen = {one.id: one for one in known} | with_chains(known, steps)
    watched = [one for one in steps if one.at > watch.watched_from]
    lined = _lined_up(watched, foreseen, scale=scale, settled=settled)
    told_until = _told_until([lined.ledger[one] for one in foreseen if one in settled], steps)
    left = lined.left if sight.is_tracked else unwaited(lined.left, lined.ledger.values())
    fresh = [_change(watch, one, scale=scale, known=foreseen) for one in left]
    fresh = [replace(one, late=_is_late(one, told_until, lined.as_told)) for one in fresh]
    corrected = tuple(lined.ledger[one.id] for one in known if lined.ledger[one.id] != one)
    is_news = bool(fresh) or lined.ledger != foreseen
    explained = _newest([*lined.ledger.values(), *fresh]).after if is_news else watch.standing
    if not sight.is_tracked:
        watch = compared_after(watch, (*lined.ledger.values(), *fresh))
    compared, after = compare(watch, sight, explained=explained, scale=scale, known=foreseen)
    new = (*fresh, *compared)
    turned = _turned(known, [*lined.ledger.values(), *new], settled) if corrected else None
    return Detected(new=new, corrected=corrected, watch=after, turned=turned)


def _steps(
    watch: Watch,
    past: Past,
    sight: Sight,
    known: Sequence[ConfidenceChange],
    *,
    scale: RankScale,
    settled: Collection[str],
) -> tuple[Step, ...]:
    """Walk history by what the ledger has of it, in its order: that counts where rows can be read in several ways."""
    changes = {row: one.id for one in known for row in one.rows}
    # a watch may have begun anew, over the ledger of an older one
    since = [one for one in known if (one.until or one.at) > watch.watched_from]
    began = min(since, key=_ended).before if since else watch.standing
    seen = tuple(_seen(watch, past, since, began=began))
    told = ended_before(past.entries, seen) | {one.at: one.after for one in known if one.until is None}
    ends = ends_of(past.entries, past.edits, now=sight.standing, told=told, ids=changes.keys())
    ends = replace(ends, seen=seen)
    steps = steps_of(past, scale=scale, ends=ends, apart=seconds_told_apart(past, changes, settled))
    if scale.kind is RankKind.FIELD and not past.edits:
        return tuple(_ranked(steps, since, began=began))
    return steps


def _seen(
    watch: Watch, past: Past, known: Sequence[ConfidenceChange], *, began: Standing
) -> Iterator[tuple[datetime, Standing]]:
    """Give where the record was seen to stand: when the watch began, and wherever a comparison ended.

    A watch that goes back to when the opportunity was made began later than that: the first row says how it was made.
    """
    if past.made_at is None or past.made_at < watch.watched_from:
        yield watch.watched_from, began
    ends = ((one.until, one.after) for one in known if one.until is not None)
    yield from sorted(ends, key=itemgetter(0))


def _ranked(steps: Iterable[Step], known: Sequence[ConfidenceChange], *, began: Standing) -> Iterator[Step]:
    """Give snapshots the rank at which the ledger has them: without an edit history does not say which it was."""
    held = {row: one for one in known for row in one.rows}
    for step in steps:
        holder = next((held[row] for row in step.ids if row in held), None)
        # a close that was seen by comparing may have come with a rank, as one change
        seen = () if holder or step.is_still else (one for one in known if is_compared(step, one))
        ended = holder or next(iter(seen), None)
        earlier = [one.after.rank for one in known if one.at <= step.at]
        rank = ended.after.rank if ended else earlier[-1] if earlier else began.rank
        is_whole = holder is None or set(holder.rows) == set(step.ids)
        first = ended.before.rank if ended and is_whole else rank
        yield replace(step, before=replace(step.before, rank=first), after=replace(step.after, rank=rank))


def _turned(
    known: Iterable[ConfidenceChange], now: Iterable[ConfidenceChange], settled: Collection[str]
) -> ConfidenceChange | None:
    """Give the last change where nothing is to be told of it any more, and what was told ended elsewhere."""
    last = _newest(now)
    return last if (last.late or last.id in settled) and last.after != _newest(known).after else None


@dataclass(frozen=True, slots=True)
class _Lined:
    """The ledger in line with history, by id, and the steps that it does not have.

    `as_told` are the seconds that have an order, and end with these steps where it was told that they did; and those
    of which a comparison saw rows.
    """

    ledger: dict[str, ConfidenceChange]
    left: list[Step]
    as_told: set[datetime] = field(default_factory=set)


def _lined_up(
    steps: Sequence[Step],
    known: Mapping[str, ConfidenceChange],
    *,
    scale: RankScale,
    settled: Collection[str],
) -> _Lined:
    """Bring the ledger in line with history, one second after the other."""
    lined = _Lined(dict(known), [])
    if not known:
        lined.left.extend(one for one in steps if moves(one, scale))
        return lined
    holders = {row: one.id for one in known.values() for row in one.rows}
    for at, group in groupby(steps, key=attrgetter("at")):
        # what moves nothing now may have been told to, when another row was not to be seen yet
        here = tuple(one for one in group if not one.is_still or any(row in holders for row in one.ids))
        held = dict.fromkeys(holders[row] for step in here for row in step.ids if row in holders)
        changes = [known[one] for one in held]
        if any(one.until for one in changes):
            lined.left.extend(_unheld(here, holders, scale))
            lined.as_told.add(at)
        elif not changes:
            _take_in(lined, here, scale)
        elif not _is_as_told(here, changes):
            now = rechained(here, changes, scale=scale)
            lined.ledger.update({one.id: one for one in now.known})
            _take_in(lined, now.left, scale)
            told = max(changes, key=_place)
            if now.left and here[-1].order_known and told.id in settled and told.after == here[-1].after:
                lined.as_told.add(at)
    return lined


def _take_in(lined: _Lined, steps: Iterable[Step], scale: RankScale) -> None:
    """Take steps for new, but for those that a comparison saw already."""
    for step in steps:
        if not moves(step, scale):
            continue
        before = next((one for one in lined.ledger.values() if is_compared(step, one)), None)
        if before is None:
            lined.left.append(step)
        else:
            lined.ledger[before.id] = taken_from(before, step, scale=scale)


def _unheld(steps: Iterable[Step], holders: Mapping[str, str], scale: RankScale) -> Iterator[Step]:
    """Give what several rows that a comparison saw leave of their second."""
    for step in steps:
        ids = tuple(one for one in step.ids if one not in holders)
        if ids and (not step.order_known or ids == step.ids) and moves(step, scale):
            yield replace(step, ids=ids)


def _is_as_told(steps: Sequence[Step], changes: Sequence[ConfidenceChange]) -> bool:
    """Say whether a second is one row, as the ledger has it: most are."""
    if len(steps) > 1 or len(changes) > 1:
        return False
    (step,), (change,) = steps, changes
    told = (change.rows, change.before, change.after, change.place)
    return change.order_known and told == (step.ids, step.before, step.after, step.place)


def _told_first(past: Past, known: Iterable[ConfidenceChange]) -> Past:
    """Hand over the rows in the order in which they were told: of rows that are alike the late one comes last."""
    ordered = sorted(known, key=_place)
    places = {row: place for place, row in enumerate(row for one in ordered for row in one.rows)}
    if not places:
        return past
    edits = sorted(past.edits, key=lambda one: places.get(one.id, len(places)))
    seats = {one.rows[0]: one.place for one in ordered if one.rows and one.order_known}
    return replace(past, edits=tuple(edits), seats=seats)


def _place(change: ConfidenceChange) -> Position:
    return change.at, change.place


def _newest(changes: Iterable[ConfidenceChange]) -> ConfidenceChange:
    return max(changes, key=_ended)


def _ended(change: ConfidenceChange) -> tuple[datetime, bool, int]:
    """Order changes by when they were over: a row whose second is that of a reading came after it."""
    return change.until or change.at, change.until is None, change.place


def _told_until(told: Sequence[ConfidenceChange], steps: Sequence[Step]) -> Position | None:
    """Say how far it is told, by where history has now what was told: rows that were late may have come before it."""
    if not told:
        return None
    spans = {row for one in told if one.until for row in one.rows}
    now = {row: (step.at, step.place) for step in steps for row in step.ids} if spans else {}
    return max(max((now[row] for row in one.rows if row in now), default=_place(one)) for one in told)


def _is_late(change: ConfidenceChange, told_until: Position | None, as_told: Collection[datetime]) -> bool:
    """Say whether a new change only says how it came to what was told already."""
    return change.at in as_told or (told_until is not None and _place(change) < told_until)


def _change(
    watch: Watch,
    step: Step,
    *,
    scale: RankScale,
    known: Collection[str],
) -> ConfidenceChange:
    blank = ConfidenceChange(
        id=step.ids[0] if len(step.ids) == 1 or step.order_known else _of_second(watch, step, known),
        opportunity_id=watch.opportunity_id,
        renewal_key=watch.renewal_key,
        account_id=watch.account_id,
        before=step.before,
        after=step.after,
        direction=None,
        at=step.at,
    )
    return taken_from(blank, step, scale=scale)


def _of_second(watch: Watch, step: Step, known: Collection[str]) -> str:
    """Name a second; what of it shows itself after a part was told, by its place too, or the next that is free."""
    name = f"{watch.opportunity_id}@{int(step.at.timestamp())}"
    later = (f"{name}.{place}" if place else name for place in count(step.place))
    return next(one for one in later if one not in known)
