"""The cycle as a job of the daemon: configuration first, then one cycle, then what the operator must hear."""

from collections.abc import Callable
from dataclasses import dataclass

from csops_sync.app.alarms import stale_text, tell_once
from csops_sync.app.attempts import Attempts
from csops_sync.app.configuration_watch import ConfigurationWatch
from csops_sync.app.cycle import CycleReport, run_cycle
from csops_sync.app.engine import Engine
from csops_sync.app.foretelling import NextOpening, next_opening
from csops_sync.app.health import CYCLE
from csops_sync.app.installation import Installation
from csops_sync.app.instruments import Instruments
from csops_sync.app.lease_keeper import LeaseKeeper
from csops_sync.app.loading import is_loaded, load_all
from csops_sync.app.progress_lines import cycle_line, load_line, stamped
from csops_sync.domain.plan import Plan
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.errors import LeaseLostError, OutsideError
from csops_sync.ports.store import UNFINISHED

SLOWER = 4
"""So many times longer is the pull interval while the API allowance is nearly used up."""

_FIRST_LOAD = Sentence("health.first-load", "the first load is running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the jobs share: the heartbeat, and the installation of this moment with the way to replace it."""

    keeper: LeaseKeeper
    current: Callable[[], Installation]
    replace: Callable[[Installation], None]


class CycleJob:
    """Runs on the scheduler's one worker. `asked_at` is when it ran last (monotonic), on standby too."""

    def __init__(self, hands: Hands, watch: ConfigurationWatch, instruments: Instruments) -> None:
        self._hands = hands
        self._watch = watch
        self._instruments = instruments
        self._attempts = Attempts(CYCLE, instruments, lost=hands.keeper.lost)
        self._outage_began: str | None = None
        self._held: str | None = None
        self._foretold: NextOpening | None = None
        self.asked_at = instruments.monotonic()
        self.tried_epoch: int | None = None

    def run(self) -> None:
        """This function will run one cycle, unless this process stands by or a pause is running."""
        self.asked_at = self._instruments.monotonic()
        grant = self._hands.keeper.ensure()
        if grant is None or self._instruments.stop.is_set():
            return
        try:
            changed = self._watch.look(self._hands.current().engine(grant))
            if changed is not None:
                self._hands.replace(changed)
            if not self._attempts.waits():
                self._cycle(self._hands.current().engine(grant))
        finally:
            self.tried_epoch = grant.epoch
            self.raise_alarm(self._hands.current().engine(grant))

    def raise_alarm(self, engine: Engine) -> None:
        """This function will tell the operator, once per outage, that no cycle has succeeded for too long."""
        seconds = self._instruments.health.stale()
        if seconds is None:
            self._outage_began = None
            return
        try:
            began = self._outage_began or engine.now().isoformat(timespec="minutes")
            text = stale_text(seconds, self._instruments.health.view().problems)
            told = tell_once(engine, key=f"stale/{began}", text=text)
        except (OutsideError, LeaseLostError) as error:
            self._instruments.log.warning("operator.not_told", about="outage", reason=str(error))
            return
        self._outage_began = began
        if told:
            self._instruments.log.error("cycle.stale", seconds=round(seconds))

    def _cycle(self, engine: Engine) -> None:
        began = self._instruments.monotonic()
        report = self._attempts(lambda: self._work(engine))
        seconds = self._instruments.monotonic() - began
        if report is None:
            self._instruments.meter.cycle(result="failed", seconds=seconds, rows=0, intents={})
            return
        if not report.complete:
            return
        self._instruments.meter.cycle(
            result="done", seconds=seconds, rows=report.changed_rows, intents=_intents(report.plan)
        )
        self._report(engine, report, seconds)
        self._foretell(engine)
        self._look_around(engine, report)

    def _work(self, engine: Engine) -> CycleReport:
        if not is_loaded(engine):
            self._load(engine)
        report = run_cycle(engine)
        with engine.store.reading() as tx:
            self._instruments.health.note(outbox=tx.outbox.counts(*UNFINISHED))
        return report

    def _load(self, engine: Engine) -> None:
        self._instruments.log.info("load.began")
        occupied = self._instruments.health.occupied(_FIRST_LOAD, must_load=True)
        with occupied:
            loaded = load_all(engine)
        rows = {role.value: count for role, count in loaded.rows.items()}
        self._instruments.log.info("load.ended", complete=loaded.complete, **rows)
        self._tell(engine, load_line(loaded))

    def _report(self, engine: Engine, report: CycleReport, seconds: float) -> None:
        line = cycle_line(report, told_held=self._held)
        self._held = report.held
        if line is None:
            return
        self._tell(engine, line)
        self._instruments.log.info(
            "cycle.done",
            rows=report.changed_rows,
            accounts=report.evaluated_accounts,
            held=report.held,
            seconds=round(seconds, 2),
            rules_hash=engine.rules.hash,
            **_intents(report.plan),
        )

    def _tell(self, engine: Engine, line: str) -> None:
        self._instruments.tell(stamped(line, engine.now(), engine.rules.calendar.timezone))

    def _foretell(self, engine: Engine) -> None:
        """Say when the next openings are due, to whoever wants to know; only where that day changed."""
        if self._instruments.foretell is None:
            return
        with engine.store.reading() as tx:
            found = next_opening(tx, today=engine.today())
        if found != self._foretold:
            self._instruments.foretell(found)
            self._foretold = found

    def _look_around(self, engine: Engine, report: CycleReport) -> None:
        """Note what only a reached org can say: clock, allowance, degraded roles, and how the outbox stands."""
        installation = self._hands.current()
        is_slow = installation.slow_down()
        interval = installation.pulse.pull * (SLOWER if is_slow else 1)
        if is_slow:
            self._attempts.pause(interval)
        if is_slow != self._instruments.health.view().facts.is_slow:
            event = "api.slower_polling" if is_slow else "api.usual_polling"
            self._instruments.log.warning(event, seconds=interval)
        self._instruments.health.note(
            is_slow=is_slow,
            interval=interval,
            skew=installation.skew(),
            usage=engine.reader.usage(),
            degraded=report.degraded,
        )


def _intents(plan: Plan | None) -> dict[str, int]:
    if plan is None:
        return {}
    return {
        "creates": len(plan.creates),
        "adoptions": len(plan.adoptions),
        "updates": len(plan.updates),
        "messages": len(plan.messages),
    }
