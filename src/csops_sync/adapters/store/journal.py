"""The history that `explain` tells; append only, numbered in the order of commits."""

from collections.abc import Sequence

from sqlalchemy import func, select, text

from csops_sync.adapters.store.bulk import upsert
from csops_sync.adapters.store.scope import Scope, chunks, from_ms, to_ms
from csops_sync.adapters.store.tables import JOURNAL
from csops_sync.ports.store import Event

_C = JOURNAL.c
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('csops-sync journal ' || :org_id, 0))")


class SqlJournal:
    """Implements `ports.store.Journal`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, events: Sequence[Event]) -> None:
        """Append events. On PostgreSQL a lock of the transaction (not of the session) keeps the numbers in order."""
        if not events:
            return
        seq = self._last() + 1
        for part in chunks(enumerate(events, seq)):
            upsert(self._scope, JOURNAL, [self._record(number, event) for number, event in part])

    def about(
        self, *, account_id: str | None = None, renewal_key: str | None = None, limit: int = 500
    ) -> Sequence[Event]:
        """Read the newest `limit` events that match all that is given, oldest first."""
        statement = select(JOURNAL).where(_C.org_id == self._scope.org_id)
        if account_id is not None:
            statement = statement.where(_C.account_id == account_id)
        if renewal_key is not None:
            statement = statement.where(_C.renewal_key == renewal_key)
        found = self._scope.connection.execute(statement.order_by(_C.seq.desc()).limit(limit)).all()
        return [
            Event(
                at=from_ms(row.at),
                kind=row.kind,
                account_id=row.account_id,
                detail=row.detail,
                contract_id=row.contract_id,
                renewal_key=row.renewal_key,
                opportunity_id=row.opportunity_id,
            )
            for row in reversed(found)
        ]

    def _last(self) -> int:
        if self._scope.postgres:
            self._scope.connection.execute(_LOCK, {"org_id": self._scope.org_id})
        statement = select(func.max(_C.seq)).where(_C.org_id == self._scope.org_id)
        return self._scope.connection.execute(statement).scalar_one() or 0

    def _record(self, seq: int, event: Event) -> tuple[str | int | None, ...]:
        return (
            self._scope.org_id,
            seq,
            to_ms(event.at),
            event.kind,
            event.account_id,
            event.detail,
            event.contract_id,
            event.renewal_key,
            event.opportunity_id,
        )
