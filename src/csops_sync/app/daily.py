"""What is done once a day at a time of day: which day's run is due, told by business time and the store alone.

A time of day on the system's clock would be missed by whoever is restarted, taken over or suspended at that minute.
Here the day that was done last is stored, and asked for every half minute, so that no day is lost and none runs twice.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from csops_sync.app.cycle import BASELINE
from csops_sync.app.engine import Engine


def latest_day(now: datetime, *, at: time, timezone: str) -> date:
    """This function will give the business date whose time of day `at` came last; `now` is aware."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    begins = datetime.combine(today, at, zone).astimezone(UTC)
    return today if begins <= now else today - timedelta(days=1)


def due_day(engine: Engine, name: str, *, at: time, timezone: str) -> date | None:
    """This function will give the day that is due, None where it was done or nothing has been read yet.

    `name` is the setting that keeps the last day. The day of the first cycle itself counts as done: everything has
    just been read.
    """
    day = latest_day(engine.now(), at=at, timezone=timezone)
    with engine.store.reading() as tx:
        done, baseline = tx.progress.setting(name), tx.progress.setting(BASELINE)
    if baseline is None:
        return None
    if done is None:
        mark_done(engine, name, day)
        return None
    return day if date.fromisoformat(done) < day else None


def mark_done(engine: Engine, name: str, day: date) -> None:
    """This function will store that the run of this day is done."""
    with engine.store.transaction(engine.grant) as tx:
        tx.progress.set_setting(name, day.isoformat())
