"""What is done once a day: reconciliation with Salesforce, tidying, and the snapshot. Looked at every half minute."""

from datetime import date, datetime

from csops_sync.app.alarms import tell_once
from csops_sync.app.attempts import Attempts
from csops_sync.app.cycle_job import Hands
from csops_sync.app.daily import due_day, mark_done
from csops_sync.app.engine import Engine
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.instruments import Instruments
from csops_sync.app.reconciling import Reconciled, reconcile
from csops_sync.domain.dates import Duration, earlier
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Cutoffs

RECONCILED_ON = "reconciled_on"
TIDIED_ON = "tidied_on"
_KEEP_ANSWERS, _KEEP_SILENCES = Duration(days=30), Duration(days=400)
_AGAIN_SECONDS = 900.0
_RECONCILING = Sentence("health.reconciling", "the daily reconciliation is running")


class DailyJobs:
    """Runs on the scheduler's one worker, so never beside a cycle."""

    def __init__(self, hands: Hands, instruments: Instruments) -> None:
        self._hands = hands
        self._instruments = instruments
        self._reconciling = Attempts("reconciliation", instruments, lost=hands.keeper.lost)
        self._tidying = Attempts("housekeeping", instruments, lost=hands.keeper.lost)
        self._snapping = Attempts("snapshot", instruments, lost=hands.keeper.lost)

    def run(self) -> None:
        """This function will do what is due today and not done yet; what failed is tried again a while later."""
        grant = self._hands.keeper.ensure()
        if grant is None:
            return
        engine = self._hands.current().engine(grant)
        jobs = (
            (self._snapping, self._snap),
            (self._reconciling, self._reconcile),
            (self._tidying, self._tidy),
        )
        for attempts, work in jobs:
            if attempts.waits() or engine.stopping():
                continue
            if attempts(lambda work=work: work(engine)) is None:  # type: ignore[misc]  # the lambda's default
                attempts.pause(_AGAIN_SECONDS)

    def _snap(self, engine: Engine) -> bool:
        taken = take_snapshot(engine)
        for one in taken:
            self._instruments.log.info("snapshot.taken", kind=one.kind.value, as_of=one.as_of.isoformat())
        return bool(taken)

    def _reconcile(self, engine: Engine) -> bool:
        pulse = self._hands.current().pulse
        day = due_day(engine, RECONCILED_ON, at=pulse.reconcile_at, timezone=pulse.timezone)
        if day is None:
            return False
        with self._instruments.health.occupied(_RECONCILING):
            found = reconcile(engine)
        for one in found:
            self._report(engine, one, day)
        if not engine.stopping():
            mark_done(engine, RECONCILED_ON, day)
        return True

    def _report(self, engine: Engine, found: Reconciled, day: date) -> None:
        details = {"role": found.role.value, "missed": found.missed, "gone": found.gone}
        if found.stopped is None:
            self._instruments.log.info("reconciliation.done", **details)
            return
        self._instruments.log.error("reconciliation.stopped", reason=found.stopped, **details)
        tell_once(engine, key=f"reconciliation/{found.role}/{day.isoformat()}", text=found.stopped)

    def _tidy(self, engine: Engine) -> bool:
        pulse = self._hands.current().pulse
        day = due_day(engine, TIDIED_ON, at=pulse.housekeeping_at, timezone=pulse.timezone)
        if day is None:
            return False
        now = engine.now()
        cutoffs = Cutoffs(
            outbox=_before(now, engine.desk.keep_outbox),
            journal=_before(now, engine.desk.keep_journal),
            inbox=_before(now, _KEEP_ANSWERS),
            silences=_before(now, _KEEP_SILENCES),
        )
        removed = dict(engine.store.tidy(cutoffs))
        self._instruments.log.info("housekeeping.done", **removed)
        mark_done(engine, TIDIED_ON, day)
        return True


def _before(now: datetime, kept: Duration) -> datetime:
    return datetime.combine(earlier(now.date(), kept), now.timetz())
