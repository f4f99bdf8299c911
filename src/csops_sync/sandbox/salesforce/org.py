"""The org: its tables, its switches, its people, and the one way by which rows are stored and undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.salesforce.access import Access, Restrictions
from csops_sync.sandbox.salesforce.errors import locked
from csops_sync.sandbox.salesforce.ids import IdFactory
from csops_sync.sandbox.salesforce.org_state import Pending, People, Rollback, SavedOrg, Severed, Toggles
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row, Schema
from csops_sync.sandbox.salesforce.table import Table

_SOURCES = {"OpportunityStage": ("ApiName", "SortOrder"), "CurrencyType": ("IsoCode", "IsoCode")}
"""Objects whose rows are a picklist's values: the field of the value, and of its order."""


class Org:
    """Tables of every object. Call `settle` before reading, so that what has been committed by now is seen.

    `viewer` is the user whose session asks: the API sets it with every call, and what is hidden is hidden from them.
    `severed` are the lookups that a deletion emptied, by the deleted record's id. `leavers` are told of each user who
    is deactivated, by id.
    """

    def __init__(self, schema: Schema, clock: VirtualClock) -> None:
        self.schema = schema
        self.clock = clock
        self.tables = {name: Table(kind) for name, kind in schema.objects.items()}
        self.toggles = Toggles()
        self.people = People(admin="", integration="", automation="")
        self.pending: list[Pending] = []
        self.viewer = ""
        self.severed: dict[str, Severed] = {}
        self.restores = 0
        self.leavers: list[Callable[[str], object]] = []
        self.described_at = clock.now()
        self._accesses: dict[str, Access] = {}
        self._ids = {name: IdFactory(kind.prefix) for name, kind in schema.objects.items()}
        self._journal: list[tuple[Table, str, Row | None]] | None = None
        self._usage: dict[int, int] = {}

    def now(self) -> datetime:
        """This function will give the org's instant."""
        return self.clock.now()

    def new_id(self, kind: ObjectType) -> str:
        """This function will give a fresh id."""
        return self._ids[kind.name].next()

    def continue_ids(self, kind: ObjectType, count: int) -> None:
        """This function will give the ids after the first `count` next."""
        self._ids[kind.name].count = count

    def records(self, name: str) -> Iterator[dict[str, Json]]:
        """This function will give an object's committed rows in the order of their ids, deleted ones included."""
        self.settle()
        kind = self.schema[name]
        return (kind.record(row) for row in self.tables[name])

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
            old = entry.table.put(entry.row)
            self._setup_changed(entry.table.kind)
            self._tell_leavers(entry.table.kind, old, entry.row)

    def store(self, kind: ObjectType, row: Row, *, started: str, visible_at: datetime | None = None) -> None:
        """This function will store a row, at once or hidden until `visible_at`; undone with its transaction."""
        table = self.tables[kind.name]
        if visible_at is not None and visible_at > self.now():
            self.pending.append(Pending(visible_at, started, table, row))
            return
        old = table.put(row)
        self._setup_changed(kind)
        self._tell_leavers(kind, old, row)
        if self._journal is not None:
            self._journal.append((table, str(row[0]), old))

    def remove(self, kind: ObjectType, record: str) -> None:
        """This function will take a row out for good; undone with its transaction."""
        table = self.tables[kind.name]
        old = table.get(record)
        table.remove(record)
        self._setup_changed(kind)
        if self._journal is not None:
            self._journal.append((table, record, old))

    def lock(self, kind: ObjectType, record: str) -> None:
        """This function will refuse with UNABLE_TO_LOCK_ROW where a pending write holds the row."""
        table = self.tables[kind.name]
        if any(entry.table is table and entry.row[0] == record for entry in self.pending):
            raise locked(record)

    @contextmanager
    def transaction(self) -> Iterator[Rollback]:
        """This function will open a transaction, undone by an exception or when `Rollback.undo` is called."""
        outer, self._journal = self._journal, []
        severed, pending, rollback = dict(self.severed), list(self.pending), Rollback()
        try:
            yield rollback
        except BaseException:
            rollback.undo()
            raise
        finally:
            journal, self._journal = self._journal, outer
            if rollback.asked:
                _undo(journal)
                self.severed, self.pending, self._accesses = severed, pending, {}
            elif outer is not None:
                outer.extend(journal)

    def access_of(self, user: str) -> Access:
        """This function will give what a user may do, as the setup rows say now."""
        found = self._accesses.get(user)
        if found is None:
            restrictions = self._restrictions() if user == self.people.integration else Restrictions()
            found = self._accesses[user] = Access(self.schema, self.tables, user, restrictions)
        return found

    @property
    def access(self) -> Access:
        """What the viewer may do; before anybody has logged in that is the integration user."""
        return self.access_of(self.viewer or self.people.integration)

    def is_active(self, user: str) -> bool:
        """This function will say whether there is such a user and nobody has deactivated them."""
        row = self.tables["User"].get(user)
        return row is not None and bool(row[self.schema["User"].places["IsActive"]])

    def logs_in(self, user: str) -> bool:
        """This function will say whether a permission set of the user's pre-authorises the External Client App."""
        assigned, access = self.tables["PermissionSetAssignment"], self.tables["SetupEntityAccess"]
        at = assigned.kind.places["PermissionSetId"]
        return any(access.find("ParentId", row[at]) for row in assigned.find("AssigneeId", user))

    @property
    def zone(self) -> ZoneInfo:
        """The viewer's time zone, else the org's."""
        row = self.tables["User"].get(self.viewer or self.people.integration)
        own = None if row is None else row[self.schema["User"].places["TimeZoneSidKey"]]
        return ZoneInfo(str(own or self.setting("TimeZoneSidKey") or "UTC"))

    @property
    def organization(self) -> dict[str, Json]:
        """The Organization row; empty before it is loaded."""
        kind = self.schema["Organization"]
        return next((kind.record(row) for row in self.tables[kind.name]), {})

    def setting(self, name: str) -> Json:
        """This function will give a field of the Organization row; None before it is loaded."""
        at = self.schema["Organization"].places[name]
        return next((row[at] for row in self.tables["Organization"]), None)

    def find(self, name: str) -> ObjectType | None:
        """This function will find an object that the viewer may read, whatever the name's case."""
        kind = self.schema.find(name)
        return kind if kind is not None and self.access.may(kind, "Read") else None

    def sees_all(self, kind: ObjectType) -> bool:
        """This function will say whether the viewer sees every row, so that none has to be asked about."""
        return self.access.sees_all(kind)

    def hidden(self, kind: ObjectType, name: str) -> bool:
        """This function will say whether the viewer may not see a field."""
        return self.access.hidden(kind, name)

    def field(self, kind: ObjectType, name: str) -> Field | None:
        """This function will find a field that the viewer may see, whatever the name's case."""
        found = kind.field(name)
        return None if found is None or self.hidden(kind, found.name) else found

    def writable(self, kind: ObjectType, one: Field) -> bool:
        """This function will say whether the viewer may write a field."""
        return self.access.writable(kind, one)

    def shared(self, kind: ObjectType, row: Row) -> bool:
        """This function will say whether the viewer has access to a row."""
        return self.access.sees(kind, row)

    def _restrictions(self) -> Restrictions:
        toggles = self.toggles
        return Restrictions(
            hidden=toggles.fls_hidden, read_only=toggles.fls_read_only, rows=toggles.hide_rows
        )

    def _setup_changed(self, kind: ObjectType) -> None:
        if kind.setup:
            self._accesses = {}
            self.described_at = self.now()

    def _tell_leavers(self, kind: ObjectType, old: Row | None, row: Row) -> None:
        if kind.name != "User" or old is None:
            return
        at = kind.places["IsActive"]
        if old[at] and not row[at]:
            for tell in self.leavers:
                tell(str(row[0]))

    def picklist(self, one: Field) -> tuple[str, ...]:
        """This function will give a picklist's active values; stages and currencies come from their rows."""
        if one.values_from is None:
            return one.values
        kind = self.schema[one.values_from]
        name, order = _SOURCES[kind.name]
        active = sorted(
            (row for row in map(kind.record, self.tables[kind.name]) if row["IsActive"]),
            key=lambda row: (float(row[order] or 0) if order == "SortOrder" else 0.0, str(row[name])),
        )
        return tuple(str(row[name]) for row in active)

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
        self._accesses = {}
        self.toggles = replace(self.toggles, **values)  # type: ignore[arg-type]  # control.py has checked the types

    def save(self) -> SavedOrg:
        """This function will give a copy for `restore`. Sessions are no part of it."""
        return SavedOrg(
            {name: table.save() for name, table in self.tables.items()},
            {name: ids.count for name, ids in self._ids.items()},
            tuple(self.pending),
            self.toggles,
            dict(self._usage),
            dict(self.severed),
        )

    def restore(self, saved: SavedOrg) -> None:
        """This function will go back to a saved state, which may be used again."""
        self.restores += 1
        for name, table in self.tables.items():
            table.restore(saved.tables[name])
            self._ids[name].count = saved.counts[name]
        self.pending, self.toggles, self._usage = list(saved.pending), saved.toggles, dict(saved.usage)
        self.severed, self._accesses = dict(saved.severed), {}


def _undo(journal: list[tuple[Table, str, Row | None]]) -> None:
    for table, record, old in reversed(journal):
        if old is None:
            table.remove(record)
        else:
            table.put(old)
