"""Business hours: instants with their arithmetic in words. Wall-clock times are those of the zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.confidence.business_time import BusinessHours, reach_of

GOLDEN_WEEK = frozenset(date(2026, 4, 29) + timedelta(days=more) for more in (0, 4, 5, 6, 7))
TOKYO = BusinessHours(
    calendar=BusinessCalendar("JP", GOLDEN_WEEK), zone="Asia/Tokyo", opens_at=time(9), closes_at=time(18)
)
NEW_YORK = BusinessHours(
    calendar=BusinessCalendar("US", frozenset({date(2026, 11, 26)})),
    zone="America/New_York",
    opens_at=time(9),
    closes_at=time(17),
)
NIGHT = BusinessHours(
    calendar=BusinessCalendar("all days", frozenset(), weekend=frozenset({0})),
    zone="America/New_York",
    opens_at=time(0, 30),
    closes_at=time(8),
)
SKIPPED = replace(NIGHT, opens_at=time(2, 30))
HALF = replace(SKIPPED, zone="Australia/Lord_Howe", opens_at=time(2, 15))


def local(hours: BusinessHours, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(hours.zone))


@pytest.mark.parametrize(
    ("hours", "start", "span", "end", "words"),
    [
        (TOKYO, "2026-04-01T10:00", 4, "2026-04-01T14:00", "10 + 4 h, the same day"),
        (TOKYO, "2026-04-01T16:00", 4, "2026-04-02T11:00", "2 h until 18, 2 h from 9 the next day"),
        (TOKYO, "2026-04-03T16:00", 4, "2026-04-06T11:00", "Friday: 2 h, then 2 h on Monday"),
        (TOKYO, "2026-04-04T12:00", 4, "2026-04-06T13:00", "Saturday counts from Monday 9"),
        (TOKYO, "2026-04-01T07:00", 4, "2026-04-01T13:00", "before opening it counts from 9"),
        (TOKYO, "2026-04-01T22:00", 4, "2026-04-02T13:00", "after closing it counts from 9 the next day"),
        (TOKYO, "2026-04-01T14:00", 4, "2026-04-02T09:00", "14 + 4 h is closing time: the next opening"),
        (
            TOKYO,
            "2026-04-01T09:00",
            9,
            "2026-04-02T09:00",
            "a whole day is over at closing: the next opening",
        ),
        (
            TOKYO,
            "2026-04-28T17:00",
            4,
            "2026-04-30T12:00",
            "29 April is a holiday: 1 h, then 3 h on the 30th",
        ),
        (
            TOKYO,
            "2026-05-01T17:00",
            4,
            "2026-05-07T12:00",
            "2 May is a Saturday, 3-6 are holidays: 1 h, then 3 h on the 7th",
        ),
        (
            TOKYO,
            "2026-12-31T17:00",
            4,
            "2027-01-01T12:00",
            "no holiday in this calendar: over the year's end",
        ),
        (NEW_YORK, "2026-11-25T15:00", 4, "2026-11-27T11:00", "Thanksgiving: 2 h, then 2 h on Friday"),
        (
            NEW_YORK,
            "2026-10-30T15:00",
            4,
            "2026-11-02T11:00",
            "clocks go back on Sunday: wall-clock 2 h + 2 h all the same",
        ),
        (
            NEW_YORK,
            "2026-03-06T15:00",
            4,
            "2026-03-09T11:00",
            "clocks go forward on Sunday: 2 h + 2 h all the same",
        ),
        (
            NIGHT,
            "2026-11-01T00:30",
            4,
            "2026-11-01T03:30",
            "1-2 comes twice: 00:30 to 03:30 are 4 real hours",
        ),
        (NIGHT, "2026-03-08T00:30", 4, "2026-03-08T05:30", "2-3 is skipped: 00:30 to 05:30 are 4 real hours"),
        (SKIPPED, "2026-03-08T01:00", 0, "2026-03-08T03:00", "2:30 is skipped: it opens when clocks change"),
        (SKIPPED, "2026-03-08T01:00", 2, "2026-03-08T05:00", "2:30 is skipped: 2 h from the change at 3:00"),
        (SKIPPED, "2026-03-07T01:00", 0, "2026-03-07T02:30", "2:30 is there on the day before"),
        (HALF, "2026-10-04T01:00", 1, "2026-10-04T03:30", "2:00-2:30 is skipped: 1 h from 2:30"),
    ],
)
def test_so_much_open_time_passes(hours: BusinessHours, start: str, span: int, end: str, words: str) -> None:
    assert hours.after(local(hours, start), timedelta(hours=span)) == local(hours, end).astimezone(UTC), words


@pytest.mark.parametrize(
    ("start", "opens"),
    [
        ("2026-04-01T09:00", "2026-04-01T09:00"),
        ("2026-04-01T17:59", "2026-04-01T17:59"),
        ("2026-04-01T18:00", "2026-04-02T09:00"),
        ("2026-04-03T20:00", "2026-04-06T09:00"),
    ],
)
def test_the_next_opening_is_now_while_it_is_open(start: str, opens: str) -> None:
    now = local(TOKYO, start)

    assert TOKYO.next_open(now) == local(TOKYO, opens)
    assert TOKYO.is_open(now) is (start == opens)


def test_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(ValueError, match="end before they begin"):
        BusinessHours(calendar=TOKYO.calendar, zone="Asia/Tokyo", opens_at=time(18), closes_at=time(9))


def test_a_calendar_without_business_days_is_said() -> None:
    closed = BusinessCalendar(
        "closed", frozenset(date(2026, 4, 1) + timedelta(days=more) for more in range(500))
    )
    hours = BusinessHours(calendar=closed, zone="Asia/Tokyo", opens_at=time(9), closes_at=time(18))

    with pytest.raises(ValueError, match="closed is closed for more than a year"):
        hours.next_open(local(TOKYO, "2026-04-01T09:00"))


HOME = {zone: replace(TOKYO, zone=zone) for zone in ("Asia/Tokyo", "America/New_York", "Asia/Kolkata")}
"""Our calendar, 9 to 18, on the clocks of three places."""


@pytest.mark.parametrize(
    ("now", "tokyo", "new_york", "kolkata", "words"),
    [
        ("2026-04-13T01:00", "now", "04-13T13:00", "04-13T03:30", "Monday 10:00, 21:00 the day before, 6:30"),
        ("2026-04-13T13:00", "04-14T00:00", "now", "04-14T03:30", "Monday 22:00, 9:00, 18:30"),
        ("2026-04-13T08:59", "now", "04-13T13:00", "now", "a minute before six in Tokyo; 14:29 in Kolkata"),
        ("2026-04-13T09:00", "04-14T00:00", "04-13T13:00", "now", "at six in Tokyo nobody is told any more"),
        (
            "2026-04-17T22:30",
            "04-20T00:00",
            "04-20T13:00",
            "04-20T03:30",
            "Friday evening, Saturday, Saturday",
        ),
        ("2026-04-28T12:00", "04-30T00:00", "04-28T13:00", "now", "the 29th is a holiday of ours, wherever"),
        ("2026-04-28T22:30", "04-30T00:00", "04-30T13:00", "04-30T03:30", "and everybody has it"),
        ("2026-03-06T14:00", "03-09T00:00", "now", "03-09T03:30", "in winter 9:00 there is 14:00 in UTC"),
        ("2026-03-06T23:30", "03-09T00:00", "03-09T13:00", "03-09T03:30", "clocks go on on Sunday the 8th"),
        ("2026-10-30T22:30", "11-02T00:00", "11-02T14:00", "11-02T03:30", "they go back on 1 November"),
    ],
)
def test_each_of_several_is_at_work_in_hours_of_their_own(
    now: str, tokyo: str, new_york: str, kolkata: str, words: str
) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    reach = reach_of(HOME, instant)

    wanted = dict(zip(HOME, (tokyo, new_york, kolkata), strict=True))
    opens = {
        one: instant if text == "now" else datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)
        for one, text in wanted.items()
    }
    assert reach.openings == opens, words
    assert reach.now == tuple(one for one, text in wanted.items() if text == "now")
    assert {*reach.now, *reach.later} == set(HOME)
    assert opens[reach.first] == min(opens.values())
    later = [at for at in opens.values() if at > instant]
    assert reach.begins == min(later, default=None)
