"""Jobs, whatever they do: who opened them, what state they are in, and how they get on.

A job gets on by being looked at or by the org's time, see BulkSettings. Every REST call lets the jobs whose time has
come go on first, so that what an ingest job writes is seen although nobody asked for the job.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from csops_sync.sandbox.salesforce.errors import ApiError, not_found
from csops_sync.sandbox.salesforce.ids import IdFactory, normal
from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings

LIFE = timedelta(days=7)


class State(StrEnum):
    """A job's state, by Salesforce's names."""

    OPEN = "Open"
    UPLOAD_COMPLETE = "UploadComplete"
    IN_PROGRESS = "InProgress"
    JOB_COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


MOVING = frozenset({State.UPLOAD_COMPLETE, State.IN_PROGRESS})
ENDED = frozenset({State.JOB_COMPLETE, State.FAILED, State.ABORTED})


class JobFailure(Exception):  # noqa: N818  # a state of a job, not an error of the program
    """The whole job fails; the text is its `errorMessage`: `InvalidBatch : Field name not found : Nope`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code} : {message}")


class Work(Protocol):
    """What a job does."""

    @property
    def processed(self) -> int:
        """Rows that are done, refused ones included."""

    @property
    def failed(self) -> int:
        """Rows that were refused."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be done."""

    def advance(self, share: float) -> None:
        """This method will go on until a share (0 to 1) is done, or as far as one look can take; JobFailure."""

    def stop(self) -> None:
        """This method will leave the rest undone."""


W = TypeVar("W", bound=Work)


@dataclass(slots=True, kw_only=True)
class Job(Generic[W]):
    """One job. `key` is an upsert's external id field.

    `started` is when it was ready to be processed, `changed` when its state last changed.
    """

    id: str
    user: str
    operation: str
    object: str
    version: str
    dialect: Dialect
    work: W
    state: State
    created: datetime
    changed: datetime
    key: str | None = None
    started: datetime | None = None
    polls: int = 0
    error: str | None = None

    @property
    def milliseconds(self) -> int:
        """How long it was processed, in the org's time."""
        if self.started is None or self.state is State.UPLOAD_COMPLETE:
            return 0
        return max(0, int((self.changed - self.started).total_seconds() * 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[W]):
    """What a job is opened with."""

    user: str
    operation: str
    object: str
    version: str
    dialect: Dialect
    work: W
    key: str | None = None


class House(Protocol):
    """Where jobs are kept."""

    def now(self) -> datetime:
        """This method will give the org's instant."""

    def settings(self) -> BulkSettings:
        """This method will give the settings in force."""

    def acting(self, user: str) -> AbstractContextManager[None]:
        """This method will let a user be the one who sees and writes, for as long as the context lasts."""


class Jobs(Generic[W]):
    """The jobs of one resource, by id."""

    def __init__(self, ids: IdFactory, house: House) -> None:
        self._ids = ids
        self._now = house.now
        self._settings = house.settings
        self._acting = house.acting
        self._jobs: dict[str, Job[W]] = {}

    def open(self, request: Request[W]) -> Job[W]:
        """This function will open a job; `start` sets it going."""
        now = self._now()
        job = Job(
            id=self._ids.next(),
            user=request.user,
            operation=request.operation,
            object=request.object,
            version=request.version,
            dialect=request.dialect,
            work=request.work,
            key=request.key,
            state=State.OPEN,
            created=now,
            changed=now,
        )
        self._jobs[job.id] = job
        return job

    def start(self, job: Job[W]) -> None:
        """This function will put a job in the queue."""
        job.state, job.started, job.changed = State.UPLOAD_COMPLETE, self._now(), self._now()

    def get(self, text: str, user: str) -> Job[W]:
        """This function will find a user's job; ApiError NOT_FOUND, or INVALIDUSER for somebody else's."""
        job = self._jobs.get(normal(text) or "")
        if job is None:
            raise not_found()
        if job.user != user:
            raise ApiError(403, "INVALIDUSER", f"Job {job.id} was created by another user")
        return job

    def of(self, user: str) -> list[Job[W]]:
        """This function will give a user's jobs."""
        return [job for job in self._jobs.values() if job.user == user]

    def poll(self, job: Job[W]) -> None:
        """This function will count a look at a job, which may bring it on."""
        if job.state in MOVING:
            job.polls += 1
            self._advance(job)

    def settle(self) -> None:
        """This function will bring on the jobs by the time that has passed, and forget those of a week ago."""
        now = self._now()
        for job in list(self._jobs.values()):
            if now - job.created > LIFE:
                job.work.stop()
                del self._jobs[job.id]
            else:
                self._advance(job)

    def close(self, job: Job[W]) -> None:
        """This function will put an open job in the queue; ApiError INVALIDJOBSTATE where it is not open."""
        if job.state is not State.OPEN:
            raise wrong_state(f"Closing already {_SPOKEN[job.state]} Job not allowed")
        self.start(job)

    def forget(self) -> None:
        """This function will forget every job."""
        self._jobs = {}

    def abort(self, job: Job[W]) -> None:
        """This function will stop a job where it is; ApiError INVALIDJOBSTATE where it has ended."""
        if job.state in ENDED:
            raise wrong_state(f"Aborting already {_SPOKEN[job.state]} Job not allowed")
        job.work.stop()
        self._to(job, State.ABORTED)

    def delete(self, job: Job[W]) -> None:
        """This function will forget a job; ApiError INVALIDJOBSTATE where it is open or being processed."""
        if job.state not in ENDED | {State.UPLOAD_COMPLETE}:
            message = f"Job {job.id} is {job.state}: abort it before it is deleted"
            raise wrong_state(message)
        job.work.stop()
        del self._jobs[job.id]

    def _advance(self, job: Job[W]) -> None:
        if job.state not in MOVING:
            return
        share = self._share(job)
        if share <= 0:
            return
        if job.state is not State.IN_PROGRESS:
            self._to(job, State.IN_PROGRESS)
        try:
            with self._acting(job.user):
                job.work.advance(share)
        except JobFailure as failure:
            job.error = str(failure)
            self._to(job, State.FAILED)
            return
        if share >= 1 and job.work.finished:
            self._to(job, State.JOB_COMPLETE)

    def _share(self, job: Job[W]) -> float:
        settings = self._settings()
        passed = 0.0 if job.started is None else (self._now() - job.started).total_seconds()
        by_time = passed / settings.seconds if settings.seconds else 1.0
        by_looks = job.polls / settings.polls if settings.polls else 1.0
        return min(1.0, max(by_time, by_looks))

    def _to(self, job: Job[W], state: State) -> None:
        job.state, job.changed = state, self._now()


_SPOKEN = {state: str(state) for state in State} | {
    State.JOB_COMPLETE: "Completed",
    State.UPLOAD_COMPLETE: "Closed",
}


def wrong_state(message: str) -> ApiError:
    """This function will refuse what a job's state does not allow."""
    return ApiError(400, "INVALIDJOBSTATE", message)
