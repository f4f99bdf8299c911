"""The weekly digest on the sandbox: told once on Monday morning, with numbers that `forecast` shows too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.digest_monday import (
    EARLY,
    FIRST_KEY,
    NINE,
    PICTURE,
    RULES,
    engine_of,
    live_a_week,
    message,
    messages_of,
    tell_monday,
)
from tests.fakes.rig import Rig, running

from csops_sync.app.delivery import run_delivery
from csops_sync.app.forecast.digest_week import tell_week
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import forecast_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.office import office_of
from csops_sync.ports.store import OutboxStatus


@pytest.fixture(scope="module")
def told() -> Iterator[Rig]:
    """After a week that began on Monday, 30 March, and the Monday after it."""
    with running(today=date(2026, 3, 30), org="small", rules=RULES) as rig:
        live_a_week(rig)
        rig.sandbox.set_clock(EARLY)
        tell_monday(rig)
        assert messages_of(rig) == {}, "it is not nine yet"
        rig.sandbox.set_clock(NINE)
        tell_monday(rig)
        yield rig


def test_every_part_of_it_stands_in_slack_once(told: Rig) -> None:
    found = messages_of(told)

    assert set(found.values()) == {1}
    assert FIRST_KEY in found
    assert PICTURE in found
    assert sum(1 for key in found if "/team/" in key and key.count("/") == 3) >= 2


def test_the_landing_is_that_of_the_forecast_and_is_held_against_the_week_before(told: Rig) -> None:
    report = forecast_of(office_of(told.engine()), by=GroupBy.QUARTER)
    text = message(told, FIRST_KEY)["text"]

    quarter = report.lines[0]
    assert f"着地見込み {quarter.name}: ¥{quarter.landing.amount:,}" in text
    assert f"更新対象 ¥{quarter.due.amount:,}" in text
    assert "2026年3月30日" in text


def test_the_picture_and_the_managers_pages_stand_in_threads(told: Rig) -> None:
    messages = told.sandbox.messages()
    parents = {str(one["metadata"]["event_payload"]["key"]): one["ts"] for one in messages if one["metadata"]}
    (shown,) = [one for one in messages if one.get("files")]

    assert shown["thread_ts"] == parents[FIRST_KEY]
    pages = [key for key in parents if key.startswith(FIRST_KEY) and key.count("/") == 4]
    assert pages
    for key in pages:
        assert message(told, key)["thread_ts"] == parents[key.rpartition("/")[0]]


def test_nobody_is_mentioned_but_whom_the_rules_name(told: Rig) -> None:
    texts = [
        one["text"]
        for one in told.sandbox.messages()
        if one["metadata"] and str(one["metadata"]["event_payload"]["key"]).startswith("digest/")
    ]

    assert sum(text.count("<!subteam^") for text in texts) == 1
    assert not any("<@" in text or "<!channel" in text for text in texts)


def test_a_process_that_starts_again_and_a_new_day_tell_nothing_more(told: Rig) -> None:
    before = messages_of(told)
    told.restart()
    tell_monday(told)
    for _ in range(3):
        told.sandbox.advance(days=1)
        tell_monday(told)

    assert messages_of(told) == before


def test_a_restored_state_finds_what_it_told_before(told: Rig) -> None:
    """The outbox of Monday morning is gone, as after a backup of Sunday."""
    before = messages_of(told)
    with told.assembly.store.transaction() as tx:
        rows = [row for row in tx.outbox.with_status(OutboxStatus.SENT) if row.key.startswith(FIRST_KEY)]
        tx.outbox.put([replace(row, status=OutboxStatus.PENDING, result=None, attempts=0) for row in rows])
    for _ in range(3):
        run_delivery(engine_of(told))

    assert messages_of(told) == before
    with told.assembly.store.reading() as tx:
        assert {row.status for row in tx.outbox.get([row.key for row in rows])} == {OutboxStatus.SENT}


def test_a_program_that_was_off_on_monday_tells_it_in_business_hours() -> None:
    """It comes back on Tuesday at 22:00; the digest waits for Wednesday, nine o'clock."""
    tuesday_night = datetime(2026, 4, 7, 13, 0, tzinfo=UTC)
    with running(today=date(2026, 3, 30), org="small", rules=RULES) as rig:
        live_a_week(rig)
        rig.sandbox.set_clock(tuesday_night)
        rig.cycle()
        engine = engine_of(rig)
        take_snapshot(engine)
        tell_week(engine)
        run_delivery(engine)
        assert messages_of(rig) == {}

        rig.sandbox.set_clock(datetime(2026, 4, 8, 0, 0, 10, tzinfo=UTC))
        tell_monday(rig)
        assert messages_of(rig)[FIRST_KEY] == 1


def test_a_pause_holds_it_and_shadow_keeps_it_to_itself() -> None:
    with running(today=date(2026, 3, 30), org="small", rules=RULES) as rig:
        live_a_week(rig)
        rig.sandbox.set_clock(NINE)
        with rig.assembly.store.transaction() as tx:
            tx.progress.set_setting("paused", "slack")
        rig.cycle()
        engine = engine_of(rig)
        take_snapshot(engine)
        assert tell_week(engine) is not None
        run_delivery(engine)
        assert messages_of(rig) == {}

        with rig.assembly.store.transaction() as tx:
            tx.progress.set_setting("paused", None)
        tell_monday(rig)
        assert messages_of(rig)[FIRST_KEY] == 1
