"""The comparison of ranks that Salesforce computes, as a job of the daemon. Whether it is due is asked of the store."""

from csops_sync.app.attempts import Attempts
from csops_sync.app.comparing import Compared, compare_due
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.instruments import Instruments

COMPARING = "comparison"
COMPARING_SECONDS = 60.0
_AGAIN_SECONDS = 300.0


class ComparingJob:
    """Runs on the scheduler's one worker, after the first cycle that this process tried under its grant."""

    def __init__(self, hands: Hands, cycle: CycleJob, instruments: Instruments) -> None:
        self._hands = hands
        self._cycle = cycle
        self._instruments = instruments
        self._attempts = Attempts(COMPARING, instruments, lost=hands.keeper.lost)

    def run(self) -> None:
        """This function will compare where it is due; while the API allowance is nearly used up, that waits."""
        grant = self._hands.keeper.ensure()
        if grant is None or self._cycle.tried_epoch != grant.epoch or self._attempts.waits():
            return
        current = self._hands.current()
        engine = current.engine(grant)
        if current.slow_down() or engine.stopping():
            return
        found = self._attempts(lambda: compare_due(engine))
        if found is None:
            self._attempts.pause(max(_AGAIN_SECONDS, current.pulse.pull))
        else:
            self._report(found)

    def _report(self, found: Compared) -> None:
        if found.read:
            self._instruments.log.info("ranks.compared", renewals=found.read, differing=found.differing)
