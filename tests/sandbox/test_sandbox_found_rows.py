"""A query's rows are fixed when it runs, also those of a table that makes its rows when they are read."""

from datetime import UTC, date, datetime

import pytest

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.orgs.generated import generated_org
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.loader import load_org
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.query import Plan, compiled
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.salesforce.writing import Hand

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def org() -> Org:
    seed = generated_org(seed=1, contracts=40, today=date(2026, 4, 1))
    return load_org(load(), VirtualClock(NOW, frozen=True), seed)


def _plan(org: Org, text: str) -> Plan:
    return compiled(Reader(org=org), text)


def _insert(org: Org, name: str) -> str:
    hand = Hand(user=org.people.admin, at=NOW)
    return writing.create(org, org.schema["Account"], {"Name": name}, hand)


def test_written_and_made_rows_are_found_together(org: Org) -> None:
    made = len(org.tables["Contract"])
    assert made == 40
    assert _plan(org, "SELECT COUNT() FROM Contract").count() == made
    rows = _plan(org, "SELECT Id FROM Contract ORDER BY Id").rows()
    assert [row[0] for row in rows] == sorted(str(row[0]) for row in org.tables["Contract"])
    assert rows[3] == rows[3:4][0]


def test_rows_written_later_are_in_no_result_that_was_found_before(org: Org) -> None:
    plan = _plan(org, "SELECT Id FROM Account ORDER BY Id")
    before = plan.rows()
    names = [row[0] for row in before]
    added = _insert(org, "later")
    assert added not in [row[0] for row in before]
    assert [row[0] for row in before] == names
    assert added in [row[0] for row in plan.rows()]


def test_limit_and_offset_cut_a_result_without_an_order(org: Org) -> None:
    every = [row[0] for row in _plan(org, "SELECT Id FROM Contract").rows()]
    part = [row[0] for row in _plan(org, "SELECT Id FROM Contract LIMIT 5 OFFSET 3").rows()]
    assert part == every[3:8]
    assert sorted(map(str, every)) != every


def test_streamed_rows_come_in_the_order_that_is_asked_for(org: Org) -> None:
    plan = _plan(org, "SELECT Id, StartDate FROM Contract WHERE StartDate != null ORDER BY StartDate DESC")
    at = org.schema["Contract"].places["StartDate"]
    days = [str(row[at]) for row in plan.stream()]
    assert days == sorted(days, reverse=True)
    assert len(days) == len(plan.kept())
