"""Business time from the Date header, and the share of the API allowance."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.salesforce_org import SteppedSeconds

from csops_sync.adapters.salesforce.budget import ApiBudget
from csops_sync.adapters.salesforce.clock import SalesforceClock, ServerTime
from csops_sync.ports.errors import AuthFailedError, BudgetExceededError, TransientError

START = datetime(2026, 4, 1, tzinfo=UTC)
DATE = "Wed, 01 Apr 2026 00:00:00 GMT"


def test_time_goes_on_between_two_answers() -> None:
    """By the monotonic clock."""
    seconds = SteppedSeconds()
    server_time = ServerTime(seconds)
    server_time.observe(DATE)
    seconds.now += 90
    assert server_time.now() == START + timedelta(seconds=90)


@pytest.mark.parametrize("header", [None, "", "soon"])
def test_an_answer_without_a_usable_date_changes_nothing(header: str | None) -> None:
    """A proxy may answer without one."""
    server_time = ServerTime(SteppedSeconds())
    server_time.observe(DATE)
    server_time.observe(header)
    assert server_time.now() == START


def test_the_clock_asks_before_the_first_answer_only() -> None:
    """Afterwards every answer tells it."""
    server_time = ServerTime(SteppedSeconds())
    asked: list[None] = []

    def ask() -> None:
        asked.append(None)
        server_time.observe(DATE)

    clock = SalesforceClock(server_time, ask)
    assert [clock.now(), clock.now()] == [START, START]
    assert len(asked) == 1


def test_a_refused_login_tells_the_time_all_the_same() -> None:
    """Status pages need the time while credentials are being mended."""
    server_time = ServerTime(SteppedSeconds())

    def ask() -> None:
        server_time.observe(DATE)
        raise AuthFailedError("refused")

    assert SalesforceClock(server_time, ask).now() == START


def test_no_date_at_all_is_an_error() -> None:
    """The system's clock is never taken instead."""
    with pytest.raises(TransientError, match="no Date header"):
        SalesforceClock(ServerTime(), lambda: None).now()


def test_skew_is_salesforce_minus_the_system() -> None:
    """Over 60 seconds it is reported."""
    server_time = ServerTime(SteppedSeconds())
    server_time.observe(DATE)
    assert SalesforceClock(server_time, lambda: None).skew(START - timedelta(seconds=61)) == 61.0


class _Day:
    """A Salesforce day that a test turns."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def _budget(day: _Day, *, used: int = 0, allowed: int = 1000) -> ApiBudget:
    budget = ApiBudget(share=0.1, write_reserve=0.2, org_ceiling=0.9, now=day)
    budget.observe(f"api-usage={used}/{allowed}; per-app-api-usage=1/2(appName=x)")
    return budget


def _spend(budget: ApiBudget, calls: int) -> None:
    for _ in range(calls):
        budget.spend()


def test_reads_stop_before_the_share_and_writes_at_it() -> None:
    """100 calls are ours, 20 of them kept for writes."""
    budget = _budget(_Day())
    _spend(budget, 79)
    budget.require_read()
    _spend(budget, 1)
    with pytest.raises(BudgetExceededError, match="reading waits"):
        budget.require_read()
    budget.require_write()
    _spend(budget, 20)
    with pytest.raises(BudgetExceededError, match="writing waits"):
        budget.require_write()


def test_a_batch_of_writes_is_begun_only_where_it_can_be_ended() -> None:
    """Sixteen calls at most: what is written is to be read back."""
    budget = _budget(_Day())
    _spend(budget, 84)
    budget.require_batch()
    _spend(budget, 1)
    with pytest.raises(BudgetExceededError, match="writing waits"):
        budget.require_batch()
    budget.require_write()


def test_a_reserve_smaller_than_a_batch_is_used_all_the_same() -> None:
    """10 calls are ours, 2 of them kept for writes."""
    budget = _budget(_Day(), allowed=100)
    _spend(budget, 8)
    budget.require_batch()


def test_polls_slow_down_before_reads_stop() -> None:
    """At four fifths of the 80 that reads may use."""
    budget = _budget(_Day())
    _spend(budget, 63)
    assert not budget.slow_down
    _spend(budget, 1)
    assert budget.slow_down


def test_what_others_use_up_stops_reads_too() -> None:
    """The org needs the last tenth for its people."""
    budget = _budget(_Day(), used=900)
    with pytest.raises(BudgetExceededError, match="900 of 1000"):
        budget.require_read()
    budget.require_write()


def test_one_call_passes_after_a_while_to_hear_the_new_figure() -> None:
    """Otherwise nothing would ever say that the day is over."""
    day = _Day()
    budget = _budget(day, used=950)
    day.now += timedelta(minutes=15)
    budget.require_read()
    budget.observe("api-usage=100/1000")
    day.now += timedelta(seconds=1)
    budget.require_read()


def test_calls_are_forgotten_after_a_day() -> None:
    """The allowance is rolling; the process's own total is not."""
    day = _Day()
    budget = _budget(day)
    _spend(budget, 80)
    day.now += timedelta(hours=25)
    budget.observe("api-usage=0/1000")
    budget.require_read()
    assert budget.usage().ours == 80


def test_an_org_that_never_names_its_allowance_sets_no_limit() -> None:
    """Without a figure there is no share."""
    budget = ApiBudget(share=0.1, write_reserve=0.2, org_ceiling=0.9, now=_Day())
    _spend(budget, 10_000)
    budget.require_read()
    budget.require_write()
