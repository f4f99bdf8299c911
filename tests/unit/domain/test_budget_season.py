"""Budget seasons beyond what the table of open dates shows."""

from datetime import date

import pytest

from csops_sync.domain.budget_season import BudgetSeason, budget_season, fiscal_year_start
from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import BudgetSeasonRule, PaidFrom


@pytest.mark.parametrize(
    ("day", "month", "start"),
    [
        ("2026-04-01", 4, "2026-04-01"),
        ("2026-03-31", 4, "2025-04-01"),
        ("2026-01-01", 1, "2026-01-01"),
        ("2026-12-31", 1, "2026-01-01"),
        ("2026-11-30", 12, "2025-12-01"),
        ("2026-12-01", 12, "2026-12-01"),
    ],
)
def test_a_fiscal_year_starts_on_the_first_of_its_month(day: str, month: int, start: str) -> None:
    """The last day before it still belongs to the old one."""
    assert fiscal_year_start(day=date.fromisoformat(day), fiscal_month=month) == date.fromisoformat(start)


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_is_none_is_refused(month: int) -> None:
    """The text says what to correct."""
    with pytest.raises(ValueError, match="correct the account's field"):
        fiscal_year_start(day=date(2026, 1, 1), fiscal_month=month)


def test_the_japanese_season_runs_from_november_to_the_end_of_january() -> None:
    """5 months before 1 April, and the day before 2 months before it."""
    season = budget_season(
        fiscal_month=4, renewal_date=date(2026, 10, 1), new_term_months=12, rule=BudgetSeasonRule()
    )
    assert season == BudgetSeason(
        fiscal_year_start=date(2026, 4, 1), opens_on=date(2025, 11, 1), locks_on=date(2026, 2, 1)
    )
    assert season.last_day == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("renewal_date", "months", "year"),
    [
        ("2026-09-30", 12, 2026),
        ("2026-10-01", 12, 2026),
        ("2026-10-31", 12, 2026),
        ("2026-11-01", 12, 2027),
        ("2026-03-31", 1, 2025),
        ("2026-04-01", 1, 2026),
        ("2026-02-28", 3, 2025),
        ("2026-03-01", 3, 2026),
        ("2026-04-01", 36, 2026),
        ("2026-05-01", 36, 2027),
    ],
)
def test_the_year_with_most_months_pays(renewal_date: str, months: int, year: int) -> None:
    """A month belongs to the year in which it begins; ties go to the earlier year."""
    season = budget_season(
        fiscal_month=4,
        renewal_date=date.fromisoformat(renewal_date),
        new_term_months=months,
        rule=BudgetSeasonRule(),
    )
    assert season.fiscal_year_start == date(year, 4, 1)


def test_the_invoice_may_fall_in_the_year_before() -> None:
    """45 days before 1 May 2026 is 17 March, in the year from 1 April 2025."""
    rule = BudgetSeasonRule(paid_from=PaidFrom.YEAR_OF_INVOICE, invoice_before=Duration(days=45))
    season = budget_season(fiscal_month=4, renewal_date=date(2026, 5, 1), new_term_months=12, rule=rule)
    assert season.fiscal_year_start == date(2025, 4, 1)


def test_a_season_without_a_day_is_refused() -> None:
    """`opens` and `locks` were swapped."""
    rule = BudgetSeasonRule(opens_before=Duration(months=2), locks_before=Duration(months=5))
    with pytest.raises(ValueError, match="let `opens` lie more time before"):
        budget_season(fiscal_month=4, renewal_date=date(2026, 5, 1), new_term_months=12, rule=rule)


def test_a_new_term_without_a_month_is_refused() -> None:
    """There is no year that could pay for it."""
    with pytest.raises(ValueError, match="at least one month"):
        budget_season(
            fiscal_month=4, renewal_date=date(2026, 5, 1), new_term_months=0, rule=BudgetSeasonRule()
        )
