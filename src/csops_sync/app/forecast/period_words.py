"""Periods as people type them and as links carry them: `2026-04`, `2026-Q1`, `2026-H1`, `FY2026`.

The year of a quarter, a half or a fiscal year is the number that the org's own fiscal year goes by.
"""

import re
from datetime import date

from csops_sync.app.refusals import RefusedError
from csops_sync.domain.dates import MONTHS_PER_YEAR
from csops_sync.domain.forecast.periods import FiscalCalendar, Period, PeriodKind, Window, YearName, period_of

_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_PART = re.compile(r"(?:FY)?(\d{4})[- ]?([QH])([1-4])", re.IGNORECASE)
_YEAR = re.compile(r"(?:FY)?(\d{4})", re.IGNORECASE)
_KINDS = {"Q": PeriodKind.QUARTER, "H": PeriodKind.HALF}
_PER_YEAR = {PeriodKind.QUARTER: 4, PeriodKind.HALF: 2}


class UnknownPeriodError(RefusedError):
    """What was asked for is no period."""


def period_key(period: Period) -> str:
    """This function will give what a period goes by in links: `2026-04`, `2026-Q1`, `2026-H1`, `FY2026`."""
    return period.name.removeprefix("FY").replace(" ", "-") if " " in period.name else period.name


def period_named(text: str, *, calendar: FiscalCalendar) -> Period:
    """This function will read a period: its key, or its name (`FY2026 Q1`).

    Raises:
        UnknownPeriodError: the text names none.
    """
    wanted = text.strip()
    found = _month(wanted, calendar) or _part(wanted, calendar) or _year(wanted, calendar)
    if found is None:
        raise UnknownPeriodError(
            f"{text!r} is no period; write a fiscal year as FY2026, its quarter as 2026-Q1, its half as 2026-H1, or a "
            "month as 2026-04"
        )
    return found


def periods_in(window: Window, *, kind: PeriodKind, calendar: FiscalCalendar) -> tuple[Period, ...]:
    """This function will list the periods of a kind that a window touches, in order."""
    found = [period_of(day=window.first, kind=kind, calendar=calendar)]
    while found[-1].last < window.last:
        found.append(found[-1].moved(1))
    return tuple(found)


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
