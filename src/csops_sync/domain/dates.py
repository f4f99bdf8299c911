"""Durations and month arithmetic on business dates.

Months clip to the last day of the month and never drift: n months from an anchor are always computed from
the anchor, so 31 Jan + 1 month is 28 or 29 Feb, and 31 Jan + 2 months is 31 Mar. A duration of months and
days applies its months first, then its days, in both directions.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Self

MONTHS_PER_YEAR = 12
_DAYS_PER_WEEK = 7
REMEMBERED = 65_536
"""Results that are kept: an org's contracts start and end on a few thousand different days."""
_MAX_YEARS = 100
_MAX_MONTHS = _MAX_YEARS * MONTHS_PER_YEAR
_MAX_DAYS = _MAX_YEARS * 366

_PART = r"\d{1,9}\s*(?:day|week|month|year)s?"
_WHOLE = re.compile(rf"{_PART}(?:(?:\s+and\s+|\s*,\s*|\s+){_PART})*", re.IGNORECASE | re.ASCII)
_PARTS = re.compile(r"(\d{1,9})\s*(day|week|month|year)", re.IGNORECASE | re.ASCII)
_MONTHS_IN = {"month": 1, "year": MONTHS_PER_YEAR}
_DAYS_IN = {"day": 1, "week": _DAYS_PER_WEEK}


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of calendar months and days, as rules name them. Neither is negative; direction is the caller's.

    Raises:
        ValueError: a part is negative, or longer than 100 years.
    """

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if self.months < 0 or self.days < 0:
            raise ValueError(f"a duration is never negative: {self.months} months, {self.days} days")
        if self.months > _MAX_MONTHS or self.days > _MAX_DAYS:
            raise ValueError(
                f"a duration is at most {_MAX_YEARS} years: {self.months} months, {self.days} days"
            )

    def __str__(self) -> str:
        months = _counted(self.months, "month")
        days = _counted(self.days, "day")
        if self.months and self.days:
            return f"{months} and {days}"
        return months if self.months else days

    @classmethod
    def parse(cls, text: str) -> Self:
        """This function will read a duration as people write it: `6 months`, `14 days`, `1 year`, `2 weeks`.

        Several parts add up (`1 year and 6 months`).

        Raises:
            ValueError: `text` is no duration; the message shows the forms that are.
        """
        months, days = _months_and_days(text)
        return cls(months=months, days=days)


@lru_cache(maxsize=1024)
def _months_and_days(text: str) -> tuple[int, int]:
    """Cached because a million stored decisions name the same few durations."""
    if _WHOLE.fullmatch(text.strip()) is None:
        raise ValueError(
            f"{text!r} is not a duration; write it like `6 months`, `14 days`, `1 year` or `2 weeks`"
        )
    parts = [(int(number), unit.lower()) for number, unit in _PARTS.findall(text)]
    return (
        sum(number * _MONTHS_IN.get(unit, 0) for number, unit in parts),
        sum(number * _DAYS_IN.get(unit, 0) for number, unit in parts),
    )


def add_months(day: date, months: int) -> date:
    """This function will move `day` by whole months, clipped to the last day of the month it lands in.

    `months` may be negative.

    Raises:
        ValueError: the result lies outside the years 1 to 9999.
    """
    return _moved(day, months)


@lru_cache(maxsize=REMEMBERED)
def _moved(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise ValueError(
            f"{day} and {months} months is outside of the calendar; correct the date or the months"
        )
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def later(day: date, duration: Duration) -> date:
    """This function will give the day that lies `duration` after `day`: months first, clipped, then days."""
    moved = add_months(day, duration.months) if duration.months else day
    return moved + timedelta(days=duration.days)


def earlier(day: date, duration: Duration) -> date:
    """This function will give the day that lies `duration` before `day`: months first, clipped, then days."""
    moved = add_months(day, -duration.months) if duration.months else day
    return moved - timedelta(days=duration.days)


def months_between(*, start: date, until: date) -> Fraction:
    """This function will count the months of the half-open span `[start, until)`, exactly.

    Whole months are counted from `start`; the stub that is left is its days over the days of the month it
    began.

    Raises:
        ValueError: `until` lies before `start`.
    """
    return _counted_months(start, until)


@lru_cache(maxsize=REMEMBERED)
def _counted_months(start: date, until: date) -> Fraction:
    if until < start:
        raise ValueError(f"{until} lies before {start}; correct the dates")
    whole = (until.year - start.year) * MONTHS_PER_YEAR + until.month - start.month
    if add_months(start, whole) > until:
        whole -= 1
    stub_start = add_months(start, whole)
    days = (add_months(start, whole + 1) - stub_start).days
    return whole + Fraction((until - stub_start).days, days)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
