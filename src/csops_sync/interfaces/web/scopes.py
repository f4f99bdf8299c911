"""Who read the dashboard lately: whose pages are made ahead after news."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from csops_sync.interfaces.web.dashboard_data import People

MOST = 12
"""For so many scopes pages are made ahead; those who read the longest ago go first."""
LATELY_SECONDS = 900.0


class LatestScopes:
    """The scopes that readers had lately. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._read: OrderedDict[frozenset[str], float] = OrderedDict()

    def note(self, people: People) -> None:
        """This function will note that somebody with this scope reads; who sees everything is not a scope."""
        if people is None:
            return
        with self._lock:
            self._read[people] = self._clock()
            self._read.move_to_end(people)
            while len(self._read) > MOST:
                self._read.popitem(last=False)

    def latest(self) -> tuple[frozenset[str], ...]:
        """This function will give the scopes of the last quarter of an hour, the latest first."""
        since = self._clock() - LATELY_SECONDS
        with self._lock:
            return tuple(people for people, at in reversed(self._read.items()) if at >= since)
