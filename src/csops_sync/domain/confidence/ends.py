"""How seconds of history ended, as far as it is known otherwise: where their rows have no order it has to be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import Standing
from csops_sync.domain.facts import FieldEdit

Likely: TypeAlias = tuple[Standing, ...]
"""Standings at which a second may have ended, the likeliest first."""


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """At which standings seconds (UTC) may have ended: by their snapshots, and the last edits of all."""

    snapshots: Mapping[datetime, Likely] = field(default_factory=dict)
    edits: Likely = ()


def ends_of(
    entries: Sequence[StageEntry],
    edits: Sequence[FieldEdit],
    *,
    now: Standing,
    told: Mapping[datetime, Standing],
    rows: Collection[str],
) -> Ends:
    """This function will say how seconds ended by what was `told` of them, and the last ones by where it stands `now`.

    `rows` are those that were told. What was told of a second was seen when it was over: what differs from it since
    then was done by a row that is not to be seen yet, unless rows of that very second have shown themselves since.
    """
    snapshots: dict[datetime, Likely] = {at: (standing,) for at, standing in told.items()}
    if entries:
        at, likely = _last(entries, now, told, rows)
        snapshots[at] = likely
    return Ends(snapshots=snapshots, edits=_last(edits, now, told, rows)[1] if edits else ())


def _last(
    history: Sequence[StageEntry | FieldEdit],
    now: Standing,
    told: Mapping[datetime, Standing],
    rows: Collection[str],
) -> tuple[datetime, Likely]:
    """Say of the last second of a history how it may have ended."""
    at = second_of(max(one.at for one in history))
    if at not in told:
        return at, (now,)
    is_told = all(one.id in rows for one in history if one.at >= at)
    return at, (told[at], now) if is_told else (now, told[at])


def second_of(at: datetime) -> datetime:
    """This function will give the second (UTC) of an instant."""
    return at.astimezone(UTC).replace(microsecond=0)
