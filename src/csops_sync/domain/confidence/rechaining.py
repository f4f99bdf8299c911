"""One second of history beside what the ledger has of it: rows that show themselves late put all of it in order anew.

A row of the ledger stays for what it was made of, told or not. What changes is where it stands, from where it led, and
to where: the rows of one second lead from where it began to where it ended, whatever came when.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.ranks import RankScale, Standing
from csops_sync.domain.confidence.steps import Step


@dataclass(frozen=True, slots=True)
class Rechained:
    """The ledger's changes of one second as they are now known to be, in their order, and steps that it has not."""

    known: tuple[ConfidenceChange, ...]
    left: tuple[Step, ...]


def moves(step: Step, scale: RankScale) -> bool:
    """This function will say whether a step is a change: one without an order is, also where it led nowhere."""
    if step.is_still:
        return False
    return not step.order_known or scale.direction(step.before, step.after) is not None


def taken_from(change: ConfidenceChange, step: Step, *, scale: RankScale) -> ConfidenceChange:
    """This function will keep which change it is, how it was found, and take from a step what, who and when."""
    return replace(
        change,
        before=step.before,
        after=step.after,
        direction=scale.direction(step.before, step.after),
        at=step.at,
        until=None,
        by_id=step.by_id,
        order_known=step.order_known,
        amount_before=step.amount_before,
        amount_after=step.amount_after,
        rows=step.ids,
        place=step.place,
    )


def rechained(steps: Sequence[Step], known: Sequence[ConfidenceChange], *, scale: RankScale) -> Rechained:
    """This function will bring the ledger's changes of one second in line with all of its rows that are to be seen.

    `steps` are those of the second, `known` the changes that rows of it are in. Rows with one order take their places;
    those of a net move stay together. Where they have none, what the ledger has not yet is one net move after what it
    has.
    """
    if all(one.order_known for one in steps):
        return _in_order(steps, known, scale=scale)
    return _after_what_is_known(steps[0], known, scale=scale)


def _in_order(steps: Sequence[Step], known: Sequence[ConfidenceChange], *, scale: RankScale) -> Rechained:
    """Let each change stand where the last of its rows does, and lead there from where the one before it ended.

    One whose rows all went with those of others stands behind them, and moved nothing.
    """
    changes = {one.id: one for one in known}
    holders = {row: one.id for one in known for row in one.rows}
    before = steps[0].before
    found: list[ConfidenceChange] = []
    left: list[Step] = []
    parts = _parts(steps, holders)
    for key, part in sorted(parts.items(), key=lambda one: one[1][-1].place):
        now = replace(part[-1], before=before)
        before = now.after
        if key in changes:
            whole = _whole(changes[key], part, now, holders)
            found.append(taken_from(changes[key], whole, scale=scale))
        elif moves(part[-1], scale):
            left.append(replace(now, ids=tuple(one for one in now.ids if one not in holders)))
    others = sorted((one for one in known if one.id not in parts), key=lambda one: one.place)
    for place, one in enumerate(others, start=steps[-1].place + 1):
        found.append(replace(_led(one, before, before, scale=scale), place=place))
    return Rechained(tuple(found), tuple(left))


def _parts(steps: Sequence[Step], holders: Mapping[str, str]) -> Mapping[str, Sequence[Step]]:
    """Give steps to the changes that they are in, by id; what lies before the last of a net move was told with it."""
    owners = _owners(steps, holders)
    parts: dict[str, list[Step]] = defaultdict(list)
    for number, (step, owner) in enumerate(zip(steps, owners, strict=True)):
        nets = (one for one in owners[number + 1 :] if one is not None and owners.count(one) > 1)
        parts[owner or next(nets, step.ids[0])].append(step)
    return parts


def _owners(steps: Sequence[Step], holders: Mapping[str, str]) -> Sequence[str | None]:
    """Say whose each step is: a snapshot goes with the last edit of its second, and may have gone with another one."""
    owners = [holders.get(step.ids[0]) for step in steps]
    taken = set(owners)
    for number, step in enumerate(steps):
        if owners[number] is None:
            others = (holders[row] for row in step.ids if row in holders)
            owners[number] = next((one for one in others if one not in taken), None)
            taken.add(owners[number])
    return owners


def _whole(change: ConfidenceChange, part: Sequence[Step], now: Step, holders: Mapping[str, str]) -> Step:
    """Make one step of all that a change is made of now; no row of another change is in it."""
    more = (row for step in part for row in step.ids if holders.get(row, change.id) == change.id)
    ids = tuple(dict.fromkeys((*change.rows, *more)))
    if len(part) == 1:
        return replace(now, ids=ids)
    amount = part[0].amount_before
    return replace(now, ids=ids, by_id=change.by_id, amount_before=amount, order_known=False)


def _after_what_is_known(step: Step, known: Sequence[ConfidenceChange], *, scale: RankScale) -> Rechained:
    """Keep the order in which rows were found, and let the last change end where the second did."""
    ordered = sorted(known, key=lambda one: one.place)
    held = {row for one in known for row in one.rows}
    ids = tuple(one for one in step.ids if one not in held)
    before = step.before
    found: list[ConfidenceChange] = []
    for one in ordered:
        is_end = step.is_still or (one is ordered[-1] and not ids)
        after = step.after if is_end else one.after
        found.append(_led(one, before, after, scale=scale))
        before = after
    rest = replace(step, ids=ids, before=before, place=ordered[-1].place + 1)
    return Rechained(tuple(found), (rest,) if ids and moves(rest, scale) else ())


def _led(
    change: ConfidenceChange, before: Standing, after: Standing, *, scale: RankScale
) -> ConfidenceChange:
    return replace(change, before=before, after=after, direction=scale.direction(before, after))
