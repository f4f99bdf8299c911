"""How long ago something was: by the sandbox's time, or by the computer's where that ran further.

A jump of the virtual clock counts as time that passed, and on a frozen sandbox waiting helps too.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from csops_sync.sandbox.clock import VirtualClock


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks, in seconds."""

    virtual: float
    real: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopwatch:
    """Both clocks together."""

    clock: VirtualClock
    monotonic: Callable[[], float] = time.monotonic

    def now(self) -> Moment:
        """This method will give the present moment."""
        return Moment(self.clock.now().timestamp(), self.monotonic())

    def since(self, moment: Moment) -> float:
        """This method will give the seconds that have passed since a moment; never fewer than none."""
        now = self.now()
        return max(now.virtual - moment.virtual, now.real - moment.real, 0.0)
