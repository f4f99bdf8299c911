"""What a save does by itself: stages, end dates, history rows, the flow, the recycle bin."""

from datetime import timedelta

import pytest
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox.salesforce.errors import ApiError


@pytest.fixture
def local() -> LocalOrg:
    return LocalOrg()


def test_a_stage_sets_probability_forecast_category_and_whether_it_is_closed_and_won(local: LocalOrg) -> None:
    deal = local.opportunity(StageName="提案", Amount=1000)
    row = local.get("Opportunity", deal)
    assert (row["Probability"], row["ForecastCategoryName"], row["ForecastCategory"]) == (
        30.0,
        "Pipeline",
        "Pipeline",
    )
    assert (row["IsClosed"], row["IsWon"], row["ExpectedRevenue"]) == (False, False, 300.0)
    assert row["LastStageChangeDate"] is None
    local.clock.advance(timedelta(days=1))
    local.update("Opportunity", deal, StageName="受注")
    row = local.get("Opportunity", deal)
    assert (row["Probability"], row["IsClosed"], row["IsWon"]) == (100.0, True, True)
    assert row["LastStageChangeDate"] == "2026-04-02T00:00:00.000+0000"


def test_a_probability_in_the_same_write_wins_over_the_stages(local: LocalOrg) -> None:
    deal = local.opportunity(StageName="提案", Probability=45)
    assert local.get("Opportunity", deal)["Probability"] == 45.0
    local.update("Opportunity", deal, StageName="交渉", Probability=50)
    assert local.get("Opportunity", deal)["Probability"] == 50.0
    local.update("Opportunity", deal, StageName="失注")
    assert local.get("Opportunity", deal)["Probability"] == 0.0


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-04-01", 12, "2026-03-31"),
        ("2025-01-31", 1, "2025-02-27"),
        ("2024-02-29", 12, "2025-02-27"),
        ("2025-08-31", 6, "2026-02-27"),
        ("2025-03-15", 36, "2028-03-14"),
        ("2025-04-01", None, None),
        (None, 12, None),
    ],
)
def test_a_contract_ends_the_day_before_start_plus_term(
    local: LocalOrg, start: str | None, months: int | None, end: str | None
) -> None:
    account = local.create("Account", Name="a")
    contract = local.create("Contract", AccountId=account, StartDate=start, ContractTerm=months)
    assert local.get("Contract", contract)["EndDate"] == end


def test_the_end_date_follows_a_changed_term_and_cannot_be_written(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    contract = local.create("Contract", AccountId=account, StartDate="2025-04-01", ContractTerm=12)
    local.update("Contract", contract, ContractTerm=24)
    assert local.get("Contract", contract)["EndDate"] == "2027-03-31"
    with pytest.raises(ApiError) as refusal:
        local.update("Contract", contract, EndDate="2026-01-01")
    assert refusal.value.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert refusal.value.fields == ["EndDate"]


def test_stage_history_has_a_row_for_the_creation_and_for_each_save_of_its_fields(local: LocalOrg) -> None:
    deal = local.opportunity(Amount=100)
    for values in ({"Amount": 200}, {"NextStep": "call"}, {"CloseDate": "2026-07-01"}, {"Probability": 20}):
        local.clock.advance(timedelta(minutes=1))
        local.update("Opportunity", deal, **values)
    rows = local.history(deal)
    told = [(row["Amount"], row["CloseDate"], row["Probability"], row["PrevAmount"]) for row in rows]
    assert told == [
        (100.0, "2026-06-15", 10.0, None),
        (200.0, "2026-06-15", 10.0, 100.0),
        (200.0, "2026-07-01", 10.0, 200.0),
        (200.0, "2026-07-01", 20.0, 200.0),
    ]
    assert rows[2]["PrevCloseDate"] == "2026-06-15"
    assert rows[0]["SystemModstamp"] == rows[1]["CreatedDate"]
    assert rows[-1]["SystemModstamp"] == rows[-1]["CreatedDate"]


def test_field_history_tells_the_creation_and_each_tracked_change(local: LocalOrg) -> None:
    deal = local.opportunity(Confidence__c="C")
    assert local.changes(deal) == [("created", None, None)]
    local.update("Opportunity", deal, Confidence__c="A", Description="not tracked", Amount=5)
    told = local.changes(deal)
    assert sorted(map(str, told[1:])) == sorted(
        map(str, [("Confidence__c", "C", "A"), ("Amount", None, 5.0)])
    )


def test_a_changed_owner_is_told_by_name_and_by_id(local: LocalOrg) -> None:
    deal = local.opportunity()
    people = local.org.people
    local.update("Opportunity", deal, OwnerId=people.integration)
    told = local.changes(deal)[1:]
    assert ("Owner", people.admin, people.integration) in told
    assert ("Owner", "Admin", "Integration") in told


def test_the_flow_moves_the_close_date_to_the_months_end_as_the_automation_user(local: LocalOrg) -> None:
    local.org.switch(flow_month_end=True)
    deal = local.opportunity(CloseDate="2026-06-15")
    row = local.get("Opportunity", deal)
    assert row["CloseDate"] == "2026-06-30"
    assert row["LastModifiedById"] == local.org.people.automation
    assert row["CreatedById"] == local.org.people.admin
    assert [one["CloseDate"] for one in local.history(deal)] == ["2026-06-15", "2026-06-30"]
    assert local.history(deal)[1]["CreatedById"] == local.org.people.automation


def test_a_unique_key_is_compared_with_its_case_and_freed_by_the_recycle_bin(local: LocalOrg) -> None:
    first = local.opportunity(Renewal_Key__c="k1")
    local.opportunity(Renewal_Key__c="K1")
    with pytest.raises(ApiError) as refusal:
        local.opportunity(Renewal_Key__c="k1")
    expected = f"duplicate value found: Renewal_Key__c duplicates value on record with id: {first}"
    assert (refusal.value.code, refusal.value.message) == ("DUPLICATE_VALUE", expected)
    local.delete("Opportunity", first)
    local.opportunity(Renewal_Key__c="k1")
    with pytest.raises(ApiError, match="DUPLICATE_VALUE"):
        local.undelete("Opportunity", first)


def test_a_deleted_account_takes_what_hangs_on_it_and_brings_it_back(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    deal = local.opportunity(AccountId=account)
    contract = local.create("Contract", AccountId=account)
    local.clock.advance(timedelta(days=1))
    local.delete("Account", account)
    assert local.get("Opportunity", deal)["IsDeleted"] is True
    assert local.get("Contract", contract)["IsDeleted"] is True
    assert [row["IsDeleted"] for row in local.history(deal)] == [True]
    assert local.get("Opportunity", deal)["SystemModstamp"] == "2026-04-02T00:00:00.000+0000"
    local.undelete("Account", account)
    assert local.get("Opportunity", deal)["IsDeleted"] is False


def test_a_row_that_is_being_written_is_locked_and_its_key_is_taken(local: LocalOrg) -> None:
    later = local.clock.now() + timedelta(minutes=8)
    record = local.create(
        "Opportunity",
        visible_at=later,
        Name="late",
        StageName="提案",
        CloseDate="2026-06-15",
        Renewal_Key__c="k",
    )
    with pytest.raises(ApiError, match="DUPLICATE_VALUE"):
        local.opportunity(Renewal_Key__c="k")
    local.clock.set(later)
    local.org.settle()
    local.update("Opportunity", record, NextStep="x")
    assert local.get("Opportunity", record)["CreatedDate"] == "2026-04-01T00:00:00.000+0000"
