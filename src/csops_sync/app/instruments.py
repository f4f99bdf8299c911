"""What every job of the daemon is given beside its work: log, counters, health, clocks and the stop signal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from csops_sync.app.foretelling import NextOpening
from csops_sync.app.health import Health
from csops_sync.ports.clock import Stop
from csops_sync.ports.log import EventLog
from csops_sync.ports.meter import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """`monotonic` gives seconds and never goes back; `system_now` is for the scheduler alone, never for business.

    `tell` takes lines for a person who watches: what was read, created, told. `foretell` takes the next day on which
    renewals are to be opened, with how many, after each cycle that changed it; None where none waits.
    """

    log: EventLog
    meter: Meter
    health: Health
    stop: Stop
    monotonic: Callable[[], float]
    system_now: Callable[[], datetime]
    tell: Callable[[str], None] = lambda _line: None
    foretell: Callable[[NextOpening | None], None] | None = None
