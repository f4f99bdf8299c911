"""Business time that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class StoppedClock:
    """Starts at midnight UTC of 1 December 2025, which is 09:00 in Tokyo, unless told otherwise."""

    def __init__(self, now: datetime = datetime(2025, 12, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._now

    def forward(self, **span: float) -> None:
        """Move on by a span as `timedelta` takes it."""
        self._now += timedelta(**span)
