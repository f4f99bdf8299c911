"""The outbox: intents on their way, and what became of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Update, func, or_, select, tuple_, update
from sqlalchemy.engine import Row as Found

from csops_sync.adapters.store.bulk import Record, upsert
from csops_sync.adapters.store.scope import Scope, chunks, from_ms, maybe_instant, maybe_ms, to_ms
from csops_sync.adapters.store.tables import OUTBOX
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

UNSENT = (OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SHADOW, OutboxStatus.PARKED)
CLAIMED = (OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
NEVER_SENT = (OutboxStatus.CANCELLED, OutboxStatus.DROPPED)
SETTLED_UNSENT = (*NEVER_SENT, OutboxStatus.PARKED)
"""A parked row waits for a person: what stands beside it in one message does not wait with it."""
PAGE = 500
"""How many waiting rows `claim` looks at in one step."""

Waiting = tuple[str, Sequence[str]]
"""A pending row's key, and the keys that must be sent before it."""

_C = OUTBOX.c


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Waiting rows by what their dependencies say; `dead` maps a key to the dependency that will never be sent."""

    ready: Sequence[str]
    dead: Mapping[str, str]


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
            upsert(self._scope, OUTBOX, [_record(self._scope.org_id, row) for row in part])

    def with_status(self, *statuses: OutboxStatus, limit: int = 1000) -> Sequence[OutboxRow]:
        """List rows by status, oldest first, both targets together."""
        queues = [
            [_row(found) for found in self._execute(self._queue(status, target).limit(limit))]
            for status in dict.fromkeys(statuses)
            for target in Target
        ]
        return list(islice(merge(*queues, key=_age), limit))

    def counts(self) -> Mapping[OutboxStatus, int]:
        """Count rows by status; a status without rows is not in it."""
        mine = _C.org_id == self._scope.org_id
        found = self._execute(select(_C.status, func.count()).where(mine).group_by(_C.status))
        return {OutboxStatus(status): number for status, number in found}

    def due(self, *, target: Target, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """List pending rows whose time has come, oldest first, without claiming them."""
        statement = self._queue(OutboxStatus.PENDING, target).where(_is_due(now)).limit(limit)
        return [_row(found) for found in self._execute(statement)]

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

        A row all of whose dependencies came to nothing is cancelled here with a note, for it would wait for ever; one
        with a dependency still on its way waits, and does not keep others from being claimed.
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
        queue = self._queue(OutboxStatus.PENDING, target).where(_is_due(now)).limit(PAGE)
        if keys is not None:
            queue = queue.where(self._scope.among(_C.key, keys))
        queue = queue.with_only_columns(_C.created_at, _C.key, _C.after).with_for_update(skip_locked=True)
        page = queue
        while found := self._execute(page):
            yield [(key, orjson.loads(after)) for _, key, after in found]
            created_at, key, _ = found[-1]
            page = queue.where(tuple_(_C.created_at, _C.key) > (created_at, key))

    def _sort(self, page: Sequence[Waiting]) -> _Sorted:
        states = self._states({needed for _, after in page for needed in after})
        found = [(key, [states.get(needed) for needed in after], after) for key, after in page]
        return _Sorted(
            [key for key, needed, _ in found if _may_go(needed)],
            {key: after[0] for key, needed, after in found if _never_goes(needed)},
        )

    def _states(self, keys: Collection[str]) -> dict[str, OutboxStatus]:
        if not keys:
            return {}
        mine = (_C.org_id == self._scope.org_id) & self._scope.among(_C.key, keys)
        return {
            key: OutboxStatus(status) for key, status in self._execute(select(_C.key, _C.status).where(mine))
        }

    def _cancel(self, dead: Mapping[str, str]) -> None:
        for key, needed in dead.items():
            statement = self._pending([key]).values(
                status=OutboxStatus.CANCELLED.value,
                error=f"Never sent: it was to follow {needed}, which came to nothing.",
            )
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
        taken = [_row(found) for found in self._scope.connection.execute(statement.returning(*_C))]
        return sorted(taken, key=_age)

    def _pending(self, keys: Collection[str]) -> Update:
        mine = (_C.org_id == self._scope.org_id) & (_C.status == OutboxStatus.PENDING.value)
        return update(OUTBOX).where(mine, self._scope.among(_C.key, keys))

    def _execute(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Found[*tuple[Any, ...]]]:
        return self._scope.connection.execute(statement).all()

    def _read(self, which: ColumnElement[bool]) -> list[OutboxRow]:
        statement = (
            select(OUTBOX).where(_C.org_id == self._scope.org_id, which).order_by(_C.created_at, _C.key)
        )
        return [_row(found) for found in self._execute(statement)]

    def _queue(self, status: OutboxStatus, target: Target) -> Select[*tuple[Any, ...]]:
        mine = (_C.org_id == self._scope.org_id) & (_C.status == status.value) & (_C.target == target.value)
        return select(OUTBOX).where(mine).order_by(_C.created_at, _C.key)


def _may_go(needed: Sequence[OutboxStatus | None]) -> bool:
    """Whether nothing that a row waits for is on its way any more, and at least one of it was sent."""
    return not needed or (OutboxStatus.SENT in needed and set(needed) <= {OutboxStatus.SENT, *SETTLED_UNSENT})


def _never_goes(needed: Sequence[OutboxStatus | None]) -> bool:
    return bool(needed) and set(needed) <= set(NEVER_SENT)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(_C.not_before.is_(None), _C.not_before <= to_ms(now))


def _age(row: OutboxRow) -> tuple[datetime, str]:
    return row.created_at, row.key


def _record(org_id: str, row: OutboxRow) -> Record:
    return (
        org_id,
        row.key,
        row.target.value,
        row.kind,
        row.account_id,
        row.payload,
        row.reason,
        row.rules_hash,
        row.status.value,
        to_ms(row.created_at),
        row.body_hash,
        orjson.dumps(row.after).decode(),
        row.attempts,
        maybe_ms(row.not_before),
        maybe_ms(row.sending_at),
        maybe_ms(row.claimed_until),
        row.epoch,
        row.result,
        row.error,
    )


def _row(found: Found[*tuple[Any, ...]]) -> OutboxRow:
    return OutboxRow(
        key=found.key,
        target=Target(found.target),
        kind=found.kind,
        account_id=found.account_id,
        payload=found.payload,
        reason=found.reason,
        rules_hash=found.rules_hash,
        status=OutboxStatus(found.status),
        created_at=from_ms(found.created_at),
        body_hash=found.body_hash,
        after=tuple(orjson.loads(found.after)),
        attempts=found.attempts,
        not_before=maybe_instant(found.not_before),
        sending_at=maybe_instant(found.sending_at),
        claimed_until=maybe_instant(found.claimed_until),
        epoch=found.epoch,
        result=found.result,
        error=found.error,
    )
