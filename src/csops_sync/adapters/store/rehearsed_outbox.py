"""The outbox of a rehearsal: a row that was put hides the one with its key below it, and nothing is ever sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from csops_sync.adapters.store.outbox import SqlOutbox
from csops_sync.adapters.store.outbox_rows import age
from csops_sync.adapters.store.scope import Scope
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target


class RehearsedOutbox:
    """Implements `ports.store.Outbox`; each method answers as that of `SqlOutbox` would, but `claim` and `settle`."""

    def __init__(self, below: Scope, above: Scope) -> None:
        self._below = SqlOutbox(below)
        self._above = SqlOutbox(above)

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[OutboxRow]:
        """Read the unsent rows of these accounts, oldest first."""
        return self._together(self._above.of_accounts(account_ids), self._below.of_accounts(account_ids))

    def get(self, keys: Sequence[str]) -> Sequence[OutboxRow]:
        """Read rows by key."""
        return self._together(self._above.get(keys), self._below.get(keys))

    def put(self, rows: Sequence[OutboxRow]) -> None:
        """Insert or replace rows as they are given."""
        self._above.put(rows)

    def with_status(
        self, *statuses: OutboxStatus, target: Target | None = None, limit: int = 1000
    ) -> Sequence[OutboxRow]:
        """List rows by status, oldest first, for one target or for all together."""
        below = self._below.with_status(*statuses, target=target, limit=limit + self._size())
        above = self._above.with_status(*statuses, target=target, limit=limit)
        return self._together(above, below)[:limit]

    def digests(self, status: OutboxStatus) -> Mapping[str, str]:
        """Give the body hash of every row with a status, by key."""
        below = self._below.digests(status)
        hidden = {row.key for row in self._above.get(list(below))}
        seen = {key: digest for key, digest in below.items() if key not in hidden}
        return {**seen, **self._above.digests(status)}

    def counts(self, *statuses: OutboxStatus) -> Mapping[OutboxStatus, int]:
        """Count rows by status, of these or of all."""
        put_here = self._above.with_status(*OutboxStatus, limit=self._size())
        counted = Counter(self._below.counts())
        counted.update(self._above.counts())
        counted.subtract(row.status for row in self._below.get([row.key for row in put_here]))
        return {status: count for status, count in (+counted).items() if not statuses or status in statuses}

    def due(self, *, target: Target, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """List pending rows whose time has come, oldest first."""
        below = self._below.due(target=target, now=now, limit=limit + self._size())
        return self._together(self._above.due(target=target, now=now, limit=limit), below)[:limit]

    def claim(self, **_asked: object) -> Sequence[OutboxRow]:
        """Raise TypeError."""
        raise TypeError("A rehearsal sends nothing: claim rows in a transaction.")

    def settle(self, row: OutboxRow) -> bool:
        """Raise TypeError."""
        raise TypeError(f"A rehearsal sends nothing, so {row.key} was not sent: settle it in a transaction.")

    def _together(self, above: Sequence[OutboxRow], below: Sequence[OutboxRow]) -> list[OutboxRow]:
        hidden = {row.key for row in self._above.get([row.key for row in below])}
        return sorted([*above, *(row for row in below if row.key not in hidden)], key=age)

    def _size(self) -> int:
        return sum(self._above.counts().values())
