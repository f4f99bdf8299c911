"""The scalars of the files: durations, shares, money, months, dates counted from others."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from csops_sync.config.addresses import read_database_url, read_listen, read_web_url
from csops_sync.config.build_mapping import long_id
from csops_sync.config.calendars import calendar, public_holidays, read_day_off, years_around
from csops_sync.config.expressions import read_before, read_channel, read_date_rule, read_floor
from csops_sync.config.models_confidence import read_answer_time
from csops_sync.config.section import (
    read_clock,
    read_duration,
    read_hours,
    read_interval,
    read_money,
    read_month,
    read_share,
    read_timezone,
    read_weekday,
    read_weight,
)
from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import DateAnchor, DateRule, Floor, FloorAnchor


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (read_duration, "180 days", Duration(days=180)),
        (read_duration, "1 year and 6 months", Duration(months=18)),
        (read_interval, "90 seconds", timedelta(seconds=90)),
        (read_interval, "1 hour", timedelta(hours=1)),
        (read_answer_time, "4 business hours", timedelta(hours=4)),
        (read_share, "3 %", Decimal("0.03")),
        (read_share, "0.5%", Decimal("0.005")),
        (read_share, "-5 %", Decimal("-0.05")),
        (read_money, "3000000", Decimal(3000000)),
        (read_money, "1,250.50", Decimal("1250.50")),
        (read_money, 3000000, Decimal(3000000)),
        (read_weight, 0.95, Decimal("0.95")),
        (read_weight, 1, Decimal(1)),
        (read_month, "April", 4),
        (read_month, "apr", 4),
        (read_month, "4月", 4),
        (read_month, "１０月", 10),
        (read_month, 12, 12),
        (read_weekday, "sunday", 6),
        (read_clock, "03:00", time(3)),
        (read_hours, "09:00-18:30", (time(9), time(18, 30))),
        (read_timezone, "Asia/Tokyo", "Asia/Tokyo"),
        (read_before, "5 months before", Duration(months=5)),
        (read_floor, "term.start + 60 days", Floor(anchor=FloorAnchor.TERM_START, offset=Duration(days=60))),
        (
            read_floor,
            "renewal.date-1 year",
            Floor(anchor=FloorAnchor.RENEWAL_DATE, offset=Duration(months=12)),
        ),
        (read_floor, "term.start", Floor(anchor=FloorAnchor.TERM_START, offset=Duration())),
        (
            read_date_rule,
            "renewal.date - 1 month",
            DateRule(anchor=DateAnchor.RENEWAL_DATE, offset=Duration(months=1), before=True),
        ),
        (
            read_date_rule,
            "open_date + 2 weeks",
            DateRule(anchor=DateAnchor.OPEN_DATE, offset=Duration(days=14)),
        ),
        (read_date_rule, "notice_deadline", DateRule(anchor=DateAnchor.NOTICE_DEADLINE)),
        (read_channel, "#更新", "#更新"),
        (read_channel, "C0123ABCD", "C0123ABCD"),
        (read_day_off, "2026-12-30", date(2026, 12, 30)),
        (read_day_off, "JP", "JP"),
        (read_web_url, "https://x.my.salesforce.com/", "https://x.my.salesforce.com"),
        (read_web_url, "http://[::1]:80", "http://[::1]:80"),
        (read_database_url, "postgresql+psycopg://db/csops", "postgresql+psycopg://db/csops"),
        (read_listen, "[::]:80", ("::", 80)),
    ],
)
def test_what_people_write_is_read(read: Callable[[object], object], value: object, expected: object) -> None:
    """Each form that the reference names, and its neighbours."""
    assert read(value) == expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (read_duration, None),
        (read_duration, 180),
        (read_duration, "-5 days"),
        (read_interval, "0 seconds"),
        (read_interval, "1 month"),
        (read_share, 0.03),
        (read_share, "3"),
        (read_money, 12.5),
        (read_money, True),
        (read_money, "¥3000"),
        (read_money, "1,00"),
        (read_weight, 1.01),
        (read_weight, True),
        (read_weight, "1"),
        (read_month, 13),
        (read_month, 0),
        (read_month, True),
        (read_month, "0月"),
        (read_weekday, "Sun"),
        (read_clock, "24:00"),
        (read_clock, "3:00"),
        (read_hours, "09:00"),
        (read_hours, "18:00-18:00"),
        (read_timezone, "JST-9"),
        (read_before, "before"),
        (read_before, "5 months"),
        (read_floor, "term.start - 60 days"),
        (read_floor, "renewal.date + 60 days"),
        (read_floor, "term.end_date + 1 day"),
        (read_date_rule, "term.end_date - "),
        (read_date_rule, "term.end_date 1 day"),
        (read_channel, "@renewals"),
        (read_day_off, "Japan"),
        (read_web_url, "ftp://example.com"),
        (read_web_url, "http://10.0.0.1"),
        (read_web_url, "https://user@example.com"),
        (read_web_url, "https://exa mple.com"),
        (read_database_url, "postgresql://u:p@db/x"),
        (read_listen, "127.0.0.1:99999"),
    ],
)
def test_what_could_be_misread_is_refused(read: Callable[[object], object], value: object) -> None:
    """With words; never by a guess."""
    with pytest.raises(ValueError, match=r"\w"):
        read(value)


def test_the_calendar_holds_public_holidays_and_own_days_off() -> None:
    """Substitute holidays too, over the years that are carried."""
    own = calendar(name="ours", days_off=("JP", date(2026, 12, 30)), years=years_around(date(2026, 3, 31)))

    assert not own.is_business_day(date(2026, 12, 30))
    assert not own.is_business_day(
        date(2026, 5, 6)
    )  # Constitution Day on a Sunday is made up for on Wednesday
    assert own.is_business_day(date(2026, 5, 7))
    assert {day.year for day in own.holidays} == set(range(2021, 2042))


def test_a_weekend_of_ones_own_replaces_saturday_and_sunday() -> None:
    """Friday and Saturday, as in the Gulf."""
    own = calendar(name="ours", days_off=(), years=range(0), weekend=frozenset({4, 5}))

    assert own.is_business_day(date(2026, 3, 29))
    assert not own.is_business_day(date(2026, 3, 27))


def test_countries_have_their_own_holidays() -> None:
    """Independence Day 2026 is observed on Friday, 3 July."""
    assert date(2026, 7, 3) in public_holidays("US", range(2026, 2027))
    assert date(2026, 7, 3) not in public_holidays("JP", range(2026, 2027))


@pytest.mark.parametrize(
    ("short", "long"),
    [("0055g00000ABCDe", "0055g00000ABCDeAAP"), ("001000000000001", "001000000000001AAA")],
)
def test_a_short_record_id_gets_its_checksum(short: str, long: str) -> None:
    """Three letters that tell the capitals; a long id stays."""
    assert long_id(short) == long
    assert long_id(long) == long
