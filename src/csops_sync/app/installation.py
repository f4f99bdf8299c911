"""One configuration at work: what the daemon runs until another valid one takes its place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from csops_sync.app.engine import Engine
from csops_sync.app.holding import Holding
from csops_sync.ports.store import LeaseGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How often things are done: seconds between pulls and deliveries, times of day in `timezone`."""

    pull: float
    delivery: float
    reconcile_at: time
    housekeeping_at: time
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Everything put together under one configuration.

    `engine` gives a fresh immutable engine under a grant. `problems` are what the start check found. `slow_down` says
    that the API allowance is nearly used up; `skew` gives Salesforce's time minus the system's in seconds, None where
    the org's time is virtual. `close` lets go of connections at the end. `listening` says since when answers come in
    from Slack, None while they do not; `deaf` says why not.
    """

    engine: Callable[[LeaseGrant | None], Engine]
    holding: Holding
    pulse: Pulse
    rules_hash: str
    problems: tuple[str, ...] = ()
    slow_down: Callable[[], bool] = lambda: False
    skew: Callable[[], float | None] = lambda: None
    close: Callable[[], None] = lambda: None
    listening: Callable[[], datetime | None] = lambda: None
    deaf: Callable[[], str | None] = lambda: None


class ConfigurationRefusedError(Exception):
    """A configuration is not taken. Each of `problems` begins with its place, `file:line:column`."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ConfigurationSource(Protocol):
    """Where installations come from: two files, the environment, and the org that they lead to."""

    def fingerprint(self) -> str:
        """This function will digest the files as they are now; another text for another content."""
        ...

    def take(self) -> Installation:
        """This function will load the files and put everything together; the lease's holding is always the same.

        Raises ConfigurationRefusedError with every fault, and what reaching Salesforce and the database raises. What
        was taken before stays usable then.
        """
        ...

    def recheck(self) -> Installation:
        """This function will repeat the start check of what was taken last; raises as `take` does."""
        ...
