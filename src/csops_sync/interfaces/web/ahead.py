"""Pages are made ahead: after the start and after news, on a thread of its own, so that the first reader does not wait.

Who asks meanwhile is shown what held before the news (`KeptReports`), for a few seconds; each page says of when it is.
Who gave the news on a page sees them at once. Any process may have written them: one look a second reads two rows.
"""

import threading
from collections.abc import Callable, Sequence

from csops_sync.app.forecast.kept_reports import Stamp
from csops_sync.app.forecast.overview_values import Overview
from csops_sync.app.refusals import RefusedError
from csops_sync.interfaces.web.dashboard_data import NotReadyError
from csops_sync.interfaces.web.live_data import LiveData
from csops_sync.ports.log import EventLog

_EVERY_SECONDS = 1.0


class Ahead:
    """Looks for news, and makes the pages of `data`; `draw` draws what first pages show.

    `has_made` says whether any were made yet.
    """

    def __init__(
        self, data: LiveData, *, draw: Callable[[Sequence[Overview]], object], log: EventLog
    ) -> None:
        self._data = data
        self._draw = draw
        self._log = log
        self._seen: Stamp | None = None
        self.has_made = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="csops-sync-ahead", daemon=True)

    def start(self) -> None:
        """This function will begin to look, on a thread of its own."""
        self._thread.start()

    def stop(self, *, within: float = 0.5) -> None:
        """This function will look no more; what is being made is waited for no longer than asked."""
        self._ended.set()
        self._thread.join(within)

    def look(self) -> bool:
        """This function will make pages if there are news, and say whether it did: once for the same news.

        Raises what reading and making raise; then they are left to who asks for a page, until other news come.
        """
        try:
            stamp = self._data.stands_on()
            if stamp == self._seen:
                return False
            self._seen = stamp
            try:
                self._draw(self._data.prepare(at_start=not self.has_made))
            finally:
                self._data.kept.renewed(stamp)
        except (NotReadyError, RefusedError):  # there are no figures yet; whoever asks for a page is told why
            self._seen = None
            return False
        self.has_made = True
        return True

    def _run(self) -> None:
        failing = False
        while not self._ended.wait(_EVERY_SECONDS):
            try:
                self.look()
                failing = False
            except Exception as error:  # noqa: BLE001 - pages are made when asked for, too; a reader is told then
                if not failing:
                    self._log.bug("pages.not_made_ahead", error)
                failing = True
