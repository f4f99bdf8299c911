"""Periods of the org's fiscal year, windows, and the profile printed beside a number."""

from datetime import date
from itertools import pairwise

import pytest
from tests.unit.domain.forecast.metric_terms import term

from csops_sync.domain.forecast.periods import (
    FiscalCalendar,
    NrrBoundary,
    Period,
    PeriodKind,
    Window,
    YearName,
    period_of,
    periods_around,
)
from csops_sync.domain.forecast.profile import (
    CHURN_THEN_RETURN,
    DEFAULT_PROFILE,
    DueBy,
    LatePolicy,
    MetricProfile,
)

APRIL_YEAR = FiscalCalendar(starts=4)


def _period(day: date, kind: PeriodKind, calendar: FiscalCalendar = APRIL_YEAR) -> Period:
    return period_of(day=day, kind=kind, calendar=calendar)


@pytest.mark.parametrize(
    ("kind", "name", "first", "last"),
    [
        (PeriodKind.MONTH, "2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        (PeriodKind.QUARTER, "FY2026 Q4", date(2027, 1, 1), date(2027, 3, 31)),
        (PeriodKind.HALF, "FY2026 H2", date(2026, 10, 1), date(2027, 3, 31)),
        (PeriodKind.YEAR, "FY2026", date(2026, 4, 1), date(2027, 3, 31)),
    ],
)
def test_a_day_of_february_lies_in_the_last_quarter_of_the_year_that_began_in_april(
    kind: PeriodKind, name: str, first: date, last: date
) -> None:
    period = _period(date(2027, 2, 14), kind)

    assert (period.name, period.first, period.last) == (name, first, last)
    assert period.window == Window(first, last)


def test_the_first_day_of_the_year_opens_its_first_quarter() -> None:
    assert _period(date(2026, 4, 1), PeriodKind.QUARTER).name == "FY2026 Q1"
    assert _period(date(2026, 3, 31), PeriodKind.QUARTER).name == "FY2025 Q4"


def test_a_fiscal_year_can_be_named_after_the_year_it_ends_in() -> None:
    american = FiscalCalendar(starts=2, named=YearName.ENDS)

    assert _period(date(2026, 2, 1), PeriodKind.QUARTER, american).name == "FY2027 Q1"
    assert _period(date(2026, 1, 31), PeriodKind.YEAR, american).name == "FY2026"


def test_a_calendar_year_is_named_alike_either_way() -> None:
    ends = FiscalCalendar(starts=1, named=YearName.ENDS)

    assert _period(date(2026, 12, 31), PeriodKind.YEAR, ends).name == "FY2026"
    assert _period(date(2026, 12, 31), PeriodKind.YEAR, FiscalCalendar(starts=1)).name == "FY2026"


def test_past_current_and_four_quarters_ahead_follow_one_another_without_a_gap() -> None:
    found = periods_around(today=date(2026, 5, 5), kind=PeriodKind.QUARTER, calendar=APRIL_YEAR, past=2)

    assert [period.name for period in found] == [
        "FY2025 Q3",
        "FY2025 Q4",
        "FY2026 Q1",
        "FY2026 Q2",
        "FY2026 Q3",
        "FY2026 Q4",
        "FY2027 Q1",
    ]
    assert all((after.first - before.last).days == 1 for before, after in pairwise(found))


def test_a_trailing_year_ends_with_the_period() -> None:
    assert _period(date(2024, 2, 10), PeriodKind.MONTH).trailing_year() == Window(
        date(2023, 3, 1), date(2024, 2, 29)
    )


def test_windows_in_a_row_meet_on_one_day_under_either_boundary() -> None:
    march, april = Window(date(2026, 3, 1), date(2026, 3, 31)), Window(date(2026, 4, 1), date(2026, 4, 30))

    for boundary in NrrBoundary:
        assert march.measured(boundary)[1] == april.measured(boundary)[0]
    assert march.measured(NrrBoundary.CLOSE) == (date(2026, 2, 28), date(2026, 3, 31))
    assert march.measured(NrrBoundary.NEXT_OPEN) == (date(2026, 3, 1), date(2026, 4, 1))


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on or after its first day 2026-03-02"):
        Window(date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize("month", [0, 13])
def test_a_fiscal_year_starts_in_a_month(month: int) -> None:
    with pytest.raises(ValueError, match="a month from 1 to 12"):
        FiscalCalendar(starts=month)


def test_less_than_no_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="-1 past"):
        periods_around(today=date(2026, 5, 5), kind=PeriodKind.MONTH, calendar=APRIL_YEAR, past=-1)


def test_a_term_that_ends_with_march_is_due_in_march_or_by_its_renewal_date_in_april() -> None:
    state = term("a", date(2025, 4, 1), date(2026, 3, 31), 100)

    assert DEFAULT_PROFILE.due_day(state) == date(2026, 3, 31)
    assert MetricProfile(due_by=DueBy.RENEWAL_DATE).due_day(state) == date(2026, 4, 1)


def test_the_words_of_a_profile_name_every_choice() -> None:
    profile = MetricProfile(name="finance", late=LatePolicy(45), outside_expansion=False)

    assert profile.words() == (
        "profile: finance, nrr_boundary: close, due_by: end_date, early: effective, late: grace 45 days, "
        "outside_expansion: not counted, reactivation_gap_days: 30, customer: account"
    )
    assert str(CHURN_THEN_RETURN) == "churn_then_return"


def test_a_profile_refuses_what_it_could_not_print_or_count() -> None:
    with pytest.raises(ValueError, match="has a name"):
        MetricProfile(name=" ")
    with pytest.raises(ValueError, match="zero days or more"):
        LatePolicy(-1)
    with pytest.raises(ValueError, match="reactivation_gap_days"):
        MetricProfile(reactivation_gap_days=-1)
