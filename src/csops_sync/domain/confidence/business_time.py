"""Business hours of a calendar in a time zone: whether it is open, when it opens, and when n open hours have passed.

Opening and closing are wall-clock times; how long a day is open is real time, so that a day on which clocks change
within business hours counts as it is. Instants are aware and given in UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from csops_sync.domain.business_calendar import BusinessCalendar

_LONGEST_WAIT = 400
"""Days: longer than any closure that a calendar may hold."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """`opens_at` to `closes_at` on business days of `calendar`, as the clocks of `zone` (`Asia/Tokyo`) show.

    Raises:
        ValueError: it closes before it opens.
    """

    calendar: BusinessCalendar
    zone: str
    opens_at: time
    closes_at: time

    def __post_init__(self) -> None:
        if self.closes_at <= self.opens_at:
            raise ValueError(f"business hours {self.opens_at}-{self.closes_at} end before they begin")

    def is_open(self, now: datetime) -> bool:
        """Whether `now` lies within business hours; the closing instant does not."""
        return any(start <= now < end for start, end in self._days(now, until=1))

    def next_open(self, now: datetime) -> datetime:
        """This function will give `now` (UTC) where it is open, else the next opening.

        Raises:
            ValueError: nothing is open for more than a year; the calendar is at fault.
        """
        return self.after(now, timedelta(0))

    def after(self, now: datetime, span: timedelta) -> datetime:
        """This function will give the instant (UTC) at which `span` of open time has passed since `now`.

        Where that falls on a closing, it is the next opening: nobody can be told at closing time. Raises ValueError
        where nothing is open for more than a year.
        """
        left = span
        for start, end in self._days(now, until=_LONGEST_WAIT):
            begin = max(start, now.astimezone(UTC))
            if begin >= end:
                continue
            if end - begin > left:
                return begin + left
            left -= end - begin
        raise ValueError(
            f"calendar {self.calendar.name} is closed for more than a year from {now}; correct it"
        )

    def _days(self, now: datetime, *, until: int) -> Iterator[tuple[datetime, datetime]]:
        """Walk the open spans from the local day of `now` on."""
        first = now.astimezone(ZoneInfo(self.zone)).date()
        for count in range(until):
            day = first + timedelta(days=count)
            if self.calendar.is_business_day(day):
                yield self._instant(day, self.opens_at), self._instant(day, self.closes_at)

    def _instant(self, day: date, at: time) -> datetime:
        """An hour that a change of clocks skips begins with the change; of one that comes twice, the first counts."""
        zone = ZoneInfo(self.zone)
        shown = datetime.combine(day, at, tzinfo=zone)
        instant = shown.astimezone(UTC)
        is_skipped = instant.astimezone(zone).replace(tzinfo=None) != shown.replace(tzinfo=None)
        return _change_within(shown.replace(fold=1).astimezone(UTC), instant, zone) if is_skipped else instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a mention at the instant `at` would find at work; `openings` are when each of them is next (UTC)."""

    at: datetime
    openings: Mapping[str, datetime]

    @property
    def now(self) -> tuple[str, ...]:
        """Who is at work, in their order."""
        return tuple(one for one, opens in self.openings.items() if opens <= self.at)

    @property
    def later(self) -> tuple[str, ...]:
        """Who is not, in their order."""
        return tuple(one for one, opens in self.openings.items() if opens > self.at)

    @property
    def first(self) -> str:
        """Who is at work first; of several that are at once, the first in order. Raises ValueError for nobody."""
        return min(self.openings, key=lambda one: max(self.at, self.openings[one]))

    @property
    def begins(self) -> datetime | None:
        """When the first of those who are not at work is; None where all are."""
        return min((self.openings[one] for one in self.later), default=None)


def reach_of(hours: Mapping[str, BusinessHours], now: datetime) -> Reach:
    """This function will say who of these may be mentioned `now` (UTC), each in hours of their own, and who when.

    Raises as `BusinessHours.after`.
    """
    opens = {one: one.next_open(now) for one in dict.fromkeys(hours.values())}
    return Reach(at=now, openings={who: opens[one] for who, one in hours.items()})


def _change_within(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant, to the second, at which the clocks of a zone change between two others.

    Of a skipped time zoneinfo gives two readings: by the offset after the change it lies before it, by the one before
    the change after it.
    """
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
