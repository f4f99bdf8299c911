"""How seconds of history ended, as far as it is known otherwise: where their rows have no order it has to be."""

from bisect import bisect_right
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
    """At which standings seconds (UTC) may have ended: by their snapshots, and the last edits of all.

    `seen` are instants (UTC) at which the record itself was seen, oldest first, and where it stood: rows after one lead
    on from there, also where those that led there are not to be seen.
    """

    snapshots: Mapping[datetime, Likely] = field(default_factory=dict)
    edits: Likely = ()
    seen: tuple[tuple[datetime, Standing], ...] = ()


def ends_of(
    entries: Sequence[StageEntry],
    edits: Sequence[FieldEdit],
    *,
    now: Standing,
    told: Mapping[datetime, Standing],
    ids: Collection[str],
) -> Ends:
    """This function will say how seconds ended by what was `told` of them, and the last ones by where it stands `now`.

    `told` is what the ledger has of them, `ids` are the rows that it has. A second was as a rule over when the ledger
    took it in: what differs since then was done by a row that is not to be seen yet, unless rows of that very second
    have shown themselves since.
    """
    snapshots: dict[datetime, Likely] = {at: (standing,) for at, standing in told.items()}
    if entries:
        snapshots[_last(entries)] = _last_end(entries, now=now, told=told, ids=ids)
    return Ends(snapshots=snapshots, edits=_last_end(edits, now=now, told=told, ids=ids) if edits else ())


def ended_before(
    entries: Sequence[StageEntry], seen: Sequence[tuple[datetime, Standing]]
) -> dict[datetime, Standing]:
    """This function will give the last seconds (UTC) before the record was seen, and where it stood when next seen."""
    seconds = sorted({second_of(one.at) for one in entries})
    places = ((bisect_right(seconds, at), standing) for at, standing in reversed(seen))
    return {seconds[place - 1]: standing for place, standing in places if place}


def _last(history: Sequence[StageEntry | FieldEdit]) -> datetime:
    return second_of(max(one.at for one in history))


def _last_end(
    history: Sequence[StageEntry | FieldEdit],
    *,
    now: Standing,
    told: Mapping[datetime, Standing],
    ids: Collection[str],
) -> Likely:
    """Say how the last second of a history may have ended."""
    at = _last(history)
    if at not in told:
        return (now,)
    is_told = all(one.id in ids for one in history if one.at >= at)
    return (told[at], now) if is_told else (now, told[at])


def second_of(at: datetime) -> datetime:
    """This function will give the second (UTC) of an instant."""
    return at.astimezone(UTC).replace(microsecond=0)
