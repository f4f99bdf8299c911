"""APScheduler, behind four words: start, run now, reschedule, stop. The only importer of it.

What its defaults would lose is kept: no grace time for misfires (by default a run that is a second late is dropped),
late runs become one, and one worker takes everything in turn, so that a cycle and a delivery never meet. Intervals
count from the last planned run in POSIX time; what is due once a day is asked of the store (see `daily`), and needs
no job store that survives.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from apscheduler.events import (  # type: ignore[import-untyped]  # APScheduler 3 ships no types
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
)
from apscheduler.executors.base import BaseExecutor, run_job  # type: ignore[import-untyped]  # as above
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # as above
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]  # as above

ENDED = "ended"
FAILED = "failed"
MISSED = "missed"
SKIPPED = "skipped"
_OUTCOMES = {
    EVENT_JOB_EXECUTED: ENDED,
    EVENT_JOB_ERROR: FAILED,
    EVENT_JOB_MISSED: MISSED,
    EVENT_JOB_MAX_INSTANCES: SKIPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work by name, every so many seconds."""

    name: str
    work: Callable[[], object]
    every: float


OnOutcome = Callable[[str, str, BaseException | None], None]
"""Told the job's name, its outcome (`ended`, `failed`, `missed`, `skipped`) and the error, on any thread."""


class Scheduler:
    """Runs jobs one after another on one thread. `system_now` is aware."""

    def __init__(
        self, jobs: Sequence[Job], *, system_now: Callable[[], datetime], on_outcome: OnOutcome
    ) -> None:
        self._system_now = system_now
        self._on_outcome = on_outcome
        self._worker = _OneWorker()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": self._worker},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._scheduler.add_listener(self._heard, sum(_OUTCOMES))  # the codes are bits of a mask
        for job in jobs:
            self._scheduler.add_job(
                job.work, _every(job.every), id=job.name, name=job.name, next_run_time=system_now()
            )

    def start(self) -> None:
        """This function will begin; every job runs at once, in the order in which they were given."""
        self._scheduler.start()

    def run_now(self, name: str) -> None:
        """This function will run a job as soon as the worker is free."""
        self._scheduler.modify_job(name, next_run_time=self._system_now())

    def reschedule(self, name: str, every: float) -> None:
        """This function will give a job another interval, from now on."""
        self._scheduler.reschedule_job(name, trigger=_every(every))

    @property
    def busy(self) -> bool:
        """Whether a job is running right now."""
        return self._worker.busy

    def stop(self, *, within: float) -> bool:
        """This function will begin nothing more, and say whether what ran has ended within so many seconds."""
        self._worker.close()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        return self._worker.join(within)

    def _heard(self, event: Any) -> None:  # noqa: ANN401 - the vendor's event has no type
        self._on_outcome(event.job_id, _OUTCOMES[event.code], getattr(event, "exception", None))


def _every(seconds: float) -> object:
    return IntervalTrigger(seconds=max(1, round(seconds)), timezone=UTC)


class _OneWorker(BaseExecutor):  # type: ignore[misc]  # the base class has no types
    """One daemon thread for all jobs: the interpreter's exit does not wait for it, as it would for a pool's."""

    def __init__(self) -> None:
        super().__init__()
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._closed = Event()
        self._thread = Thread(target=self._run, name="csops-sync-jobs", daemon=True)
        self.busy = False

    def start(self, scheduler: object, alias: str) -> None:
        super().start(scheduler, alias)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._queue.put(None)

    def join(self, seconds: float) -> bool:
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _do_submit_job(self, job: object, run_times: Sequence[datetime]) -> None:
        self._queue.put((job, run_times))

    def _run(self) -> None:
        while (item := self._queue.get()) is not None and not self._closed.is_set():
            self.busy = True
            self._run_one(*item)
            self.busy = False

    def _run_one(self, job: Any, run_times: Sequence[datetime]) -> None:  # noqa: ANN401 - the vendor's job
        try:
            store = job._jobstore_alias  # noqa: SLF001 - what APScheduler's own executors hand on
            events = run_job(job, store, run_times, self._logger.name)
        except BaseException:  # noqa: BLE001 - as APScheduler's own executors: the thread must live on
            self._run_job_error(job.id, *sys.exc_info()[1:])
        else:
            self._run_job_success(job.id, events)
