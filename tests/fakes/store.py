"""The store in memory, for unit tests: the same promises as SQLite and PostgreSQL, held to the same contract."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.fakes.memory_forecast import MemoryForecast
from tests.fakes.memory_retention import tidied
from tests.fakes.memory_shelves import MemoryConfidence
from tests.fakes.memory_tables import (
    MemoryJournal,
    MemoryMirror,
    MemoryOutbox,
    MemoryProgress,
    MemoryRenewals,
    MemoryWrittenFields,
    Tables,
)

from csops_sync.ports.errors import LeaseLostError, WrongOrgError
from csops_sync.ports.forecast_store import Forecast
from csops_sync.ports.shelves import Confidence, InboxItem
from csops_sync.ports.store import (
    Cutoffs,
    Journal,
    LeaseGrant,
    Leases,
    Mirror,
    Outbox,
    Progress,
    Renewals,
    Transaction,
)
from csops_sync.ports.written import WrittenFields

Now = Callable[[], datetime]


class MemoryTransaction:
    def __init__(self, tables: Tables) -> None:
        self.mirror: Mirror = MemoryMirror(tables)
        self.progress: Progress = MemoryProgress(tables)
        self.renewals: Renewals = MemoryRenewals(tables)
        self.outbox: Outbox = MemoryOutbox(tables)
        self.written: WrittenFields = MemoryWrittenFields(tables)
        self.journal: Journal = MemoryJournal(tables)
        self.confidence: Confidence = MemoryConfidence(tables.shelves)
        self.forecast: Forecast = MemoryForecast(tables.forecast)


class MemoryDatabase:
    """What several stores (of several "processes") share. `now` is the database's clock; it stands still by default."""

    def __init__(self, now: Now = lambda: datetime(2026, 1, 5, tzinfo=UTC)) -> None:
        self.now = now
        self.tables: dict[str, Tables] = {}
        self.leases: dict[str, LeaseGrant] = {}
        self.bound: str | None = None
        self.writing = threading.RLock()


class MemoryLeases:
    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database

    def claim(self, *, org_id: str, owner: str, ttl_seconds: float) -> LeaseGrant | None:
        if not owner:
            raise ValueError("A lease needs a named owner.")
        with self._database.writing:
            now, known = self._database.now(), self._database.leases.get(org_id)
            if known is not None and known.owner != owner and known.expires_at > now:
                return None
            epoch = 1 if known is None else known.epoch + (known.owner != owner)
            until = now + timedelta(seconds=ttl_seconds)
            grant = LeaseGrant(org_id=org_id, owner=owner, epoch=epoch, expires_at=until)
            self._database.leases[org_id] = grant
            return grant

    def release(self, grant: LeaseGrant) -> None:
        with self._database.writing:
            known = self._database.leases.get(grant.org_id)
            if known is not None and (known.owner, known.epoch) == (grant.owner, grant.epoch):
                self._database.leases[grant.org_id] = replace(
                    known, owner="", expires_at=self._database.now()
                )

    def holder(self, org_id: str) -> LeaseGrant | None:
        known = self._database.leases.get(org_id)
        return known if known is not None and known.expires_at > self._database.now() else None


class MemoryStore:
    """Implements `ports.store.Store`. Transactions work on a snapshot, which a clean exit puts in place."""

    def __init__(self, org_id: str = "00D000000000001EAA", database: MemoryDatabase | None = None) -> None:
        self._org_id = org_id
        self._database = database or MemoryDatabase()
        self.leases: Leases = MemoryLeases(self._database)

    @contextmanager
    def transaction(self, grant: LeaseGrant | None = None) -> Iterator[Transaction]:
        with self._database.writing:
            tables = self._snapshot()
            yield MemoryTransaction(tables)
            if grant is not None:
                self._fence(grant)
            self._database.tables[self._org_id] = tables

    @contextmanager
    def rehearsal(self) -> Iterator[Transaction]:
        yield MemoryTransaction(self._snapshot())

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        yield MemoryTransaction(self._snapshot())

    @contextmanager
    def bulk_loading(self) -> Iterator[None]:
        yield

    def receive(self, item: InboxItem) -> bool:
        with self._database.writing:
            inbox = self._database.tables.setdefault(self._org_id, Tables()).shelves.inbox
            is_new = item.key not in inbox
            inbox.setdefault(item.key, item)
            return is_new

    def bind(self, *, org_id: str) -> None:
        self._database.bound = self._database.bound or org_id
        if self._database.bound != org_id:
            raise WrongOrgError(f"The state belongs to org {self._database.bound}, not to {org_id}.")

    def tidy(self, cutoffs: Cutoffs) -> Iterator[tuple[str, int]]:
        with self._database.writing:
            tables = self._snapshot()
            removed = list(tidied(tables, cutoffs))
            self._database.tables[self._org_id] = tables
        yield from removed

    def _snapshot(self) -> Tables:
        return self._database.tables.setdefault(self._org_id, Tables()).copy()

    def _fence(self, grant: LeaseGrant) -> None:
        held = self.leases.holder(grant.org_id)
        if held is None or (held.owner, held.epoch) != (grant.owner, grant.epoch):
            raise LeaseLostError(f"{grant.owner} no longer holds org {grant.org_id}.")
