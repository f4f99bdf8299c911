"""How a job of the daemon fails: told once, counted, paused for, and tried again; the process goes on."""

from collections.abc import Callable
from typing import TypeVar

from csops_sync.app.failures import FailureKind, Foreseeable, judged
from csops_sync.app.instruments import Instruments
from csops_sync.ports.errors import LeaseLostError, OutsideError, WrongOrgError

T = TypeVar("T")


class Attempts:
    """The attempts of one job. What nobody foresaw passes through, to the scheduler's listener."""

    def __init__(self, job: str, instruments: Instruments, *, lost: Callable[[], None]) -> None:
        self._job = job
        self._instruments = instruments
        self._lost = lost
        self._not_before = 0.0

    def waits(self) -> bool:
        """This function will say whether a pause is still running."""
        return self._instruments.monotonic() < self._not_before

    def pause(self, seconds: float) -> None:
        """This function will make the job wait that long from now on."""
        self._not_before = self._instruments.monotonic() + seconds

    def __call__(self, work: Callable[[], T]) -> T | None:
        """This function will do the work and give its result, or None where it failed in a foreseeable way."""
        try:
            result = work()
        except LeaseLostError as error:
            self._instruments.meter.job(name=self._job, outcome="lease_lost")
            self._instruments.log.warning("job.lease_lost", job=self._job, reason=str(error))
            self._lost()
            return None
        except (OutsideError, WrongOrgError) as error:
            self._failed(error)
            return None
        self._instruments.meter.job(name=self._job, outcome="done")
        if self._instruments.health.succeeded(self._job):
            self._instruments.log.info("job.recovered", job=self._job)
        return result

    def _failed(self, error: Foreseeable) -> None:
        if self._instruments.stop.is_set():
            self._instruments.log.info("job.stopped", job=self._job, reason=str(error))
            return
        failure = judged(error)
        self._instruments.meter.job(name=self._job, outcome=f"failed_{failure.kind}")
        count = self._instruments.health.failed(self._job, failure)
        if failure.retry_after is not None:
            self.pause(failure.retry_after)
        details = {"job": self._job, "kind": failure.kind.value, "reason": failure.text, "count": count}
        if count == 1 and failure.kind.needs_person:
            self._instruments.log.error("job.failed", **details)
        elif failure.kind in (FailureKind.PASSING, FailureKind.BUDGET) and _is_worth_a_line(count):
            self._instruments.log.warning("job.failed", **details)


def _is_worth_a_line(count: int) -> bool:
    """Tell the 1st, 2nd, 4th, 8th, ... of the same failures in a row."""
    return count & (count - 1) == 0
