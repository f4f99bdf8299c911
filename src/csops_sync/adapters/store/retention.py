"""The removal of what is over and older than its retention, in small transactions.

Kept for ever: the mirror (it is Salesforce's), renewals and written fields (they say what is ours), settings. Unsent
outbox rows are kept until they are sent, cancelled, or dropped by a person; what a person dropped of the writes to
Salesforce is kept too, for that row alone says that it is not wanted: without it, it would be decided and sent again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Engine, delete, select

from csops_sync.adapters.store.engine import Mode
from csops_sync.adapters.store.outbox import OVER
from csops_sync.adapters.store.scope import Scope, to_ms
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.tables import JOURNAL, OUTBOX
from csops_sync.ports.store import OutboxStatus, Target

BATCH = 1000
"""Rows removed in one transaction."""

_Remove = Callable[[Scope, int], int]


def tidy(
    engine: Engine, org_id: str, *, outbox_before: datetime, journal_before: datetime
) -> Iterator[tuple[str, int]]:
    """Remove outbox rows that are over, by their creation, and events, by their instant; give (table, rows removed)."""
    yield OUTBOX.name, _in_batches(engine, org_id, _remove_outbox, to_ms(outbox_before))
    yield JOURNAL.name, _in_batches(engine, org_id, _remove_events, to_ms(journal_before))


def _in_batches(engine: Engine, org_id: str, remove: _Remove, cutoff_ms: int) -> int:
    total = 0
    while True:
        with session(engine, Mode.WRITE) as connection:
            removed = remove(Scope(connection, org_id), cutoff_ms)
        if not removed:
            return total
        total += removed


def _remove_outbox(scope: Scope, cutoff_ms: int) -> int:
    columns = OUTBOX.c
    over = columns.status.in_([status.value for status in OVER])
    wanted_no_more = (columns.status == OutboxStatus.DROPPED.value) & (
        columns.target == Target.SALESFORCE.value
    )
    anywhere = columns.target.in_(
        [target.value for target in Target]
    )  # so that the queue index serves `created_at`
    mine = (
        (columns.org_id == scope.org_id)
        & over
        & anywhere
        & ~wanted_no_more
        & (columns.created_at < cutoff_ms)
    )
    keys = scope.connection.execute(select(columns.key).where(mine).limit(BATCH)).scalars().all()
    if keys:
        scope.connection.execute(
            delete(OUTBOX).where(columns.org_id == scope.org_id, scope.among(columns.key, keys))
        )
    return len(keys)


def _remove_events(scope: Scope, cutoff_ms: int) -> int:
    # events stand in the order of time, so the first page says whether anything is old enough; no index on `at` is paid
    columns = JOURNAL.c
    first = (
        select(columns.seq, columns.at)
        .where(columns.org_id == scope.org_id)
        .order_by(columns.seq)
        .limit(BATCH)
    )
    old = [seq for seq, at in scope.connection.execute(first) if at < cutoff_ms]
    if old:
        scope.connection.execute(delete(JOURNAL).where(columns.org_id == scope.org_id, columns.seq.in_(old)))
    return len(old)
