"""States of terms and snapshots in dictionaries: the plainest reading of `ports.forecast_store`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind, Snapshots, Tally, TermStates, tallied


@dataclass
class ForecastTables:
    """States by key, and snapshots with all states of their day."""

    states: dict[str, TermState] = field(default_factory=dict)
    snapshots: dict[int, tuple[Snapshot, tuple[TermState, ...]]] = field(default_factory=dict)

    def copy(self) -> "ForecastTables":
        """Take a snapshot; values are frozen."""
        return ForecastTables(dict(self.states), dict(self.snapshots))


class MemoryTermStates:
    def __init__(self, tables: ForecastTables) -> None:
        self._rows = tables.states

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[TermState]:
        return [one for one in self.all() if one.account_id in set(account_ids)]

    def get(self, keys: Sequence[str]) -> Sequence[TermState]:
        return [one for one in self.all() if one.key in set(keys)]

    def replace_of_accounts(self, account_ids: Sequence[str], states: Sequence[TermState]) -> None:
        for one in self.of_accounts(account_ids):
            del self._rows[one.key]
        self._rows.update({one.key: one for one in states})

    def due_between(self, first: date, last: date) -> Iterator[TermState]:
        found = (one for one in self.all() if first <= one.end <= last)
        yield from sorted(found, key=lambda one: (one.end, one.key))

    def in_force_on(self, day: date) -> Iterator[TermState]:
        found = (one for one in self.all() if one.in_force(day))
        yield from sorted(found, key=lambda one: (one.in_force_until, one.key))

    def all(self) -> Iterator[TermState]:
        yield from sorted(self._rows.values(), key=lambda one: one.key)

    def tallies(self) -> Sequence[Tally]:
        return tallied(self.all())


class MemorySnapshots:
    def __init__(self, tables: ForecastTables) -> None:
        self._tables = tables

    def take(
        self, *, kind: SnapshotKind, as_of: date, taken_at: datetime, rules_hash: str, totals: str = "{}"
    ) -> Snapshot | None:
        if any(one.as_of == as_of for one in self.list(kind=kind)):
            return None
        taken = Snapshot(
            id=max(self._tables.snapshots, default=0) + 1,
            kind=kind,
            as_of=as_of,
            taken_at=taken_at,
            rules_hash=rules_hash,
            totals=totals,
        )
        self._tables.snapshots[taken.id] = (taken, tuple(self._tables.states.values()))
        return taken

    def list(self, *, kind: SnapshotKind | None = None) -> Sequence[Snapshot]:
        return [one for one, _ in self._tables.snapshots.values() if kind in (None, one.kind)]

    def latest(self, *, kind: SnapshotKind, until: date) -> Snapshot | None:
        found = [one for one in self.list(kind=kind) if one.as_of <= until]
        return max(found, key=lambda one: one.as_of, default=None)

    def read(self, snapshot_id: int) -> Iterator[TermState]:
        _, states = self._tables.snapshots.get(snapshot_id, (None, ()))
        yield from sorted(states, key=lambda one: one.key)


class MemoryForecast:
    def __init__(self, tables: ForecastTables) -> None:
        self.states: TermStates = MemoryTermStates(tables)
        self.snapshots: Snapshots = MemorySnapshots(tables)
