"""The org with a past: every case is in its rows, its history has the days, and the product reads what was drawn."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.past_org import PastOrg, Told, past_org
from tests.fakes.term_books import RATED, lived

from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.sandbox.orgs.catalogue import build
from csops_sync.sandbox.salesforce.loader import SeedError, load_org
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.seed import Change, OrgSeed, SeedRecord

TODAY = date(2026, 4, 1)
QUARTER_DAYS = 92


@pytest.fixture(scope="module")
def past() -> PastOrg:
    """An org of 250 customers."""
    return past_org(contracts=250)


@pytest.fixture(scope="module")
def terms(past: PastOrg) -> list[Told]:
    """Its terms, as the truth tells them."""
    return past.truth()[1]


def test_closed_renewals_reach_back_for_the_quarters_that_were_asked_for(terms: list[Told]) -> None:
    closed = [term for term in terms if term["fate"] != "running"]
    quarters = Counter((TODAY - date.fromisoformat(term["end"])).days // QUARTER_DAYS for term in closed)
    assert all(quarters[number] >= 5 for number in range(12))
    two = past_org(contracts=250, history=2).truth()[1]
    ends = [date.fromisoformat(term["end"]) for term in two if term["fate"] != "running"]
    assert min(ends) >= TODAY - timedelta(days=2 * QUARTER_DAYS + 16)


def test_every_kind_of_term_is_there(terms: list[Told]) -> None:
    deals = [term["deal"] for term in terms if term["deal"] and "signed" in term["deal"]]
    won = [(term["prior"], term["deal"]["signed"]) for term in terms if term["fate"] == "won"]
    assert {"won", "lost", "auto-renewed", "terminated", "superseded", "expired", "running"} == {
        term["fate"] for term in terms
    }
    assert {"early", "on time", "late"} == {deal["timing"] for deal in deals}
    assert {"Price", "Features", "Budget", "Competitor", "Support"} <= {deal["reason"] for deal in deals}
    assert {-1, 0, 1} == {(new > prior) - (new < prior) for prior, new in won}
    assert {"JPY", "USD"} == {term["currency"] for term in terms}
    assert {1, 2, 3} <= {len(term["steps"]) for term in terms}  # amended once; a ramp of three years
    assert any(term["notice"] and term["fate"] == "won" for term in terms)
    assert any(term["notice"] and term["fate"] == "lost" for term in terms)


def test_a_customer_who_left_comes_back_after_40_days_or_more(terms: list[Told]) -> None:
    gone = {"lost", "terminated", "expired"}
    gaps = [
        (date.fromisoformat(after["start"]) - date.fromisoformat(before["end"])).days
        for before, after in pairwise(terms)
        if before["account"] == after["account"] and before["fate"] in gone
    ]
    assert len(gaps) >= 5
    assert all(40 <= gap <= 150 for gap in gaps)


def test_the_product_reads_every_term_as_it_was_drawn(past: PastOrg, terms: list[Told]) -> None:
    """Without any state of its own: on the day on which it is installed."""
    rules, left = ruleset(confidence=RATED), {(term["contract"], term["start"]): term for term in terms}
    for book in past.books():
        names = {one.id: str(one.values["name"]) for one in book.contracts if one.values["name"]}
        if not names:
            continue  # one of those without a past
        for state in lived(book, rules=rules, today=TODAY)[1]:
            told = left.pop((names[state.contract_id], state.start.isoformat()))
            assert as_read(state) == as_told(told)
    assert left == {}


def as_read(state: TermState) -> Told:
    """What the product says of a term."""
    running = state.standing in (TermStanding.OPEN, TermStanding.UNOPENED)
    assert state.prior is not None
    return {
        "fate": "running" if running else str(state.standing),
        "end": state.end.isoformat(),
        "until": state.in_force_until.isoformat(),
        "prior": (int(state.prior.amount), state.prior.currency),
        "signed": int(state.new.amount) if state.standing is TermStanding.WON and state.new else None,
        "reason": state.loss_reason,
        "notice": state.announced_cancellation,
        "rank": state.rank if state.opportunity_id else None,
        "steps": [(one.effective.isoformat(), int(one.amount.amount)) for one in state.steps]
        or [(state.start.isoformat(), int(state.prior.amount))],
    }


def as_told(term: Told) -> Told:
    """What the truth says of it, in the same words."""
    deal = term["deal"] or {}
    announced = term["notice"] is not None and term["notice"] < TODAY.isoformat()
    ranks = [one["rank"] for one in deal.get("ratings", [])]
    ignored = announced and term["fate"] == "running"  # a cancelling contract's deal is not taken over
    return {
        "fate": term["fate"],
        "end": term["end"],
        "until": term["until"],
        "prior": (term["prior"], term["currency"]),
        "signed": deal.get("signed"),
        "reason": deal.get("reason"),
        "notice": announced,
        "rank": ranks[-1] if ranks and not ignored else None,
        "steps": [(one["on"], one["amount"]) for one in term["steps"]],
    }


def test_a_closed_renewal_went_through_its_ranks_on_their_days(past: PastOrg, terms: list[Told]) -> None:
    opportunities = {row["Name"]: row for row in past.rows("Opportunity")}
    moves: dict[str, list[tuple[str, object]]] = {}
    for row in sorted(past.rows("OpportunityFieldHistory"), key=lambda one: one["CreatedDate"]):
        if row["Field"] == "Confidence__c":
            moves.setdefault(row["OpportunityId"], []).append((row["CreatedDate"][:10], row["NewValue"]))
    for term in terms:
        if term["deal"] is None:
            continue
        ratings = [(one["on"], one["rank"]) for one in term["deal"]["ratings"]]
        changed = [one for before, one in pairwise([("", None), *ratings]) if one[1] != before[1]]
        assert moves.get(opportunities[term["opportunity"]]["Id"], []) == changed


def test_stage_history_has_each_day_and_each_row_ends_where_the_next_begins(past: PastOrg) -> None:
    rows: dict[str, list[dict[str, object]]] = {}
    for row in past.rows("OpportunityHistory"):
        rows.setdefault(row["OpportunityId"], []).append(dict(row))
    opportunities = {row["Id"]: row for row in past.rows("Opportunity")}
    for record, found in rows.items():
        ordered = sorted(found, key=lambda row: str(row["CreatedDate"]))
        for before, after in pairwise(ordered):
            assert before["SystemModstamp"] == after["CreatedDate"]
            assert (after["PrevAmount"], after["PrevCloseDate"]) == (before["Amount"], before["CloseDate"])
        last = opportunities[record]
        assert [ordered[-1][name] for name in ("StageName", "Amount", "CloseDate")] == [
            last[name] for name in ("StageName", "Amount", "CloseDate")
        ]
    assert Counter(map(len, rows.values())).most_common(1)[0][0] >= 1
    assert max(map(len, rows.values())) >= 4


def test_nothing_of_what_lies_ahead_is_in_the_rows(past: PastOrg) -> None:
    for name in ("Account", "Contract", "Opportunity", "OpportunityHistory", "OpportunityFieldHistory"):
        assert max(row["CreatedDate"] for row in past.rows(name)) < "2026-04-01"
    for row in past.rows("Opportunity"):
        assert row["LastModifiedDate"] < "2026-04-01"
        assert not row["IsClosed"] or row["CloseDate"] < "2026-04-01"


def test_the_truth_does_not_tell_how_a_running_deal_will_end(terms: list[Told]) -> None:
    running = [term["deal"] for term in terms if term["fate"] == "running" and term["deal"]]
    assert running
    assert all(set(deal) == {"opened_on", "type", "offered", "ratings"} for deal in running)
    assert all(one["on"] < TODAY.isoformat() for deal in running for one in deal["ratings"])


def test_targets_stand_for_each_quarter_and_currency_in_all_and_by_team(past: PastOrg) -> None:
    rows = past.rows("Renewal_Target__c")
    whole = {
        (row["Period_Start__c"], row["Currency__c"]): row["Amount__c"] for row in rows if not row["Team__c"]
    }
    teams: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["Team__c"]:
            teams[(row["Period_Start__c"], row["Currency__c"])] += int(row["Amount__c"])
    assert {key for key, _ in whole.items()} == set(teams)
    assert all(0 <= whole[key] - teams[key] < 5 for key in whole)  # each is rounded down
    starts = {start for start, _ in whole}
    assert {"2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01", "2027-04-01"} <= starts
    assert max(starts) == "2027-04-01"


def test_dated_rates_follow_one_another_without_a_gap(past: PastOrg) -> None:
    rates = sorted(
        (row for row in past.rows("DatedConversionRate") if row["IsoCode"] == "USD"),
        key=lambda row: str(row["StartDate"]),
    )
    assert len(rates) == 13
    assert all(before["NextStartDate"] == after["StartDate"] for before, after in pairwise(rates))
    assert rates[-1]["NextStartDate"] == "9999-12-31"


def test_a_generated_org_with_a_past_keeps_its_other_contracts_as_they_are() -> None:
    plain = build("generated", seed=3, contracts=200, today=TODAY)
    past = past_org("generated", contracts=200, seed=3, history=8)
    assert list(plain.records["Contract"]) == list(past.seed.records["Contract"])
    contracts = past.rows("Contract")
    assert len({row["ContractNumber"] for row in contracts}) == len(contracts) > 200
    assert len({row["Name"] for row in past.rows("Account")}) == len(past.rows("Account"))
    assert len({term["account"] for term in past.truth()[1]}) == 50


def test_orgs_without_a_past_have_no_truth() -> None:
    for name in ("small", "generated", "none"):
        assert build(name, seed=1, contracts=10, today=TODAY).truth is None


def test_changes_that_are_out_of_order_are_refused_by_the_record() -> None:
    changes = [Change(on=TODAY - timedelta(days=n), values={"Name": str(n)}) for n in (2, 3)]
    record = SeedRecord(ref="a", values={"Name": "A"}, created_on=date(2026, 1, 1), changes=changes)
    seed = OrgSeed(organization={}, records={"Account": [record]})
    with pytest.raises(SeedError, match="Account a: its change of 2026-03-29 comes after one of 2026-03-30"):
        load_org(load(), past_org(contracts=1).org.clock, seed)
