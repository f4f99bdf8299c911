"""The org's API allowance: what is used, what is ours, and when reads must leave the rest to others.

`Sforce-Limit-Info: api-usage=10018/100000` (calls of the whole org in the rolling 24 hours) comes with
every REST answer except `GET /services/data` (REST API guide, "Headers").
"""

import re
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from csops_sync.ports.crm import ApiUsage
from csops_sync.ports.errors import BudgetExceededError

_USAGE = re.compile(r"(?:^|[^-])api-usage=(\d+)/(\d+)")
_HOUR = 3600
_HOURS_COUNTED = 25  # 24 full hours and the one that runs
_PROBE_SECONDS = 900.0
_SLOW_FROM = 0.8
_CALLS_OF_A_BATCH = 16  # accounts, record types, insert, eight updates of 25, reading back, and some to spare


class ApiBudget:
    """Counts our calls by the hour of Salesforce's clock, and refuses reads, later writes, near the share."""

    def __init__(
        self, *, share: float, write_reserve: float, org_ceiling: float, now: Callable[[], datetime | None]
    ) -> None:
        self._write_share = share
        self._reserve = share * write_reserve
        self._read_share = share * (1 - write_reserve)
        self._org_ceiling = org_ceiling
        self._now = now
        self._lock = threading.Lock()
        self._hours: deque[tuple[int, int]] = deque()
        self._used = self._allowed = self._ours = 0
        self._heard_at = 0.0

    def spend(self) -> None:
        """This function will count one call of ours."""
        hour = int(self._seconds()) // _HOUR
        with self._lock:
            self._ours += 1
            if self._hours and self._hours[-1][0] == hour:
                hour, count = self._hours.pop()
                self._hours.append((hour, count + 1))
            else:
                self._hours.append((hour, 1))

    def observe(self, limit_info: str | None) -> None:
        """This function will take over an answer's `Sforce-Limit-Info`."""
        found = _USAGE.search(limit_info or "")
        if found:
            with self._lock:
                self._used, self._allowed = int(found[1]), int(found[2])
                self._heard_at = self._seconds()

    def usage(self) -> ApiUsage:
        """This function will say what the last answer said, and how many calls this process made."""
        with self._lock:
            return ApiUsage(used=self._used, allowed=self._allowed, ours=self._ours)

    @property
    def pressure(self) -> float:
        """How much of what reads may use is gone: 0 nothing, 1 all (ours or the org's, the nearer one)."""
        with self._lock:
            if not self._allowed:
                return 0.0
            ours = self._last_day() / max(round(self._allowed * self._read_share), 1)
            return max(ours, self._used / (self._allowed * self._org_ceiling))

    @property
    def slow_down(self) -> bool:
        """True where polls should become rarer, and say so."""
        return self.pressure >= _SLOW_FROM

    def require_read(self) -> None:
        """This function will raise BudgetExceededError where reads must wait.

        The figure only changes by an answer, so one call may pass every 15 minutes to hear it.
        """
        if self.pressure < 1 or self._seconds() - self._heard_at >= _PROBE_SECONDS:
            return
        usage = self.usage()
        raise BudgetExceededError(
            f"Salesforce's API allowance is nearly used up ({usage.used} of {usage.allowed} calls of the last "
            f"24 hours; {usage.ours} by this process): reading waits. Raise salesforce.api_budget.share, or ask "
            "who uses the rest.",
            code="BUDGET_SHARE",
            retry_after=_PROBE_SECONDS,
        )

    def require_write(self) -> None:
        """This function will raise BudgetExceededError where even the reserve for writes is used up.

        The reads around a write are checked here too: without them nothing can be written.
        """
        self._require(1)

    def require_batch(self) -> None:
        """This function will raise BudgetExceededError where the calls of a batch of writes might not all fit.

        A batch that is begun is to be read back: a write of which we do not know the outcome tells nobody.
        """
        with self._lock:
            reserve = round(self._allowed * self._reserve)
        self._require(min(_CALLS_OF_A_BATCH, max(reserve, 1)))

    def _require(self, calls: int) -> None:
        with self._lock:
            ours = round(self._allowed * self._write_share)
            spent = bool(self._allowed) and self._last_day() + calls > ours
        if spent:
            raise BudgetExceededError(
                "Our share of Salesforce's API allowance is used up, with the reserve for writes: writing "
                "waits. Raise salesforce.api_budget.share where this is too little.",
                code="BUDGET_SHARE",
                retry_after=_PROBE_SECONDS,
            )

    def _last_day(self) -> int:
        oldest = int(self._seconds()) // _HOUR - _HOURS_COUNTED
        while self._hours and self._hours[0][0] <= oldest:
            self._hours.popleft()
        return sum(count for _, count in self._hours)

    def _seconds(self) -> float:
        now = self._now()
        return 0.0 if now is None else now.timestamp()
