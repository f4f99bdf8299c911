"""Calendar arithmetic for seeding: month steps that clip, business days, and ends that make a wanted open date."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

import holidays

DAY = timedelta(days=1)
SATURDAY = 5
SHORTEST_MONTH = 28
RENEWAL_LEAD_DAYS = 90
NOTICE_LEAD_DAYS = 30

IsBusinessDay = Callable[[date], bool]


def add_months(day: date, months: int) -> date:
    """This function will step by whole months and clip to the month's last day: 31 Jan + 1 = 28 or 29 Feb."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    if day.day <= SHORTEST_MONTH:
        return date(year, month, day.day)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_day(start: date, months: int) -> date:
    """This function will give what Salesforce computes as Contract.EndDate: start plus the term, less one day."""
    return add_months(start, months) - DAY


def japanese_business_days(first: int, last: int) -> IsBusinessDay:
    """This function will give a test for Japanese business days of the years `first` to `last`, both included."""
    closed = frozenset(holidays.country_holidays("JP", years=range(first, last + 1)))
    return lambda day: day.weekday() < SATURDAY and day not in closed


def weekdays(day: date) -> bool:
    """Whether `day` is Monday to Friday."""
    return day.weekday() < SATURDAY


def next_business_day(day: date, is_business_day: IsBusinessDay) -> date:
    """This function will give the first business day after `day`."""
    day += DAY
    while not is_business_day(day):
        day += DAY
    return day


def end_for(open_on: date, *, notice_days: int) -> date:
    """This function will give the term's end whose renewal opens on `open_on`.

    The everyday rule opens on the earlier of renewal date - 90 days and notice deadline - 30 days. A contract that
    does not renew by itself has no notice deadline: pass 0.
    """
    by_renewal = RENEWAL_LEAD_DAYS - 1
    by_notice = notice_days + NOTICE_LEAD_DAYS if notice_days else 0
    return open_on + timedelta(days=max(by_renewal, by_notice))


def open_for(end: date, *, notice_days: int) -> date:
    """This function will give the day on which the everyday rule opens a term, before business days are looked at."""
    return end - (end_for(date.min, notice_days=notice_days) - date.min)


def start_for(end: date, *, months: int) -> tuple[date, int]:
    """This function will give (start, term) of a term that ends exactly on `end`, with `months` where it can.

    A renewal date such as 29 February is reached from no start twelve months before: four years are then taken.
    """
    for term in (months, 12, 48):
        start = add_months(end + DAY, -term)
        if last_day(start, term) == end:
            return start, term
    raise ValueError(f"no term ends on {end}; choose another day")
