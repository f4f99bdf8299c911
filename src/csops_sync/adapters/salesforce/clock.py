"""Business time: the `Date` header of Salesforce's last answer, carried on by a monotonic clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from csops_sync.ports.errors import OutsideError, TransientError


class ServerTime:
    """What the last `Date` header said, and when we received it. Safe to share between threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._base: tuple[datetime, float] | None = None

    def observe(self, date_header: str | None) -> None:
        """This function will take over an answer's `Date`; a missing or unreadable one changes nothing."""
        instant = _instant(date_header)
        if instant is not None:
            self._base = (instant, self._monotonic())

    def now(self) -> datetime | None:
        """This function will give Salesforce's present time (aware UTC), or None before its first answer."""
        base = self._base
        if base is None:
            return None
        return base[0] + timedelta(seconds=self._monotonic() - base[1])


class SalesforceClock:
    """The `Clock` of the business. Before Salesforce's first answer it asks for one."""

    def __init__(self, server_time: ServerTime, ask: Callable[[], object]) -> None:
        self._server_time = server_time
        self._ask = ask

    def now(self) -> datetime:
        """This function will give the present instant in UTC.

        Raises TransientError (or AuthFailedError) where Salesforce has never answered and cannot be asked
        now.
        """
        return self._server_time.now() or self._asked()

    def _asked(self) -> datetime:
        try:
            self._ask()
        except OutsideError:
            if self._server_time.now() is None:  # a refusal tells the time, too
                raise
        instant = self._server_time.now()
        if instant is None:
            raise TransientError(
                "Salesforce's answer carried no Date header, so the business time is not known."
            )
        return instant

    def skew(self, system_now: datetime) -> float:
        """This function will give Salesforce's time minus the system's, in seconds."""
        return (self.now() - system_now).total_seconds()


def _instant(date_header: str | None) -> datetime | None:
    if not date_header:
        return None
    try:
        instant = parsedate_to_datetime(date_header)
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
