"""What every org has before its first customer: roles, fiscal years, hours; tasks, contacts and their roles."""

from datetime import date, timedelta

import pytest
from tests.fakes.sandbox_org import LocalOrg
from tests.fakes.sandbox_users import as_user

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.fiscal import FiscalYears


@pytest.fixture
def local() -> LocalOrg:
    return LocalOrg()


@pytest.mark.parametrize(
    ("years", "day", "period"),
    [
        (FiscalYears(1, named_by_start=False), date(2026, 3, 31), (2026, 1)),
        (FiscalYears(4, named_by_start=False), date(2026, 3, 31), (2026, 4)),
        (FiscalYears(4, named_by_start=False), date(2026, 4, 1), (2027, 1)),
        (FiscalYears(4, named_by_start=True), date(2026, 4, 1), (2026, 1)),
        (FiscalYears(10, named_by_start=True), date(2026, 9, 30), (2025, 4)),
    ],
)
def test_a_day_belongs_to_a_fiscal_year_and_quarter(
    years: FiscalYears, day: date, period: tuple[int, int]
) -> None:
    assert years.period(day) == period
    assert years.year_start(period[0]) <= day < years.year_start(period[0] + 1)


def test_an_opportunity_tells_the_fiscal_period_of_its_close_date(local: LocalOrg) -> None:
    deal = local.opportunity(CloseDate="2026-03-31")
    row = local.get("Opportunity", deal)
    assert (row["Fiscal"], row["FiscalYear"], row["FiscalQuarter"]) == ("2026 4", 2026, 4)
    local.update("Opportunity", deal, CloseDate="2026-04-01")
    assert local.get("Opportunity", deal)["Fiscal"] == "2027 1"
    with pytest.raises(ApiError, match="INVALID_FIELD_FOR_INSERT_UPDATE"):
        local.update("Opportunity", deal, FiscalYear=2026)


def test_periods_cover_the_years_around_without_a_gap(local: LocalOrg) -> None:
    text = "SELECT StartDate, EndDate, FiscalYearSettings.Name FROM Period WHERE Type = 'Month' ORDER BY StartDate"
    rows = local.query(text)
    ends = [date.fromisoformat(str(row["EndDate"])) for row in rows]
    starts = [date.fromisoformat(str(row["StartDate"])) for row in rows]
    assert starts[1:] == [end + timedelta(days=1) for end in ends[:-1]]
    assert (starts[0].month, len(rows)) == (4, 16 * 12)
    years = local.query("SELECT Period.Type, StartDate FROM FiscalYearSettings WHERE Name = '2027'")
    assert years[0]["StartDate"] == "2026-04-01"
    assert years[0]["Period"]["Type"] == "Year"  # type: ignore[index]  # rendered


def test_roles_follow_from_who_manages_whom(local: LocalOrg) -> None:
    rows = local.query("SELECT Username, UserRole.Name, UserRole.ParentRoleId, Profile.Name FROM User")
    found = {str(row["Username"]).partition("@")[0]: row for row in rows}
    assert found["ken.tanaka"]["UserRole"] == found["sakura.ito"]["UserRole"]
    assert found["integration"]["UserRole"] is None
    profiles = [found[name]["Profile"]["Name"] for name in ("admin", "integration", "ken.tanaka")]  # type: ignore[index]
    assert profiles == ["System Administrator", "CSOps Integration", "Standard User"]
    names = local.query("SELECT Name FROM UserRole WHERE ParentRoleId = null")
    assert [row["Name"] for row in names] == ["佐藤 美咲"]


def test_a_user_is_met_in_their_own_time_zone(local: LocalOrg) -> None:
    user = local.user("ken.tanaka")
    local.update("User", user, TimeZoneSidKey="America/New_York")
    local.org.viewer = user
    assert str(local.org.zone) == "America/New_York"
    local.org.viewer = local.user("admin")
    assert str(local.org.zone) == "Asia/Tokyo"


def test_business_hours_are_times_of_the_orgs_zone(local: LocalOrg) -> None:
    (row,) = local.query(
        "SELECT MondayStartTime, SundayStartTime, TimeZoneSidKey FROM BusinessHours WHERE IsDefault = true"
    )
    assert row["MondayStartTime"] == "09:00:00.000Z"
    assert (row["SundayStartTime"], row["TimeZoneSidKey"]) == (None, "Asia/Tokyo")
    hours = str(next(local.org.records("BusinessHours"))["Id"])
    local.update("BusinessHours", hours, MondayEndTime="17:30:00")
    assert local.get("BusinessHours", hours)["MondayEndTime"] == "17:30:00.000Z"
    with pytest.raises(ApiError, match="JSON_PARSER_ERROR"):
        local.update("BusinessHours", hours, MondayEndTime="25:00")


def test_a_holiday_is_set_up_by_a_person_and_not_over_the_api(local: LocalOrg) -> None:
    local.add("Holiday", Name="創立記念日", ActivityDate="2026-06-01")
    with pytest.raises(ApiError, match="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"):
        as_user(local, "admin").create("Holiday", Name="x", ActivityDate="2026-06-02")
    with pytest.raises(ApiError, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        local.add("Holiday", Name="x", RecurrenceType="Sometimes")


def test_a_task_tells_when_it_was_completed_and_of_which_account_it_is(local: LocalOrg) -> None:
    account = local.add("Account", Name="a")
    contact = local.add("Contact", LastName="c", AccountId=account)
    deal = local.opportunity(AccountId=account)
    task = local.add("Task", Subject="call", WhatId=deal, WhoId=contact, Priority="High")
    row = local.get("Task", task)
    assert (row["IsClosed"], row["CompletedDateTime"], row["AccountId"]) == (False, None, account)
    assert row["IsHighPriority"] is True
    local.clock.advance(timedelta(hours=1))
    local.update("Task", task, Status="Completed")
    done = "2026-04-01T01:00:00.000+0000"
    assert local.get("Task", task)["CompletedDateTime"] == done
    local.clock.advance(timedelta(hours=1))
    local.update("Task", task, Subject="called")
    assert local.get("Task", task)["CompletedDateTime"] == done
    local.update("Task", task, Status="In Progress")
    row = local.get("Task", task)
    assert (row["IsClosed"], row["CompletedDateTime"]) == (False, None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"WhoId": "001000000000001AAA"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"Status": "Done"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_a_wrong_task_is_refused(local: LocalOrg, values: dict[str, object], code: str) -> None:
    with pytest.raises(ApiError, match=code):
        local.add("Task", **values)


def test_a_contacts_full_name_follows_its_parts(local: LocalOrg) -> None:
    contact = local.add("Contact", FirstName="Alice", LastName="Morgan")
    local.update("Contact", contact, LastName="Carter")
    assert local.get("Contact", contact)["Name"] == "Alice Carter"
    with pytest.raises(ApiError, match="INVALID_FIELD_FOR_INSERT_UPDATE"):
        local.update("Contact", contact, Name="x")


def test_one_contact_of_an_opportunity_is_primary(local: LocalOrg) -> None:
    first, second = (local.add("Contact", LastName=name) for name in ("a", "b"))
    deal = local.opportunity(ContactId=first)
    local.add(
        "OpportunityContactRole", OpportunityId=deal, ContactId=second, IsPrimary=True, Role="Evaluator"
    )
    rows = local.query("SELECT ContactId, IsPrimary FROM OpportunityContactRole")
    assert {row["ContactId"]: row["IsPrimary"] for row in rows} == {first: False, second: True}
    with pytest.raises(ApiError, match="INVALID_FIELD_FOR_INSERT_UPDATE"):
        local.update("Opportunity", deal, ContactId=second)
    with pytest.raises(ApiError, match="REQUIRED_FIELD_MISSING"):
        local.add("OpportunityContactRole", OpportunityId=deal)


def test_a_contact_role_stays_behind_only_where_its_opportunity_was_deleted(local: LocalOrg) -> None:
    contact, deal = local.create("Contact", LastName="a"), local.opportunity()
    first, second = (
        local.create("OpportunityContactRole", OpportunityId=deal, ContactId=contact) for _ in range(2)
    )
    local.delete("OpportunityContactRole", first)
    local.delete("Opportunity", deal)
    rows = local.query("SELECT Id, IsDeleted FROM OpportunityContactRole", deleted=True)
    assert [(row["Id"], row["IsDeleted"]) for row in rows] == [(second, True)]
