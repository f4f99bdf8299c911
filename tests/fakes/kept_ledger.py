"""What the ledger must hold of one opportunity once more of its history is to be seen. Plain, for the judge.

A row of the ledger stays, for what it was made of. Where it stands, from where it led and to where, is as all rows of
its second say: they lead from where the second began to where it ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tests.fakes.edit_history import Change
from tests.fakes.read_seconds import Second, matters


@dataclass
class Kept:
    """A ledger row: the change as it is known now, and what became of it."""

    change: Change
    verdict: str = "waiting"

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands among the others."""
        return self.change.at, self.change.place


def taken_in(kept: list[Kept], seconds: Iterable[Second]) -> list[Kept]:
    """This function will bring the ledger in line with what can be read now, and give what is new to it."""
    fresh: list[Kept] = []
    as_told: set[datetime] = set()
    held = {row for one in kept for row in one.change.ids}
    for second in seconds:
        steps = [one for one in second.steps if not one.still or held & set(one.ids)]
        rows = {row for step in steps for row in step.ids}
        mine = [one for one in kept if rows & set(one.change.ids)]
        if not mine:
            new = [one for one in steps if matters(one)]
        elif steps[0].ordered:
            last = max(mine, key=lambda one: one.place)
            if last.verdict != "waiting" and last.change.after == steps[-1].after:
                as_told.add(second.at)
            new = _in_order(mine, steps)
        else:
            new = _behind(mine, steps[0])
        fresh += [Kept(_named(one, kept)) for one in new]
    told = max((one.place for one in kept if one.verdict != "waiting"), default=None)
    for one in fresh:
        if one.change.at in as_told or (told is not None and one.place < told):
            one.verdict = "correction"
    kept += fresh
    return fresh


def _named(change: Change, kept: Sequence[Kept]) -> Change:
    """Name it by its row, else by its second, with its place or the next that is free."""
    if change.ordered or len(change.ids) == 1:
        return replace(change, name=change.ids[0])
    names = {one.change.name for one in kept}
    place = change.place
    while (name := f"{change.deal}@{int(change.at.timestamp())}" + (f".{place}" if place else "")) in names:
        place += 1
    return replace(change, name=name)


def _in_order(mine: Sequence[Kept], steps: Sequence[Change]) -> list[Change]:
    held = {row for one in mine for row in one.change.ids}
    owners = _owners(mine, steps)
    groups: list[tuple[Kept | None, list[Change]]] = []
    for number, step in enumerate(steps):
        nets = (one for one in owners[number + 1 :] if one is not None and owners.count(one) > 1)
        owner = owners[number] or next(nets, None)
        known = next((group for kept, group in groups if owner is not None and kept is owner), None)
        if known is None:
            groups.append((owner, [step]))
        else:
            known.append(step)
    before, new = steps[0].before, list[Change]()
    for owner, group in sorted(groups, key=lambda one: one[1][-1].place):
        last = replace(group[-1], before=before)
        before = last.after
        own = tuple(row for step in group for row in step.ids if row not in held)
        if owner is not None:
            ids = tuple(dict.fromkeys((*owner.change.ids, *own)))
            by = last.by if len(group) == 1 else owner.change.by
            owner.change = replace(last, ids=ids, by=by, ordered=len(group) == 1, name=owner.change.name)
        elif matters(group[-1]):
            new.append(replace(last, ids=own))
    over = steps[-1].place + 1
    without = sorted((one for one in mine if one not in owners), key=lambda one: one.place)
    for place, one in enumerate(without, start=over):
        one.change = replace(one.change, before=before, after=before, place=place)
    return new


def _owners(mine: Sequence[Kept], steps: Sequence[Change]) -> list[Kept | None]:
    """Say which ledger row has each step: by its rank, else by what was saved with it."""
    owners = [_holder(mine, step.ids[:1]) for step in steps]
    for number, step in enumerate(steps):
        if owners[number] is None:
            others = [one for one in mine if one not in owners]
            owners[number] = _holder(others, step.ids)
    return owners


def _holder(mine: Iterable[Kept], ids: Sequence[str]) -> Kept | None:
    return next((one for row in ids for one in mine if row in one.change.ids), None)


def _behind(mine: Sequence[Kept], net: Change) -> list[Change]:
    """Put what is new behind what is known; where nothing is, the last one led where the second ended."""
    ordered = sorted(mine, key=lambda one: one.place)
    rest = tuple(row for row in net.ids if all(row not in one.change.ids for one in mine))
    before = net.before
    for one in ordered:
        ends_it = net.still or (one is ordered[-1] and not rest)
        one.change = replace(one.change, before=before, after=net.after if ends_it else one.change.after)
        before = one.change.after
    place = ordered[-1].change.place + 1
    return [replace(net, ids=rest, before=before, place=place)] if rest and not net.still else []
