"""SIGTERM and SIGINT: the first asks everything to end, a second Ctrl-C ends it at once."""

import os
import signal
from types import FrameType

from csops_sync.bootstrap import Stopper

INTERRUPTED = 130


class Signals:
    """Turns signals into a stop, and knows the exit code that follows from them."""

    def __init__(self, stopper: Stopper) -> None:
        self._stopper = stopper
        self._first: int | None = None

    def install(self) -> None:
        """This function will take the signals over; only the main thread may call it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._heard)

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, else 0: being told to end is no failure."""
        return INTERRUPTED if self._first == signal.SIGINT else 0

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if self._first is not None and number == signal.SIGINT:
            os._exit(INTERRUPTED)
        self._first = self._first or number
        self._stopper.stop()
