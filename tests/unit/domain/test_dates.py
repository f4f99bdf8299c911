"""Durations and month arithmetic."""

from datetime import date
from fractions import Fraction

import pytest

from csops_sync.domain.dates import Duration, add_months, earlier, later, months_between


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("6 months", 6, 0),
        ("1 month", 1, 0),
        ("14 days", 0, 14),
        ("1 year", 12, 0),
        ("2 weeks", 0, 14),
        ("0 days", 0, 0),
        ("  180   Days ", 0, 180),
        ("3months", 3, 0),
        ("1 year and 6 months", 18, 0),
        ("2 months, 10 days", 2, 10),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, months: int, days: int) -> None:
    """Years are months, weeks are days, and parts add up."""
    assert Duration.parse(text) == Duration(months=months, days=days)


@pytest.mark.parametrize(
    "text", ["", "6", "months", "-6 months", "1.5 months", "6 moons", "6 months ago", "1 day 2"]
)
def test_what_is_no_duration_is_refused_with_the_forms_that_are(text: str) -> None:
    """The message shows how to write one."""
    with pytest.raises(ValueError, match="is not a duration; write it like `6 months`"):
        Duration.parse(text)


def test_a_duration_is_never_negative_nor_longer_than_a_century() -> None:
    """Either would be a typing error, and would leave the calendar."""
    with pytest.raises(ValueError, match="never negative"):
        Duration(months=-1)
    with pytest.raises(ValueError, match="at most 100 years"):
        Duration.parse("1201 months")
    with pytest.raises(ValueError, match="at most 100 years"):
        Duration(days=36601)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (Duration(months=1), "1 month"),
        (Duration(months=6), "6 months"),
        (Duration(days=1), "1 day"),
        (Duration(days=60), "60 days"),
        (Duration(months=2, days=1), "2 months and 1 day"),
        (Duration(), "0 days"),
    ],
)
def test_a_duration_is_written_as_people_write_it(duration: Duration, text: str) -> None:
    """Rules and explanations use the same words."""
    assert str(duration) == text


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 2, "2025-03-31"),
        ("2025-01-31", -2, "2024-11-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2025-12-15", 0, "2025-12-15"),
    ],
)
def test_months_clip_to_the_month_end_in_both_directions(day: str, months: int, expected: str) -> None:
    """Also over the turn of a year."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_months_outside_of_the_calendar_are_refused() -> None:
    """The text names the day that cannot be moved that far."""
    with pytest.raises(ValueError, match="9999-12-01 and 1 months is outside of the calendar"):
        add_months(date(9999, 12, 1), 1)


def test_months_go_before_days() -> None:
    """31 Jan + 1 month is 28 Feb, + 1 day 1 Mar; 31 Mar - 1 month is 28 Feb, - 1 day 27 Feb."""
    span = Duration(months=1, days=1)
    assert later(date(2025, 1, 31), span) == date(2025, 3, 1)
    assert earlier(date(2025, 3, 31), span) == date(2025, 2, 27)


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2025-04-01", "2026-04-01", Fraction(12)),
        ("2025-04-01", "2026-04-11", 12 + Fraction(10, 30)),
        ("2025-01-31", "2025-02-28", Fraction(1)),
        ("2025-02-10", "2025-02-24", Fraction(14, 28)),
        ("2024-02-10", "2024-02-24", Fraction(14, 29)),
        ("2025-03-05", "2025-03-05", Fraction(0)),
        ("2025-03-20", "2025-04-10", Fraction(21, 31)),
    ],
)
def test_a_stub_month_counts_its_days_over_the_days_of_that_month(
    start: str, until: str, expected: Fraction
) -> None:
    """Whole months are counted from the start, exactly."""
    assert months_between(start=date.fromisoformat(start), until=date.fromisoformat(until)) == expected


def test_months_backwards_are_refused() -> None:
    """The text says which dates to correct."""
    with pytest.raises(ValueError, match="2025-01-01 lies before 2025-01-02"):
        months_between(start=date(2025, 1, 2), until=date(2025, 1, 1))
