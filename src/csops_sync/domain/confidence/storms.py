"""Storms: many changes by one person in a short time are a data load, and are told as one summary per manager."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.settling import Move


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


def stormy_people(changes: Iterable[ConfidenceChange], *, rule: StormRule) -> frozenset[str]:
    """This function will give who made more changes within the window than one person does by hand.

    `changes` are those that wait, and those of the window before them, told or not.
    """
    by_person: dict[str, list[datetime]] = defaultdict(list)
    for change in changes:
        if change.by_id is not None:
            by_person[change.by_id].append(change.at)
    return frozenset(
        person for person, instants in by_person.items() if _busiest(instants, rule) > rule.changes
    )


def fold(moves: Sequence[Move], *, stormy: frozenset[str], urgent: frozenset[str]) -> Sorted:
    """This function will part what is told alone from what is folded.

    A move is folded where only stormy people made it; `urgent` are ids of moves that never are.
    """
    folded: dict[str, list[Move]] = defaultdict(list)
    alone: list[Move] = []
    for move in moves:
        if move.id not in urgent and move.by_ids and set(move.by_ids) <= stormy:
            folded[move.by_ids[-1]].append(move)
        else:
            alone.append(move)
    return Sorted(
        alone=tuple(alone), folded={person: tuple(found) for person, found in sorted(folded.items())}
    )


def _busiest(instants: Sequence[datetime], rule: StormRule) -> int:
    """Count the most changes that any window of the rule's length holds."""
    ordered = sorted(instants)
    return max(at + 1 - bisect_left(ordered, instant - rule.within) for at, instant in enumerate(ordered))
