"""Reports kept in memory for as long as nothing they stand on has changed, so that many readers cost one computation.

What reports stand on is the stored states and the snapshots (`REVISION` says which), the rows read from Salesforce
(their names), the rules, their targets and the day. Any process may have written them: each asking reads two small rows
to see whether what is kept still holds.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock
from typing import TypeVar, cast

from csops_sync.app.forecast.standing import REVISION
from csops_sync.app.loading import READ_UP_TO
from csops_sync.app.office import Office
from csops_sync.domain.forecast.targets import Target

MOST = 200
"""How many reports are kept; those that were not asked for the longest go first."""

_T = TypeVar("_T")
Stamp = tuple[str | None, str | None, str, date, tuple[Target, ...]]
"""All that reports stand on: where two are equal, so are the reports."""


class KeptReports:
    """Keeps reports by what was asked. Threads may share it; two that ask for the same wait for one computation."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._stamp: Stamp | None = None
        self._kept: OrderedDict[Hashable, _Slot] = OrderedDict()

    def get(self, office: Office, asked: Hashable, make: Callable[[], _T]) -> _T:
        """This function will give what is kept under `asked` if it still holds, else make it and keep it.

        Raises what `make` raises; nothing is kept then.
        """
        slot = self._slot(stamp_of(office), asked)
        with slot.lock:
            if not slot.made:
                slot.made.append(make())
            return cast("_T", slot.made[0])

    def _slot(self, stamp: Stamp, asked: Hashable) -> "_Slot":
        with self._lock:
            if stamp != self._stamp:
                self._stamp = stamp
                self._kept.clear()
            slot = self._kept.setdefault(asked, _Slot())
            self._kept.move_to_end(asked)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return slot


class _Slot:
    """One report, or the wait for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made: list[object] = []


def stamp_of(office: Office) -> Stamp:
    """This function will read what reports stand on now: two small rows."""
    with office.store.reading() as tx:
        revision, read = tx.progress.setting(REVISION), tx.progress.setting(READ_UP_TO)
    return revision, read, office.rules.hash, office.today, office.rules.targets
