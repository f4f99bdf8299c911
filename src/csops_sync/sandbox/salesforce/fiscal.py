"""The org's fiscal years: the period of a date, and the rows that tell of periods and business hours.

A fiscal year begins in Organization.FiscalYearStartMonth and is named by the year in which it ends, or begins where
UsesStartDateAsFiscalYearName is set. Source: Salesforce's Object Reference (Organization, Period, Opportunity.Fiscal).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.stamps import plus_months
from csops_sync.sandbox.seed import SeedRecord, Value

YEARS_BACK, YEARS_AHEAD = 5, 10
_MONTHS, _QUARTER = 12, 3
_WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_OPENS, _CLOSES = "09:00:00.000Z", "18:00:00.000Z"


@dataclass(frozen=True, slots=True)
class FiscalYears:
    """How an org counts its years."""

    start_month: int
    named_by_start: bool

    def year_start(self, year: int) -> date:
        """This function will give the first day of the fiscal year that is called `year`."""
        begins = year if self.named_by_start or self.start_month == 1 else year - 1
        return date(begins, self.start_month, 1)

    def period(self, day: date) -> tuple[int, int]:
        """This function will give the fiscal year and quarter (1 to 4) of a date."""
        months = (day.month - self.start_month) % _MONTHS
        begins = day.year - (day.month < self.start_month)
        year = begins if self.named_by_start or self.start_month == 1 else begins + 1
        return year, months // _QUARTER + 1


def fiscal_years(org: Org) -> FiscalYears:
    """This function will say how an org counts; one that does not tell counts calendar years."""
    month = int(org.setting("FiscalYearStartMonth") or 1)
    return FiscalYears(month, bool(org.setting("UsesStartDateAsFiscalYearName")))


@lru_cache(maxsize=4096)
def fiscal_fields(years: FiscalYears, month: str) -> tuple[str, int, int]:
    """This function will give Fiscal (`2026 1`), FiscalYear and FiscalQuarter of a month (`2026-04`)."""
    year, quarter = years.period(date.fromisoformat(f"{month}-01"))
    return f"{year} {quarter}", year, quarter


def year_rows(years: FiscalYears, today: date) -> list[SeedRecord]:
    """This function will give the FiscalYearSettings rows around a day."""
    return [
        SeedRecord(
            ref=f"fiscal-year-{year}",
            values={
                "Name": str(year),
                "StartDate": years.year_start(year),
                "EndDate": years.year_start(year + 1) - timedelta(days=1),
                "IsStandardYear": True,
            },
        )
        for year in _years(years, today)
    ]


def period_rows(years: FiscalYears, today: date) -> Iterator[SeedRecord]:
    """This function will give the Period rows of the same years: the year, its quarters and its months."""
    for year in _years(years, today):
        for kind, months in (("Year", _MONTHS), ("Quarter", _QUARTER), ("Month", 1)):
            for number in range(1, _MONTHS // months + 1):
                yield _period(years, year, kind, number, months)


def business_hours(zone: str) -> SeedRecord:
    """This function will give the default business hours: weekdays, 9 to 18 in the org's zone."""
    values: dict[str, Value] = {"Name": "Default", "IsDefault": True, "TimeZoneSidKey": zone}
    for day in _WORKDAYS:
        values[f"{day}StartTime"], values[f"{day}EndTime"] = _OPENS, _CLOSES
    return SeedRecord(ref="business-hours", values=values)


def _period(years: FiscalYears, year: int, kind: str, number: int, months: int) -> SeedRecord:
    start = plus_months(years.year_start(year), (number - 1) * months)
    label = {"Year": f"FY {year}", "Quarter": f"Q{number} FY {year}"}.get(kind, f"{start:%B} FY {year}")
    return SeedRecord(
        ref=f"period-{kind}-{year}-{number}",
        values={
            "FiscalYearSettingsId": f"@fiscal-year-{year}",
            "Type": kind,
            "StartDate": start,
            "EndDate": plus_months(start, months) - timedelta(days=1),
            "Number": number,
            "IsForecastPeriod": kind == "Month",
            "FullyQualifiedLabel": label,
        },
    )


def _years(years: FiscalYears, today: date) -> range:
    now = years.period(today)[0]
    return range(now - YEARS_BACK, now + YEARS_AHEAD + 1)
