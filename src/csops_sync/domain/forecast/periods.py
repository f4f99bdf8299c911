"""Periods of the org's own fiscal year, and the windows that retention is measured over.

A window runs from the close of the day before it to the close of its last day. `nrr_boundary: next_open` looks at the
mornings after those closes instead, so windows that follow one another meet on one day under either boundary.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from csops_sync.domain.dates import MONTHS_PER_YEAR, add_months

_DAY = timedelta(days=1)
FORECAST_PERIODS = 4
"""The periods after the current one that are predicted."""


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class YearName(StrEnum):
    """Whether a fiscal year carries the calendar year it starts in (Japan: FY2026 starts April 2026) or ends in."""

    STARTS = "starts"
    ENDS = "ends"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: MONTHS_PER_YEAR}
_LETTER = {PeriodKind.QUARTER: "Q", PeriodKind.HALF: "H"}


class NrrBoundary(StrEnum):
    """When a contract that ends on a window's last day has left: not at that day's close, but the next morning."""

    CLOSE = "close"
    NEXT_OPEN = "next_open"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days that something is measured over, both of them included.

    Raises:
        ValueError: it ends before it begins.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a window ends on or after its first day {self.first}, not on {self.last}")

    def measured(self, boundary: NrrBoundary) -> tuple[date, date]:
        """This function will give the two days whose revenue in force is compared: at the start and at the end."""
        if boundary is NrrBoundary.CLOSE:
            return self.first - _DAY, self.last
        return self.first, self.last + _DAY

    def holds(self, day: date) -> bool:
        """This function will say whether a day lies in the window."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalCalendar:
    """The org's own fiscal year: the month it starts in (1-12), and how it is named.

    Raises:
        ValueError: there is no such month.
    """

    starts: int = 4
    named: YearName = YearName.STARTS

    def __post_init__(self) -> None:
        if not 1 <= self.starts <= MONTHS_PER_YEAR:
            raise ValueError(f"fiscal_year_starts is a month from 1 to 12, not {self.starts}")

    def year_start(self, day: date) -> date:
        """This function will give the first day of the fiscal year that holds a day."""
        year = day.year if day.month >= self.starts else day.year - 1
        return date(year, self.starts, 1)

    def year_number(self, day: date) -> int:
        """This function will give the number that the fiscal year of a day goes by."""
        start = self.year_start(day)
        if self.named is YearName.STARTS:
            return start.year
        return (add_months(start, MONTHS_PER_YEAR) - _DAY).year


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One month, quarter, half or fiscal year. Made by `period_of`; `first` is its first day."""

    kind: PeriodKind
    first: date
    calendar: FiscalCalendar

    @property
    def last(self) -> date:
        """The last day."""
        return add_months(self.first, _MONTHS[self.kind]) - _DAY

    @property
    def window(self) -> Window:
        """The days of the period."""
        return Window(self.first, self.last)

    @property
    def name(self) -> str:
        """What it goes by: `2026-04`, `FY2026 Q1`, `FY2026 H1` or `FY2026`."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        year = f"FY{self.calendar.year_number(self.first)}"
        return year if self.kind is PeriodKind.YEAR else f"{year} {_LETTER[self.kind]}{self.number}"

    @property
    def number(self) -> int:
        """Its number within the fiscal year, from 1."""
        months = (self.first.month - self.calendar.starts) % MONTHS_PER_YEAR
        return months // _MONTHS[self.kind] + 1

    def moved(self, periods: int) -> Self:
        """This function will give the period that lies so many later; earlier, where the number is negative."""
        first = add_months(self.first, periods * _MONTHS[self.kind])
        return type(self)(kind=self.kind, first=first, calendar=self.calendar)

    def trailing_year(self) -> Window:
        """This function will give the twelve months that end with the period's last day."""
        return Window(add_months(self.last + _DAY, -MONTHS_PER_YEAR), self.last)


def period_of(*, day: date, kind: PeriodKind, calendar: FiscalCalendar) -> Period:
    """This function will give the period that holds a day."""
    months = (day.month - calendar.starts) % MONTHS_PER_YEAR
    back = months % _MONTHS[kind]
    return Period(kind=kind, first=add_months(day.replace(day=1), -back), calendar=calendar)


def periods_around(
    *, today: date, kind: PeriodKind, calendar: FiscalCalendar, past: int, ahead: int = FORECAST_PERIODS
) -> tuple[Period, ...]:
    """This function will list the past so many periods, the current one, and those ahead, in order.

    Raises:
        ValueError: a number is negative.
    """
    if past < 0 or ahead < 0:
        raise ValueError(f"ask for zero or more periods, not for {past} past and {ahead} ahead")
    current = period_of(day=today, kind=kind, calendar=calendar)
    return tuple(current.moved(step) for step in range(-past, ahead + 1))
