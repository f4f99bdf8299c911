"""Business calendars: a country's public holidays by the `holidays` library, and days off of one's own."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Annotated

import holidays
from pydantic import PlainValidator, WithJsonSchema

from csops_sync.config.problems import did_you_mean
from csops_sync.config.section import read_day, text
from csops_sync.domain.business_calendar import BusinessCalendar

YEARS_BACK, YEARS_AHEAD = 5, 15
HASHED_YEARS = range(2015, 2056)
_COUNTRY_LENGTH = 2

DayOff = str | date


def years_around(today: date) -> range:
    """This function will give the years whose holidays are loaded: five back and fifteen ahead."""
    return range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)


def is_country(code: str) -> bool:
    """Whether this ISO 3166 code (`JP`) has holidays."""
    return len(code) == _COUNTRY_LENGTH and code in holidays.list_supported_countries(include_aliases=False)


def read_country(value: object) -> str:
    """This function will check an ISO country code such as `JP`; ValueError suggests one."""
    code = text(value)
    if not is_country(code):
        known = [each for each in holidays.list_supported_countries() if len(each) == _COUNTRY_LENGTH]
        raise ValueError(
            f"{code!r} is no ISO country code with known holidays, as in JP{did_you_mean(code, known)}"
        )
    return code


def read_day_off(value: object) -> DayOff:
    """This function will read a country code or a single date; ValueError shows both forms."""
    if isinstance(value, str) and value[:1].isdigit():
        return read_day(value)
    return read_country(value)


@lru_cache(maxsize=256)
def public_holidays(country: str, years: range) -> frozenset[date]:
    """This function will give a country's public holidays of these years, those observed on another day too."""
    return frozenset(holidays.country_holidays(country, years=years))


def calendar(
    *, name: str, days_off: Iterable[DayOff], years: range, weekend: frozenset[int] | None = None
) -> BusinessCalendar:
    """This function will build a calendar from countries and single dates; the weekend is Saturday and Sunday."""
    closed: set[date] = set()
    for each in days_off:
        closed |= public_holidays(each, years) if isinstance(each, str) else {each}
    if weekend is None:
        return BusinessCalendar(name=name, holidays=frozenset(closed))
    return BusinessCalendar(name=name, holidays=frozenset(closed), weekend=weekend)


Country = Annotated[
    str,
    PlainValidator(read_country),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["JP"]}),
]
DayOffText = Annotated[
    DayOff, PlainValidator(read_day_off), WithJsonSchema({"type": "string", "examples": ["JP", "2026-12-30"]})
]
