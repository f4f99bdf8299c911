"""Storms: many changes by one person in a short time are a data load, and are told as one summary per manager.

What the org computes moves without a person: all of it is one maker's, for one edit of a formula moves every renewal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.settling import Move, seen_at

THE_ORG = ""
"""Who makes the changes that nobody made: Salesforce itself, by a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRule:
    """More than `changes` by one person within `within` are a storm."""

    changes: int
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Moves that are told one by one, and those that are folded, by the person who made them."""

    alone: tuple[Move, ...]
    folded: Mapping[str, tuple[Move, ...]]


def stormy_changes(changes: Iterable[ConfidenceChange], *, rule: StormRule) -> frozenset[str]:
    """This function will give the ids of changes that stand among more by one person than are made by hand.

    `changes` are those that wait, and those of the window before them, told or not.
    """
    by_person: dict[str, list[ConfidenceChange]] = defaultdict(list)
    for change in sorted(changes, key=seen_at):
        by_person[_maker(change)].append(change)
    return frozenset(one.id for made in by_person.values() for one in _crowded(made, rule))


def storms_going_on(
    waiting: Iterable[ConfidenceChange], *, rule: StormRule, settle: timedelta, now: datetime
) -> frozenset[str]:
    """This function will give whose changes still come in: their newest one has not settled at `now`.

    A storm is waited out, so that it is told once, but no longer than the rule's window after its first change settled.
    """
    oldest: dict[str, datetime] = {}
    newest: dict[str, datetime] = {}
    for change in waiting:
        person, at = _maker(change), seen_at(change)
        oldest[person] = min(at, oldest.get(person, at))
        newest[person] = max(at, newest.get(person, at))
    return frozenset(
        person
        for person, at in newest.items()
        if at + settle > now and oldest[person] + settle + rule.within > now
    )


def fold(moves: Sequence[Move], *, stormy: frozenset[str], urgent: frozenset[str]) -> Sorted:
    """This function will part what is told alone from what is folded.

    A move is folded where all that people did of it is `stormy` (ids of changes), or all of it where the org alone made
    it; `urgent` are ids of moves that never are.
    """
    folded: dict[str, list[Move]] = defaultdict(list)
    alone: list[Move] = []
    for move in moves:
        made = {one.id for one in move.changes if one.by_id is not None or not move.by_ids}
        if move.id not in urgent and made <= stormy:
            folded[move.by_ids[-1] if move.by_ids else THE_ORG].append(move)
        else:
            alone.append(move)
    return Sorted(
        alone=tuple(alone), folded={person: tuple(found) for person, found in sorted(folded.items())}
    )


def _maker(change: ConfidenceChange) -> str:
    return change.by_id or THE_ORG


def _crowded(ordered: Sequence[ConfidenceChange], rule: StormRule) -> Iterator[ConfidenceChange]:
    """Give what lies in any window of the rule's length that holds more changes than it allows, each once."""
    first = given = 0
    for last, change in enumerate(ordered):
        while seen_at(ordered[first]) < seen_at(change) - rule.within:
            first += 1
        if last + 1 - first > rule.changes:
            yield from ordered[max(first, given) : last + 1]
            given = last + 1
