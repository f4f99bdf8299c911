"""When the digest is due: its weekday, the next business day where nobody works then, and business hours after that."""

from datetime import UTC, date, datetime, time

import pytest

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.forecast.digest_rules import DigestRules, due_digest, told_from, week_key

TOKYO = "Asia/Tokyo"
HOLIDAY = date(2026, 11, 23)
"""A Monday, 勤労感謝の日."""
CALENDAR = BusinessCalendar("JP", frozenset({HOLIDAY}))
HOURS = BusinessHours(calendar=CALENDAR, zone=TOKYO, opens_at=time(9), closes_at=time(18))
MONDAYS = DigestRules(channel="#leads")


def tokyo(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of 2026 as the clocks in Tokyo show it."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - (
        datetime(2026, 1, 1, 9, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("now", "planned", "day"),
    [
        (tokyo(11, 16, 8, 59), date(2026, 11, 9), date(2026, 11, 9)),
        (tokyo(11, 16, 9), date(2026, 11, 16), date(2026, 11, 16)),
        (tokyo(11, 22, 23), date(2026, 11, 16), date(2026, 11, 16)),
        (tokyo(11, 23, 12), date(2026, 11, 16), date(2026, 11, 16)),
        (tokyo(11, 24, 8), date(2026, 11, 16), date(2026, 11, 16)),
        (tokyo(11, 24, 9), date(2026, 11, 23), date(2026, 11, 24)),
        (tokyo(11, 30, 10), date(2026, 11, 30), date(2026, 11, 30)),
    ],
    ids=[
        "a minute before",
        "on time",
        "at the end of the week",
        "on a holiday",
        "before the time after it",
        "the day after it",
        "the next Monday",
    ],
)
def test_it_is_due_on_its_weekday_or_the_next_business_day(now: datetime, planned: date, day: date) -> None:
    assert due_digest(now=now, rules=MONDAYS, calendar=CALENDAR, zone=TOKYO) == (planned, day)


def test_the_week_is_that_of_the_planned_day_so_that_two_never_share_a_key() -> None:
    """Friday is off, so it is told on Monday of the next week; that week's own Friday has another key."""
    friday_off = BusinessCalendar("own", frozenset({date(2026, 11, 20)}))
    fridays = DigestRules(channel="#leads", weekday=4)

    first = due_digest(now=tokyo(11, 23, 10), rules=fridays, calendar=friday_off, zone=TOKYO)
    second = due_digest(now=tokyo(11, 27, 10), rules=fridays, calendar=friday_off, zone=TOKYO)

    assert first == (date(2026, 11, 20), date(2026, 11, 23))
    assert [week_key(first[0]), week_key(second[0])] == ["2026-W47", "2026-W48"]


def test_a_week_on_which_nobody_works_has_no_digest() -> None:
    closed = BusinessCalendar("own", frozenset(date(2026, 12, day) for day in range(26, 32)))
    closed = BusinessCalendar(
        "own", closed.holidays | {date(2027, 1, day) for day in range(1, 4)} | {date(2026, 12, 25)}
    )
    now = datetime(2027, 1, 4, 3, tzinfo=UTC)

    assert due_digest(now=now, rules=MONDAYS, calendar=closed, zone=TOKYO)[0] == date(2027, 1, 4)
    sunday = datetime(2027, 1, 3, 3, tzinfo=UTC)
    assert due_digest(now=sunday, rules=MONDAYS, calendar=closed, zone=TOKYO)[0] == date(2026, 12, 21)


@pytest.mark.parametrize(
    ("day", "key"), [(date(2026, 1, 1), "2026-W01"), (date(2027, 1, 3), "2026-W53"), (HOLIDAY, "2026-W48")]
)
def test_weeks_are_named_as_iso_8601_does(day: date, key: str) -> None:
    assert week_key(day) == key


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (tokyo(11, 16, 9), tokyo(11, 16, 9)),
        (tokyo(11, 16, 17, 59), tokyo(11, 16, 17, 59)),
        (tokyo(11, 16, 18), tokyo(11, 17, 9)),
        (tokyo(11, 18, 22), tokyo(11, 19, 9)),
        (tokyo(11, 18, 15), tokyo(11, 18, 15)),
    ],
    ids=["on time", "late on its day", "after hours", "at night, days later", "in hours, days later"],
)
def test_it_is_told_on_its_day_until_people_leave_and_in_business_hours_after(
    now: datetime, begins: datetime
) -> None:
    assert told_from(now=now, day=date(2026, 11, 16), hours=HOURS) == begins


def test_an_early_hour_of_its_own_day_is_what_the_rules_asked_for() -> None:
    assert told_from(now=tokyo(11, 16, 7), day=date(2026, 11, 16), hours=HOURS) == tokyo(11, 16, 7)
