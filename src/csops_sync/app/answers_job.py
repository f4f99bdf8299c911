"""Answers as a job of the daemon: the inbox is worked off, and cards that wait are read again now and then."""

from datetime import datetime

from csops_sync.app.attempts import Attempts
from csops_sync.app.confidence.answering import process_answers
from csops_sync.app.confidence.rereading import newest_question, read_again
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.engine import Engine
from csops_sync.app.failures import PERSON_PAUSE, judged
from csops_sync.app.instruments import Instruments
from csops_sync.ports.errors import OutsideError, PermanentError

ANSWERS = "answers"
READING = "reactions"
ANSWERS_SECONDS = 1.0
READ_AGAIN_SECONDS = 900.0
"""So often the reactions on cards that wait are read again: a click can be lost, the card goes on asking."""
_LOOK_SECONDS = 10.0
"""So often cards are looked at for a new question on a message that stood before: its reactions are read at once."""
_AFTER_FAILURE_SECONDS = 60.0


class AnswersJob:
    """Runs on the scheduler's one worker, after the first cycle that this process tried under its grant.

    Working off the inbox and reading again fail apart from each other: neither waits for the other to be mended.
    """

    def __init__(self, hands: Hands, cycle: CycleJob, instruments: Instruments) -> None:
        self._hands = hands
        self._cycle = cycle
        self._instruments = instruments
        self._attempts = Attempts(ANSWERS, instruments, lost=hands.keeper.lost)
        self._reading = Attempts(READING, instruments, lost=hands.keeper.lost)
        self._connected_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._read_at: float | None = None
        self._looked_at = 0.0

    def run(self) -> None:
        """This function will process what came in, and read cards again on a new connection or after 15 minutes.

        They are also read where a card asks anew on a message that stood there already.
        """
        grant = self._hands.keeper.ensure()
        if grant is None or self._cycle.tried_epoch != grant.epoch:
            return
        engine = self._hands.current().engine(grant)
        if engine.rules.confidence is None or engine.slack_cards is None:
            return
        self._instruments.health.note(deaf=self._hands.current().deaf())
        if not self._attempts.waits():
            self._attempts(lambda: self._answered(engine))
        if not self._reading.waits():
            self._look(engine)

    def _answered(self, engine: Engine) -> int:
        try:
            return process_answers(engine)
        except OutsideError as error:
            if judged(error).kind.needs_person:
                self._attempts.pause(PERSON_PAUSE)
            raise

    def _look(self, engine: Engine) -> None:
        """Read again where it is time to; what failed is tried again a little later, whatever called for it."""
        connected_at = self._hands.current().listening()
        is_new = connected_at is not None and connected_at != self._connected_at
        now = self._instruments.monotonic()
        is_due = is_new or self._read_at is None or now - self._read_at >= READ_AGAIN_SECONDS
        if not is_due and now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        if self._reading(lambda: self._read(engine, is_due=is_due)):
            self._connected_at = connected_at
        elif not self._reading.waits():
            self._reading.pause(_AFTER_FAILURE_SECONDS)

    def _read(self, engine: Engine, *, is_due: bool) -> bool:
        """A channel that is closed to us is a warning, and is tried again with the others when it is time."""
        asked_at = newest_question(engine)
        if not is_due and asked_at == self._asked_at:
            return True
        unread = None
        try:
            read_again(engine, with_threads=is_due)
        except PermanentError as refusal:
            unread = str(refusal)
        self._instruments.health.note(unread=unread)
        self._asked_at, self._read_at = asked_at, self._instruments.monotonic()
        return True
