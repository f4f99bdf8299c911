"""Asking again, for reads only: three tries, short pauses, and a stop signal ends the pause at once."""

from collections.abc import Callable
from typing import Final, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from csops_sync.ports.clock import Waiter
from csops_sync.ports.errors import BudgetExceededError, TransientError

T = TypeVar("T")
LOST_CURSOR: Final = "INVALID_QUERY_LOCATOR"
_TRIES: Final = 3
_LONGEST_PAUSE: Final = 10.0  # a longer one belongs to the scheduler


class ReadRetry:
    """Calls a read again where it may pass."""

    def __init__(self, waiter: Waiter) -> None:
        self._waiter = waiter
        self._growing = wait_exponential(multiplier=0.5, max=4)

    def __call__(self, read: Callable[[], T]) -> T:
        """This function will give the read's answer, or raise its last error."""
        retrying = Retrying(
            stop=stop_after_attempt(_TRIES),
            wait=self._pause,
            retry=retry_if_exception(_may_pass_soon),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(read)

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        return asked if asked is not None else self._growing(state)

    def _sleep(self, seconds: float) -> None:
        if self._waiter.wait(seconds):
            raise TransientError(
                "The process is stopping; what was being read is read again at the next start."
            )


def _may_pass_soon(error: BaseException) -> bool:
    if isinstance(error, BudgetExceededError) or not isinstance(error, TransientError):
        return False
    if error.code == LOST_CURSOR:  # the same page would be refused again: the query must start again
        return False
    return (error.retry_after or 0.0) <= _LONGEST_PAUSE
