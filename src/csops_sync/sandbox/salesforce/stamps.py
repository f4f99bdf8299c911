"""Instants and dates as Salesforce writes them: text of one width, so that text order is time order."""

import re
from datetime import UTC, date, datetime, timedelta

EARLIEST, LATEST = date(1700, 1, 1), date(4000, 12, 31)
"""The first and the last day that an org knows. Source: SOAP API guide, "Primitive Data Types"."""

_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)$", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)", re.ASCII)


class UnknownDayError(ValueError):
    """A day that a calendar has, but no org."""


def stamp(instant: datetime) -> str:
    """This function will write an aware instant as `2023-08-07T22:21:55.000+0000`, cut to the millisecond."""
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"


def second(instant: datetime) -> str:
    """This function will write an aware instant as Salesforce stamps rows: whole seconds."""
    return stamp(instant.replace(microsecond=0))


def instant_of(text: str) -> datetime:
    """This function will read a datetime in any of Salesforce's spellings; ValueError where it is none."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is no datetime")
    try:
        return datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text)).astimezone(UTC)
    except OverflowError:
        raise UnknownDayError(f"{text} lies beyond every calendar") from None


def date_of(text: str) -> date:
    """This function will read `YYYY-MM-DD`; ValueError where it is none."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is no date")
    return date.fromisoformat(text)


def known_day(day: date) -> date:
    """This function will give a day again; UnknownDayError where it lies beyond those that an org knows."""
    if not EARLIEST <= day <= LATEST:
        raise UnknownDayError(f"{day} lies beyond {EARLIEST} to {LATEST}")
    return day


def known_instant(instant: datetime) -> datetime:
    """This function will give an instant again; UnknownDayError where its day of UTC is none that an org knows."""
    known_day(instant.astimezone(UTC).date())
    return instant


def plus_months(day: date, months: int) -> date:
    """This function will add months and clip to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _last_day(year, month + 1)))


def month_end(day: date) -> date:
    """This function will give the last day of the month."""
    return day.replace(day=_last_day(day.year, day.month))


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
