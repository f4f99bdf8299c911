"""A cycle on which nothing happened costs the database a few seeks, however many rows it holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, event
from tests.contract.samples import outbox_row, renewal
from tests.fakes.rig import Rig
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.store import binding, schema
from csops_sync.adapters.store.engine import open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.delivery import has_work
from csops_sync.ports.store import UNFINISHED, OutboxStatus

TODAY, NEXT_YEAR = date(2026, 4, 1), date(2027, 4, 1)
MANY = 5000
GROWING = ("mirror", "renewal", "outbox", "journal", "written_field", "term_state", "snapshot_term")
"""Tables whose rows grow with the org; of the others an org has a handful of rows."""

Parameters = Mapping[str, object] | Sequence[object]
Asked = tuple[str, Parameters]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="small", today=TODAY) as started:
        yield started


@contextmanager
def noted(database: Engine) -> Iterator[list[Asked]]:
    """This function will note every query that is sent meanwhile."""
    asked: list[Asked] = []

    @event.listens_for(database, "before_cursor_execute")
    def note(
        _connection: object, _cursor: object, statement: str, parameters: Parameters, *_rest: object
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, parameters))

    yield asked
    event.remove(database, "before_cursor_execute", note)


def idle_queries(sandbox: SandboxProcess, url: str) -> list[Asked]:
    """This function will give the queries of a cycle, and of the look into the outbox, when nothing has happened."""
    rig = Rig(sandbox=sandbox, database=url)
    rig.sync()
    sandbox.advance(seconds=3600)
    rig.sync()
    engine = rig.engine()
    with noted(rig.assembly.database) as asked:
        report = rig.cycle()
        assert not has_work(engine)
        with engine.store.reading() as tx:
            tx.outbox.counts(*UNFINISHED)
    assert (report.changed_rows, report.evaluated_accounts) == (0, 0)
    rig.assembly.holding.release()
    rig.assembly.database.dispose()
    return asked


def test_an_idle_cycle_walks_through_no_table_of_sqlite(sandbox: SandboxProcess, sqlite_url: str) -> None:
    asked = idle_queries(sandbox, sqlite_url)
    assert any("FROM renewal" in statement for statement, _ in asked)
    database = open_engine(sqlite_url)
    with database.connect() as connection:
        steps = [
            step[3]
            for statement, given in asked
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", _driver(given))
        ]
    database.dispose()
    walks = re.compile(rf"SCAN ({'|'.join(GROWING)})\b|SEARCH ({'|'.join(GROWING)})\b.*\(org_id=\?\)$")
    assert [step for step in steps if walks.match(step)] == []


def test_an_idle_cycle_finds_an_index_for_each_query_on_postgresql(
    sandbox: SandboxProcess, empty_postgres_url: str
) -> None:
    database = open_engine(empty_postgres_url)
    schema.upgrade(database)
    asked = idle_queries(sandbox, empty_postgres_url)
    fill(database)
    with database.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        steps = [
            step[0]
            for statement, given in asked
            for step in connection.exec_driver_sql(f"EXPLAIN {statement}", _driver(given))
        ]
    database.dispose()
    assert [step for step in steps if "Seq Scan" in step] == []
    for index in ("ix_renewal_review", "ix_outbox_queue"):
        assert any(index in step for step in steps), steps


def fill(database: Engine) -> None:
    """This function will put so many rows there that the planner has a choice to make."""
    bound = binding.bound_org(database)
    assert bound is not None
    later = [
        replace(renewal(f"800{number:012d}AAA-1", account_id=f"001{number:012d}AAA"), review_on=NEXT_YEAR)
        for number in range(MANY)
    ]
    with SqlStore(database, bound).transaction() as tx:
        tx.renewals.put(later)
        tx.outbox.put([outbox_row(f"sent/{number}", status=OutboxStatus.SENT) for number in range(MANY)])


def _driver(given: Parameters) -> dict[str, object] | tuple[object, ...]:
    return dict(given) if isinstance(given, Mapping) else tuple(given)
