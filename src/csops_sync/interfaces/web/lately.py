"""What was read a moment ago is given again: of many who ask at once, one reads.

It is for what no stamp says whether it changed, such as the outbox. What a reader orders on a page is seen at once
(`forget`); what anybody else did, after `SECONDS` at the most.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

SECONDS = 1.0
"""So long what was read is given again."""
MOST = 64
"""So many readings are kept; the oldest go first."""

_T = TypeVar("_T")


class Lately:
    """Keeps readings by what was asked. Threads may share it; two that ask for the same wait for one reading.

    `clock` gives seconds, monotonic; without one nothing is kept.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._lock = Lock()
        self._read: OrderedDict[Hashable, _Reading] = OrderedDict()

    def get(self, asked: Hashable, read: Callable[[], _T]) -> _T:
        """This function will give what was read under `asked` a moment ago, else read it.

        Raises what `read` raises; nothing is kept then.
        """
        if self._clock is None:
            return read()
        reading = self._reading(asked, self._clock())
        with reading.lock:
            if not reading.found:
                reading.found.append(read())
            return cast("_T", reading.found[0])

    def forget(self) -> None:
        """This function will have everything read anew; what is being read now is given to nobody who asks later."""
        with self._lock:
            self._read.clear()

    def _reading(self, asked: Hashable, now: float) -> "_Reading":
        with self._lock:
            known = self._read.get(asked)
            if known is None or now >= known.until:
                for key in [key for key, one in self._read.items() if now >= one.until]:
                    del self._read[key]  # those that hold a queue are large, and nobody is given them again
                known = self._read[asked] = _Reading(now + SECONDS)
                while len(self._read) > MOST:
                    self._read.popitem(last=False)
            return known


class _Reading:
    """One reading, or the wait for it; it counts from when somebody began to read."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.lock = Lock()
        self.found: list[object] = []
