"""A job's life: who may touch it, how it gets on, and what its state allows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import IdFactory
from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.jobs.jobs import Job, JobFailure, Jobs, Request, State
from csops_sync.sandbox.salesforce.jobs.pages import Pages
from csops_sync.sandbox.salesforce.jobs.query_work import QueryWork
from csops_sync.sandbox.salesforce.jobs.quota import Quota
from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings

_START = datetime(2026, 4, 1, tzinfo=UTC)


class _Work:
    """Ten rows, or a failure."""

    def __init__(self, failure: JobFailure | None = None) -> None:
        self.processed = 0
        self.failed = 0
        self.stopped = False
        self._failure = failure

    @property
    def finished(self) -> bool:
        return self.processed == 10

    def stop(self) -> None:
        self.stopped = True

    def advance(self, share: float) -> None:
        if self._failure is not None:
            raise self._failure
        self.processed = int(10 * share)


class _House:
    """An org's clock and settings; `viewers` is who the jobs acted as."""

    def __init__(self) -> None:
        self.at = _START
        self.bulk = BulkSettings(polls=4, seconds=100)
        self.viewers: list[str] = []

    def now(self) -> datetime:
        return self.at

    def settings(self) -> BulkSettings:
        return self.bulk

    @contextmanager
    def acting(self, user: str) -> Iterator[None]:
        self.viewers.append(user)
        yield


@pytest.fixture
def house() -> _House:
    return _House()


@pytest.fixture
def jobs(house: _House) -> Jobs[_Work]:
    return Jobs(IdFactory("750"), house)


def _opened(jobs: Jobs[_Work], work: _Work | None = None) -> Job[_Work]:
    return jobs.open(
        Request(
            user="ann",
            operation="query",
            object="Account",
            version="66.0",
            dialect=Dialect(),
            work=work or _Work(),
        )
    )


def _started(jobs: Jobs[_Work], work: _Work | None = None) -> Job[_Work]:
    job = _opened(jobs, work)
    jobs.start(job)
    return job


def test_looking_at_a_job_brings_it_on_where_time_stands_still(jobs: Jobs[_Work]) -> None:
    job = _started(jobs)
    jobs.settle()
    states = [job.state]
    for _ in range(4):
        jobs.poll(job)
        states.append(job.state)
    moving = [State.IN_PROGRESS] * 3
    assert states == [State.UPLOAD_COMPLETE, *moving, State.JOB_COMPLETE]
    assert job.work.processed == 10


def test_time_brings_a_job_on_although_nobody_looks(jobs: Jobs[_Work], house: _House) -> None:
    job = _started(jobs)
    house.at += timedelta(seconds=50)
    jobs.settle()
    assert (job.state, job.work.processed) == (State.IN_PROGRESS, 5)
    house.at += timedelta(seconds=50)
    jobs.settle()
    assert (job.state, job.work.processed, job.milliseconds) == (State.JOB_COMPLETE, 10, 100_000)
    assert set(house.viewers) == {"ann"}


def test_no_polls_or_no_seconds_end_a_job_at_once(jobs: Jobs[_Work], house: _House) -> None:
    house.bulk = BulkSettings(seconds=0)
    job = _started(jobs)
    jobs.settle()
    assert job.state is State.JOB_COMPLETE


def test_a_failure_ends_a_job_with_its_text(jobs: Jobs[_Work]) -> None:
    job = _started(jobs, _Work(JobFailure("InvalidBatch", "no")))
    jobs.poll(job)
    assert (job.state, job.error) == (State.FAILED, "InvalidBatch : no")


def test_an_open_job_does_not_get_on(jobs: Jobs[_Work], house: _House) -> None:
    job = _opened(jobs)
    house.at += timedelta(days=1)
    jobs.settle()
    jobs.poll(job)
    assert job.state is State.OPEN


def test_a_job_belongs_to_its_user(jobs: Jobs[_Work]) -> None:
    job = _started(jobs)
    assert jobs.get(job.id[:15], "ann") is job
    assert jobs.of("ann") == [job]
    assert jobs.of("bob") == []
    with pytest.raises(ApiError) as refusal:
        jobs.get(job.id, "bob")
    assert (refusal.value.status, refusal.value.code) == (403, "INVALIDUSER")


def test_a_deleted_job_is_not_found(jobs: Jobs[_Work]) -> None:
    job = _started(jobs)
    jobs.delete(job)
    with pytest.raises(ApiError) as refusal:
        jobs.get(job.id, "ann")
    assert (refusal.value.status, refusal.value.code) == (404, "NOT_FOUND")


def test_a_job_is_forgotten_after_seven_days(jobs: Jobs[_Work], house: _House) -> None:
    _opened(jobs)
    house.at += timedelta(days=7)
    jobs.settle()
    assert len(jobs.of("ann")) == 1
    house.at += timedelta(seconds=1)
    jobs.settle()
    assert jobs.of("ann") == []


def test_what_a_state_does_not_allow_is_refused(jobs: Jobs[_Work]) -> None:
    job = _opened(jobs)
    with pytest.raises(ApiError, match="is Open: abort it"):
        jobs.delete(job)
    jobs.close(job)
    with pytest.raises(ApiError, match="Closing already Closed Job"):
        jobs.close(job)
    jobs.poll(job)
    with pytest.raises(ApiError, match="is InProgress: abort it"):
        jobs.delete(job)
    jobs.abort(job)
    assert job.work.stopped
    with pytest.raises(ApiError, match="Aborting already Aborted Job"):
        jobs.abort(job)


def _query(count: int) -> tuple[QueryWork, list[str]]:
    ended: list[str] = []
    blocks = ([f"{number}\n".encode()] for number in range(count))
    return QueryWork(Pages(b""), blocks, lambda: ended.append("ended")), ended


def test_a_long_result_takes_more_looks_than_asked_for() -> None:
    work, ended = _query(60)
    seen = []
    for _ in range(3):
        work.advance(1)
        seen.append((work.processed, work.finished))
    assert seen == [(25, False), (50, False), (60, True)]
    assert ended == ["ended"]
    work.finish()
    assert (work.processed, ended) == (60, ["ended"])


def test_what_is_about_to_change_is_read_before() -> None:
    work, ended = _query(60)
    work.advance(0.1)
    work.finish()
    assert (work.processed, work.finished, ended) == (60, True, ["ended"])


def test_a_stopped_query_reads_no_more() -> None:
    work, ended = _query(60)
    work.stop()
    work.finish()
    assert (work.processed, ended) == (0, ["ended"])


def test_an_allowance_comes_back_after_a_day() -> None:
    quota = Quota()
    assert quota.take(2, 3, _START)
    assert not quota.take(2, 3, _START + timedelta(hours=23))
    assert quota.used(_START + timedelta(hours=23)) == 2
    assert quota.take(3, 3, _START + timedelta(hours=24))


@pytest.mark.parametrize(
    "given", [{"poll": 1}, {"polls": "1"}, {"polls": -1}, {"polls": True}, {"hard_delete": 1}, {"polls": 0.5}]
)
def test_a_setting_that_is_none_is_told(given: dict[object, object]) -> None:
    with pytest.raises(ValueError, match="bulk setting"):
        BulkSettings.read(given)


def test_settings_that_are_not_named_have_their_defaults() -> None:
    assert BulkSettings.read({"seconds": 1}) == BulkSettings(seconds=1)
