"""States of terms and snapshots in dictionaries: the plainest reading of `ports.forecast_store`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from csops_sync.domain.forecast.calls import Call, CallSubject
from csops_sync.domain.forecast.rates import DatedRate
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.ports.call_store import Calls
from csops_sync.ports.forecast_store import (
    Snapshot,
    SnapshotKind,
    Snapshots,
    Taking,
    Tally,
    TermStates,
    tallied,
)


@dataclass
class ForecastTables:
    """States by key, and snapshots with all states of their day."""

    states: dict[str, TermState] = field(default_factory=dict)
    snapshots: dict[int, tuple[Snapshot, tuple[TermState, ...]]] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    rates: dict[int, tuple[DatedRate, ...]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def copy(self) -> "ForecastTables":
        """Take a snapshot; values are frozen."""
        return ForecastTables(
            dict(self.states), dict(self.snapshots), dict(self.rules), dict(self.rates), list(self.calls)
        )


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

    def digests(self) -> Iterator[tuple[str, int]]:
        return ((one.key, hash(one)) for one in self.all())

    def tallies(self) -> Sequence[Tally]:
        return tallied(self.all())


class MemorySnapshots:
    def __init__(self, tables: ForecastTables) -> None:
        self._tables = tables

    def take(self, taken: Taking) -> Snapshot | None:
        if any(one.as_of == taken.as_of for one in self.list(kind=taken.kind)):
            return None
        made = Snapshot(
            id=max(self._tables.snapshots, default=0) + 1,
            kind=taken.kind,
            as_of=taken.as_of,
            taken_at=taken.taken_at,
            rules_hash=taken.rules_hash,
            totals=taken.totals,
        )
        self._tables.snapshots[made.id] = (made, tuple(self._tables.states.values()))
        self._tables.rates[made.id] = tuple(
            sorted(taken.rates, key=lambda one: (one.currency, one.effective))
        )
        if taken.rules is not None:
            self._tables.rules.setdefault(taken.rules_hash, taken.rules)
        return made

    def list(self, *, kind: SnapshotKind | None = None) -> Sequence[Snapshot]:
        return [one for one, _ in self._tables.snapshots.values() if kind in (None, one.kind)]

    def latest(self, *, kind: SnapshotKind, until: date) -> Snapshot | None:
        found = [one for one in self.list(kind=kind) if one.as_of <= until]
        return max(found, key=lambda one: one.as_of, default=None)

    def known_at(self, instant: datetime) -> Snapshot | None:
        found = [one for one in self.list() if one.taken_at <= instant]
        return max(found, key=lambda one: (one.taken_at, one.kind is SnapshotKind.DAY, one.id), default=None)

    def rates(self, snapshot_id: int) -> Sequence[DatedRate]:
        return self._tables.rates.get(snapshot_id, ())

    def rules(self, rules_hash: str) -> str | None:
        return self._tables.rules.get(rules_hash)

    def read(self, snapshot_id: int) -> Iterator[TermState]:
        _, states = self._tables.snapshots.get(snapshot_id, (None, ()))
        yield from sorted(states, key=lambda one: one.key)

    def of_term(self, key: str) -> Sequence[tuple[int, TermState | None]]:
        told: list[tuple[int, TermState | None]] = []
        for snapshot, states in self._tables.snapshots.values():
            state = next((one for one in states if one.key == key), None)
            if state != (told[-1][1] if told else None):
                told.append((snapshot.id, state))
        return told


class MemoryCalls:
    def __init__(self, tables: ForecastTables) -> None:
        self._rows = tables.calls

    def add(
        self, *, subject: CallSubject, at: datetime, by_id: str, amount: Money | None, note: str = ""
    ) -> Call:
        number = len(self._rows) + 1
        made = Call(id=number, subject=subject, at=at, by_id=by_id, amount=amount, note=note)
        self._rows.append(made)
        return made

    def known(self, *, at: datetime, subjects: Sequence[CallSubject] | None = None) -> Sequence[Call]:
        last = {one.subject: one for one in self._rows if one.at <= at}
        asked = last.keys() if subjects is None else set(subjects)
        found = (one for subject, one in last.items() if subject in asked and one.amount is not None)
        return sorted(found, key=lambda one: one.id)

    def history(self, *, subject: CallSubject | None = None, limit: int = 500) -> Sequence[Call]:
        return [one for one in self._rows if subject in (None, one.subject)][-limit:]


class MemoryForecast:
    def __init__(self, tables: ForecastTables) -> None:
        self.states: TermStates = MemoryTermStates(tables)
        self.snapshots: Snapshots = MemorySnapshots(tables)
        self.calls: Calls = MemoryCalls(tables)
