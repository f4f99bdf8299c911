"""When each step of a question is taken: a table of instants with the arithmetic in words.

Every step has four business hours. Japanese calendars hold the holidays that the `holidays` library knows, the American
ones those of the United States. Times are wall-clock times of the zone, checked as instants.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.confidence import face

from csops_sync.config.calendars import calendar
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.card import Card, ask, escalate, snooze
from csops_sync.domain.confidence.rules import AnswerWithin

YEARS = range(2025, 2029)
JAPAN = calendar(name="JP", days_off=["JP"], years=YEARS)
CLOSED = calendar(name="JP and our own", days_off=["JP", date(2026, 4, 30), date(2026, 5, 1)], years=YEARS)
AMERICA = calendar(name="US", days_off=["US"], years=YEARS)
FOUR_HOURS = AnswerWithin(span=timedelta(hours=4))

TOKYO = BusinessHours(calendar=JAPAN, zone="Asia/Tokyo", opens_at=time(9), closes_at=time(18))
BRIDGED = BusinessHours(calendar=CLOSED, zone="Asia/Tokyo", opens_at=time(9), closes_at=time(18))
NEW_YORK = BusinessHours(calendar=AMERICA, zone="America/New_York", opens_at=time(9), closes_at=time(17))
CHICAGO = BusinessHours(calendar=JAPAN, zone="America/Chicago", opens_at=time(9), closes_at=time(18))
NIGHT_SHIFT = BusinessHours(calendar=AMERICA, zone="America/New_York", opens_at=time(0), closes_at=time(6))
SUNDAYS = BusinessHours(
    calendar=calendar(name="Sundays count", days_off=[], years=YEARS, weekend=frozenset({5})),
    zone="America/New_York",
    opens_at=time(0),
    closes_at=time(6),
)

TABLE = [
    # a weekend
    (TOKYO, 2026, "06-05 16:00 > 06-08 11:00 > 06-08 15:00", "Fri 16-18 is 2 h, Mon 9-11 is 2 h; + 4 h"),
    (TOKYO, 2026, "06-05 14:00 > 06-08 09:00 > 06-08 13:00", "Fri 14-18 is all 4 h: at closing, so Mon 9"),
    (TOKYO, 2026, "06-06 12:00 > 06-08 13:00 > 06-08 17:00", "asked on Saturday: the clock starts Mon 9"),
    (TOKYO, 2026, "06-05 17:59 > 06-08 12:59 > 06-08 16:59", "1 min on Friday, 3 h 59 on Monday"),
    # outside business hours
    (TOKYO, 2026, "06-02 06:00 > 06-02 13:00 > 06-02 17:00", "before opening: from 9; 4 h each"),
    (TOKYO, 2026, "06-02 23:30 > 06-03 13:00 > 06-03 17:00", "at night: from 9 the next morning"),
    (TOKYO, 2026, "06-02 18:00 > 06-03 13:00 > 06-03 17:00", "the closing instant is outside already"),
    # Golden Week 2026: Wed 29 April; Sun 3, Mon 4, Tue 5 May, and Wed 6 May in place of the Sunday
    (TOKYO, 2026, "04-28 16:00 > 04-30 11:00 > 04-30 15:00", "2 h on the 28th; the 29th is off; 2 h on the 30th"),
    (TOKYO, 2026, "05-01 17:00 > 05-07 12:00 > 05-07 16:00", "1 h on Fri; Sat 2 to Wed 6 off; 3 h on Thu 7"),
    (TOKYO, 2026, "05-06 10:00 > 05-07 13:00 > 05-07 17:00", "the substitute holiday: from Thu 7, 9:00"),
    (TOKYO, 2026, "05-07 15:00 > 05-08 10:00 > 05-08 14:00", "3 h on Thu 7, 1 h on Fri 8; over nothing"),
    (BRIDGED, 2026, "04-28 16:00 > 05-07 11:00 > 05-07 15:00", "we close the 30th and 1st too: 2 h + 2 h on Thu 7"),
    # Golden Week 2027: Thu 29 April; Mon 3, Tue 4, Wed 5 May; no substitute
    (TOKYO, 2027, "04-28 17:30 > 04-30 12:30 > 04-30 16:30", "30 min on Wed; Thu 29 off; 3 h 30 on Fri 30"),
    (TOKYO, 2027, "04-30 16:00 > 05-06 11:00 > 05-06 15:00", "2 h on Fri; Sat 1 to Wed 5 off; 2 h on Thu 6"),
    (TOKYO, 2027, "04-30 10:00 > 04-30 14:00 > 05-06 09:00", "4 h; the second at Friday's closing: Thu 6, 9:00"),
    # clocks go forward in the United States on Sun 8 March 2026, 2:00 to 3:00, and back on Sun 1 November, 2:00 to 1:00
    (NEW_YORK, 2026, "03-06 15:00 > 03-09 11:00 > 03-09 15:00", "2 h EST on Fri, 2 h EDT on Mon; 67 h apart, not 68"),
    (NEW_YORK, 2026, "03-07 12:00 > 03-09 13:00 > 03-10 09:00", "Saturday: Mon 9 EDT + 4 h; + 4 h is Monday's closing"),
    (NEW_YORK, 2026, "10-30 15:00 > 11-02 11:00 > 11-02 15:00", "2 h EDT on Fri, 2 h EST on Mon; 69 h apart, not 68"),
    (NEW_YORK, 2026, "10-31 12:00 > 11-02 13:00 > 11-03 09:00", "Saturday: Mon 9 EST + 4 h; + 4 h is Monday's closing"),
    (NEW_YORK, 2026, "11-25 16:00 > 11-27 12:00 > 11-27 16:00", "1 h on Wed; Thanksgiving; 3 h on Friday"),
    (SUNDAYS, 2026, "03-08 00:30 > 03-08 05:30 > 03-09 03:30", "0:30 to 5:30 skips one: 4 h; 30 min + 3 h 30 on Mon"),
    (SUNDAYS, 2026, "11-01 00:30 > 11-01 03:30 > 11-02 01:30", "0:30 to 3:30 has 1-2 twice: 4 h; 2 h 30 + 1 h 30 Mon"),
    (NIGHT_SHIFT, 2026, "03-06 04:00 > 03-09 02:00 > 03-10 00:00", "2 h Fri, 2 h Mon; Mon 2-6 ends at closing: Tue"),
    # who is asked lives elsewhere than the org, whose calendar counts on their own clock
    (CHICAGO, 2026, "04-28 16:00 > 04-30 11:00 > 04-30 15:00", "29 April is off in Chicago too: the org's calendar"),
    (CHICAGO, 2026, "07-03 17:00 > 07-06 12:00 > 07-06 16:00", "3 July is no holiday of the org: 1 h Fri, 3 h Mon"),
    (CHICAGO, 2026, "03-06 20:06 > 03-09 13:00 > 03-09 17:00", "10:06 on Saturday in Tokyo: Friday night, so Mon 9"),
    (CHICAGO, 2026, "10-29 20:06 > 10-30 13:00 > 10-30 17:00", "10:06 on Friday in Tokyo: Thursday night, so Fri 9"),
]  # fmt: skip


def local(hours: BusinessHours, text: str) -> datetime:
    """An instant of a wall-clock time, of one that comes twice the first."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(hours.zone)).astimezone(UTC)


def row(hours: BusinessHours, year: int, instants: str) -> list[datetime]:
    """When it was asked, and when the first and the second step are taken."""
    return [local(hours, f"{year}-{one}") for one in instants.split(" > ")]


def asked(hours: BusinessHours, now: datetime) -> Card:
    """A card with two steps to take."""
    card = Card(
        id="006/#risk",
        opportunity_id="006",
        renewal_key="800-1",
        account_id="001",
        key="card/1",
        channel="#risk",
        move_id="m",
        moved_at=now,
        face=face(),
    )
    return ask(card, people=("boss",), steps=("head", "chief"), within=FOUR_HOURS, hours=hours, now=now)


@pytest.mark.parametrize(("hours", "year", "instants", "words"), TABLE)
def test_each_step_is_taken_when_its_business_hours_are_over(
    hours: BusinessHours, year: int, instants: str, words: str
) -> None:
    asked_at, first, second = row(hours, year, instants)
    card = asked(hours, asked_at)
    assert card.due_at == first, words

    card, mentioned = escalate(card, hours=hours, now=card.due_at)
    assert (mentioned, card.due_at) == (("head",), second), words

    card, mentioned = escalate(card, hours=hours, now=second)
    assert (mentioned, card.due_at) == (("chief",), None), words


@pytest.mark.parametrize(("hours", "year", "instants", "words"), TABLE)
def test_every_step_falls_into_business_hours_and_not_a_minute_early(
    hours: BusinessHours, year: int, instants: str, words: str
) -> None:
    now, *steps = row(hours, year, instants)
    for step in steps:
        assert hours.is_open(step), words
        spent = _open_minutes(hours, now, step)
        assert spent == FOUR_HOURS.span, words
        now = step


def _open_minutes(hours: BusinessHours, since: datetime, until: datetime) -> timedelta:
    """Count the open minutes one by one: slow, and by another way than the arithmetic under test."""
    count, now, zone = 0, since, ZoneInfo(hours.zone)
    while now < until:
        clock = now.astimezone(zone)
        is_day = hours.calendar.is_business_day(clock.date())
        count += is_day and hours.opens_at <= clock.time() < hours.closes_at
        now += timedelta(minutes=1)
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("hours", "friday", "monday", "apart"),
    [
        (NEW_YORK, "2026-03-06 15:00", "2026-03-09 11:00", 67),
        (NEW_YORK, "2026-06-05 15:00", "2026-06-08 11:00", 68),
        (NEW_YORK, "2026-10-30 15:00", "2026-11-02 11:00", 69),
    ],
)
def test_a_weekend_is_an_hour_shorter_or_longer_where_clocks_change(
    hours: BusinessHours, friday: str, monday: str, apart: int
) -> None:
    assert local(hours, monday) - local(hours, friday) == timedelta(hours=apart)
    assert asked(hours, local(hours, friday)).due_at == local(hours, monday)


@pytest.mark.parametrize(
    ("hours", "instants", "words"),
    [
        (TOKYO, "05-02 10:00 > 05-07 09:00 > 05-07 13:00", "it ends in Golden Week"),
        (NEW_YORK, "03-08 10:00 > 03-09 09:00 > 03-09 13:00", "it ends as clocks go forward"),
        (NEW_YORK, "11-01 10:00 > 11-02 09:00 > 11-02 13:00", "it ends as clocks go back"),
    ],
)
def test_a_snooze_that_ends_on_a_day_off_asks_again_at_the_next_opening(
    hours: BusinessHours, instants: str, words: str
) -> None:
    until, again, due = row(hours, 2026, instants)
    rested = snooze(asked(hours, until), by="boss", until=hours.next_open(until))
    assert rested.due_at == again, words

    card, mentioned = escalate(rested, hours=hours, now=again)
    assert (mentioned, card.due_at) == (("boss",), due), words
