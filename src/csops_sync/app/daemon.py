"""The daemon: holds the org, keeps the jobs going, and ends when it is told to."""

from threading import Event, Thread

from csops_sync.app.answers_job import ANSWERS, ANSWERS_SECONDS, AnswersJob
from csops_sync.app.comparing_job import COMPARING, COMPARING_SECONDS, ComparingJob
from csops_sync.app.configuration_watch import ConfigurationWatch
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.daily_jobs import DailyJobs
from csops_sync.app.delivery_job import DELIVERY, DeliveryJob
from csops_sync.app.digest_job import DIGEST, DIGEST_SECONDS, DigestJob
from csops_sync.app.failures import Failure, FailureKind, judged, start_pause, unexpected
from csops_sync.app.health import CYCLE, START, State
from csops_sync.app.installation import ConfigurationRefusedError, ConfigurationSource, Installation
from csops_sync.app.instruments import Instruments
from csops_sync.app.lease_keeper import LeaseKeeper
from csops_sync.app.recheck_job import RECHECK_SECONDS, RecheckJob
from csops_sync.app.scheduler import ENDED, FAILED, SKIPPED, Job, Scheduler
from csops_sync.ports.errors import OutsideError, PermanentError, WrongOrgError

ENDING_SECONDS = 4.5
"""How long a stop waits for what is running; the process must be gone within 8."""

_DAILY_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_FILE_SECONDS = 2.0
_LATE_INTERVALS = 3
_LATE_AT_LEAST = 30.0
_SCHEMA = "schema"


class Daemon:
    """One process for one org. `run` blocks until the stop signal; a second daemon on the same org stands by."""

    def __init__(self, source: ConfigurationSource, instruments: Instruments) -> None:
        self._source = source
        self._instruments = instruments
        self._ended = Event()
        self._installation: Installation | None = None
        self._seen = ""

    def run(self) -> bool:
        """This function will work until it is told to stop, and say whether everything had ended by then.

        False: something still waits for an answer; it stays `sending` in the outbox, and the next start finds out.
        Raises ConfigurationRefusedError for files that do not hold, PermanentError for a schema that does not fit:
        at a start there is nothing older to go on with. Files that held, and were edited while the org was waited for,
        are refused as those of a running daemon are.
        """
        installation = self._start()
        if installation is None:
            return True
        self._use(installation)
        keeper = LeaseKeeper(installation.holding, self._instruments, on_gain=self._gained)
        self._keeper = keeper
        self._jobs = self._scheduler(keeper)
        beating = Thread(target=keeper.hold, args=(self._ended.wait,), name="csops-sync-lease", daemon=True)
        self._jobs.start()
        beating.start()
        while not self._instruments.stop.wait(_LOOK_SECONDS):
            self._wake_up()
        return self._end(beating)

    def _start(self) -> Installation | None:
        """Put everything together; an org that is down, or refuses us, is asked again, and `/readyz` says why."""
        tries = 0
        while not self._instruments.stop.is_set():
            self._seen = self._source.fingerprint()
            try:
                installation = self._source.take()
            except PermanentError as error:
                if error.code == _SCHEMA:
                    raise
                self._wait_for_start(judged(error), tries := tries + 1)
            except (OutsideError, WrongOrgError) as error:
                self._wait_for_start(judged(error), tries := tries + 1)
            except ConfigurationRefusedError as refused:
                if not tries:
                    raise
                self._wait_for_start(self._refused(refused), tries)
            else:
                self._instruments.health.succeeded(START)
                self._instruments.health.note(refused=())
                return installation
        return None

    def _refused(self, refused: ConfigurationRefusedError) -> Failure:
        """Note faults that were edited into files which held before: once they are mended, the start goes on."""
        if self._instruments.health.view().facts.refused != refused.problems:
            self._instruments.health.note(refused=refused.problems)
            for problem in refused.problems:
                self._instruments.log.error("configuration.refused", problem=problem)
        return Failure(kind=FailureKind.PERMANENT, text=f"the changed configuration is refused: {refused}")

    def _wait_for_start(self, failure: Failure, tries: int) -> None:
        pause = start_pause(failure, tries)
        if self._instruments.health.failed(START, failure) == 1:
            self._instruments.log.error("start.failed", reason=failure.text, again_in=pause)
        until = self._instruments.monotonic() + pause
        while self._instruments.monotonic() < until and self._source.fingerprint() == self._seen:
            if self._instruments.stop.wait(min(pause, _FILE_SECONDS)):
                return

    def _use(self, installation: Installation) -> None:
        before, self._installation = self._installation, installation
        engine = installation.engine(None)
        self._instruments.health.note(
            rules_hash=installation.rules_hash,
            check=installation.problems,
            creation_blocked=engine.desk.creation_blocked,
            interval=installation.pulse.pull,
        )
        if before is None or before.problems != installation.problems:
            for problem in installation.problems:
                self._instruments.log.warning("check.found", problem=problem)
        if before is not None:
            self._reschedule(before, installation)

    def _reschedule(self, before: Installation, after: Installation) -> None:
        if before.pulse.pull != after.pulse.pull:
            self._jobs.reschedule(CYCLE, after.pulse.pull)
        if before.pulse.delivery != after.pulse.delivery:
            self._jobs.reschedule(DELIVERY, after.pulse.delivery)

    def _current(self) -> Installation:
        if self._installation is None:
            raise RuntimeError("no job runs before everything has been put together")
        return self._installation

    def _scheduler(self, keeper: LeaseKeeper) -> Scheduler:
        hands = Hands(keeper=keeper, current=self._current, replace=self._use)
        watch = ConfigurationWatch(self._source, self._instruments, judged=self._seen)
        self._cycle = CycleJob(hands, watch, self._instruments)
        delivery = DeliveryJob(hands, self._cycle, self._instruments)
        answers = AnswersJob(hands, self._cycle, self._instruments)
        comparing = ComparingJob(hands, self._cycle, self._instruments)
        daily = DailyJobs(hands, self._instruments)
        digest = DigestJob(hands, self._cycle, self._instruments)
        recheck = RecheckJob(hands, self._source, self._instruments)
        pulse = self._current().pulse
        jobs = (
            Job(name=CYCLE, work=self._cycle.run, every=pulse.pull),
            Job(name=DELIVERY, work=delivery.run, every=pulse.delivery),
            Job(name=ANSWERS, work=answers.run, every=ANSWERS_SECONDS),
            Job(name=COMPARING, work=comparing.run, every=COMPARING_SECONDS),
            Job(name="daily", work=daily.run, every=_DAILY_SECONDS),
            Job(name=DIGEST, work=digest.run, every=DIGEST_SECONDS),
            Job(name="recheck", work=recheck.run, every=RECHECK_SECONDS),
        )
        return Scheduler(jobs, system_now=self._instruments.system_now, on_outcome=self._heard)

    def _gained(self) -> None:
        """Begin at once with what the last holder left, and not at the next interval."""
        self._jobs.run_now(CYCLE)

    def _heard(self, job: str, outcome: str, error: BaseException | None) -> None:
        if outcome == ENDED:
            self._instruments.health.survived(job)
            return
        self._instruments.meter.job(name=job, outcome=outcome)
        if outcome == FAILED and error is not None:
            self._instruments.health.failed(job, unexpected(error))
            self._instruments.log.bug("job.failed", error, job=job)
        elif outcome != SKIPPED:
            self._instruments.log.warning("job.late", job=job, outcome=outcome)

    def _wake_up(self) -> None:
        """Run the cycle where the scheduler should have: a system clock that was set back would make it sleep."""
        late = max(_LATE_INTERVALS * self._current().pulse.pull, _LATE_AT_LEAST)
        if self._jobs.busy or self._instruments.monotonic() - self._cycle.asked_at < late:
            return
        self._instruments.log.warning("scheduler.late", seconds=round(late))
        for job in (CYCLE, DELIVERY, ANSWERS, COMPARING, "daily", DIGEST, "recheck"):
            self._jobs.run_now(job)

    def _end(self, beating: Thread) -> bool:
        self._instruments.health.became(State.STOPPING)
        self._instruments.log.info("daemon.stopping")
        idle = self._jobs.stop(within=ENDING_SECONDS)
        self._ended.set()
        beating.join(0.5)
        if idle:
            self._keeper.give_back()
            self._current().close()
        self._instruments.log.info("daemon.stopped", everything_ended=idle)
        return idle
