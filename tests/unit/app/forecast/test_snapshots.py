"""One snapshot a business day, one more for the close of a month, and none of a day that is not decided yet."""

from datetime import date

import orjson
import pytest
from tests.fakes.memory_engine import Workshop

from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import TransientError
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind

DAY, CLOSE = SnapshotKind.DAY, SnapshotKind.PERIOD_END


@pytest.fixture
def shop() -> Workshop:
    made = Workshop()
    made.sell(made.customer())
    return made


def taken(shop: Workshop) -> list[tuple[SnapshotKind, date]]:
    """What is taken now."""
    return [(one.kind, one.as_of) for one in take_snapshot(shop.engine())]


def days_of(shop: Workshop, snapshot: Snapshot) -> list[date]:
    """The starts of the terms in a snapshot."""
    with shop.store.reading() as tx:
        return [one.start for one in tx.forecast.snapshots.read(snapshot.id)]


def test_nothing_is_taken_before_everything_was_decided_once(shop: Workshop) -> None:
    assert taken(shop) == []


def test_a_day_is_taken_once_however_often_it_is_asked_for(shop: Workshop) -> None:
    shop.sync()
    assert taken(shop) == [(DAY, date(2026, 4, 1))]
    shop.crm.advance(seconds=3600)
    assert taken(shop) == []
    shop.crm.advance(days=1)
    assert taken(shop) == [(DAY, date(2026, 4, 2))]


def test_a_day_waits_until_those_who_fall_due_on_it_are_decided(shop: Workshop) -> None:
    """On 6 July 2026 the term rolls on; a snapshot of that morning must not show the old one as open."""
    shop.sync()
    shop.crm.advance(days=96)
    assert taken(shop) == []
    shop.sync()
    [snapshot] = take_snapshot(shop.engine())
    assert snapshot.as_of == date(2026, 7, 6)
    assert days_of(shop, snapshot) == [date(2025, 7, 6), date(2026, 7, 6)]


def test_a_days_snapshot_is_not_lost_to_an_outage_that_ends_on_it(shop: Workshop) -> None:
    shop.sync()
    shop.crm.advance(days=96)
    shop.crm.reads.append(TransientError("down"))
    with pytest.raises(TransientError):
        shop.sync()
    assert taken(shop) == []
    shop.sync()
    assert taken(shop) == [(DAY, date(2026, 7, 6))]


def test_the_close_of_a_month_is_taken_on_the_first_day_after_it_and_once(shop: Workshop) -> None:
    shop.crm.advance(days=28)
    shop.sync()
    assert taken(shop) == [(DAY, date(2026, 4, 29))]
    shop.day(3)
    assert taken(shop) == [(CLOSE, date(2026, 4, 30)), (DAY, date(2026, 5, 2))]
    shop.day()
    assert taken(shop) == [(DAY, date(2026, 5, 3))]


def test_a_month_that_this_product_did_not_see_is_not_closed(shop: Workshop) -> None:
    """Begun on 1 April: March was over by then."""
    shop.sync()
    assert taken(shop) == [(DAY, date(2026, 4, 1))]


def test_a_snapshot_says_by_which_rules_it_was_and_what_it_sums_up_to(shop: Workshop) -> None:
    shop.sell(shop.customer(), annual_amount=None)
    shop.sync()
    [snapshot] = take_snapshot(shop.engine())
    assert (snapshot.rules_hash, snapshot.taken_at) == (shop.rules.hash, shop.crm.now())
    assert orjson.loads(snapshot.totals) == {
        "terms": 2,
        "tallies": [
            {"standing": "aside", "currency": None, "terms": 1, "prior_minor": 0},
            {"standing": "unopened", "currency": "JPY", "terms": 1, "prior_minor": 6_000_000},
        ],
    }


def test_an_edit_after_the_snapshot_does_not_change_it(shop: Workshop) -> None:
    shop.sync()
    [snapshot] = take_snapshot(shop.engine())
    [contract] = shop.crm.records(Role.CONTRACT)
    shop.crm.advance(seconds=60)
    shop.crm.edit(Role.CONTRACT, contract.id, {"end": "2027-01-05"})
    shop.sync()
    with shop.store.reading() as tx:
        assert [one.end for one in tx.forecast.states.all()] == [date(2027, 1, 5)]
        assert [one.end for one in tx.forecast.snapshots.read(snapshot.id)] == [date(2026, 7, 5)]
