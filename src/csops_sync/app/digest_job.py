"""The weekly digest as a job of the daemon. Whether it is due is asked of business time and the store."""

from csops_sync.app.attempts import Attempts
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.engine import Engine
from csops_sync.app.forecast.digest_week import tell_week
from csops_sync.app.instruments import Instruments

DIGEST = "digest"
DIGEST_SECONDS = 30.0
_AGAIN_SECONDS = 900.0


class DigestJob:
    """Runs on the scheduler's one worker, after the first cycle that this process tried under its grant."""

    def __init__(self, hands: Hands, cycle: CycleJob, instruments: Instruments) -> None:
        self._hands = hands
        self._cycle = cycle
        self._instruments = instruments
        self._attempts = Attempts(DIGEST, instruments, lost=hands.keeper.lost)

    def run(self) -> None:
        """This function will put this week's digest into the outbox where it is due; delivery sends it."""
        grant = self._hands.keeper.ensure()
        if grant is None or self._cycle.tried_epoch != grant.epoch or self._attempts.waits():
            return
        engine = self._hands.current().engine(grant)
        if engine.rules.digest is None or engine.stopping():
            return
        if self._attempts(lambda: self._tell(engine)) is None:
            self._attempts.pause(_AGAIN_SECONDS)

    def _tell(self, engine: Engine) -> bool:
        digest = tell_week(engine)
        if digest is not None:
            self._instruments.log.info("digest.written", key=digest.key, messages=len(digest.items))
        return True
