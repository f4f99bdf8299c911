"""Periods as people type them and as links carry them."""

from datetime import date

import pytest

from csops_sync.app.forecast.period_words import UnknownPeriodError, period_key, period_named, periods_in
from csops_sync.domain.forecast.periods import FiscalCalendar, PeriodKind, Window, YearName, period_of

APRIL = FiscalCalendar(starts=4)
ENDS = FiscalCalendar(starts=4, named=YearName.ENDS)
JANUARY_ENDS = FiscalCalendar(starts=1, named=YearName.ENDS)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("FY2026", date(2026, 4, 1), date(2027, 3, 31)),
        ("2026", date(2026, 4, 1), date(2027, 3, 31)),
        ("2026-Q1", date(2026, 4, 1), date(2026, 6, 30)),
        ("FY2026 Q4", date(2027, 1, 1), date(2027, 3, 31)),
        ("fy2026q2", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-H2", date(2026, 10, 1), date(2027, 3, 31)),
        (" 2026-04 ", date(2026, 4, 1), date(2026, 4, 30)),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_is_read_in_the_orgs_own_fiscal_year(text: str, first: date, last: date) -> None:
    assert period_named(text, calendar=APRIL).window == Window(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "next",
        "2026-Q5",
        "2026-H3",
        "2026-13",
        "2026-00",
        "0000",
        "9999-Q4",
        "26-Q1",
        "2026-04-01",
        "２０２６-Q9",
    ],
)
def test_what_is_no_period_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(UnknownPeriodError, match="2026-Q1"):
        period_named(text, calendar=APRIL)


def test_a_year_that_is_named_by_its_end_begins_the_year_before() -> None:
    assert period_named("FY2026", calendar=ENDS).first == date(2025, 4, 1)
    assert period_named("FY2026", calendar=JANUARY_ENDS).first == date(2026, 1, 1)


@pytest.mark.parametrize("calendar", [APRIL, ENDS, JANUARY_ENDS])
@pytest.mark.parametrize("kind", list(PeriodKind))
def test_a_key_and_a_name_read_back_as_their_period(kind: PeriodKind, calendar: FiscalCalendar) -> None:
    for month in range(1, 13):
        period = period_of(day=date(2026, month, 15), kind=kind, calendar=calendar)

        assert period_named(period_key(period), calendar=calendar) == period
        assert period_named(period.name, calendar=calendar) == period


def test_a_window_is_cut_into_the_periods_that_it_touches() -> None:
    found = periods_in(Window(date(2026, 3, 31), date(2026, 7, 1)), kind=PeriodKind.QUARTER, calendar=APRIL)

    assert [period_key(one) for one in found] == ["2025-Q4", "2026-Q1", "2026-Q2"]
