"""The RavenStack org's closed renewals: won with its upgrades and downgrades, lost for its reasons, come back."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.past_org import PastOrg, Row, past_org
from tests.fakes.term_books import RATED, lived

from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.sandbox.orgs.deals import Deal
from csops_sync.sandbox.orgs.ravenstack_past import Events, ended_terms

TODAY = date(2025, 1, 6)


@pytest.fixture(scope="module")
def org() -> PastOrg:
    """The org, moved to a Monday of January."""
    return past_org("ravenstack", contracts=1, today=TODAY)


@pytest.fixture(scope="module")
def states(org: PastOrg) -> list[TermState]:
    """All terms, as the product reads them on its first day."""
    rules = ruleset(confidence=RATED)
    return [state for book in org.books() for state in lived(book, rules=rules, today=TODAY)[1]]


def raw(name: str) -> Iterator[Mapping[str, str]]:
    """The rows of a file of the set."""
    path = files("csops_sync.sandbox.orgs.data") / f"ravenstack_{name}.csv"
    yield from csv.DictReader(path.read_text("utf-8").splitlines())


def test_terms_that_are_over_were_renewed_up_down_and_at_the_same_amount(states: list[TermState]) -> None:
    won = [one for one in states if one.standing is TermStanding.WON]
    ups = Counter(
        (one.new.amount > one.prior.amount) - (one.new.amount < one.prior.amount)
        for one in won
        if one.new and one.prior
    )
    assert sum(ups.values()) == len(won) > 300
    assert min(ups[1], ups[-1]) >= 10
    assert min(one.end for one in won) < TODAY - timedelta(days=365)


def test_an_upgrade_came_with_the_first_renewal_at_15_per_cent(org: PastOrg) -> None:
    """115 % of what was paid before is what the contract says now."""
    contracts = {row["Id"]: row for row in org.rows("Contract")}
    flags = {(row["arr_amount"], row["upgrade_flag"], row["downgrade_flag"]) for row in raw("subscriptions")}
    seen = 0
    for row in sales(org):
        now = contracts[row["ContractId"]]["Annual_Amount__c"]
        if row["Amount"] < now:
            seen += 1
            assert row["Amount"] == int(now) * 100 // 115
            assert {(str(int(now)), "TRUE", "FALSE"), (str(int(now)), "TRUE", "TRUE")} & flags
    assert seen >= 10


def sales(org: PastOrg) -> list[Row]:
    """The sales that are linked to their contract: those of contracts that have rolled on since."""
    return [
        row for row in org.rows("Opportunity") if row["ContractId"] and row["Contract_Start__c"] is not None
    ]


def test_losses_have_the_reason_of_the_churn_event_next_to_them(
    org: PastOrg, states: list[TermState]
) -> None:
    lost = [row for row in org.rows("Opportunity") if row["Loss_Reason__c"]]
    assert len({row["Loss_Reason__c"] for row in lost}) == 6
    assert all(row["IsClosed"] and not row["IsWon"] for row in lost)
    read = Counter(one.loss_reason for one in states if one.standing is TermStanding.LOST)
    assert None not in read
    assert sum(read.values()) > 20


def test_a_reason_is_that_of_the_nearest_event_and_unknown_without_one() -> None:
    rows = [
        {"account_id": "A", "churn_date": day, "reason_code": reason, "is_reactivation": "FALSE"}
        for day, reason in (("2024-01-01", "pricing"), ("2024-06-01", "support"))
    ]
    events = Events(rows, shift=timedelta(days=10))
    assert events.reason("@account-A", date(2024, 1, 20)) == "Price"
    assert events.reason("@account-A", date(2024, 5, 1)) == "Support"
    assert events.reason("@account-B", date(2024, 5, 1)) == "Unknown"


def test_the_first_sale_after_each_return_is_marked_as_existing_business(org: PastOrg) -> None:
    returned = {row["account_id"] for row in raw("churn_events") if row["is_reactivation"] == "TRUE"}
    marked = [row for row in org.rows("Opportunity") if row["Type"] == "Existing Business"]
    assert 10 <= len(marked) <= sum(1 for row in raw("churn_events") if row["is_reactivation"] == "TRUE")
    assert len({row["AccountId"] for row in marked}) <= len(returned)


def test_a_closed_renewal_went_through_its_ranks(org: PastOrg) -> None:
    names = {row["Id"]: row for row in org.rows("Opportunity")}
    ranks: dict[str, list[object]] = {}
    for row in sorted(org.rows("OpportunityFieldHistory"), key=lambda one: one["CreatedDate"]):
        if row["Field"] == "Confidence__c":
            ranks.setdefault(row["OpportunityId"], []).append(row["NewValue"])
    paths = Counter((names[record]["IsWon"], tuple(path)) for record, path in ranks.items())
    assert paths[(True, ("C", "B", "A"))] > 300
    assert paths[(False, ("C", "D", "E"))] > 10
    assert {path[-1] for won, path in paths if not won} == {"E"}


def test_nothing_was_changed_in_the_future(org: PastOrg) -> None:
    for name in ("Opportunity", "OpportunityHistory", "OpportunityFieldHistory"):
        assert max(row["CreatedDate"] for row in org.rows(name)) < "2025-01-06T23"
    assert max(row["LastModifiedDate"] for row in org.rows("Opportunity")) < "2025-01-06T23"


def test_only_running_contracts_that_renew_by_themselves_have_rolled_past_terms() -> None:
    deal = Deal(
        key="1", account="@a", customer="A", owner="@csm-1", start=date(2024, 1, 1), months=6, amount=100
    )
    assert ended_terms(deal, today=date(2025, 1, 1)) == [date(2024, 6, 30), date(2024, 12, 31)]
    assert len(ended_terms(deal, today=date(2024, 12, 31))) == 1
    others = (
        replace(deal, months=None),
        replace(deal, auto_renews=False),
        replace(deal, terminated_on=date(2024, 2, 1)),
        replace(deal, status="Draft"),
    )
    assert all(ended_terms(one, today=date(2025, 1, 1)) == () for one in others)
