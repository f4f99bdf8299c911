"""The start check, repeated while it finds anything: a permission that was granted counts without a restart."""

from csops_sync.app.attempts import Attempts
from csops_sync.app.cycle_job import Hands
from csops_sync.app.installation import ConfigurationSource
from csops_sync.app.instruments import Instruments

RECHECK_SECONDS = 600.0


class RecheckJob:
    """Runs on the scheduler's one worker."""

    def __init__(self, hands: Hands, source: ConfigurationSource, instruments: Instruments) -> None:
        self._hands = hands
        self._source = source
        self._instruments = instruments
        self._attempts = Attempts("start check", instruments, lost=hands.keeper.lost)

    def run(self) -> None:
        """This function will check again where the last check found something, and say what is mended."""
        current = self._hands.current()
        if self._hands.keeper.ensure() is None or not current.problems:
            return
        checked = self._attempts(self._source.recheck)
        if checked is None or checked.problems == current.problems:
            return
        self._hands.replace(checked)
        for mended in sorted(set(current.problems) - set(checked.problems)):
            self._instruments.log.info("check.mended", problem=mended)
