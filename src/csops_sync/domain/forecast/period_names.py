"""Periods as people write them: `2026-04`, `2026-Q1`, `FY2026 H1`, `FY2026`.

The year of a quarter, a half or a fiscal year is the number that the org's own fiscal year goes by.
"""

import re
from datetime import date

from csops_sync.domain.dates import MONTHS_PER_YEAR
from csops_sync.domain.forecast.periods import FiscalCalendar, Period, PeriodKind, YearName, period_of
from csops_sync.domain.sentences import Sentence

_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_PART = re.compile(r"(?:FY)?(\d{4})[- ]?([QH])([1-4])", re.IGNORECASE)
_YEAR = re.compile(r"(?:FY)?(\d{4})", re.IGNORECASE)
_KINDS = {"Q": PeriodKind.QUARTER, "H": PeriodKind.HALF}
_PER_YEAR = {PeriodKind.QUARTER: 4, PeriodKind.HALF: 2}

PERIOD_FORMS = Sentence(
    "period.forms",
    "write a fiscal year as FY2026, its quarter as 2026-Q1, its half as 2026-H1, or a month as 2026-04",
)
"""What to do about a text that names no period."""


def read_period(text: str, *, calendar: FiscalCalendar) -> Period | None:
    """This function will read a period: its key, or its name (`FY2026 Q1`); None where the text names none."""
    wanted = text.strip()
    return _month(wanted, calendar) or _part(wanted, calendar) or _year(wanted, calendar)


def _month(text: str, calendar: FiscalCalendar) -> Period | None:
    found = _MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= MONTHS_PER_YEAR or not _is_year(found[1]):
        return None
    return Period(kind=PeriodKind.MONTH, first=date(int(found[1]), int(found[2]), 1), calendar=calendar)


def _part(text: str, calendar: FiscalCalendar) -> Period | None:
    found = _PART.fullmatch(text)
    if found is None or not _is_year(found[1]):
        return None
    kind, number = _KINDS[found[2].upper()], int(found[3])
    if number > _PER_YEAR[kind]:
        return None
    return period_of(day=_year_start(int(found[1]), calendar), kind=kind, calendar=calendar).moved(number - 1)


def _year(text: str, calendar: FiscalCalendar) -> Period | None:
    found = _YEAR.fullmatch(text)
    if found is None or not _is_year(found[1]):
        return None
    return Period(kind=PeriodKind.YEAR, first=_year_start(int(found[1]), calendar), calendar=calendar)


def _is_year(text: str) -> bool:
    """Whether arithmetic around the year stays within the calendar."""
    return date.min.year + 1 < int(text) < date.max.year - 1


def _year_start(number: int, calendar: FiscalCalendar) -> date:
    """Give the first day of the fiscal year that goes by a number."""
    begins_before = calendar.named is YearName.ENDS and calendar.starts > 1
    return date(number - begins_before, calendar.starts, 1)
