"""Every query that a transaction makes is served by an index: at 1,000,000 rows nothing reads a whole table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event
from tests.contract.conftest import ORG
from tests.contract.samples import ACCOUNT, NOON, numbered, outbox_row, renewal, term_state, written_field
from tests.contract.samples import event as told

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.domain.forecast.calls import CalledRenewal
from csops_sync.ports.crm import Role
from csops_sync.ports.forecast_store import SnapshotKind, Taking
from csops_sync.ports.store import OutboxStatus, Target, Transaction

Query = Callable[[Transaction], object]
UNTIL = NOON + timedelta(seconds=90)
DAY = date(2026, 3, 30)
OPPORTUNITY = Role.OPPORTUNITY
SETTLED = replace(outbox_row(), status=OutboxStatus.SENT)

QUERIES: dict[str, Query] = {
    "mirror.changed": lambda tx: tx.mirror.changed(numbered(2)),
    "mirror.get": lambda tx: tx.mirror.get(OPPORTUNITY, ["a"]),
    "mirror.children": lambda tx: tx.mirror.children(OPPORTUNITY, [ACCOUNT]),
    "mirror.stream": lambda tx: tx.mirror.stream(OPPORTUNITY, after_id="a"),
    "mirror.stamps": lambda tx: tx.mirror.stamps(OPPORTUNITY, after_id="a"),
    "mirror.count": lambda tx: tx.mirror.count(OPPORTUNITY),
    "mirror.clear": lambda tx: tx.mirror.clear(OPPORTUNITY),
    "progress.watermarks": lambda tx: tx.progress.watermarks(),
    "progress.loads": lambda tx: tx.progress.loads(),
    "progress.setting": lambda tx: tx.progress.setting("a"),
    "renewals.of_accounts": lambda tx: tx.renewals.of_accounts([ACCOUNT]),
    "renewals.of_contracts": lambda tx: tx.renewals.of_contracts(["a"]),
    "renewals.get": lambda tx: tx.renewals.get("a"),
    "renewals.due_accounts": lambda tx: tx.renewals.due_accounts(date(2026, 1, 5)),
    "renewals.reviewed_after": lambda tx: tx.renewals.reviewed_after(date(2026, 1, 5)),
    "renewals.by_opportunity": lambda tx: tx.renewals.by_opportunity("a"),
    "renewals.accounts_of_opportunities": lambda tx: tx.renewals.accounts_of_opportunities(["a"]),
    "outbox.of_accounts": lambda tx: tx.outbox.of_accounts([ACCOUNT]),
    "outbox.get": lambda tx: tx.outbox.get(["a"]),
    "outbox.with_status": lambda tx: tx.outbox.with_status(OutboxStatus.SENT, OutboxStatus.HELD),
    "outbox.due": lambda tx: tx.outbox.due(target=Target.SLACK, now=NOON, limit=9),
    "outbox.claim": lambda tx: tx.outbox.claim(target=Target.SLACK, now=NOON, until=UNTIL, epoch=1, limit=9),
    "outbox.settle": lambda tx: tx.outbox.settle(SETTLED),
    "outbox.counts": lambda tx: tx.outbox.counts(),
    "written.of_opportunities": lambda tx: tx.written.of_opportunities(["a"]),
    "written.forget": lambda tx: tx.written.forget(opportunity_id="a", field="b"),
    "journal.add": lambda tx: tx.journal.add([told()]),
    "journal.about account": lambda tx: tx.journal.about(account_id=ACCOUNT),
    "journal.about renewal": lambda tx: tx.journal.about(renewal_key="a"),
    "states.of_accounts": lambda tx: tx.forecast.states.of_accounts([ACCOUNT]),
    "states.get": lambda tx: tx.forecast.states.get(["a"]),
    "states.replace": lambda tx: tx.forecast.states.replace_of_accounts([ACCOUNT], []),
    "states.due_between": lambda tx: list(tx.forecast.states.due_between(DAY, DAY)),
    "states.in_force_on": lambda tx: list(tx.forecast.states.in_force_on(DAY)),
    "states.all": lambda tx: list(tx.forecast.states.all()),
    "snapshots.list": lambda tx: tx.forecast.snapshots.list(kind=SnapshotKind.DAY),
    "snapshots.latest": lambda tx: tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=DAY),
    "snapshots.read": lambda tx: list(tx.forecast.snapshots.read(1)),
    "snapshots.rates": lambda tx: tx.forecast.snapshots.rates(1),
    "snapshots.rules": lambda tx: tx.forecast.snapshots.rules("h"),
    "calls.known": lambda tx: tx.forecast.calls.known(at=NOON),
    "calls.known of some": lambda tx: tx.forecast.calls.known(at=NOON, subjects=[CalledRenewal(key="a")]),
    "calls.history": lambda tx: tx.forecast.calls.history(),
    "calls.history of one": lambda tx: tx.forecast.calls.history(subject=CalledRenewal(key="a")),
}
GIVEN_IDS = "VIRTUAL TABLE"
"""How the list of ids, handed in as one JSON text, shows in a plan."""

SEEKS = {
    "mirror.changed": "org_id=? AND role=? AND id=?",
    "mirror.get": "org_id=? AND role=? AND id=?",
    "mirror.children": "org_id=? AND role=? AND parent_id=?",
    "mirror.stream": "org_id=? AND role=? AND id>?",
    "mirror.stamps": "org_id=? AND role=? AND id>?",
    "renewals.of_accounts": "org_id=? AND account_id=?",
    "renewals.of_contracts": "org_id=? AND contract_id=?",
    "renewals.due_accounts": "org_id=? AND review_on<?",
    "renewals.reviewed_after": "org_id=? AND review_on>?",
    "renewals.by_opportunity": "org_id=? AND opportunity_id=?",
    "renewals.accounts_of_opportunities": "org_id=? AND opportunity_id=?",
    "outbox.of_accounts": "org_id=? AND account_id=? AND status=?",
    "outbox.get": "org_id=? AND key=?",
    "outbox.with_status": "org_id=? AND status=? AND target=?",
    "outbox.claim": "org_id=? AND status=? AND target=?",
    "outbox.settle": "org_id=? AND key=?",
    "written.of_opportunities": "org_id=? AND opportunity_id=?",
    "journal.about account": "org_id=? AND account_id=?",
    "journal.about renewal": "org_id=? AND renewal_key=?",
    "states.of_accounts": "org_id=? AND account_id=?",
    "states.get": "org_id=? AND key=?",
    "states.replace": "org_id=? AND account_id=?",
    "states.due_between": "org_id=? AND end_day>? AND end_day<?",
    "states.in_force_on": "org_id=? AND in_force_until>?",
    "states.all": "org_id=? AND key>?",
    "snapshots.latest": "org_id=? AND kind=? AND as_of<?",
    "snapshots.read": "org_id=? AND key>?",
    "snapshots.rates": "org_id=?",
    "snapshots.rules": "org_id=? AND rules_hash=?",
    "calls.known": "org_id=?",
    "calls.known of some": "org_id=? AND subject=?",
    "calls.history of one": "org_id=? AND subject=?",
}
IN_ORDER = (
    "renewals.reviewed_after",
    "mirror.stream",
    "mirror.stamps",
    "outbox.with_status",
    "outbox.claim",
    "outbox.due",
    "journal.add",
    "states.due_between",
    "states.in_force_on",
    "states.all",
    "snapshots.latest",
    "snapshots.read",
    "calls.history",
    "calls.history of one",
)


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """A SQLite database with a row in each table, and a message that waits for another."""
    opened = open_engine(sqlite_url)
    schema.upgrade(opened)
    with SqlStore(opened, ORG).transaction() as tx:
        tx.mirror.put(numbered(3))
        tx.renewals.put([renewal()])
        tx.written.put([written_field()])
        tx.forecast.states.replace_of_accounts([ACCOUNT], [term_state()])
        tx.forecast.snapshots.take(
            Taking(kind=SnapshotKind.DAY, as_of=DAY, taken_at=NOON, rules_hash="h", rules="{}")
        )
        tx.journal.add([told()])
        tx.outbox.put(
            [outbox_row("m", target=Target.SLACK, after=("a",)), outbox_row("n", target=Target.SLACK)]
        )
    yield opened
    opened.dispose()


def plans(engine: Engine, query: Query) -> list[str]:
    """This function will list how SQLite goes about each statement of a query."""
    asked: list[tuple[str, Sequence[object]]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(
        _connection: object, _cursor: object, statement: str, parameters: Sequence[object], *_rest: object
    ) -> None:
        asked.append((statement, parameters))

    with SqlStore(engine, ORG).transaction() as tx:
        query(tx)
    explained = [
        (statement, given) for statement, given in asked if statement[:6] in ("SELECT", "UPDATE", "DELETE")
    ]
    with engine.connect() as connection:
        driver = connection.connection.cursor()
        found: list[str] = []
        for statement, given in explained:
            driver.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            found.extend(step[3] for step in driver.fetchall())
    assert found
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_reads_a_whole_table(engine: Engine, name: str) -> None:
    for step in plans(engine, QUERIES[name]):
        assert not step.startswith("SCAN") or GIVEN_IDS in step or "CONSTANT ROW" in step, step
        assert not step.startswith("SEARCH") or "org_id=?" in step, step


@pytest.mark.parametrize(("name", "seek"), SEEKS.items())
def test_what_is_asked_for_is_sought_and_not_filtered(engine: Engine, name: str, seek: str) -> None:
    assert any(f"({seek})" in step for step in plans(engine, QUERIES[name])), plans(engine, QUERIES[name])


@pytest.mark.parametrize("name", IN_ORDER)
def test_what_stops_at_a_limit_comes_out_of_its_index_in_order(engine: Engine, name: str) -> None:
    steps = plans(engine, QUERIES[name])
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_counting_opens_no_row(engine: Engine) -> None:
    assert all("COVERING INDEX" in step for step in plans(engine, QUERIES["mirror.count"]))
    assert all(
        "COVERING INDEX" in step
        for step in plans(engine, QUERIES["renewals.due_accounts"])
        if "SEARCH" in step
    )
