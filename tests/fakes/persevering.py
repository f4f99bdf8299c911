"""Cycles and deliveries as the daemon does them, until nothing waits, with time that passes by order."""

import time
from collections.abc import Callable
from dataclasses import replace

from tests.fakes.rig import Rig
from tests.fakes.sandbox import SandboxProcess

from csops_sync.app.cycle import run_cycle
from csops_sync.app.delivery import has_work, run_delivery
from csops_sync.app.engine import Engine
from csops_sync.bootstrap import Stopper
from csops_sync.ports.errors import LeaseLostError, OutsideError, TransientError
from csops_sync.ports.store import OutboxStatus

A_MINUTE = 61.0
_PASSES = 60
_OPEN = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)


class VirtualTime(Stopper):
    """Waiting moves the sandbox's clock instead of passing time; the monotonic clock moves along with it."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._passed = 0.0

    def wait(self, seconds: float) -> bool:
        """Let the time pass at once."""
        self._passed += seconds
        self._sandbox.advance(seconds=seconds)
        return self.is_set()

    def monotonic(self) -> float:
        """Give the seconds of a clock that never goes back."""
        return time.monotonic() + self._passed


def let_time_pass_at_once(rig: Rig) -> None:
    """This function will give a rig virtual time, before it is put together."""
    virtual = VirtualTime(rig.sandbox)
    rig.stopper = virtual
    rig.transports = replace(rig.transports, monotonic=virtual.monotonic)


def persevere(rig: Rig, *, waits: Callable[[Engine], bool] = has_work) -> None:
    """This function will cycle and deliver until nothing waits; raises AssertionError where that never comes.

    Between two passes a minute passes, or what the outside asked for: what is unknown is looked for after a minute,
    and a cycle is what hears the time from Salesforce.
    """
    for _ in range(_PASSES):
        pause = _attempt(rig, waits)
        if pause is None:
            return
        if rig.stopper is None:
            rig.sandbox.advance(seconds=pause)
        else:
            rig.stopper.wait(pause)
    raise AssertionError("something is still waiting in the outbox")


def has_due_work(engine: Engine) -> bool:
    """This function will say whether anything waits that could be done by now; not what rests until the morning.

    What stands behind something that rests, rests with it.
    """
    now = engine.now()
    with engine.store.reading() as tx:
        rows = tx.outbox.with_status(*_OPEN)
    resting: set[str] = set()
    for row in sorted(rows, key=lambda one: one.not_before is None or one.not_before <= now):
        if (row.not_before is not None and row.not_before > now) or resting.intersection(row.after):
            resting.add(row.key)
    return len(resting) < len(rows)


def _attempt(rig: Rig, waits: Callable[[Engine], bool]) -> float | None:
    """Cycle and deliver once, and give the seconds until the next attempt, None where nothing waits."""
    try:
        run_cycle(rig.engine())
        run_delivery(engine := rig.engine())
        return A_MINUTE if waits(engine) else None
    except LeaseLostError:
        return A_MINUTE
    except OutsideError as error:
        asked = error.retry_after if isinstance(error, TransientError) else None
        return max(asked or 0.0, A_MINUTE)
