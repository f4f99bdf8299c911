"""Delivery to Salesforce: right before anything is written, the account is read once more and decided again.

Creates are inserts that carry the unique renewal key; updates are guarded by the time of that last read. What was
written is read back, and kept as the base of later comparisons.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from csops_sync.app.confidence.following import follow
from csops_sync.app.engine import Engine
from csops_sync.app.evaluation import Handed, evaluate
from csops_sync.app.forecast.standing import states_keeper
from csops_sync.app.outcome import Sent, record_sent, settled_as
from csops_sync.app.pausing import PAUSE_ALL, paused_hand
from csops_sync.app.payload import decode
from csops_sync.app.pulling import absorb
from csops_sync.app.recording import Recorder
from csops_sync.app.sending import CLAIM_FOR, MOST_AT_ONCE, Answers, Batch, handed_back, send
from csops_sync.domain.intents import AdoptOpportunity, CreateOpportunity, UpdateOpportunity
from csops_sync.ports.crm import Role, Row, WriteStatus
from csops_sync.ports.store import OutboxRow, Target, Transaction

_EVERYTHING = 1_000_000


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
        limit = _EVERYTHING if engine.desk.creation_blocked else MOST_AT_ONCE + len(seen)
        rows = tx.outbox.due(target=Target.SALESFORCE, now=engine.now(), limit=limit)
    fresh = [row for row in rows if row.key not in seen]
    allowed = [row.key for row in fresh if row.kind != "create" or engine.desk.creation_blocked is None]
    return allowed[:MOST_AT_ONCE]


def _deliver(engine: Engine, keys: Sequence[str]) -> int:
    """Send one batch and record what became of it; raises, after that, what refused a call of it as a whole."""
    batch = _claim_fresh(engine, keys)
    answers = send(engine, batch)
    sent = list(_sent(batch, answers))
    read_back = _read_back(engine, sent)
    now = engine.now()
    unsent = batch.rows.keys() - {result.key for result in answers.results}
    with engine.store.transaction(engine.grant) as tx:
        absorb(tx, read_back)
        for result in answers.results:
            tx.outbox.settle(settled_as(batch.rows[result.key], result, now=now))
        for key in sorted(unsent):
            tx.outbox.settle(handed_back(batch.rows[key], answers.refusal, now=now))
        record_sent(engine, tx, sent, {row.id: row for row in read_back})
    if answers.refusal is not None:
        raise answers.refusal
    return len(answers.results)


def _claim_fresh(engine: Engine, keys: Sequence[str]) -> Batch:
    """Read the accounts as they are now, decide again, and claim what is still wanted."""
    with engine.store.reading() as tx:
        wanted = tx.outbox.get(keys)
    accounts = sorted({row.account_id for row in wanted})
    rows = _with_elsewhere(engine, engine.writer.fetch_accounts(accounts), wanted)
    now = engine.now()
    with engine.store.transaction(engine.grant) as tx:
        concerned = absorb(tx, rows)
        # the next pull finds these rows unchanged: whom they concern is decided about, and looked at, now or never
        whom = sorted(concerned.account_ids.union(accounts))
        handed = Handed(decided=[states_keeper(engine, tx)])
        evaluated = evaluate(tx, whom, rules=engine.rules, today=engine.today(), handed=handed)
        Recorder(tx=tx, now=now, shadow=engine.is_shadow).record(evaluated)
        follow(engine, tx, account_ids=whom, opportunity_ids=concerned.opportunity_ids, unseen_before=None)
        claimed = _claim(engine, tx, keys, now)
    intents = [decode(row.payload) for row in claimed]
    return Batch(
        rows={row.key: row for row in claimed},
        creates=[one for one in intents if isinstance(one, CreateOpportunity)],
        changes=[one for one in intents if isinstance(one, UpdateOpportunity | AdoptOpportunity)],
        read={row.id: row for row in rows if row.role is Role.OPPORTUNITY},
    )


def _with_elsewhere(engine: Engine, rows: Sequence[Row], wanted: Sequence[OutboxRow]) -> Sequence[Row]:
    """Read besides what is to be changed under other accounts: a contract's renewal may stand elsewhere."""
    intents = [decode(row.payload) for row in wanted]
    changed = {one.opportunity_id for one in intents if isinstance(one, UpdateOpportunity | AdoptOpportunity)}
    elsewhere = sorted(changed - {row.id for row in rows})
    return [*rows, *engine.writer.fetch(Role.OPPORTUNITY, elsewhere)] if elsewhere else rows


def _claim(engine: Engine, tx: Transaction, keys: Sequence[str], now: datetime) -> Sequence[OutboxRow]:
    return tx.outbox.claim(
        target=Target.SALESFORCE,
        now=now,
        until=now + CLAIM_FOR,
        epoch=engine.grant.epoch if engine.grant else 0,
        limit=MOST_AT_ONCE,
        keys=keys,
    )


def _sent(batch: Batch, answers: Answers) -> Iterator[Sent]:
    """Pair every write that stands in Salesforce now with what it wrote."""
    intents = {one.key: one for one in (*batch.creates, *batch.changes)}
    for result in answers.results:
        intent = intents[result.key]
        if result.status is WriteStatus.DONE and result.id is not None:
            yield Sent(intent=intent, opportunity_id=result.id, taken=answers.taken.get(result.key))


def _read_back(engine: Engine, sent: Sequence[Sent]) -> Sequence[Row]:
    """Read what was written as the org keeps it: the base of later comparisons, recorded together with the outcome.

    A process that ends before that leaves the writes `sending`, and the next one reads them back when it resolves them.
    """
    if not sent:
        return ()
    return engine.writer.fetch(Role.OPPORTUNITY, [one.opportunity_id for one in sent])
