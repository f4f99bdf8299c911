"""Rows that become visible late, edits between polls: each is seen once, by overlap, by coverage, or by the sweep."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.fakes.contract_shapes import SHAPES, Shape
from tests.fakes.rig import Rig, Sold, running

from csops_sync.app.reconciling import reconcile
from csops_sync.ports.crm import Role

MINUTES = 60


@pytest.fixture(scope="module", params=SHAPES, ids=lambda shape: shape.kind)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with running(today=date(2026, 4, 1), shape=request.param) as made:
        made.sell("最初の顧客", start=date(2026, 1, 1))
        made.sync()
        yield made


def sold_late(rig: Rig, name: str, *, minutes: int) -> Sold:
    """Sell a contract that fell due, whose row shows itself to readers only after some minutes."""
    account = rig.sandbox.create("Account", {"Name": name, "CSM__c": rig.csm()})
    contract = rig.sandbox.create(
        rig.shape.kind, rig.shape.active(account, date(2025, 6, 20), 12), visible_after=minutes * MINUTES
    )
    return Sold(account=account, contract=contract)


def keys(rig: Rig) -> list[str]:
    """Give the keys of all opened renewals."""
    return [str(one["Renewal_Key__c"]) for one in rig.renewals()]


def polls(rig: Rig, *, minutes: int, every: int = 4) -> None:
    """Let minutes pass, with a poll and its delivery every few of them."""
    for _ in range(0, minutes, every):
        rig.sandbox.advance(seconds=every * MINUTES)
        rig.sync()


def test_eight_minutes_late_without_coverage_is_caught_by_the_overlap(rig: Rig) -> None:
    rig.sandbox.toggles(latest_date_covered="error")
    late = sold_late(rig, "八分", minutes=8)
    polls(rig, minutes=12)
    rig.sandbox.toggles(latest_date_covered="honest")

    assert keys(rig).count(late.key) == 1


def test_without_coverage_the_cycle_says_that_it_is_degraded(rig: Rig) -> None:
    rig.sandbox.toggles(latest_date_covered="error")
    report = rig.cycle()
    rig.sandbox.toggles(latest_date_covered="honest")

    assert "contract" in report.degraded


def test_forty_five_minutes_late_is_caught_by_the_date_that_salesforce_covers(rig: Rig) -> None:
    late = sold_late(rig, "四十五分", minutes=45)
    polls(rig, minutes=48, every=8)

    assert keys(rig).count(late.key) == 1


def test_three_hours_late_is_found_by_the_reconciliation(rig: Rig) -> None:
    rig.sandbox.toggles(latest_date_covered="off")
    late = sold_late(rig, "三時間", minutes=180)
    polls(rig, minutes=190, every=20)
    rig.sandbox.toggles(latest_date_covered="honest")
    assert late.key not in keys(rig)

    found = {one.role: one.missed for one in reconcile(rig.engine())}
    rig.sync()

    assert found[Role.CONTRACT] == 1
    assert keys(rig).count(late.key) == 1


def test_a_row_edited_twice_between_polls_is_seen_as_it_is_with_both_edits_in_its_history(rig: Rig) -> None:
    sold = rig.sell("二度編集", start=date(2025, 6, 20))
    rig.next_day()
    opened = next(one for one in rig.renewals() if one["Renewal_Key__c"] == sold.key)
    for stage in ("提案", "交渉"):
        rig.sandbox.update("Opportunity", opened["Id"], {"StageName": stage}, by=rig.csm())
        rig.sandbox.advance(seconds=5)
    rig.sync()

    with rig.assembly.store.reading() as tx:
        (row,) = tx.mirror.get(Role.OPPORTUNITY, [opened["Id"]])
        stages = [one.values["stage"] for one in tx.mirror.children(Role.STAGE_HISTORY, [opened["Id"]])]
    assert row.values["stage"] == "交渉"
    assert sorted(map(str, stages)) == sorted(["更新準備", "提案", "交渉"])


def test_a_sweep_that_would_remove_too_much_stops_and_says_so(rig: Rig) -> None:
    accounts = [rig.sandbox.create("Account", {"Name": f"多数{number}"}) for number in range(22)]
    rig.sync()
    rig.sandbox.toggles(hide_rows={"Account": accounts})
    found = {one.role: one for one in reconcile(rig.engine())}
    with rig.assembly.store.reading() as tx:
        kept = [row.deleted for row in tx.mirror.get(Role.ACCOUNT, accounts)]
    rig.sandbox.toggles(hide_rows={})

    assert "lost permission" in str(found[Role.ACCOUNT].stopped)
    assert kept == [False] * 22


def test_the_same_sweep_removes_once_a_person_approves(rig: Rig) -> None:
    gone = [rig.sandbox.create("Account", {"Name": f"消える{number}"}) for number in range(22)]
    rig.sync()
    rig.sandbox.toggles(hide_rows={"Account": gone})
    reconcile(rig.engine(), approved=True)
    rig.sandbox.toggles(hide_rows={})

    with rig.assembly.store.reading() as tx:
        assert [row.deleted for row in tx.mirror.get(Role.ACCOUNT, gone)] == [True] * 22


def test_an_undeleted_record_comes_back(rig: Rig) -> None:
    sold = rig.sell("復活", start=date(2026, 2, 1))
    rig.sync()
    rig.sandbox.delete(rig.shape.kind, sold.contract)
    rig.sync()
    with rig.assembly.store.reading() as tx:
        gone = [row.deleted for row in tx.mirror.get(Role.CONTRACT, [sold.contract])]
    rig.sandbox.undelete(rig.shape.kind, sold.contract)
    rig.sync()
    with rig.assembly.store.reading() as tx:
        back = [row.deleted for row in tx.mirror.get(Role.CONTRACT, [sold.contract])]

    assert (gone, back) == ([True], [False])


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind)
def test_a_transaction_that_was_open_when_the_first_load_began_is_not_passed_over(shape: Shape) -> None:
    """It stamped its rows before the load began, and shows them after."""
    with running(today=date(2026, 4, 1), shape=shape) as fresh:
        sold = fresh.sell("最初の顧客", start=date(2026, 1, 1))
        fresh.sandbox.advance(seconds=60 * MINUTES)
        late = sold_late(fresh, "取引中", minutes=45)
        fresh.sandbox.advance(seconds=20 * MINUTES)
        fresh.cycle()
        polls(fresh, minutes=40, every=8)

        with fresh.assembly.store.reading() as tx:
            seen = [row.id for row in tx.mirror.get(Role.CONTRACT, [sold.contract, late.contract])]
    assert sorted(seen) == sorted([sold.contract, late.contract])
