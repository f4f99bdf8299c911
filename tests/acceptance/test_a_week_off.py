"""Off for a week, then on: what fell due is there, once; what must not be opened is not, and moves stay one renewal."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.fakes.contract_shapes import SHAPES
from tests.fakes.rig import Rig, running

TODAY = date(2026, 4, 1)
DUE_IN_A_WEEK = date(2025, 7, 5)
"""A year from here ends on 2026-07-04; renewal 07-05 less 90 days is 2026-04-06, a Monday."""


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.kind)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with running(today=TODAY, shape=request.param) as made:
        yield made


def test_everything_that_fell_due_while_the_daemon_was_off_is_there_once(rig: Rig) -> None:
    sold = [rig.sell(f"顧客{day}", start=date(2025, 7, day)) for day in (2, 3, 4, 5, 6)]
    rig.sync()
    rig.restart()

    rig.next_day(7)
    rig.next_day(1)

    opened = [one["Renewal_Key__c"] for one in rig.renewals()]
    due = sorted(one.key for one in sold)
    assert opened == due
    assert rig.told("opened/") == [f"opened/{key}" for key in due]


def test_what_must_not_be_opened_is_not(rig: Rig) -> None:
    start = DUE_IN_A_WEEK
    ancient = rig.sell("昔の顧客", start=date(2019, 7, 5))
    won = rig.sell("早期更新", start=start)
    lost = rig.sell("失注", start=start)
    deleted = rig.sell("削除", start=start)
    rig.sell("解約", start=start, Terminated_On__c="2026-03-01")
    replaced = rig.sell("差替", start=start)
    rig.contract(
        replaced.account, start=date(2026, 3, 1), months=24, **{rig.shape.predecessor: replaced.contract}
    )
    linked = {
        one.contract: rig.sandbox.create(
            "Opportunity",
            {
                "Name": "更新",
                "AccountId": one.account,
                rig.shape.link: one.contract,
                "StageName": stage,
                "CloseDate": "2026-03-20",
            },
        )
        for one, stage in ((won, "受注"), (lost, "失注"), (deleted, "提案"))
    }
    rig.sandbox.delete("Opportunity", linked[deleted.contract])

    rig.sync()
    rig.next_day(7)

    assert rig.renewals() == []
    assert rig.told("opened/") == []
    assert ancient.contract


@pytest.mark.parametrize(
    ("months", "close_date"), [(18, "2027-01-04"), (11, "2026-06-04")], ids=["extended", "shortened"]
)
def test_a_contract_that_moves_takes_its_opened_renewal_along(rig: Rig, months: int, close_date: str) -> None:
    sold = rig.sell("動く顧客", start=DUE_IN_A_WEEK)
    rig.sync()
    rig.next_day(7)

    rig.change(sold.contract, months=months)
    rig.next_day()

    assert [(one["Renewal_Key__c"], one["CloseDate"]) for one in rig.renewals()] == [(sold.key, close_date)]


def test_a_contract_corrected_by_a_day_before_its_opening_is_opened_for_the_new_day(rig: Rig) -> None:
    sold = rig.sell("訂正", start=DUE_IN_A_WEEK)
    rig.sync()
    rig.change(sold.contract, start=date(2025, 7, 6))
    rig.next_day(7)

    assert [(one["Renewal_Key__c"], one["CloseDate"]) for one in rig.renewals()] == [(sold.key, "2026-07-05")]


def test_after_a_human_edit_the_contract_moves_what_the_human_left(rig: Rig) -> None:
    sold = rig.sell("編集", start=DUE_IN_A_WEEK)
    rig.sync()
    rig.next_day(7)
    (opened,) = rig.renewals()
    rig.sandbox.update("Opportunity", opened["Id"], {"CloseDate": "2026-06-20"}, by=rig.csm())
    rig.next_day()

    rig.change(sold.contract, months=18)
    rig.next_day()

    (moved,) = rig.renewals()
    assert (moved["CloseDate"], moved["Renewal_Date__c"]) == ("2026-06-20", "2027-01-05")
