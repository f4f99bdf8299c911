"""Time, passed in."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Business time: Salesforce's `Date` header carried on by a monotonic clock (aware UTC)."""

    def now(self) -> datetime:
        """This function will give the present instant, aware, in UTC."""
        ...


class Waiter(Protocol):
    """A wait that a stop signal ends early."""

    def wait(self, seconds: float) -> bool:
        """This function will wait, and say True where a stop was asked for meanwhile."""
        ...


class Stop(Waiter, Protocol):
    """The stop signal: a flag to ask beside the wait that it ends."""

    def is_set(self) -> bool:
        """This function will say whether a stop was asked for."""
        ...
