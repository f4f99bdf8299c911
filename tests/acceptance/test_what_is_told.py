"""Co-terms, terminations, cancellations, the guard, shadow mode and a blocked hand, seen from Salesforce and Slack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.rig import RULES, Rig, running

TODAY = date(2026, 4, 1)
DUE = date(2025, 7, 2)
"""A year from here is renewed on 2026-07-02; less 90 days is Friday 2026-04-03."""


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(today=TODAY) as made:
        yield made


def with_rules(rig: Rig, old: str, new: str) -> None:
    """Replace a piece of the scenario's rules."""
    text = RULES.read_text(encoding="utf-8")
    assert old in text
    path = Path(rig.database.removeprefix("sqlite:///")).with_name("rules.yaml")
    path.write_text(text.replace(old, new), encoding="utf-8")
    rig.rules, rig.loaded = path, None


def texts(rig: Rig, key: str) -> list[str]:
    """The texts of our messages whose key begins so."""
    return [
        str(one["text"])
        for one in rig.sandbox.messages()
        if str(one["metadata"]["event_payload"]["key"]).startswith(key)
    ]


def test_contracts_that_end_close_together_get_one_opportunity_of_their_sum(rig: Rig) -> None:
    with_rules(rig, "    announce:", "    co_term: {within: 30 days}\n    announce:")
    sold = rig.sell("共同更新", start=DUE)
    second = rig.contract(sold.account, start=date(2025, 7, 20))
    rig.sync()
    rig.next_day(3)
    rig.next_day()

    (shared,) = rig.renewals()
    assert (shared["Renewal_Key__c"], shared["Amount"], shared["CloseDate"]) == (
        sold.key,
        2_400_000,
        "2026-07-01",
    )
    assert shared["Co_Term_Contracts__c"] == f"{sold.contract},{second}"
    assert rig.told("opened/") == [f"opened/{sold.key}"]


def test_a_lost_state_opens_no_second_one_for_a_co_termed_member(rig: Rig) -> None:
    with_rules(rig, "    announce:", "    co_term: {within: 30 days}\n    announce:")
    sold = rig.sell("共同更新", start=DUE)
    rig.contract(sold.account, start=date(2025, 7, 20))
    rig.sync()
    rig.next_day(3)

    rig.restart()
    Path(rig.database.removeprefix("sqlite:///")).unlink()
    rig.sync()
    rig.next_day(1)

    assert len(rig.renewals()) == 1


def test_the_csm_hears_once_that_a_contract_was_terminated_after_its_opening(rig: Rig) -> None:
    sold = rig.sell("解約される顧客", start=DUE)
    rig.sync()
    rig.next_day(3)
    rig.sandbox.update("Contract", sold.contract, {"Terminated_On__c": "2026-04-04"})
    rig.next_day()
    rig.next_day()

    (text,) = texts(rig, "terminated/")
    assert "解約される顧客" in text
    assert [one["IsDeleted"] for one in rig.renewals()] == [False]


def test_a_cancelling_customer_is_told_of_and_not_opened(rig: Rig) -> None:
    rig.sell("解約予告", start=DUE, Cancellation_Notice__c="2026-03-20")
    rig.sync()
    rig.next_day(3)
    rig.next_day()

    assert rig.renewals() == []
    assert len(texts(rig, "cancelling/")) == 1


def test_a_customer_who_stayed_is_opened_again_though_the_notice_was_left_in_salesforce(rig: Rig) -> None:
    """Sold on 2024-07-02 and renewed by itself on 2025-07-02: notice was given in the year before."""
    sold = rig.sell(
        "残った顧客", start=date(2024, 7, 2), Auto_Renews__c=True, Cancellation_Notice__c="2025-03-20"
    )
    rig.sync()
    rig.next_day(3)
    rig.next_day()

    assert rig.told("opened/") == [f"opened/{sold.contract}-2"]
    assert rig.told("cancelling/") == []
    assert len(rig.renewals()) == 1


def test_more_of_the_unforeseen_than_the_guard_lets_pass_is_held_and_said(rig: Rig) -> None:
    with_rules(rig, "renewals:\n", "guards: {creates: 2}\nrenewals:\n")
    rig.sell("最初", start=date(2026, 1, 1))
    rig.sync()
    for number in range(3):
        rig.sell(f"突然{number}", start=DUE)
    report = rig.next_day(3)

    assert rig.renewals() == []
    assert report.held is not None
    assert [report.held in text for text in texts(rig, "held/")] == [True]


def test_what_open_dates_had_foreseen_passes_the_guard(rig: Rig) -> None:
    with_rules(rig, "renewals:\n", "guards: {creates: 2}\nrenewals:\n")
    for number in range(3):
        rig.sell(f"予定{number}", start=DUE)
    rig.sync()
    rig.next_day(3)

    assert len(rig.renewals()) == 3


def test_a_change_of_rules_that_makes_many_due_at_once_is_held(rig: Rig) -> None:
    for number in range(3):
        rig.sell(f"規則{number}", start=date(2025, 9, 1))
    with_rules(rig, "renewals:\n", "guards: {creates: 2}\nrenewals:\n")
    rig.sync()
    rig.restart()
    rig.rules.write_text(rig.rules.read_text("utf-8").replace("90 days", "180 days"), encoding="utf-8")
    rig.loaded = None
    report = rig.next_day(1)

    assert rig.renewals() == []
    assert report.held is not None


def in_shadow(rig: Rig) -> None:
    """Set `mode: shadow`."""
    text = rig.shape.connections.read_text(encoding="utf-8").replace("mode: live", "mode: shadow")
    path = Path(rig.database.removeprefix("sqlite:///")).with_name("connections.yaml")
    path.write_text(text, encoding="utf-8")
    rig.connections, rig.loaded = path, None


def test_what_gathered_in_shadow_waits_for_approval_once_the_mode_is_live(rig: Rig) -> None:
    in_shadow(rig)
    rig.sell("影から", start=DUE)
    rig.sync()
    rig.next_day(3)
    rig.restart()
    rig.connections, rig.loaded = None, None
    report = rig.next_day()

    assert (rig.renewals(), rig.told("opened/")) == ([], [])
    assert report.held is not None


def test_shadow_mode_decides_and_sends_nothing(rig: Rig) -> None:
    in_shadow(rig)
    rig.sell("影", start=DUE)
    rig.sync()
    report = rig.next_day(3)

    assert report.plan is not None
    assert len(report.plan.creates) == 1
    assert (rig.renewals(), rig.sandbox.messages()) == ([], [])


def test_where_creation_is_blocked_nothing_is_created_until_it_is_mended(rig: Rig) -> None:
    sold = rig.sell("権限待ち", start=DUE)
    rig.sync()
    mended = rig.assembly
    blocked = replace(mended, creation_blocked="the integration user does not see all contracts")
    rig.use(blocked)
    rig.sandbox.advance(days=3)
    rig.cycle()
    rig.deliver_once()
    assert rig.renewals() == []

    rig.use(mended)
    rig.sync()

    assert [one["Renewal_Key__c"] for one in rig.renewals()] == [sold.key]
