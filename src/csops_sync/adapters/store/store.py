"""The store: all tables of one org in one SQLAlchemy engine."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Engine

from csops_sync.adapters.store import binding, retention
from csops_sync.adapters.store.engine import Mode
from csops_sync.adapters.store.forecast import SqlForecast
from csops_sync.adapters.store.journal import SqlJournal
from csops_sync.adapters.store.lease import SqlLeases, fenced
from csops_sync.adapters.store.mirror import SqlMirror
from csops_sync.adapters.store.outbox import SqlOutbox
from csops_sync.adapters.store.progress import SqlProgress
from csops_sync.adapters.store.rehearsal import Rehearsal
from csops_sync.adapters.store.renewals import SqlRenewals
from csops_sync.adapters.store.scope import Scope
from csops_sync.adapters.store.scratch import scratch
from csops_sync.adapters.store.session import flush, session
from csops_sync.adapters.store.shelves import SqlConfidence, receive
from csops_sync.adapters.store.turns import take_turn
from csops_sync.adapters.store.written import SqlWrittenFields
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


class SqlTransaction:
    """Implements `ports.store.Transaction`."""

    def __init__(self, scope: Scope) -> None:
        self.mirror: Mirror = SqlMirror(scope)
        self.progress: Progress = SqlProgress(scope)
        self.renewals: Renewals = SqlRenewals(scope)
        self.outbox: Outbox = SqlOutbox(scope)
        self.written: WrittenFields = SqlWrittenFields(scope)
        self.journal: Journal = SqlJournal(scope)
        self.confidence: Confidence = SqlConfidence(scope)
        self.forecast: Forecast = SqlForecast(scope)


class SqlStore:
    """Implements `ports.store.Store` for one org; the schema must be there (`schema.prepare`)."""

    def __init__(self, engine: Engine, org_id: str) -> None:
        self._engine = engine
        self._org_id = org_id
        self._writing = Mode.WRITE
        self.leases: Leases = SqlLeases(engine)

    @contextmanager
    def transaction(self, grant: LeaseGrant | None = None) -> Iterator[Transaction]:
        """Open a write transaction; with a grant it is fenced, without one it excludes all others."""
        with session(self._engine, self._writing) as connection:
            take_turn(connection, self._org_id, alone=grant is None)
            with fenced(connection, grant) if grant is not None else nullcontext():
                yield SqlTransaction(Scope(connection, self._org_id))

    @contextmanager
    def rehearsal(self) -> Iterator[Transaction]:
        """Open a transaction of which nothing stays; it reads a still view, and writes elsewhere (`rehearsal`)."""
        with session(self._engine, Mode.READ) as below, scratch() as above:
            yield Rehearsal(Scope(below, self._org_id), Scope(above, self._org_id))

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a consistent read-only view."""
        with session(self._engine, Mode.READ) as connection:
            yield SqlTransaction(Scope(connection, self._org_id))

    @contextmanager
    def bulk_loading(self) -> Iterator[None]:
        """Let the commits of a first load go without waiting for the disk; at the end all of it is on disk.

        A power cut may take back the last chunks, rows and progress together, and never leaves a damaged database.
        """
        self._writing = Mode.BULK
        try:
            yield
        finally:
            self._writing = Mode.WRITE
            flush(self._engine)

    def receive(self, item: InboxItem) -> bool:
        """Put an event into the inbox at once; it is neither fenced nor in anybody's turn."""
        with session(self._engine, Mode.WRITE) as connection:
            return receive(Scope(connection, self._org_id), item)

    def bind(self, *, org_id: str) -> None:
        """Bind the state to an org id on first use; WrongOrgError where it has another."""
        binding.bind(self._engine, org_id)

    def tidy(self, cutoffs: Cutoffs) -> Iterator[tuple[str, int]]:
        """Apply the retention of each table; see `retention`."""
        return retention.tidy(self._engine, self._org_id, cutoffs)
