"""The heartbeat: takes, renews and gives back the right to act, on a thread of its own beside every job."""

from collections.abc import Callable
from threading import RLock

from csops_sync.app.failures import judged, unexpected
from csops_sync.app.health import LEASE, State
from csops_sync.app.holding import Holding
from csops_sync.app.instruments import Instruments
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.store import LeaseGrant

BEAT_SECONDS = 3.0
STANDBY_SECONDS = 1.0


class LeaseKeeper:
    """Holds one org for this process, or waits until it can. `on_gain` is called when the right to act begins."""

    def __init__(
        self, holding: Holding, instruments: Instruments, *, on_gain: Callable[[], None] = lambda: None
    ) -> None:
        self._holding = holding
        self._instruments = instruments
        self._on_gain = on_gain
        self._grant: LeaseGrant | None = None
        self._changing = RLock()

    @property
    def grant(self) -> LeaseGrant | None:
        """The right to act, None on standby."""
        return self._grant

    def hold(self, wait: Callable[[float], bool]) -> None:
        """This function will beat until `wait` says True, whatever a beat runs into."""
        seconds = self._beat_on()
        while not wait(seconds):
            seconds = self._beat_on()

    def beat(self) -> float:
        """This function will claim or renew once, and give the seconds until the next beat."""
        try:
            grant = self._holding.claim()
        except OutsideError as error:
            self._failed(error)
            return STANDBY_SECONDS
        self._instruments.health.turned()
        self._instruments.health.succeeded(LEASE)
        self._take(grant)
        return BEAT_SECONDS if grant else STANDBY_SECONDS

    def _beat_on(self) -> float:
        try:
            return self.beat()
        except Exception as error:  # noqa: BLE001  # told as a bug; the next beat may do better
            self._instruments.health.turned()
            self._instruments.log.bug("lease.failed", error)
            self._instruments.health.failed(LEASE, unexpected(error))
            return STANDBY_SECONDS

    def ensure(self) -> LeaseGrant | None:
        """This function will give the grant for a job that begins now, renewed where a beat came too late."""
        if self._grant is not None and not self._holding.holds(self._grant):
            self.beat()
        grant = self._grant
        return grant if grant is not None and self._holding.holds(grant) else None

    def lost(self) -> None:
        """This function will go on standby: a commit found that another process owns the org."""
        self._take(None)

    def give_back(self) -> None:
        """This function will release the lease, so that a standby need not wait for its end."""
        try:
            self._holding.release()
        except OutsideError as error:
            self._failed(error)

    def _failed(self, error: OutsideError) -> None:
        self._instruments.health.turned()
        failure = judged(error)
        if self._instruments.health.failed(LEASE, failure) == 1:
            self._instruments.log.warning("lease.unreachable", reason=failure.text)

    def _take(self, grant: LeaseGrant | None) -> None:
        with self._changing:
            before, self._grant = self._grant, grant
            if grant is None:
                self._stand_by(before)
            elif before is None or before.epoch != grant.epoch:
                self._instruments.health.became(State.ACTIVE)
                self._instruments.log.info("lease.taken", owner=grant.owner, epoch=grant.epoch)
                self._on_gain()

    def _stand_by(self, before: LeaseGrant | None) -> None:
        if before is None and self._instruments.health.view().facts.state is State.STANDBY:
            return
        self._instruments.health.became(State.STANDBY)
        event = "lease.lost" if before else "lease.standby"
        self._instruments.log.warning(event, reason="another process acts for this org; standing by")
