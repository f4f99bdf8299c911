"""Delivery as a job of the daemon: sends what is due, and says of each row what became of it."""

from collections.abc import Callable, Mapping
from functools import partial

from csops_sync.app.attempts import Attempts
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.delivery import deliver_to_salesforce, deliver_to_slack
from csops_sync.app.engine import Engine
from csops_sync.app.failures import PERSON_PAUSE, judged
from csops_sync.app.instruments import Instruments
from csops_sync.app.pausing import PAUSED
from csops_sync.app.progress_lines import settled_line, stamped
from csops_sync.app.waiting_for_slack import waiting_words
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.store import UNFINISHED, OutboxRow, OutboxStatus

DELIVERY = "delivery"
SLACK = "slack"
"""The half of a delivery that is told apart where it fails."""
_OPEN = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
_SHOWN = 5000
"""Rows of one run whose outcome is told one by one; the guards let fewer pass at once."""


class DeliveryJob:
    """Runs on the scheduler's one worker, after the first cycle that this process tried under its grant.

    Salesforce and Slack fail, and wait, each for itself: messages that follow no record go out while Salesforce is
    down, the operator's notes above all, and renewals are opened while Slack does not let us in.
    """

    def __init__(self, hands: Hands, cycle: CycleJob, instruments: Instruments) -> None:
        self._hands = hands
        self._cycle = cycle
        self._instruments = instruments
        self._salesforce = Attempts(DELIVERY, instruments, lost=hands.keeper.lost)
        self._slack = Attempts(SLACK, instruments, lost=hands.keeper.lost)

    def run(self) -> None:
        """This function will deliver what is due, unless this process stands by or a pause is running."""
        grant = self._hands.keeper.ensure()
        if grant is None or self._cycle.tried_epoch != grant.epoch:
            return
        engine = self._hands.current().engine(grant)
        for attempts, deliver in ((self._salesforce, deliver_to_salesforce), (self._slack, deliver_to_slack)):
            if self._instruments.stop.is_set() or not engine.still_ours():
                return
            if not attempts.waits():
                attempts(partial(self._work, engine, attempts, deliver))

    def _work(self, engine: Engine, attempts: Attempts, deliver: Callable[[Engine], int]) -> bool:
        with engine.store.reading() as tx:
            paused = tx.progress.setting(PAUSED)
        self._instruments.health.note(paused=paused)
        waiting = _open_rows(engine)
        if not waiting:
            self._instruments.health.note(awaited=None)
            return True
        try:
            deliver(engine)
        except OutsideError as error:
            if judged(error).kind.needs_person:
                attempts.pause(PERSON_PAUSE)
            raise
        finally:
            self._tell(engine, waiting)
        return True

    def _tell(self, engine: Engine, before: Mapping[str, OutboxRow]) -> None:
        with engine.store.reading() as tx:
            now = tx.outbox.get(list(before))
            counts = tx.outbox.counts(*UNFINISHED)
        self._instruments.health.note(outbox=counts, awaited=waiting_words(now))
        for row in now:
            if _outcome(row) != _outcome(before[row.key]):
                self._tell_row(engine, row)

    def _tell_row(self, engine: Engine, row: OutboxRow) -> None:
        self._instruments.meter.delivered(kind=row.kind, result=row.status.value)
        log = self._instruments.log
        say = log.info if row.status in (OutboxStatus.SENT, OutboxStatus.CANCELLED) else log.warning
        say(
            f"outbox.{row.status}",
            key=row.key,
            kind=row.kind,
            result=row.result,
            error=row.error,
            attempts=row.attempts,
        )
        if line := settled_line(row):
            self._instruments.tell(stamped(line, engine.now(), engine.rules.calendar.timezone))


def _open_rows(engine: Engine) -> dict[str, OutboxRow]:
    with engine.store.reading() as tx:
        return {row.key: row for row in tx.outbox.with_status(*_OPEN, limit=_SHOWN)}


def _outcome(row: OutboxRow) -> tuple[OutboxStatus, int, str | None]:
    return row.status, row.attempts, row.error
