"""The sandbox's own time: it goes on with the monotonic clock, and can be set and advanced."""

import threading
import time
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Aware UTC. `frozen` stops it between advances, so that a rehearsal is the same every time."""

    def __init__(self, start: datetime, *, frozen: bool = False) -> None:
        self._base = start
        self._since = time.monotonic()
        self._frozen = frozen
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """This function will give the sandbox's present instant."""
        with self._lock:
            return self._present()

    def set(self, instant: datetime) -> None:
        """This function will jump to an instant (aware, of any zone), back or forward."""
        with self._lock:
            self._base, self._since = instant.astimezone(UTC), time.monotonic()

    def advance(self, by: timedelta) -> datetime:
        """This function will move on by `by` and give the new instant."""
        with self._lock:
            self._base, self._since = self._present() + by, time.monotonic()
            return self._base

    def _present(self) -> datetime:
        if self._frozen:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)
