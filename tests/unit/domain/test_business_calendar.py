"""Business days."""

from datetime import date, timedelta

import pytest

from csops_sync.domain.business_calendar import BusinessCalendar

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2025, 11, 21) + timedelta(days=count) for count in range(4))
JAPAN = BusinessCalendar("JP", frozenset({MONDAY}))


def test_weekends_and_holidays_are_days_off() -> None:
    """Monday 24 November 2025 is off in place of Sunday."""
    assert [JAPAN.is_business_day(day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("day", [FRIDAY, SATURDAY, SUNDAY, MONDAY])
def test_the_preceding_business_day_is_the_day_itself_or_the_last_before(day: date) -> None:
    """A Friday stays; the long weekend goes back to it."""
    assert JAPAN.preceding(day) == FRIDAY


@pytest.mark.parametrize("day", [SATURDAY, SUNDAY, MONDAY])
def test_the_following_business_day_is_the_first_after_the_long_weekend(day: date) -> None:
    """The Tuesday."""
    assert JAPAN.following(day) == date(2025, 11, 25)


def test_the_next_business_day_is_strictly_after() -> None:
    """From a business day too."""
    assert JAPAN.following(FRIDAY) == FRIDAY
    assert JAPAN.next_after(FRIDAY) == date(2025, 11, 25)
    assert JAPAN.next_after(date(2025, 11, 25)) == date(2025, 11, 26)


def test_a_weekend_may_be_on_other_days() -> None:
    """Friday and Saturday, as around the Gulf."""
    gulf = BusinessCalendar("AE", frozenset(), weekend=frozenset({4, 5}))
    assert gulf.preceding(SATURDAY) == date(2025, 11, 20)
    assert gulf.following(FRIDAY) == SUNDAY


def test_a_calendar_that_never_opens_is_refused_and_not_searched_for_ever() -> None:
    """By its weekend when built, by its holidays when asked."""
    with pytest.raises(ValueError, match="at least one business day"):
        BusinessCalendar("never", frozenset(), weekend=frozenset(range(7)))
    closed = frozenset(FRIDAY + timedelta(days=count) for count in range(-400, 400))
    with pytest.raises(ValueError, match="calendar strike has no business day within 366 days of 2025-11-21"):
        BusinessCalendar("strike", closed).following(FRIDAY)
    with pytest.raises(ValueError, match="correct its holidays"):
        BusinessCalendar("strike", closed).preceding(FRIDAY)


def test_a_weekend_of_unknown_days_is_refused() -> None:
    """Sunday is 6, not 7."""
    with pytest.raises(ValueError, match=r"0 \(Monday\) to 6 \(Sunday\)"):
        BusinessCalendar("ISO", frozenset(), weekend=frozenset({6, 7}))
