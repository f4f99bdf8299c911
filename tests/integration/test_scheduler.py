"""The scheduler: one job at a time, none lost, every failure heard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import Event, Lock

import pytest

from csops_sync.app.scheduler import ENDED, FAILED, SKIPPED, Job, Scheduler

ENOUGH = 10.0


class Heard:
    """What the scheduler told, in order."""

    def __init__(self) -> None:
        self.outcomes: Queue[tuple[str, str, BaseException | None]] = Queue()

    def __call__(self, job: str, outcome: str, error: BaseException | None) -> None:
        self.outcomes.put((job, outcome, error))

    def next(self, wanted: str) -> tuple[str, str, BaseException | None]:
        while True:
            heard = self.outcomes.get(timeout=ENOUGH)
            if heard[1] == wanted:
                return heard


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - APScheduler itself reads the system's clock


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def made() -> Iterator[list[Scheduler]]:
    schedulers: list[Scheduler] = []
    yield schedulers
    for one in schedulers:
        one.stop(within=1.0)


def start(made: list[Scheduler], heard: Heard, *jobs: Job) -> Scheduler:
    scheduler = Scheduler(jobs, system_now=now, on_outcome=heard)
    made.append(scheduler)
    scheduler.start()
    return scheduler


def test_two_jobs_never_run_at_the_same_time(made: list[Scheduler], heard: Heard) -> None:
    alone, met, runs = Lock(), [], []

    def work() -> None:
        if not alone.acquire(blocking=False):
            met.append("met")
            return
        runs.append(1)
        alone.release()

    start(made, heard, Job(name="cycle", work=work, every=1), Job(name="delivery", work=work, every=1))
    for _ in range(4):
        heard.next(ENDED)

    assert met == []
    assert len(runs) == 4


def test_a_run_that_is_a_minute_late_is_done_and_done_once(made: list[Scheduler], heard: Heard) -> None:
    """APScheduler's default drops it: a second late is too late."""
    ran: list[int] = []
    late = Scheduler(
        [Job(name="cycle", work=lambda: ran.append(1), every=30)],
        system_now=lambda: now() - timedelta(minutes=1),
        on_outcome=heard,
    )
    made.append(late)

    late.start()
    heard.next(ENDED)

    assert ran == [1]


def test_a_failing_job_is_heard_with_its_error_and_runs_again(made: list[Scheduler], heard: Heard) -> None:
    def fail() -> None:
        raise KeyError("a bug")

    start(made, heard, Job(name="cycle", work=fail, every=1))

    assert isinstance(heard.next(FAILED)[2], KeyError)
    assert heard.next(FAILED)[0] == "cycle"


def test_a_run_due_while_the_last_one_lasts_is_skipped_and_the_next_one_comes(
    made: list[Scheduler], heard: Heard
) -> None:
    go_on, runs = Event(), []

    def work() -> None:
        runs.append(1)
        go_on.wait(ENOUGH)

    start(made, heard, Job(name="cycle", work=work, every=1))
    heard.next(SKIPPED)
    go_on.set()
    heard.next(ENDED)
    heard.next(ENDED)

    assert len(runs) >= 2


def test_run_now_does_not_wait_for_the_interval(made: list[Scheduler], heard: Heard) -> None:
    scheduler = start(made, heard, Job(name="cycle", work=lambda: None, every=3600))
    heard.next(ENDED)

    scheduler.run_now("cycle")

    assert heard.next(ENDED)[0] == "cycle"


def test_another_interval_counts_from_now_on(made: list[Scheduler], heard: Heard) -> None:
    scheduler = start(made, heard, Job(name="cycle", work=lambda: None, every=3600))
    heard.next(ENDED)

    scheduler.reschedule("cycle", 1)

    assert heard.next(ENDED)[0] == "cycle"


def test_a_stop_does_not_wait_longer_than_asked_for_a_job_that_hangs(
    made: list[Scheduler], heard: Heard
) -> None:
    begun, release = Event(), Event()

    def hang() -> None:
        begun.set()
        release.wait(ENOUGH)

    scheduler = start(made, heard, Job(name="cycle", work=hang, every=1))
    assert begun.wait(ENOUGH)

    assert scheduler.stop(within=0.05) is False
    release.set()
    assert scheduler.stop(within=ENOUGH) is True
