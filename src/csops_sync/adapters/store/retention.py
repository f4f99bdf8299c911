"""The removal of what is over and older than its retention, in small transactions.

Kept for ever: the mirror (it is Salesforce's), renewals and written fields (they say what is ours), settings, states of
terms, and snapshots, which grow only by what changes from one to the next. Unsent
outbox rows are kept until they are sent, cancelled, or dropped by a person; what a person dropped of the writes to
Salesforce is kept too, for that row alone says that it is not wanted: without it, it would be decided and sent again.
The post of a card is kept as long as the card (`confidence_retention`).
"""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Engine, delete, select

from csops_sync.adapters.store.confidence_retention import (
    is_card_post,
    remove_answers,
    remove_past,
    remove_silences,
)
from csops_sync.adapters.store.engine import Mode
from csops_sync.adapters.store.outbox import OVER
from csops_sync.adapters.store.scope import Scope, to_ms
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.tables import (
    CARD,
    CONFIDENCE_CHANGE,
    INBOX,
    JOURNAL,
    OUTBOX,
    SILENCE,
    WATCH,
)
from csops_sync.adapters.store.turns import take_turn
from csops_sync.ports.store import Cutoffs, OutboxStatus, Target

BATCH = 1000
"""Rows removed in one transaction."""

_Remove = Callable[[Scope, int], int]


def tidy(engine: Engine, org_id: str, cutoffs: Cutoffs) -> Iterator[tuple[str, int]]:
    """Remove what is older than its cutoff, outbox rows that are over by their creation; give (table, rows removed)."""
    yield OUTBOX.name, _in_batches(engine, org_id, _remove_outbox, to_ms(cutoffs.outbox))
    yield JOURNAL.name, _in_batches(engine, org_id, _remove_events, to_ms(cutoffs.journal))
    yield from _tidy_past(engine, org_id, to_ms(cutoffs.journal)).items()
    yield INBOX.name, _in_batches(engine, org_id, _answers_before(cutoffs), to_ms(cutoffs.inbox))
    with session(engine, Mode.WRITE) as connection:
        take_turn(connection, org_id, alone=True)  # an order may end a silence meanwhile
        silences = remove_silences(Scope(connection, org_id), cutoffs.silences)
    yield SILENCE.name, silences


def _tidy_past(engine: Engine, org_id: str, cutoff_ms: int) -> Mapping[str, int]:
    total = dict.fromkeys((WATCH.name, CARD.name, CONFIDENCE_CHANGE.name), 0)
    while True:
        with session(engine, Mode.WRITE) as connection:
            take_turn(connection, org_id, alone=True)  # so that no cycle moves on what goes
            removed = remove_past(Scope(connection, org_id), cutoff_ms, limit=BATCH)
        if not removed:
            return total
        total = {name: count + removed[name] for name, count in total.items()}


def _answers_before(cutoffs: Cutoffs) -> _Remove:
    reactions = to_ms(cutoffs.journal)
    return lambda scope, before: remove_answers(scope, before, reactions_before_ms=reactions, limit=BATCH)


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
        & ~is_card_post()
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
