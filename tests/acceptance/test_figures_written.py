"""The figures of the forecast in Salesforce: once each, summed, in the opportunity's currency, and only where new."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.rig import ROOT, Rig, Sold, running
from tests.fakes.sandbox import Record

from csops_sync.ports.store import OutboxStatus, Target

RULES = ROOT / "tests" / "acceptance" / "config" / "forecast.yaml"
TODAY = date(2026, 4, 1)
DUE = date(2025, 7, 2)
"""A year from here is renewed on 2026-07-02; less 90 days is Friday 2026-04-03."""
PRIOR = 1_200_000
"""What a contract of the rig is worth a year, unless a test says otherwise."""
FIELDS = ("Computed_Type__c", "Prior_Amount__c", "Delta_Amount__c", "Landing_Amount__c")


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(today=TODAY, rules=RULES) as made:
        yield made


def figures(rig: Rig, deal: str) -> tuple[object, ...]:
    (row,) = [one for one in rig.sandbox.records("Opportunity") if one["Id"] == deal]
    return tuple(row[name] for name in FIELDS)


def written(rig: Rig) -> list[Record]:
    """What the sandbox saw written into opportunities that holds a landing, in order."""
    writes = rig.sandbox.ledger()["writes"]
    return [one for one in writes if one["operation"] == "update" and "Landing_Amount__c" in one["values"]]


def calls(rig: Rig) -> int:
    """How many calls wrote collections of records that were there."""
    counted = rig.sandbox.ledger()["calls"]
    return sum(count for call, count in counted.items() if " PATCH " in call and call.endswith("/sobjects"))


def renewal(rig: Rig, sold: Sold, **values: object) -> str:
    """An open renewal that a person made and rated."""
    plain: dict[str, object] = {
        "Name": "手作りの更新",
        "AccountId": sold.account,
        "ContractId": sold.contract,
        "StageName": "提案",
        "CloseDate": "2026-07-01",
        "Amount": PRIOR,
        "Confidence__c": "C",
    }
    return rig.sandbox.create("Opportunity", plain | values, by=rig.csm())


def settle(rig: Rig) -> None:
    """Read the history of the stamp that the adoption left."""
    rig.sandbox.advance(seconds=3600)
    rig.sync()


def with_rules(rig: Rig, old: str, new: str) -> None:
    """Replace a piece of the scenario's rules."""
    text = rig.rules.read_text(encoding="utf-8")
    assert old in text
    path = Path(rig.database.removeprefix("sqlite:///")).with_name("rules.yaml")
    path.write_text(text.replace(old, new), encoding="utf-8")
    rig.rules, rig.loaded = path, None
    rig.restart()


def test_figures_stand_after_the_baseline_and_a_day_and_are_written_once(rig: Rig) -> None:
    deal = renewal(rig, rig.sell("株式会社みなと商事", start=DUE, Annual_Amount__c=PRIOR))
    rig.sync()
    assert figures(rig, deal) == (None,) * 4
    rig.next_day()
    assert figures(rig, deal) == ("flat", PRIOR, 0, 1_080_000)
    assert calls(rig) == 1
    settle(rig)
    for _ in range(2):
        rig.sandbox.advance(seconds=3600)
        assert (rig.sync().evaluated_accounts, calls(rig)) == (0, 1)
    assert len(written(rig)) == 1


def test_a_renewal_that_we_open_has_its_figures_with_its_opening(rig: Rig) -> None:
    """Nobody has rated it: it weighs what it weighed before it was opened."""
    rig.sell("株式会社みなと商事", start=DUE, Annual_Amount__c=PRIOR)
    rig.sync()
    rig.next_day(2)
    (deal,) = rig.renewals()
    assert figures(rig, str(deal["Id"])) == ("flat", PRIOR, 0, 960_000)
    rig.sandbox.advance(seconds=3600)
    rig.sync()
    assert len(written(rig)) == 1


def test_a_rank_that_changes_rewrites_exactly_that_opportunity(rig: Rig) -> None:
    deals = [renewal(rig, rig.sell(f"客{number}", start=DUE, Annual_Amount__c=PRIOR)) for number in range(3)]
    rig.sync()
    rig.next_day()
    assert len(written(rig)) == 3
    rig.sandbox.update("Opportunity", deals[1], {"Confidence__c": "D"}, by=rig.csm())
    rig.next_day()
    last = written(rig)[3:]
    assert [one["values"] for one in last] == [{"Id": deals[1], "Landing_Amount__c": 720_000}]


def test_a_shared_opportunity_holds_the_sum_of_its_contracts(rig: Rig) -> None:
    with_rules(rig, "    announce:", "    co_term: {within: 30 days}\n    announce:")
    sold = rig.sell("共同更新", start=DUE, Annual_Amount__c=1_000_000)
    rig.contract(sold.account, start=date(2025, 7, 20), Annual_Amount__c=500_000)
    rig.sync()
    rig.next_day(2)
    (deal,) = rig.renewals()
    assert figures(rig, str(deal["Id"])) == ("flat", 1_500_000, 0, 1_200_000)
    rig.sandbox.update("Opportunity", str(deal["Id"]), {"Confidence__c": "A", "Amount": 1_800_000})
    rig.next_day()
    assert figures(rig, str(deal["Id"])) == ("upsell", 1_500_000, 300_000, 1_800_000)


def test_a_closed_renewal_holds_what_it_came_to(rig: Rig) -> None:
    won = renewal(rig, rig.sell("客1", start=DUE, Annual_Amount__c=PRIOR))
    lost = renewal(rig, rig.sell("客2", start=DUE, Annual_Amount__c=PRIOR))
    rig.sync()
    rig.next_day()
    rig.sandbox.update("Opportunity", won, {"StageName": "受注", "Amount": 1_500_000})
    rig.sandbox.update("Opportunity", lost, {"StageName": "失注"})
    rig.next_day()
    assert figures(rig, won) == ("upsell", PRIOR, 300_000, 1_500_000)
    assert figures(rig, lost) == ("lost", PRIOR, -PRIOR, 0)


def test_a_persons_type_stays_and_the_landing_follows_it(rig: Rig) -> None:
    deal = renewal(rig, rig.sell("客", start=DUE, Annual_Amount__c=PRIOR), Renewal_Type__c="upsell")
    rig.sync()
    rig.next_day()
    assert figures(rig, deal) == ("flat", PRIOR, 0, 1_140_000)
    (row,) = [one for one in rig.sandbox.records("Opportunity") if one["Id"] == deal]
    assert row["Renewal_Type__c"] == "upsell"
    assert all("Renewal_Type__c" not in one["values"] for one in written(rig))


def test_450_opportunities_go_in_three_calls_and_one_that_is_refused_waits_alone(rig: Rig) -> None:
    for number in range(450):
        renewal(rig, rig.sell(f"客{number:03d}", start=DUE, Annual_Amount__c=PRIOR))
    rig.sync()
    rig.sandbox.faults(
        {
            "fault": "row_error",
            "method": "PATCH",
            "path": "composite/sobjects",
            "row": 7,
            "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "message": "no",
        }
    )
    before = calls(rig)
    rig.next_day()
    assert calls(rig) - before == 3
    assert len({one["id"] for one in written(rig) if one["outcome"] == "ok"}) == 449
    with rig.assembly.store.reading() as tx:
        parked = tx.outbox.with_status(OutboxStatus.PARKED)
    assert [(row.target, row.error) for row in parked] == [
        (Target.FIGURES, "FIELD_CUSTOM_VALIDATION_EXCEPTION: no")
    ]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_lost_answer_is_sent_again_and_all_stands_as_it_should(rig: Rig, fault: str) -> None:
    deal = renewal(rig, rig.sell("客", start=DUE, Annual_Amount__c=PRIOR))
    rig.sync()
    rig.sandbox.faults({"fault": fault, "method": "PATCH", "path": "composite/sobjects"})
    rig.next_day()
    assert figures(rig, deal) == ("flat", PRIOR, 0, 1_080_000)
    count = calls(rig)
    settle(rig)
    assert rig.cycle().changed_rows == 0
    assert calls(rig) == count
