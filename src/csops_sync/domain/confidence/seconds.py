"""The past of an opportunity, second by second: that is how finely Salesforce stamps its history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.ends import Ends, Likely, second_of
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import Outcome
from csops_sync.domain.facts import FieldEdit, Scalar

Row = TypeVar("Row", StageEntry, FieldEdit)


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that is known of an opportunity's past: its stage history, and the edits of its rank's own field.

    `seats` are places within their seconds that the ledger has of edits, by id: of edits that are alike they keep them.

    `value` is the rank's field as it stands now. `outcomes` says of each stage whether it is closed, and how; a stage
    that is not in it is open. `stage_edits` are those of the stage, in an org that tracks it beside its stage history.
    `made_at` is when the opportunity was made (UTC), None where that is not known.
    """

    opportunity_id: str
    value: Scalar
    entries: tuple[StageEntry, ...] = ()
    edits: tuple[FieldEdit, ...] = ()
    stage_edits: tuple[FieldEdit, ...] = ()
    outcomes: Mapping[str, Outcome]
    made_at: datetime | None = None
    seats: Mapping[str, int] = field(default_factory=dict)

    def outcome_of(self, entry: StageEntry) -> Outcome:
        """This function will say whether a snapshot's stage is closed, and how."""
        return self.outcomes.get(entry.stage, Outcome.OPEN)


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """The rows of one second. `ends` is what is known otherwise of how its snapshots ended, where they cannot say.

    `likely` is the rank's own field at its end, as far as what came after it tells. `is_apart` says that its edit and
    its snapshot are two changes, the edit first: it was told when the snapshot was not to be seen.
    """

    at: datetime
    entries: tuple[StageEntry, ...]
    edits: tuple[FieldEdit, ...]
    stage_edits: tuple[FieldEdit, ...]
    ends: Likely = ()
    likely: tuple[Scalar, ...] = ()
    is_apart: bool = False

    @property
    def rows(self) -> tuple[StageEntry | FieldEdit, ...]:
        """All of them, edits of the rank first."""
        return (*self.edits, *self.entries)


def seconds_of(past: Past, ends: Ends, apart: Collection[datetime]) -> Iterator[Second]:
    """This function will give the seconds of which there are rows, oldest first.

    `ends` and `apart` are what is known otherwise, by second (UTC): how one ended, and whose edit was told alone.
    """
    entries, edits = _by_second(past.entries), _by_second(past.edits)
    stage_edits = _by_second(past.stage_edits)
    for at in sorted(entries.keys() | edits.keys()):
        yield Second(
            at=at,
            entries=tuple(entries.get(at, ())),
            edits=tuple(edits.get(at, ())),
            stage_edits=tuple(stage_edits.get(at, ())),
            ends=ends.snapshots.get(at, ()),
            is_apart=at in apart,
        )


def seconds_told_apart(
    past: Past, changes: Mapping[str, str], settled: Collection[str]
) -> frozenset[datetime]:
    """This function will give the seconds (UTC) of which an edit was told, and a snapshot not with it.

    `changes` name by row the change that it is in, `settled` those that have their verdict.
    """
    edited = {second_of(one.at): changes[one.id] for one in past.edits if one.id in changes}
    if not edited:
        return frozenset()
    snapshots = ((second_of(one.at), changes.get(one.id)) for one in past.entries)
    return frozenset(
        at
        for at, change in snapshots
        if at in edited and change != edited[at] and (change is not None or edited[at] in settled)
    )


def _by_second(rows: Iterable[Row]) -> Mapping[datetime, list[Row]]:
    found: dict[datetime, list[Row]] = defaultdict(list)
    for row in rows:
        found[second_of(row.at)].append(row)
    return found
