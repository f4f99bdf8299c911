"""The org: its tables, its switches, its people, and the one way by which rows are stored and undone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.salesforce.errors import locked
from csops_sync.sandbox.salesforce.ids import IdFactory
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row, Schema
from csops_sync.sandbox.salesforce.table import SavedTable, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggles:
    """The org's switches, set over the control endpoint.

    `latest_date_covered`: `honest`, `off` (always the end asked for) or `error` (getUpdated and getDeleted are
    refused). `fls_hidden` and `fls_read_only`: object to fields without read or edit permission for the integration
    user. `hide_rows`: object to ids that it has no sharing access to.
    """

    flow_month_end: bool = False
    latest_date_covered: str = "honest"
    fls_hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fls_read_only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hide_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    api_allowance: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Ids of the users that are no people, and of the admin."""

    admin: str
    integration: str
    automation: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A row that is written but not committed: readers do not see it before `visible_at`."""

    visible_at: datetime
    started: str
    table: Table
    row: Row


@dataclass(frozen=True, slots=True)
class SavedOrg:
    """A whole org as it was."""

    tables: Mapping[str, SavedTable]
    counts: Mapping[str, int]
    pending: tuple[Pending, ...]
    toggles: Toggles
    usage: Mapping[int, int]


class Org:
    """Tables of every object. Call `settle` before reading, so that what has been committed by now is seen."""

    def __init__(self, schema: Schema, clock: VirtualClock) -> None:
        self.schema = schema
        self.clock = clock
        self.tables = {name: Table(kind) for name, kind in schema.objects.items()}
        self.toggles = Toggles()
        self.people = People(admin="", integration="", automation="")
        self.pending: list[Pending] = []
        self.described_at = clock.now()
        self._ids = {name: IdFactory(kind.prefix) for name, kind in schema.objects.items()}
        self._journal: list[tuple[Table, str, Row | None]] | None = None
        self._usage: dict[int, int] = {}

    def now(self) -> datetime:
        """This function will give the org's instant."""
        return self.clock.now()

    def new_id(self, kind: ObjectType) -> str:
        """This function will give a fresh id."""
        return self._ids[kind.name].next()

    def records(self, name: str) -> Iterator[dict[str, Json]]:
        """This function will give an object's committed rows in the order of their ids, deleted ones included."""
        self.settle()
        kind = self.schema[name]
        return (kind.record(row) for row in list(self.tables[name]))

    def record(self, name: str, record: str) -> dict[str, Json] | None:
        """This function will give one committed row, or None."""
        self.settle()
        row = self.tables[name].get(record)
        return None if row is None else self.schema[name].record(row)

    def related(self, name: str, reference: str, record: str) -> list[dict[str, Json]]:
        """This function will give the rows whose indexed reference field points at a record."""
        self.settle()
        kind = self.schema[name]
        return [kind.record(row) for row in self.tables[name].find(reference, record)]

    def settle(self) -> None:
        """This function will commit the pending rows whose time has come."""
        if not self.pending:
            return
        now = self.now()
        due = [entry for entry in self.pending if entry.visible_at <= now]
        self.pending = [entry for entry in self.pending if entry.visible_at > now]
        for entry in due:
            entry.table.put(entry.row)

    def store(self, kind: ObjectType, row: Row, *, started: str, visible_at: datetime | None = None) -> None:
        """This function will store a row, at once or hidden until `visible_at`; undone with its transaction."""
        table = self.tables[kind.name]
        if visible_at is not None and visible_at > self.now():
            self.pending.append(Pending(visible_at, started, table, row))
            return
        old = table.put(row)
        if self._journal is not None:
            self._journal.append((table, str(row[0]), old))

    def lock(self, kind: ObjectType, record: str) -> None:
        """This function will refuse with UNABLE_TO_LOCK_ROW where a pending write holds the row."""
        table = self.tables[kind.name]
        if any(entry.table is table and entry.row[0] == record for entry in self.pending):
            raise locked(record)

    @contextmanager
    def transaction(self) -> Iterator["Rollback"]:
        """This function will open a transaction, undone by an exception or when `Rollback.undo` is called."""
        outer, self._journal = self._journal, []
        rollback = Rollback()
        try:
            yield rollback
        except BaseException:
            rollback.undo()
            raise
        finally:
            journal, self._journal = self._journal, outer
            if rollback.asked:
                _undo(journal)
            elif outer is not None:
                outer.extend(journal)

    def hidden(self, kind: ObjectType, name: str) -> bool:
        """This function will say whether the integration user may not see a field."""
        return name in self.toggles.fls_hidden.get(kind.name, ())

    def field(self, kind: ObjectType, name: str) -> Field | None:
        """This function will find a field that the integration user may see, whatever the name's case."""
        found = kind.field(name)
        return None if found is None or self.hidden(kind, found.name) else found

    def writable(self, kind: ObjectType, one: Field) -> bool:
        """This function will say whether the integration user may write a field."""
        return not (
            one.read_only or kind.read_only or one.name in self.toggles.fls_read_only.get(kind.name, ())
        )

    def shared(self, kind: ObjectType, row: Row) -> bool:
        """This function will say whether the integration user has access to a row."""
        return row[0] not in self.toggles.hide_rows.get(kind.name, ())

    def picklist(self, one: Field) -> tuple[str, ...]:
        """This function will give a picklist's active values; stages come from the OpportunityStage rows."""
        if one.values_from is None:
            return one.values
        kind = self.schema[one.values_from]
        stages = (kind.record(row) for row in self.tables[kind.name])
        active = sorted((s for s in stages if s["IsActive"]), key=lambda s: float(s["SortOrder"] or 0))
        return tuple(str(stage["ApiName"]) for stage in active)

    def count_call(self) -> None:
        """This function will count one API request in the org's rolling day."""
        hour = int(self.now().timestamp() // 3600)
        self._usage = {past: count for past, count in self._usage.items() if past > hour - 24}
        self._usage[hour] = self._usage.get(hour, 0) + 1

    @property
    def calls(self) -> int:
        """API requests of the last 24 hours of the org's time."""
        hour = int(self.now().timestamp() // 3600)
        return sum(count for past, count in self._usage.items() if hour - 24 < past <= hour)

    def switch(self, **values: object) -> None:
        """This function will set switches; TypeError for an unknown one."""
        self.described_at = self.now()
        self.toggles = replace(self.toggles, **values)  # type: ignore[arg-type]  # control.py has checked the types

    def save(self) -> SavedOrg:
        """This function will give a copy for `restore`. Sessions are no part of it."""
        return SavedOrg(
            {name: table.save() for name, table in self.tables.items()},
            {name: ids.count for name, ids in self._ids.items()},
            tuple(self.pending),
            self.toggles,
            dict(self._usage),
        )

    def restore(self, saved: SavedOrg) -> None:
        """This function will go back to a saved state, which may be used again."""
        for name, table in self.tables.items():
            table.restore(saved.tables[name])
            self._ids[name].count = saved.counts[name]
        self.pending, self.toggles, self._usage = list(saved.pending), saved.toggles, dict(saved.usage)


@dataclass(slots=True)
class Rollback:
    """Asks for a transaction to be undone at its end."""

    asked: bool = False

    def undo(self) -> None:
        """This function will have everything stored in the transaction taken back."""
        self.asked = True


def _undo(journal: list[tuple[Table, str, Row | None]]) -> None:
    for table, record, old in reversed(journal):
        if old is None:
            table.remove(record)
        else:
            table.put(old)
