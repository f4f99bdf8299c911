"""Delivery to Salesforce: right before anything is written, the account is read once more and decided again.

Creates are inserts that carry the unique renewal key; updates are guarded by the time of that last read. What was
written is read back, and kept as the base of later comparisons.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import evaluate
from csops_sync.app.facts import as_json, instant_of, scalars
from csops_sync.app.outcome import Sent, record_sent, settled_as
from csops_sync.app.pausing import PAUSE_ALL, paused_hand
from csops_sync.app.payload import decode
from csops_sync.app.pulling import absorb
from csops_sync.app.recording import Recorder
from csops_sync.domain.intents import AdoptOpportunity, CreateOpportunity, UpdateOpportunity
from csops_sync.ports.crm import Insert, Json, Patch, Role, Row, WriteResult, WriteStatus
from csops_sync.ports.store import OutboxRow, Target, Transaction

_BATCH = 200
_EVERYTHING = 1_000_000
_PATCHES = 25
_CLAIM_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Claimed rows with the intents in them, and the opportunities as they were read a moment ago."""

    rows: Mapping[str, OutboxRow]
    creates: Sequence[CreateOpportunity]
    changes: Sequence[UpdateOpportunity | AdoptOpportunity]
    read: Mapping[str, Row]


def deliver_records(engine: Engine) -> int:
    """This function will write due creates, adoptions and updates, batch by batch, and count the rows settled."""
    settled = 0
    sent_keys: set[str] = set()
    while not engine.stopping() and paused_hand(engine) != PAUSE_ALL:
        due = _due(engine, sent_keys)
        if not due:
            return settled
        sent_keys.update(due)
        settled += _deliver(engine, due)
    return settled


def _due(engine: Engine, seen: set[str]) -> Sequence[str]:
    """Give the next batch; what this run has tried already is left to the next run."""
    with engine.store.reading() as tx:
        limit = _EVERYTHING if engine.desk.creation_blocked else _BATCH + len(seen)
        rows = tx.outbox.due(target=Target.SALESFORCE, now=engine.now(), limit=limit)
    fresh = [row for row in rows if row.key not in seen]
    allowed = [row.key for row in fresh if row.kind != "create" or engine.desk.creation_blocked is None]
    return allowed[:_BATCH]


def _deliver(engine: Engine, keys: Sequence[str]) -> int:
    batch = _claim_fresh(engine, keys)
    results = [*_insert(engine, batch), *_patch(engine, batch)]
    sent = list(_sent(batch, results))
    read_back = _read_back(engine, sent)
    with engine.store.transaction(engine.grant) as tx:
        absorb(tx, read_back)
        for result in results:
            tx.outbox.settle(settled_as(batch.rows[result.key], result, now=engine.now()))
        record_sent(engine, tx, sent, {row.id: row for row in read_back})
    return len(results)


def _claim_fresh(engine: Engine, keys: Sequence[str]) -> _Batch:
    """Read the accounts as they are now, decide again, and claim what is still wanted."""
    with engine.store.reading() as tx:
        accounts = sorted({row.account_id for row in tx.outbox.get(keys)})
    rows = engine.reader.fetch_accounts(accounts)
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        absorb(tx, rows)
        evaluated = evaluate(tx, accounts, rules=engine.rules, today=engine.today())
        Recorder(tx=tx, now=now, shadow=engine.is_shadow).record(evaluated)
        claimed = _claim(engine, tx, keys, now)
    intents = [decode(row.payload) for row in claimed]
    return _Batch(
        rows={row.key: row for row in claimed},
        creates=[one for one in intents if isinstance(one, CreateOpportunity)],
        changes=[one for one in intents if isinstance(one, UpdateOpportunity | AdoptOpportunity)],
        read={row.id: row for row in rows if row.role is Role.OPPORTUNITY},
    )


def _claim(engine: Engine, tx: Transaction, keys: Sequence[str], now: datetime) -> Sequence[OutboxRow]:
    return tx.outbox.claim(
        target=Target.SALESFORCE,
        now=now,
        until=now + _CLAIM_FOR,
        epoch=engine.grant.epoch if engine.grant else 0,
        limit=_BATCH,
        keys=keys,
    )


def _insert(engine: Engine, batch: _Batch) -> Sequence[WriteResult]:
    if not batch.creates or not engine.still_ours():
        return _not_sent(batch.creates)
    return engine.writer.insert([Insert(key=one.key, values=_values(one)) for one in batch.creates])


def _patch(engine: Engine, batch: _Batch) -> Sequence[WriteResult]:
    parts = range(0, len(batch.changes), _PATCHES)
    return [
        result
        for start in parts
        for result in _patch_some(engine, batch, batch.changes[start : start + _PATCHES])
    ]


def _patch_some(
    engine: Engine, batch: _Batch, changes: Sequence[UpdateOpportunity | AdoptOpportunity]
) -> Sequence[WriteResult]:
    """Send what fits into one call."""
    if not engine.still_ours():
        return _not_sent(changes)
    patches = [
        Patch(
            key=one.key,
            id=one.opportunity_id,
            values={change.field: as_json(change.after) for change in one.changes},
            unmodified_since=_modified_at(batch.read[one.opportunity_id]),
        )
        for one in changes
        if one.opportunity_id in batch.read
    ]
    unread = [one for one in changes if one.opportunity_id not in batch.read]
    return [*engine.writer.patch(patches), *_not_sent(unread)]


def _modified_at(row: Row) -> datetime:
    return instant_of(scalars(row.values).get("last_modified_at"))


def _not_sent(
    intents: Sequence[CreateOpportunity | UpdateOpportunity | AdoptOpportunity],
) -> Sequence[WriteResult]:
    return [WriteResult(key=one.key, status=WriteStatus.RETRY, message="not sent") for one in intents]


def _values(create: CreateOpportunity) -> dict[str, Json]:
    return {name: as_json(value) for name, value in create.values.items()}


def _sent(batch: _Batch, results: Sequence[WriteResult]) -> Iterator[Sent]:
    """Pair every write that stands in Salesforce now with what it wrote."""
    intents = {one.key: one for one in (*batch.creates, *batch.changes)}
    for result in results:
        intent = intents[result.key]
        if result.status is WriteStatus.DONE and result.id is not None:
            yield Sent(intent=intent, opportunity_id=result.id)


def _read_back(engine: Engine, sent: Sequence[Sent]) -> Sequence[Row]:
    """Read what was written as the org keeps it: the base of later comparisons, recorded together with the outcome.

    A process that ends before that leaves the writes `sending`, and the next one reads them back when it resolves them.
    """
    if not sent:
        return ()
    return engine.reader.fetch(Role.OPPORTUNITY, [one.opportunity_id for one in sent])
