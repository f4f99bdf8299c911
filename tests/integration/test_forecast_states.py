"""States of terms and snapshots on an org and on both databases: they follow it, and cost nothing while it is quiet."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.fakes.rig import Rig
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import open_engine
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind

TODAY = date(2026, 4, 1)


@pytest.fixture(params=["sqlite_url", "empty_postgres_url"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """The product on an empty org."""
    url = request.getfixturevalue(request.param)
    database = open_engine(url)
    schema.upgrade(database)
    database.dispose()
    with SandboxProcess.start(org="none", today=TODAY) as sandbox:
        made = Rig(sandbox=sandbox, database=url)
        yield made
        made.restart()


def stored(rig: Rig) -> list[TermState]:
    """All states as they are stored."""
    with rig.assembly.store.reading() as tx:
        return list(tx.forecast.states.all())


def in_snapshot(rig: Rig, snapshot: Snapshot) -> list[TermState]:
    """The states of a snapshot."""
    with rig.assembly.store.reading() as tx:
        return list(tx.forecast.snapshots.read(snapshot.id))


def test_a_term_is_followed_from_its_first_day_here_to_its_end(rig: Rig) -> None:
    sold = rig.sell("株式会社みなと商事", start=date(2025, 7, 6), Annual_Amount__c=6_000_000)
    rig.sync()
    [unopened] = stored(rig)
    assert (unopened.key, unopened.standing) == (sold.key, TermStanding.UNOPENED)
    assert unopened.prior is not None
    assert unopened.prior.to_minor() == 6_000_000
    [first] = take_snapshot(rig.engine())
    assert in_snapshot(rig, first) == [unopened]

    rig.next_day(6)  # 7 April: the day on which it is opened
    [opened] = stored(rig)
    assert (opened.standing, opened.proposed, opened.new) == (TermStanding.OPEN, True, unopened.prior)
    [second] = take_snapshot(rig.engine())

    [deal] = rig.renewals()
    rig.sandbox.update("Opportunity", str(deal["Id"]), {"StageName": "失注"})
    rig.next_day()
    [lost] = stored(rig)
    assert (lost.standing, lost.new, lost.opportunity_id) == (TermStanding.LOST, None, deal["Id"])
    [third] = take_snapshot(rig.engine())
    assert [in_snapshot(rig, one) for one in (first, second, third)] == [[unopened], [opened], [lost]]
    assert [one.kind for one in (first, second, third)] == [SnapshotKind.DAY] * 3


def test_a_quiet_cycle_touches_no_state_and_a_second_process_takes_no_second_snapshot(rig: Rig) -> None:
    rig.sell("株式会社みなと商事", start=date(2025, 7, 6), Annual_Amount__c=6_000_000)
    rig.sync()
    before = stored(rig)
    assert take_snapshot(rig.engine())
    rig.sandbox.advance(seconds=3600)
    report = rig.cycle()
    assert (report.evaluated_accounts, stored(rig)) == (0, before)
    rig.restart()
    assert take_snapshot(rig.engine()) == ()
    assert stored(rig) == before
