"""Delivery as a job of the daemon: sends what is due, and says of each row what became of it."""

from collections.abc import Sequence

from csops_sync.app.attempts import Attempts
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.delivery import run_delivery
from csops_sync.app.engine import Engine
from csops_sync.app.instruments import Instruments
from csops_sync.app.messaging import deliver_messages
from csops_sync.app.pausing import PAUSED
from csops_sync.app.progress_lines import settled_line, stamped
from csops_sync.ports.errors import OutsideError
from csops_sync.ports.store import UNFINISHED, OutboxRow, OutboxStatus

DELIVERY = "delivery"
_OPEN = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
_SHOWN = 5000
"""Rows of one run whose outcome is told one by one; the guards let fewer pass at once."""


class DeliveryJob:
    """Runs on the scheduler's one worker, after the first cycle that this process tried under its grant."""

    def __init__(self, hands: Hands, cycle: CycleJob, instruments: Instruments) -> None:
        self._hands = hands
        self._cycle = cycle
        self._instruments = instruments
        self._attempts = Attempts(DELIVERY, instruments, lost=hands.keeper.lost)

    def run(self) -> None:
        """This function will deliver what is due, unless this process stands by or a pause is running."""
        grant = self._hands.keeper.ensure()
        if grant is None or self._cycle.tried_epoch != grant.epoch:
            return
        if self._attempts.waits() or self._instruments.stop.is_set():
            return
        engine = self._hands.current().engine(grant)
        self._attempts(lambda: self._work(engine))

    def _work(self, engine: Engine) -> bool:
        with engine.store.reading() as tx:
            waiting = tx.outbox.with_status(*_OPEN, limit=_SHOWN)
            paused = tx.progress.setting(PAUSED)
        self._instruments.health.note(paused=paused)
        if not waiting:
            return True
        try:
            run_delivery(engine)
        except OutsideError:
            self._messages_nevertheless(engine, paused)
            raise
        finally:
            self._tell(engine, waiting)
        return True

    def _messages_nevertheless(self, engine: Engine, paused: str | None) -> None:
        """Post what waits for no record, where Salesforce is not to be had: the operator's notes above all."""
        if paused is None:
            deliver_messages(engine)

    def _tell(self, engine: Engine, waiting: Sequence[OutboxRow]) -> None:
        before = {row.key: row for row in waiting}
        with engine.store.reading() as tx:
            now = tx.outbox.get(list(before))
            counts = tx.outbox.counts(*UNFINISHED)
        self._instruments.health.note(outbox=counts)
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


def _outcome(row: OutboxRow) -> tuple[OutboxStatus, int, str | None]:
    return row.status, row.attempts, row.error
