"""The outbox: intents on their way, and what became of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from heapq import merge
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Update, func, or_, select, tuple_, update
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.bulk import upsert
from csops_sync.adapters.store.outbox_rows import age, read, record
from csops_sync.adapters.store.scope import Scope, chunks, maybe_ms, to_ms
from csops_sync.adapters.store.tables import OUTBOX
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

UNSENT = (OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED)
CLAIMED = (OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
OVER = (OutboxStatus.SENT, OutboxStatus.CANCELLED, OutboxStatus.DROPPED)
NEVER_SENT = frozenset((OutboxStatus.CANCELLED, OutboxStatus.DROPPED))
NOT_ON_ITS_WAY = frozenset((*OVER, OutboxStatus.PARKED))
"""A parked row waits for a person: what stands beside it in one message does not wait with it."""

PAGE = 500
"""How many waiting rows `claim` looks at in one step."""

Waiting = tuple[str, Sequence[str]]
"""A pending row's key, and the keys that must be sent before it."""

_C = OUTBOX.c


class _Fate(Enum):
    WAITS = "waits"
    READY = "ready"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Waiting rows by what their dependencies say; `dead` maps a key to the dependencies that will never be sent."""

    ready: Sequence[str]
    dead: Mapping[str, Sequence[str]]


class SqlOutbox:
    """Implements `ports.store.Outbox`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[OutboxRow]:
        """Read the unsent rows of these accounts, oldest first within each chunk of accounts."""
        unsent = _C.status.in_([status.value for status in UNSENT])
        parts = chunks(account_ids)
        return [row for part in parts for row in self._read(self._scope.among(_C.account_id, part) & unsent)]

    def get(self, keys: Sequence[str]) -> Sequence[OutboxRow]:
        """Read rows by key; those that are not there are left out."""
        return [row for part in chunks(keys) for row in self._read(self._scope.among(_C.key, part))]

    def put(self, rows: Sequence[OutboxRow]) -> None:
        """Insert or replace rows as they are given."""
        for part in chunks(rows):
            upsert(self._scope, OUTBOX, [record(self._scope.org_id, row) for row in part])

    def with_status(
        self, *statuses: OutboxStatus, target: Target | None = None, limit: int = 1000
    ) -> Sequence[OutboxRow]:
        """List rows by status, oldest first, for one target or for all together."""
        queues = [
            [read(found) for found in self._execute(self._queue(status, one).limit(limit))]
            for status in dict.fromkeys(statuses)
            for one in ([target] if target else Target)
        ]
        return list(islice(merge(*queues, key=age), limit))

    def digests(self, status: OutboxStatus) -> Mapping[str, str]:
        """Give the body hash of every row with a status, by key."""
        mine = (_C.org_id == self._scope.org_id) & (_C.status == status.value)
        found = self._execute(select(_C.key, _C.body_hash).where(mine))
        return {key: body_hash for key, body_hash in found}  # noqa: C416 - rows are no pairs to a type checker

    def counts(self, *statuses: OutboxStatus) -> Mapping[OutboxStatus, int]:
        """Count rows by status, of these or of all; a status without rows is not in it."""
        mine = _C.org_id == self._scope.org_id
        if statuses:
            mine &= _C.status.in_([status.value for status in statuses])
        found = self._execute(select(_C.status, func.count()).where(mine).group_by(_C.status))
        return {OutboxStatus(status): number for status, number in found}

    def due(self, *, target: Target, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """List pending rows whose time has come, oldest first, without claiming them."""
        statement = self._queue(OutboxStatus.PENDING, target).where(_is_due(now)).limit(limit)
        return [read(found) for found in self._execute(statement)]

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
        """Turn due pending rows, oldest first, into `sending`, and give them; two claims never give the same row.

        A row with `after` waits while any of these is on its way (or not there); meanwhile it keeps no other from being
        claimed. It is due once one of them was sent, and is cancelled with a note once all of them came to nothing.
        """
        ready: list[str] = []
        for page in self._waiting(target, now, keys):
            found = self._sort(page)
            self._cancel(found.dead)
            ready.extend(found.ready)
            if len(ready) >= limit:
                break
        return self._take(ready[:limit], now=now, until=until, epoch=epoch)

    def settle(self, row: OutboxRow) -> bool:
        """Record the outcome of a claimed row; False where it was settled already, or its epoch no longer holds it."""
        statement = (
            update(OUTBOX)
            .where(
                _C.org_id == self._scope.org_id,
                _C.key == row.key,
                _C.epoch == row.epoch,
                _C.status.in_([status.value for status in CLAIMED]),
            )
            .values(
                status=row.status.value,
                attempts=row.attempts,
                not_before=maybe_ms(row.not_before),
                sending_at=maybe_ms(row.sending_at),
                claimed_until=maybe_ms(row.claimed_until),
                result=row.result,
                error=row.error,
            )
        )
        return self._scope.connection.execute(statement).rowcount == 1

    def _waiting(
        self, target: Target, now: datetime, keys: Sequence[str] | None
    ) -> Iterator[Sequence[Waiting]]:
        queue = (
            self._queue(OutboxStatus.PENDING, target)
            .limit(PAGE)
            .with_only_columns(_C.created_at, _C.key, _C.after)
        )
        queue = queue.where(_is_due(now))
        if keys is not None:
            queue = queue.where(self._scope.among(_C.key, keys))
        queue = queue.with_for_update(skip_locked=True)
        page = queue
        while found := self._execute(page):
            yield [(key, orjson.loads(after)) for _, key, after in found]
            created_at, key, _ = found[-1]
            page = queue.where(tuple_(_C.created_at, _C.key) > (created_at, key))

    def _sort(self, page: Sequence[Waiting]) -> _Sorted:
        states = self._states({needed for _, after in page for needed in after})
        fates = {key: _fate([states.get(needed) for needed in after]) for key, after in page}
        return _Sorted(
            ready=[key for key, _ in page if fates[key] is _Fate.READY],
            dead={key: after for key, after in page if fates[key] is _Fate.DEAD},
        )

    def _states(self, keys: Collection[str]) -> dict[str, OutboxStatus]:
        if not keys:
            return {}
        mine = (_C.org_id == self._scope.org_id) & self._scope.among(_C.key, keys)
        return {
            key: OutboxStatus(status) for key, status in self._execute(select(_C.key, _C.status).where(mine))
        }

    def _cancel(self, dead: Mapping[str, Sequence[str]]) -> None:
        for key, after in dead.items():
            note = f"Never sent: what it was to follow was cancelled or dropped ({', '.join(after)})."
            statement = self._pending([key]).values(status=OutboxStatus.CANCELLED.value, error=note)
            self._scope.connection.execute(statement)

    def _take(
        self, keys: Sequence[str], *, now: datetime, until: datetime, epoch: int
    ) -> Sequence[OutboxRow]:
        if not keys:
            return []
        statement = self._pending(keys).values(
            status=OutboxStatus.SENDING.value,
            sending_at=to_ms(now),
            claimed_until=to_ms(until),
            epoch=epoch,
            attempts=_C.attempts + 1,
        )
        taken = [read(found) for found in self._scope.connection.execute(statement.returning(*_C))]
        return sorted(taken, key=age)

    def _pending(self, keys: Collection[str]) -> Update:
        mine = (_C.org_id == self._scope.org_id) & (_C.status == OutboxStatus.PENDING.value)
        return update(OUTBOX).where(mine, self._scope.among(_C.key, keys))

    def _execute(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Found[*tuple[Any, ...]]]:
        return self._scope.connection.execute(statement).all()

    def _read(self, which: ColumnElement[bool]) -> list[OutboxRow]:
        found = self._execute(select(OUTBOX).where(_C.org_id == self._scope.org_id, which))
        return sorted((read(each) for each in found), key=age)

    def _queue(self, status: OutboxStatus, target: Target) -> Select[*tuple[Any, ...]]:
        mine = (_C.org_id == self._scope.org_id) & (_C.status == status.value) & (_C.target == target.value)
        return select(OUTBOX).where(mine).order_by(_C.created_at, _C.key)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(_C.not_before.is_(None), _C.not_before <= to_ms(now))


def _fate(needed: Sequence[OutboxStatus | None]) -> _Fate:
    states = frozenset(needed)
    if not states or (OutboxStatus.SENT in states and states <= NOT_ON_ITS_WAY):
        return _Fate.READY
    return _Fate.DEAD if states <= NEVER_SENT else _Fate.WAITS
