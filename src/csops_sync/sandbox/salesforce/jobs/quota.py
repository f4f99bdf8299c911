"""Allowances of the last 24 hours."""

from collections import deque
from datetime import datetime, timedelta

_DAY = timedelta(days=1)


class Quota:
    """Counts what was used, by the org's time. Deleting a job gives nothing back."""

    def __init__(self) -> None:
        self._used: deque[tuple[datetime, int]] = deque()

    def used(self, now: datetime) -> int:
        """This function will give what was used in the 24 hours before `now`."""
        while self._used and now - self._used[0][0] >= _DAY:
            self._used.popleft()
        return sum(count for _, count in self._used)

    def take(self, count: int, most: int, now: datetime) -> bool:
        """This function will use `count` of an allowance of `most`, or say False and use none."""
        if self.used(now) + count > most:
            return False
        self.add(count, now)
        return True

    def add(self, count: int, now: datetime) -> None:
        """This function will count what was used, whatever the allowance says."""
        self._used.append((now, count))
