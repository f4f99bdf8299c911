"""The tables of the store in dictionaries: the plainest reading of `ports.store`, which the real one must equal."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from tests.fakes.memory_forecast import ForecastTables
from tests.fakes.memory_shelves import Shelves

from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Event, LoadState, OutboxRow, OutboxStatus, Target
from csops_sync.ports.written import WrittenField

UNSENT = (OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED)
CLAIMED = (OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
NEVER_SENT = {OutboxStatus.CANCELLED, OutboxStatus.DROPPED}
NOT_ON_ITS_WAY = {OutboxStatus.SENT, OutboxStatus.PARKED, *NEVER_SENT}


@dataclass
class Tables:
    """All rows of one org by key. Values are frozen, so a copy of the dictionaries is a snapshot."""

    mirror: dict[tuple[Role, str], Row] = field(default_factory=dict)
    watermarks: dict[Role, int] = field(default_factory=dict)
    loads: dict[Role, LoadState] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    renewals: dict[str, Renewal] = field(default_factory=dict)
    outbox: dict[str, OutboxRow] = field(default_factory=dict)
    written: dict[tuple[str, str], WrittenField] = field(default_factory=dict)
    journal: list[Event] = field(default_factory=list)
    shelves: Shelves = field(default_factory=Shelves)
    forecast: ForecastTables = field(default_factory=ForecastTables)

    def copy(self) -> "Tables":
        """This function will take a snapshot."""
        return Tables(**{name: table.copy() for name, table in vars(self).items()})


class MemoryMirror:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.mirror

    def changed(self, rows: Sequence[Row]) -> Sequence[Row]:
        return [row for row in _latest(rows) if self._rows.get((row.role, row.id)) != row]

    def put(self, rows: Sequence[Row]) -> None:
        self._rows.update({(row.role, row.id): row for row in _latest(rows)})

    def get(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        return [row for row in self._of(role) if row.id in set(ids)]

    def children(self, role: Role, parent_ids: Sequence[str]) -> Sequence[Row]:
        return [row for row in self._of(role) if row.parent_id in set(parent_ids)]

    def stream(self, role: Role, *, after_id: str = "", limit: int = 2000) -> Sequence[Row]:
        return [row for row in self._of(role) if row.id > after_id][:limit]

    def stamps(self, role: Role, *, after_id: str = "", limit: int = 10000) -> Sequence[tuple[str, int]]:
        seen = [(row.id, row.stamp_ms) for row in self._of(role) if row.id > after_id and not row.deleted]
        return seen[:limit]

    def count(self, role: Role) -> int:
        return sum(not row.deleted for row in self._of(role))

    def mark_deleted(self, role: Role, ids: Sequence[str]) -> None:
        self.put([replace(row, deleted=True) for row in self.get(role, ids)])

    def clear(self, role: Role) -> None:
        for row in self._of(role):
            del self._rows[role, row.id]

    def _of(self, role: Role) -> list[Row]:
        return sorted((row for row in self._rows.values() if row.role is role), key=lambda row: row.id)


class MemoryProgress:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def watermarks(self) -> Mapping[Role, int]:
        return dict(self._tables.watermarks)

    def set_watermarks(self, watermarks: Mapping[Role, int]) -> None:
        stored = self._tables.watermarks
        stored.update({role: max(covered, stored.get(role, covered)) for role, covered in watermarks.items()})

    def loads(self) -> Mapping[Role, LoadState]:
        return dict(self._tables.loads)

    def set_load(self, state: LoadState) -> None:
        self._tables.loads[state.role] = state

    def setting(self, name: str) -> str | None:
        return self._tables.settings.get(name)

    def set_setting(self, name: str, value: str | None) -> None:
        self._tables.settings.pop(name, None)
        if value is not None:
            self._tables.settings[name] = value


class MemoryRenewals:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.renewals

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[Renewal]:
        return self._where(lambda row: row.account_id in account_ids)

    def of_contracts(self, contract_ids: Sequence[str]) -> Sequence[Renewal]:
        return self._where(lambda row: row.contract_id in contract_ids)

    def get(self, key: str) -> Renewal | None:
        return self._rows.get(key)

    def put(self, renewals: Sequence[Renewal]) -> None:
        self._rows.update({row.key: row for row in renewals})

    def due_accounts(self, today: date) -> Sequence[str]:
        due = self._where(lambda row: row.review_on is not None and row.review_on <= today)
        return sorted({row.account_id for row in due})

    def reviewed_after(self, day: date, *, limit: int = 1000) -> Sequence[Renewal]:
        later = self._where(lambda row: row.review_on is not None and row.review_on > day)
        return sorted(later, key=lambda row: (row.review_on or day, row.key))[:limit]

    def by_opportunity(self, opportunity_id: str) -> Sequence[Renewal]:
        return self._where(lambda row: row.opportunity_id == opportunity_id)

    def accounts_of_opportunities(self, opportunity_ids: Sequence[str]) -> Sequence[str]:
        asked = set(opportunity_ids)
        return sorted({row.account_id for row in self._where(lambda row: row.opportunity_id in asked)})

    def _where(self, accepts: Callable[[Renewal], bool]) -> list[Renewal]:
        return sorted(filter(accepts, self._rows.values()), key=lambda row: row.key)


class MemoryOutbox:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.outbox

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[OutboxRow]:
        return self._where(lambda row: row.account_id in account_ids and row.status in UNSENT)

    def get(self, keys: Sequence[str]) -> Sequence[OutboxRow]:
        return self._where(lambda row: row.key in keys)

    def put(self, rows: Sequence[OutboxRow]) -> None:
        self._rows.update({row.key: row for row in rows})

    def with_status(
        self, *statuses: OutboxStatus, target: Target | None = None, limit: int = 1000
    ) -> Sequence[OutboxRow]:
        return self._where(lambda row: row.status in statuses and target in (None, row.target))[:limit]

    def digests(self, status: OutboxStatus) -> Mapping[str, str]:
        return {row.key: row.body_hash for row in self._where(lambda row: row.status is status)}

    def counts(self, *statuses: OutboxStatus) -> Mapping[OutboxStatus, int]:
        return Counter(row.status for row in self._rows.values() if not statuses or row.status in statuses)

    def due(self, *, target: Target, now: datetime, limit: int) -> Sequence[OutboxRow]:
        return self._timely(target, now)[:limit]

    def claim(
        self,
        *,
        target: Target,
        now: datetime,
        until: datetime,
        epoch: int,
        limit: int,
        keys: Sequence[str] | None = None,
    ) -> Sequence[OutboxRow]:
        taken: list[OutboxRow] = []
        for row in self._timely(target, now):
            if keys is not None and row.key not in keys:
                continue
            fate = self._fate(row)
            if fate == "dead":
                note = f"Never sent: what it was to follow was cancelled or dropped ({', '.join(row.after)})."
                self._rows[row.key] = replace(row, status=OutboxStatus.CANCELLED, error=note)
            elif fate == "ready" and len(taken) < limit:
                taken.append(_claimed(row, now=now, until=until, epoch=epoch))
        self.put(taken)
        return taken

    def settle(self, row: OutboxRow) -> bool:
        stored = self._rows.get(row.key)
        if stored is None or stored.epoch != row.epoch or stored.status not in CLAIMED:
            return False
        self._rows[row.key] = row
        return True

    def _timely(self, target: Target, now: datetime) -> list[OutboxRow]:
        return self._where(lambda row: row.target is target and _is_due(row, now))

    def _fate(self, row: OutboxRow) -> str:
        states = {self._rows[key].status if key in self._rows else None for key in row.after}
        if not states or (OutboxStatus.SENT in states and states <= NOT_ON_ITS_WAY):
            return "ready"
        return "dead" if states <= NEVER_SENT else "waits"

    def _where(self, accepts: Callable[[OutboxRow], bool]) -> list[OutboxRow]:
        return sorted(filter(accepts, self._rows.values()), key=lambda row: (row.created_at, row.key))


class MemoryWrittenFields:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.written

    def of_opportunities(self, ids: Sequence[str]) -> Sequence[WrittenField]:
        return [self._rows[key] for key in sorted(self._rows) if key[0] in ids]

    def put(self, fields: Sequence[WrittenField]) -> None:
        self._rows.update({(item.opportunity_id, item.field): item for item in fields})

    def forget(self, *, opportunity_id: str, field: str) -> bool:
        return self._rows.pop((opportunity_id, field), None) is not None


class MemoryJournal:
    def __init__(self, tables: Tables) -> None:
        self._events = tables.journal

    def add(self, events: Sequence[Event]) -> None:
        self._events.extend(events)

    def about(
        self, *, account_id: str | None = None, renewal_key: str | None = None, limit: int = 500
    ) -> Sequence[Event]:
        found = [
            event
            for event in self._events
            if account_id in (None, event.account_id) and renewal_key in (None, event.renewal_key)
        ]
        return found[-limit:]


def _latest(rows: Sequence[Row]) -> list[Row]:
    newest = {(row.role, row.id): row for row in sorted(rows, key=lambda row: row.stamp_ms)}
    return [newest[key] for key in dict.fromkeys((row.role, row.id) for row in rows)]


def _is_due(row: OutboxRow, now: datetime) -> bool:
    return row.status is OutboxStatus.PENDING and (row.not_before is None or row.not_before <= now)


def _claimed(row: OutboxRow, *, now: datetime, until: datetime, epoch: int) -> OutboxRow:
    return replace(
        row,
        status=OutboxStatus.SENDING,
        sending_at=now,
        claimed_until=until,
        epoch=epoch,
        attempts=row.attempts + 1,
    )
