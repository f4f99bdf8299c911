"""Whatever is done in a rehearsal, and in whatever order, it answers as a transaction would."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.contract.conftest import ORG
from tests.contract.samples import (
    ACCOUNT,
    NOON,
    OTHER_ACCOUNT,
    event,
    numbered,
    outbox_row,
    renewal,
    term_state,
    written_field,
)
from tests.fakes.store import MemoryStore

from csops_sync.ports.crm import Role
from csops_sync.ports.store import LoadState, OutboxStatus, Store, Target, Transaction

ACCOUNTS = (ACCOUNT, OTHER_ACCOUNT)
OPPORTUNITIES = ("0065g00000OpPtYAAV", "0065g00000OtHrZAAV")
ROWS = numbered(12)
Step = Callable[[Transaction, random.Random], None]


def put_row(tx: Transaction, dice: random.Random) -> None:
    row = replace(dice.choice(ROWS), stamp_ms=dice.randrange(9), deleted=dice.random() < 0.3)
    tx.mirror.put([replace(row, parent_id=dice.choice(ACCOUNTS))])


def mark_deleted(tx: Transaction, dice: random.Random) -> None:
    tx.mirror.mark_deleted(Role.OPPORTUNITY, [row.id for row in dice.sample(ROWS, 2)])


def clear(tx: Transaction, dice: random.Random) -> None:
    if dice.random() < 0.2:
        tx.mirror.clear(Role.OPPORTUNITY)


def move(tx: Transaction, dice: random.Random) -> None:
    role = dice.choice((Role.ACCOUNT, Role.USER))
    tx.progress.set_watermarks({role: dice.randrange(9)})
    load = LoadState(role=role, mapping_hash="m", delta_from_ms=dice.randrange(9), last_id="", done=False)
    tx.progress.set_load(load)
    tx.progress.set_setting(dice.choice("ab"), dice.choice(("x", "y", None)))


def put_renewal(tx: Transaction, dice: random.Random) -> None:
    made = renewal(f"K-{dice.randrange(6)}", account_id=dice.choice(ACCOUNTS))
    review_on = dice.choice((None, date(2026, 1, 5), date(2026, 2, 5)))
    tx.renewals.put([replace(made, review_on=review_on, opportunity_id=dice.choice(OPPORTUNITIES))])


def put_outbox(tx: Transaction, dice: random.Random) -> None:
    made = outbox_row(
        f"K-{dice.randrange(6)}",
        status=dice.choice(list(OutboxStatus)),
        target=dice.choice(list(Target)),
        created_at=NOON + timedelta(seconds=dice.randrange(5)),
        not_before=dice.choice((None, NOON + timedelta(days=1))),
    )
    tx.outbox.put([replace(made, account_id=dice.choice(ACCOUNTS))])


def write(tx: Transaction, dice: random.Random) -> None:
    item = written_field(dice.choice("fg"), opportunity_id=dice.choice(OPPORTUNITIES))
    if dice.random() < 0.5:
        tx.written.put([replace(item, reasserted=dice.randrange(9))])
    else:
        tx.written.forget(opportunity_id=item.opportunity_id, field=item.field)


def tell(tx: Transaction, dice: random.Random) -> None:
    tx.journal.add(
        [event(str(dice.random()), account_id=dice.choice(ACCOUNTS), renewal_key=dice.choice("AB"))]
    )


def stand(tx: Transaction, dice: random.Random) -> None:
    account_id = dice.choice(ACCOUNTS)
    keys = dice.sample(range(5), dice.randrange(4))
    made = [term_state(f"K-{number}", account_id=account_id) for number in keys]
    days = [date(2026, 3, dice.randrange(1, 9)) for _ in made]
    states = [replace(one, end=day, in_force_until=day) for one, day in zip(made, days, strict=True)]
    tx.forecast.states.replace_of_accounts([account_id], states)


STEPS: tuple[Step, ...] = (
    put_row,
    put_row,
    mark_deleted,
    clear,
    move,
    put_renewal,
    put_outbox,
    write,
    tell,
    stand,
)


def seen_of_mirror(tx: Transaction) -> list[object]:
    ids = [row.id for row in ROWS]
    return [
        list(tx.mirror.changed(ROWS)),
        list(tx.mirror.get(Role.OPPORTUNITY, ids[::2])),
        list(tx.mirror.children(Role.OPPORTUNITY, ACCOUNTS[:1])),
        list(tx.mirror.stream(Role.OPPORTUNITY, after_id=ids[3], limit=4)),
        list(tx.mirror.stamps(Role.OPPORTUNITY, after_id=ids[1], limit=3)),
        tx.mirror.count(Role.OPPORTUNITY),
    ]


def seen(tx: Transaction) -> list[object]:
    unsent = (OutboxStatus.PENDING, OutboxStatus.HELD, OutboxStatus.SENT)
    return [
        *seen_of_mirror(tx),
        dict(tx.progress.watermarks()),
        dict(tx.progress.loads()),
        [tx.progress.setting(name) for name in "ab"],
        list(tx.renewals.of_accounts(ACCOUNTS[:1])),
        list(tx.renewals.of_contracts(["K", "8005g00000ABCDeAAP"])),
        [tx.renewals.get(f"K-{number}") for number in range(6)],
        list(tx.renewals.due_accounts(date(2026, 1, 5))),
        list(tx.renewals.reviewed_after(date(2026, 1, 5))),
        list(tx.renewals.by_opportunity(OPPORTUNITIES[0])),
        list(tx.renewals.accounts_of_opportunities(OPPORTUNITIES[:1])),
        list(tx.outbox.of_accounts(ACCOUNTS[:1])),
        list(tx.outbox.get([f"K-{number}" for number in range(6)])),
        list(tx.outbox.with_status(*unsent, limit=2)),
        list(tx.outbox.due(target=Target.SLACK, now=NOON, limit=2)),
        dict(tx.outbox.counts()),
        list(tx.written.of_opportunities(OPPORTUNITIES)),
        list(tx.journal.about(account_id=ACCOUNT, limit=5)),
        list(tx.journal.about(renewal_key="A")),
        *seen_of_states(tx),
    ]


def seen_of_states(tx: Transaction) -> list[object]:
    states = tx.forecast.states
    return [
        list(states.of_accounts(ACCOUNTS[:1])),
        list(states.get(["K-1", "K-3"])),
        list(states.due_between(date(2026, 3, 2), date(2026, 3, 6))),
        list(states.in_force_on(date(2026, 3, 5))),
        list(states.all()),
        list(states.tallies()),
    ]


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # the same throws every time


def steps(tx: Transaction, throws: random.Random, count: int) -> None:
    for _ in range(count):
        throws.choice(STEPS)(tx, throws)


@pytest.mark.parametrize("seed", range(8))
def test_a_rehearsal_answers_as_a_transaction_would(store: Store, seed: int) -> None:
    oracle = MemoryStore(ORG)
    for prepared in (store, oracle):
        with prepared.transaction() as tx:
            steps(tx, dice(seed), 40)
    with store.rehearsal() as rehearsed, oracle.transaction() as expected:
        for turn in range(10):
            for tx in (rehearsed, expected):
                steps(tx, dice(1000 * seed + turn), 4)
            assert seen(rehearsed) == seen(expected), f"seed {seed}, turn {turn}"
