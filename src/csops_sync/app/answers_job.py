"""Answers as a job of the daemon: the inbox is worked off, and cards that wait are read again now and then."""

from csops_sync.app.attempts import Attempts
from csops_sync.app.confidence.answering import process_answers
from csops_sync.app.confidence.rereading import read_again
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.engine import Engine
from csops_sync.app.instruments import Instruments

ANSWERS = "answers"
ANSWERS_SECONDS = 1.0
READ_AGAIN_SECONDS = 900.0
"""So often the reactions on cards that wait are read again: a click can be lost, the card goes on asking."""


class AnswersJob:
    """Runs on the scheduler's one worker, after the first cycle that this process tried under its grant."""

    def __init__(self, hands: Hands, cycle: CycleJob, instruments: Instruments) -> None:
        self._hands = hands
        self._cycle = cycle
        self._instruments = instruments
        self._attempts = Attempts(ANSWERS, instruments, lost=hands.keeper.lost)
        self._connected_at: object = None
        self._read_at: float | None = None

    def run(self) -> None:
        """This function will process what came in, and read cards again on a new connection or after 15 minutes."""
        grant = self._hands.keeper.ensure()
        if grant is None or self._cycle.tried_epoch != grant.epoch or self._attempts.waits():
            return
        engine = self._hands.current().engine(grant)
        if engine.rules.confidence is None or engine.slack_cards is None:
            return
        self._instruments.health.note(deaf=self._hands.current().deaf())
        self._attempts(lambda: self._work(engine))

    def _work(self, engine: Engine) -> bool:
        if self._must_read_again():
            read_again(engine)
            self._read_at = self._instruments.monotonic()
        process_answers(engine)
        return True

    def _must_read_again(self) -> bool:
        connected_at = self._hands.current().listening()
        is_new = connected_at is not None and connected_at != self._connected_at
        self._connected_at = connected_at
        if is_new or self._read_at is None:
            return True
        return self._instruments.monotonic() - self._read_at >= READ_AGAIN_SECONDS
