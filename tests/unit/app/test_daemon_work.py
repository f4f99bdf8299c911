"""Delivery and the daily work as jobs: what they say of each row, and that no day is lost or done twice."""

from datetime import UTC, datetime, time

import pytest
from tests.fakes.daemon import Bench

from csops_sync.app.daily import latest_day
from csops_sync.ports.chat import PostResult, PostStatus
from csops_sync.ports.crm import Role, WriteStatus
from csops_sync.ports.errors import TransientError
from csops_sync.ports.store import OutboxStatus

BEFORE_THREE_IN_TOKYO = datetime(2026, 4, 1, 17, 59, tzinfo=UTC)


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.sell()
    made.keeper.beat()
    made.cycle.run()
    made.delivery.run()
    return made


def fall_due(bench: Bench) -> None:
    bench.crm.advance(days=100)
    bench.cycle.run()


def test_nothing_is_delivered_before_the_first_cycle_of_a_hold() -> None:
    bench = Bench()
    bench.sell()
    bench.keeper.beat()

    bench.delivery.run()

    assert bench.crm.calls == 0


def test_what_was_created_and_told_is_said_row_by_row(bench: Bench) -> None:
    fall_due(bench)

    bench.delivery.run()

    assert any("created  株式会社みなと商事" in line for line in bench.told)
    assert any("told     #renewals" in line for line in bench.told)
    assert ("delivered", "create", "sent") in bench.meter.counted
    assert ("delivered", "message", "sent") in bench.meter.counted


def test_what_was_decided_while_it_delivered_is_counted_and_said_too(bench: Bench) -> None:
    """Right before a create its customer is decided again, and the announcement of a second one follows at once."""
    fall_due(bench)
    (sold,) = bench.crm.records(Role.CONTRACT)
    bench.crm.create(Role.CONTRACT, {**sold.values, "number": "00000002"})
    bench.meter.counted.clear()

    bench.delivery.run()

    told = [row for row in bench.outbox(OutboxStatus.SENT) if row.key.startswith("opened/")]
    assert len(told) == 2
    assert bench.meter.counted.count(("delivered", "message", "sent")) == len(told)


def test_a_refused_record_is_a_warning_until_a_person_looks(bench: Bench) -> None:
    fall_due(bench)
    bench.crm.writes = [WriteStatus.REJECTED]

    bench.delivery.run()

    assert bench.log.named("outbox.parked")
    assert any("1 outbox row parked" in one for one in bench.ready().warnings)
    assert bench.ready().ready


def test_a_post_without_an_answer_is_unknown_and_said_so(bench: Bench) -> None:
    fall_due(bench)
    bench.chat.answer(PostResult(status=PostStatus.UNKNOWN, code="no_answer"))

    bench.delivery.run()

    assert [row.kind for row in bench.outbox(OutboxStatus.UNKNOWN)] == ["message"]
    assert any("unknown" in line for line in bench.told)


def test_a_pause_is_a_warning(bench: Bench) -> None:
    with bench.store.transaction(bench.keeper.grant) as tx:
        tx.progress.set_setting("paused", "all")
    fall_due(bench)

    bench.delivery.run()

    assert bench.outbox(OutboxStatus.PENDING)
    assert any("paused (all)" in one for one in bench.ready().warnings)


def test_no_delivery_begins_after_a_stop(bench: Bench) -> None:
    fall_due(bench)
    bench.stop.stopped = True

    bench.delivery.run()

    assert bench.outbox(OutboxStatus.PENDING)


@pytest.mark.parametrize(
    ("hour", "day"), [(17, 31), (18, 1), (23, 1)], ids=["02:00 in Tokyo", "03:00 in Tokyo", "08:00 in Tokyo"]
)
def test_the_day_that_is_due_began_at_its_time_in_the_orgs_zone(hour: int, day: int) -> None:
    """Where it is 03:00 of 1 April in Tokyo, it is 18:00 of 31 March in UTC."""
    now = datetime(2026, 3, 31, hour, tzinfo=UTC)

    assert latest_day(now, at=time(3), timezone="Asia/Tokyo").day == day


def test_reconciliation_runs_once_a_day_and_finds_what_was_missed(bench: Bench) -> None:
    bench.daily.run()
    assert bench.log.named("reconciliation.done") == []
    bench.crm.advance(days=1)
    late = bench.crm.create(Role.ACCOUNT, {"name": "遅れて見えた客"})

    bench.daily.run()
    bench.daily.run()

    assert [line for line in bench.log.named("reconciliation.done") if line["role"] == "account"] == [
        {"role": "account", "missed": 1, "gone": 0}
    ]
    with bench.store.reading() as tx:
        assert tx.mirror.get(Role.ACCOUNT, [late])


def test_a_day_that_was_missed_while_off_is_done_at_the_next_start(bench: Bench) -> None:
    bench.daily.run()
    bench.crm.advance(days=5)
    again = Bench(crm=bench.crm, database=bench.database, owner="another")
    bench.keeper.give_back()
    again.keeper.beat()

    again.daily.run()

    assert again.log.named("reconciliation.done")
    assert len(again.log.named("housekeeping.done")) == 1


def test_a_reconciliation_that_failed_is_tried_again_and_not_at_once(bench: Bench) -> None:
    bench.daily.run()
    bench.crm.advance(days=1)
    bench.crm.reads = [TransientError("down")]

    bench.daily.run()
    bench.daily.run()
    assert bench.log.named("reconciliation.done") == []
    bench.pass_time(901)
    bench.daily.run()

    assert bench.log.named("reconciliation.done")


def test_a_reconciliation_that_would_remove_too_much_stops_and_tells_the_operator(bench: Bench) -> None:
    for number in range(30):
        bench.crm.create(Role.ACCOUNT, {"name": f"客{number}"})
    bench.cycle.run()
    bench.daily.run()
    bench.crm.advance(days=1)
    rows = bench.crm.records(Role.ACCOUNT)
    for row in rows[1:]:
        bench.crm.delete(Role.ACCOUNT, row.id)
    bench.crm.advance(days=1)

    bench.daily.run()

    assert [line["role"] for line in bench.log.named("reconciliation.stopped")] == ["account"]
    assert "lost permission" in bench.notes()[0].reason
