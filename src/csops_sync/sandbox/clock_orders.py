"""Orders that move the clock, read from JSON: to an instant, by steps, by business days, to the next opening."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.next_opening import NextOpening, Opening
from csops_sync.sandbox.orgs.dates import japanese_business_days, next_business_day, weekdays
from csops_sync.sandbox.salesforce.org import Org

_UNITS = frozenset({"days", "hours", "minutes", "seconds"})
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
"""What the clock can show."""
_MOST_BUSINESS_DAYS = 2_600
_YEARLY_BUSINESS_DAYS = 200


class OrderError(ValueError):
    """An order that cannot be understood; the text says what would be."""


def move_clock(org: Org, clock: VirtualClock, order: object) -> None:
    """This function will set or advance the clock."""
    match order:
        case {"set": text, **rest} if not rest:
            _put(clock, instant_of(text))
        case {"advance": {"business_days": count, **rest}, **more} if not rest and not more:
            _advance(clock, _business_days(org, count))
        case {"advance": {**steps}, **rest} if steps and set(steps) <= _UNITS and not rest:
            _advance(clock, _step(steps))
        case _:
            raise OrderError(
                'send {"advance": {"days": 1}}, {"advance": {"business_days": 1}}, {"advance": "next_opening"}'
                ' or {"set": ISO}'
            )


def to_next_opening(clock: VirtualClock, opening: NextOpening) -> Opening:
    """This function will advance to the same time of the next opening's day and give it."""
    found = opening.next()
    if found is None:
        raise OrderError("no contract of the org has a date ahead; say when with POST /sandbox/next_opening")
    _advance(clock, found.on - opening.today())
    return found


def today(org: Org) -> date:
    """This function will give the org's business date."""
    return org.now().astimezone(ZoneInfo(_zone(org))).date()


def instant_of(text: object) -> datetime:
    """This function will read an instant with its offset; OrderError where it is none."""
    try:
        instant = datetime.fromisoformat(str(text))
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise OrderError(f"{text!r} is no instant; write 2026-04-01T09:00:00+09:00") from None
    raise OrderError(f"{text!r} has no offset; write 2026-04-01T09:00:00+09:00")


def day_of(text: object) -> date:
    """This function will read a day; OrderError where it is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise OrderError(f"{text!r} is no day; write 2026-05-07") from None


def number_of(value: object) -> float:
    """This function will read a number; OrderError where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise OrderError(f"{value!r} is no number; write one as 1 or 0.5")
    return value


def _advance(clock: VirtualClock, by: timedelta) -> None:
    if not _FIRST - clock.now() <= by <= _LAST - clock.now():
        raise _off_the_clock()
    clock.advance(by)


def _put(clock: VirtualClock, instant: datetime) -> None:
    if not _FIRST <= instant <= _LAST:
        raise _off_the_clock()
    clock.set(instant)


def _off_the_clock() -> OrderError:
    return OrderError(f"the clock goes from {_FIRST:%Y-%m-%d} to {_LAST:%Y-%m-%d}; take a smaller step")


def _step(steps: Mapping[object, object]) -> timedelta:
    try:
        return timedelta(**{str(unit): number_of(value) for unit, value in steps.items()})
    except OverflowError:
        raise _off_the_clock() from None


def _business_days(org: Org, count: object) -> timedelta:
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST_BUSINESS_DAYS:
        raise OrderError(f"business_days is a whole number, 1 to {_MOST_BUSINESS_DAYS}, not {count!r}")
    first = day = today(org)
    years = count // _YEARLY_BUSINESS_DAYS + 1
    japanese = _zone(org) == "Asia/Tokyo"
    is_business_day = japanese_business_days(day.year, day.year + years) if japanese else weekdays
    for _ in range(count):
        day = next_business_day(day, is_business_day)
    return day - first


def _zone(org: Org) -> str:
    return str(next(org.records("Organization"))["TimeZoneSidKey"] or "UTC")
