"""The cycle as a job: ready only while cycles succeed, and each kind of failure handled as it must be."""

from datetime import timedelta

import pytest
from tests.fakes.daemon import PULL, Bench

from csops_sync.app.health import State
from csops_sync.ports.errors import (
    AuthFailedError,
    BudgetExceededError,
    OutsideError,
    PermanentError,
    TransientError,
)
from csops_sync.ports.store import OutboxStatus


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.sell()
    made.keeper.beat()
    return made


def run_for(bench: Bench, cycles: int) -> None:
    for _ in range(cycles):
        bench.cycle.run()
        bench.pass_time(PULL)


def test_it_is_not_ready_before_the_first_cycle_and_ready_after_it(bench: Bench) -> None:
    assert bench.ready().problems == ("the first cycle of this process is under way",)

    bench.cycle.run()

    assert bench.ready().ready
    assert bench.ready().facts.state is State.ACTIVE
    assert ("cycle", "done") in bench.meter.counted


def test_the_first_load_and_the_baseline_are_said_in_words(bench: Bench) -> None:
    bench.cycle.run()

    assert any("first load: 1 account, 1 contract" in line for line in bench.told)
    assert any("first cycle on this org" in line for line in bench.told)


def test_a_quiet_cycle_says_nothing_and_writes_nothing(bench: Bench) -> None:
    bench.cycle.run()
    bench.delivery.run()
    said, before = list(bench.told), bench.outbox()
    bench.pass_time(PULL)

    bench.cycle.run()

    assert bench.told == said
    assert bench.outbox() == before


def test_without_success_for_three_intervals_it_is_not_ready_and_the_operator_hears_once(
    bench: Bench,
) -> None:
    run_for(bench, 1)
    bench.crm.reads = [TransientError("Salesforce does not answer") for _ in range(40)]

    run_for(bench, 2)
    assert bench.ready().ready
    assert bench.notes() == []
    run_for(bench, 5)

    assert not bench.ready().ready
    assert any("no successful cycle" in one for one in bench.ready().problems)
    assert any("Salesforce does not answer" in one for one in bench.ready().problems)
    assert len(bench.notes()) == 1
    assert "Salesforce does not answer" in bench.notes()[0].reason


def test_the_operators_note_is_posted_though_salesforce_is_down_and_creations_wait(bench: Bench) -> None:
    run_for(bench, 1)
    bench.delivery.run()
    bench.crm.advance(days=120)
    bench.cycle.run()
    assert bench.outbox(OutboxStatus.PENDING)
    bench.crm.reads = [TransientError("down") for _ in range(40)]

    run_for(bench, 5)
    bench.delivery.run()

    assert any(posted.key.startswith("operator/stale") for posted in bench.chat.messages)


def test_a_second_outage_is_told_again(bench: Bench) -> None:
    run_for(bench, 1)
    for _ in range(2):
        bench.crm.reads = [TransientError("down") for _ in range(5)]
        run_for(bench, 5)
        bench.crm.reads = []
        run_for(bench, 1)

    assert len(bench.notes()) == 2
    assert bench.ready().ready


def test_refused_credentials_are_logged_once_with_what_to_do_and_the_process_stays(bench: Bench) -> None:
    run_for(bench, 1)
    bench.crm.reads = [AuthFailedError("login refused. To do: activate the user") for _ in range(20)]

    run_for(bench, 10)

    assert len(bench.log.named("job.failed")) == 1
    assert any("To do: activate the user" in one for one in bench.ready().problems)
    bench.crm.reads = []
    bench.cycle.run()
    assert bench.ready().ready


def test_refused_credentials_make_it_unready_at_once(bench: Bench) -> None:
    run_for(bench, 1)
    bench.crm.reads = [AuthFailedError("refused")]

    bench.cycle.run()

    assert bench.ready().problems == ("cycle: refused",)


def test_a_hidden_field_keeps_it_up_not_ready_and_saying_why(bench: Bench) -> None:
    run_for(bench, 1)
    bench.crm.reads = [PermanentError("csops-sync.yaml:31:14: no such column 'End__c'")]

    bench.cycle.run()

    assert bench.ready().problems == ("cycle: csops-sync.yaml:31:14: no such column 'End__c'",)
    assert bench.ready().alive


@pytest.mark.parametrize(
    "error",
    [TransientError("busy", retry_after=200.0), BudgetExceededError("used up", retry_after=200.0)],
    ids=["asked to wait", "no calls left"],
)
def test_a_wait_that_was_asked_for_is_kept(bench: Bench, error: OutsideError) -> None:
    run_for(bench, 1)
    bench.crm.reads = [error]
    bench.cycle.run()
    calls = bench.crm.calls

    run_for(bench, 3)
    assert bench.crm.calls == calls
    bench.pass_time(PULL)
    bench.cycle.run()

    assert bench.crm.calls > calls


def test_repeated_failures_are_not_logged_each_time(bench: Bench) -> None:
    run_for(bench, 1)
    bench.crm.reads = [TransientError("down") for _ in range(8)]

    run_for(bench, 8)

    assert [line["count"] for line in bench.log.named("job.failed")] == [1, 2, 4, 8]


def test_near_the_api_share_it_polls_four_times_slower_and_says_so(bench: Bench) -> None:
    bench.is_slow = True
    bench.cycle.run()
    calls = bench.crm.calls

    for _ in range(3):
        bench.pass_time(PULL)
        bench.cycle.run()

    assert bench.crm.calls == calls
    assert bench.ready().ready
    assert len(bench.log.named("api.slower_polling")) == 1
    assert any("allowance" in one for one in bench.ready().warnings)


def test_a_clock_far_from_salesforces_is_a_warning(bench: Bench) -> None:
    bench.skew = timedelta(minutes=-2).total_seconds()

    bench.cycle.run()

    assert any("-120 s apart" in one for one in bench.ready().warnings)


def test_a_bug_is_not_swallowed_and_the_operator_hears_of_the_outage(bench: Bench) -> None:
    run_for(bench, 1)
    bench.crm.reads = [RuntimeError("a bug")] * 9  # type: ignore[list-item]  # what no adapter should raise

    for _ in range(5):
        with pytest.raises(RuntimeError, match="a bug"):
            bench.cycle.run()
        bench.pass_time(PULL)

    assert len(bench.notes()) == 1


def test_a_stop_ends_the_first_load_between_two_pages() -> None:
    bench = Bench()
    bench.sell()
    bench.keeper.beat()
    bench.stop.stopped = True

    bench.cycle.run()

    assert bench.crm.calls == 0
    assert bench.log.named("job.failed") == []
