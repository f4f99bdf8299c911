"""Two processes on one org: one acts, the other stands by, and nobody acts on a right that is over."""

from datetime import timedelta

import pytest
from tests.fakes.crm import FakeCrm
from tests.fakes.daemon import ORG, Bench
from tests.fakes.store import MemoryDatabase

from csops_sync.app.health import State
from csops_sync.app.lease_keeper import LeaseKeeper
from csops_sync.ports.crm import Role


@pytest.fixture
def pair() -> tuple[Bench, Bench]:
    crm, database = FakeCrm(org_id=ORG), MemoryDatabase()
    first, second = (Bench(crm=crm, database=database, owner=name) for name in ("one", "two"))
    database.now = first.database_now
    first.sell()
    first.keeper.beat()
    second.keeper.beat()
    return first, second


def test_the_second_stands_by_ready_and_reads_nothing(pair: tuple[Bench, Bench]) -> None:
    first, second = pair
    first.cycle.run()
    calls = second.crm.calls

    second.cycle.run()
    second.delivery.run()

    assert second.crm.calls == calls
    assert second.ready().facts.state is State.STANDBY
    assert second.ready().ready
    assert any("standing by" in one for one in second.ready().warnings)


def test_a_killed_holder_is_followed_within_the_ttl(pair: tuple[Bench, Bench]) -> None:
    first, second = pair
    beats = 0
    while second.keeper.grant is None:
        first.ticks.seconds += 1.0
        second.ticks.seconds += second.keeper.beat()
        beats += 1

    assert beats <= 11
    assert second.ready().facts.state is State.ACTIVE
    second.cycle.run()
    assert second.ready().ready


def test_a_stopped_process_that_wakes_up_finds_that_it_is_standby(pair: tuple[Bench, Bench]) -> None:
    first, second = pair
    first.cycle.run()
    first.ticks.seconds += 60
    second.keeper.beat()
    calls = first.crm.calls

    first.cycle.run()
    first.delivery.run()

    assert first.crm.calls == calls
    assert first.ready().facts.state is State.STANDBY
    assert len(first.log.named("lease.lost")) == 1


def test_a_hold_that_was_lost_and_won_again_does_not_renew_the_old_right(pair: tuple[Bench, Bench]) -> None:
    first, second = pair
    old = first.keeper.grant
    first.ticks.seconds += 60
    second.keeper.beat()
    second.keeper.give_back()

    first.keeper.beat()

    assert old is not None
    assert first.keeper.grant is not None
    assert not first.holding.holds(old)
    assert first.holding.holds(first.keeper.grant)


def test_a_lease_lost_at_the_commit_makes_it_a_standby(pair: tuple[Bench, Bench]) -> None:
    first, second = pair
    first.cycle.run()
    first.crm.edit(Role.ACCOUNT, first.crm.records(Role.ACCOUNT)[0].id, {"name": "新しい名前"})
    first.database.now = lambda: first.database_now() + timedelta(seconds=60)
    second.keeper.beat()

    first.cycle.run()

    assert first.keeper.grant is None
    assert first.log.named("job.lease_lost")
    assert first.ready().facts.state is State.STANDBY


def test_a_database_that_is_down_keeps_the_process_alive_and_trying() -> None:
    bench = Bench()
    bench.leases.is_down = True

    seconds = [bench.keeper.beat(), bench.keeper.beat()]

    assert seconds == [1.0, 1.0]
    assert bench.ready().alive
    assert len(bench.log.named("lease.unreachable")) == 1
    bench.leases.is_down = False
    assert bench.keeper.beat() == 3.0


def test_only_the_beginning_of_a_hold_is_told() -> None:
    bench = Bench()
    gained: list[str] = []
    keeper = LeaseKeeper(bench.holding, bench.instruments, on_gain=lambda: gained.append("now"))

    for _ in range(3):
        keeper.beat()
    assert gained == ["now"]
    keeper.lost()
    keeper.beat()

    assert gained == ["now", "now"]


def test_a_beat_that_ran_into_a_bug_is_told_and_the_next_one_takes_the_lease() -> None:
    bench = Bench()
    bench.leases.raises = [ZeroDivisionError("unforeseen"), KeyError("again")]
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 3

    bench.keeper.hold(wait)

    assert waited == [1.0, 1.0, 3.0]
    assert bench.keeper.grant is not None
    assert [type(one["raised"]) for one in bench.log.named("lease.failed")] == [ZeroDivisionError, KeyError]
    assert not any("lease" in one for one in bench.ready().problems)
