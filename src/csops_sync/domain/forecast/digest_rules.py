"""The ops admin's `digest:` rules as frozen values: where, when and in which language the week is told."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.dates import Duration

_DAYS_IN_WEEK = 7
_WEEK = timedelta(days=_DAYS_IN_WEEK)
_MONDAY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRules:
    """`weekday` counts as `date.weekday()` does, Monday is 0; `at` is a time of day in the org's time zone.

    `due_within` bounds the renewals that are listed for each manager. `mention` are the `@handles` that the digest
    calls; nobody else is ever mentioned by it. `locale` is `ja` or `en`. `profile` names the definition that NRR and
    GRR follow; None for the first one of the rules.
    """

    channel: str
    weekday: int = _MONDAY
    at: time = time(9)
    due_within: Duration = Duration(days=90)
    mention: tuple[str, ...] = ()
    locale: str = "ja"
    profile: str | None = None


def due_digest(
    *, now: datetime, rules: DigestRules, calendar: BusinessCalendar, zone: str
) -> tuple[date, date]:
    """This function will give the digest that came due last: the weekday that it was planned for, and its day.

    `now` is aware, days are business dates in `zone`. Where nobody works on the weekday, its day is the next business
    day; a week that has none left has no digest.
    """
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    planned = today - timedelta(days=(today.weekday() - rules.weekday) % _DAYS_IN_WEEK)
    while True:
        day = calendar.following(planned)
        if datetime.combine(day, rules.at, here) <= now and day - planned < _WEEK:
            return planned, day
        planned -= _WEEK


def week_key(day: date) -> str:
    """This function will name the ISO week of a day: `2026-W47`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def told_from(*, now: datetime, day: date, hours: BusinessHours) -> datetime:
    """This function will say from when (UTC) the digest of a day may be posted.

    At once on its own day until people leave, else when they are back: a program that was off over the day does not
    speak at night.
    """
    today = now.astimezone(ZoneInfo(hours.zone))
    if today.date() == day and today.time() < hours.closes_at:
        return now
    return hours.next_open(now)
