"""What a user may do with objects, fields and rows, as profiles, permission sets, roles and shares say."""

from collections.abc import Callable

import pytest
from tests.fakes.sandbox_org import LocalOrg
from tests.fakes.sandbox_users import UserOfOrg, as_user

from csops_sync.sandbox.salesforce.errors import ApiError

DEALS = "SELECT Name FROM Opportunity"
MANAGER, CSM, COLLEAGUE = "hina.takahashi", "ken.tanaka", "sakura.ito"


@pytest.fixture
def local() -> LocalOrg:
    """An org with a deal of each CSM, and one of the admin."""
    org = LocalOrg()
    for owner in (CSM, COLLEAGUE, "admin"):
        account = org.create("Account", Name=f"account of {owner}", OwnerId=org.user(owner))
        org.opportunity(Name=f"deal of {owner}", OwnerId=org.user(owner), AccountId=account)
    return org


def private(local: LocalOrg, access: str = "None") -> None:
    """Close accounts, contracts and opportunities: the org-wide default."""
    organization = next(local.org.records("Organization"))["Id"]
    values = {"DefaultAccountAccess": access, "DefaultOpportunityAccess": access}
    local.update("Organization", str(organization), **values)


def deal_of(local: LocalOrg, owner: str) -> str:
    rows = local.org.records("Opportunity")
    return str(next(row["Id"] for row in rows if row["Name"] == f"deal of {owner}"))


def permission(local: LocalOrg, table: str, user: str, **wanted: str) -> str:
    """Find the row of a user's profile."""
    profile = (local.org.record("User", local.user(user)) or {})["ProfileId"]
    sets = [one["Id"] for one in local.org.records("PermissionSet") if one["ProfileId"] == profile]
    rows = (row for row in local.org.records(table) if row["ParentId"] in sets)
    return str(next(row["Id"] for row in rows if all(row[key] == value for key, value in wanted.items())))


def refused(code: str, work: Callable[[], object]) -> None:
    with pytest.raises(ApiError) as refusal:
        work()
    assert refusal.value.code == code


def test_an_open_org_shows_everybody_everything(local: LocalOrg) -> None:
    assert len(as_user(local, CSM).names(DEALS)) == 3
    assert local.org.access.sees_all(local.org.schema["Opportunity"])


def test_a_private_org_shows_a_user_their_own_rows(local: LocalOrg) -> None:
    private(local)
    assert as_user(local, CSM).names(DEALS) == [f"deal of {CSM}"]
    assert as_user(local, CSM).names("SELECT Name FROM Account") == [f"account of {CSM}"]


def test_a_private_org_shows_a_manager_what_those_below_own_and_not_the_other_way_round(
    local: LocalOrg,
) -> None:
    private(local)
    assert as_user(local, MANAGER).names(DEALS) == [f"deal of {CSM}", f"deal of {COLLEAGUE}"]
    local.opportunity(Name="the manager's own", OwnerId=local.user(MANAGER))
    assert as_user(local, CSM).names(DEALS) == [f"deal of {CSM}"]


@pytest.mark.parametrize("user", ["admin", "integration"])
def test_a_user_who_views_all_sees_all_of_a_private_org_without_a_look_at_the_rows(
    local: LocalOrg, user: str
) -> None:
    private(local)
    assert len(as_user(local, user).names(DEALS)) == 3
    assert local.org.access.sees_all(local.org.schema["Opportunity"])
    assert local.org.access.sees_all(local.org.schema["OpportunityHistory"])


def test_history_lines_and_parents_are_seen_with_their_opportunity(local: LocalOrg) -> None:
    private(local)
    user = as_user(local, CSM)
    seen = {row["OpportunityId"] for row in user.query("SELECT OpportunityId FROM OpportunityHistory")}
    assert seen == {deal_of(local, CSM)}


def test_whoever_sees_a_deal_sees_its_account_but_may_not_change_it(local: LocalOrg) -> None:
    account = local.add("Account", Name="the admin's")
    local.opportunity(Name="shared below", AccountId=account, OwnerId=local.user(CSM))
    private(local)
    assert "the admin's" in as_user(local, CSM).names("SELECT Name FROM Account")
    user = as_user(local, CSM)
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Account", account, Phone="03"))


@pytest.mark.parametrize("level", ["Read", "Edit"])
def test_a_manual_share_opens_a_row_as_far_as_it_says_until_the_owner_changes(
    local: LocalOrg, level: str
) -> None:
    private(local)
    user, deal = as_user(local, CSM), deal_of(local, COLLEAGUE)
    values = {"OpportunityId": deal, "UserOrGroupId": user.id, "OpportunityAccessLevel": level}
    local.add("OpportunityShare", **values)
    assert f"deal of {COLLEAGUE}" in user.names(DEALS)
    if level == "Edit":
        user.update("Opportunity", deal, NextStep="call")
    else:
        refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Opportunity", deal, NextStep="call"))
    local.update("Opportunity", deal, OwnerId=local.user("admin"))
    assert user.names(DEALS) == [f"deal of {CSM}"]


def test_a_share_with_a_group_is_a_share_with_its_members(local: LocalOrg) -> None:
    private(local)
    group = local.add("Group", Name="deal desk")
    outer = local.add("Group", Name="everybody who helps")
    local.add("GroupMember", GroupId=outer, UserOrGroupId=group)
    local.add("GroupMember", GroupId=group, UserOrGroupId=local.user(CSM))
    share = {"UserOrGroupId": outer, "OpportunityAccessLevel": "Read"}
    local.add("OpportunityShare", OpportunityId=deal_of(local, "admin"), **share)
    assert as_user(local, CSM).names(DEALS) == ["deal of admin", f"deal of {CSM}"]


def test_a_team_member_sees_the_deal(local: LocalOrg) -> None:
    private(local)
    member = {"UserId": local.user(CSM), "OpportunityAccessLevel": "Read"}
    team = local.add("OpportunityTeamMember", OpportunityId=deal_of(local, "admin"), **member)
    assert "deal of admin" in as_user(local, CSM).names(DEALS)
    local.delete("OpportunityTeamMember", team)
    assert "deal of admin" not in as_user(local, CSM).names(DEALS)


def test_an_account_share_opens_its_contracts_and_if_it_says_so_its_deals(local: LocalOrg) -> None:
    account = local.add("Account", Name="a")
    contract = local.add("Contract", AccountId=account, Name="c")
    local.opportunity(AccountId=account, Name="d")
    private(local)
    user = as_user(local, CSM)
    share = {"AccountId": account, "UserOrGroupId": user.id, "AccountAccessLevel": "Read"}
    record = local.add("AccountShare", **share)
    assert user.names("SELECT Name FROM Contract") == ["c"]
    assert "d" not in user.names(DEALS)
    local.update("AccountShare", record, OpportunityAccessLevel="Read")
    assert "d" in user.names(DEALS)
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Contract", contract, Name="e"))


def test_an_account_owner_may_do_with_its_deals_what_their_role_says(local: LocalOrg) -> None:
    account = local.add("Account", Name="a", OwnerId=local.user(CSM))
    deal = local.opportunity(AccountId=account, Name="d")
    private(local)
    user = as_user(local, CSM)
    user.update("Opportunity", deal, NextStep="edit by default")
    role = str((local.org.record("User", user.id) or {})["UserRoleId"])
    local.update("UserRole", role, OpportunityAccessForAccountOwner="Read")
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Opportunity", deal, NextStep="x"))
    local.update("UserRole", role, OpportunityAccessForAccountOwner="None")
    assert user.names(DEALS) == [f"deal of {CSM}"]


def test_a_public_read_only_org_lets_others_look_and_not_touch(local: LocalOrg) -> None:
    private(local, "Read")
    user, deal = as_user(local, CSM), deal_of(local, COLLEAGUE)
    assert len(user.names(DEALS)) == 3
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Opportunity", deal, NextStep="x"))


def test_deleting_and_giving_away_take_an_owner_or_somebody_above(local: LocalOrg) -> None:
    user, deal = as_user(local, COLLEAGUE), deal_of(local, CSM)
    user.update("Opportunity", deal, NextStep="open to all")
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.delete("Opportunity", deal))
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Opportunity", deal, OwnerId=user.id))
    as_user(local, MANAGER).update("Opportunity", deal, OwnerId=user.id)
    user.delete("Opportunity", deal)


def test_a_row_that_is_not_shared_is_not_there(local: LocalOrg) -> None:
    private(local)
    user, deal = as_user(local, CSM), deal_of(local, "admin")
    refused("INVALID_CROSS_REFERENCE_KEY", lambda: user.update("Opportunity", deal, NextStep="x"))
    account = (local.org.record("Opportunity", deal) or {})["AccountId"]
    values = {"Name": "n", "StageName": "提案", "CloseDate": "2026-06-15", "AccountId": account}
    refused("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", lambda: user.create("Opportunity", **values))


def _new_deal(user: UserOfOrg) -> str:
    return user.create("Opportunity", Name="n", StageName="提案", CloseDate="2026-06-15")


@pytest.mark.parametrize(
    ("right", "code"),
    [
        ("Create", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("Edit", "INSUFFICIENT_ACCESS_OR_READONLY"),
        ("Delete", "INSUFFICIENT_ACCESS_OR_READONLY"),
    ],
)
def test_a_right_on_the_object_that_is_taken_away_is_missed(local: LocalOrg, right: str, code: str) -> None:
    row = permission(local, "ObjectPermissions", CSM, SobjectType="Opportunity")
    local.update("ObjectPermissions", row, **{f"Permissions{right}": False})
    user, deal = as_user(local, CSM), deal_of(local, CSM)
    work: dict[str, Callable[[], object]] = {
        "Create": lambda: _new_deal(user),
        "Edit": lambda: user.update("Opportunity", deal, NextStep="x"),
        "Delete": lambda: user.delete("Opportunity", deal),
    }
    refused(code, work.pop(right))
    for other in work.values():
        other()


def test_an_object_without_read_is_no_object_in_a_query(local: LocalOrg) -> None:
    row = permission(local, "ObjectPermissions", CSM, SobjectType="Opportunity")
    local.update("ObjectPermissions", row, PermissionsRead=False)
    refused("INVALID_TYPE", lambda: as_user(local, CSM).query(DEALS))
    refused("INVALID_TYPE", lambda: as_user(local, CSM).query("SELECT Id FROM OpportunityHistory"))
    assert len(as_user(local, "integration").query(DEALS)) == 3


def test_a_field_is_hidden_from_one_profile_and_not_from_another(local: LocalOrg) -> None:
    local.delete("FieldPermissions", permission(local, "FieldPermissions", CSM, Field="Opportunity.Amount"))
    user, text = as_user(local, CSM), "SELECT Amount FROM Opportunity"
    refused("INVALID_FIELD", lambda: user.query(text))
    refused("INVALID_FIELD", lambda: user.update("Opportunity", deal_of(local, CSM), Amount=5))
    assert len(as_user(local, "integration").query(text)) == 3


def test_the_history_of_a_hidden_field_is_hidden_with_it(local: LocalOrg) -> None:
    deal = deal_of(local, CSM)
    local.update("Opportunity", deal, Amount=5, NextStep="call")
    local.delete("FieldPermissions", permission(local, "FieldPermissions", CSM, Field="Opportunity.Amount"))
    text = "SELECT Field FROM OpportunityFieldHistory WHERE Field != 'created'"
    assert {row["Field"] for row in as_user(local, CSM).query(text)} == {"NextStep"}
    assert {row["Field"] for row in as_user(local, COLLEAGUE).query(text)} == {"NextStep"}
    assert {row["Field"] for row in as_user(local, "admin").query(text)} == {"Amount", "NextStep"}


def test_a_new_user_has_the_standard_profile_until_another_is_given(local: LocalOrg) -> None:
    local.add("User", Username="new@csops.example", LastName="New")
    user = as_user(local, "new")
    deal = user.create("Opportunity", Name="n", StageName="提案", CloseDate="2026-06-15")
    profiles = {one["Name"]: one["Id"] for one in local.org.records("Profile")}
    local.update("User", user.id, ProfileId=profiles["Read Only"])
    assert user.names(DEALS)
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.update("Opportunity", deal, NextStep="x"))


def test_a_permission_set_gives_back_what_the_profile_does_not(local: LocalOrg) -> None:
    row = permission(local, "FieldPermissions", CSM, Field="Opportunity.Amount")
    local.update("FieldPermissions", row, PermissionsEdit=False)
    user, deal = as_user(local, CSM), deal_of(local, CSM)
    refused("INVALID_FIELD_FOR_INSERT_UPDATE", lambda: user.update("Opportunity", deal, Amount=5))
    granted = local.add("PermissionSet", Name="amounts", Label="Amounts")
    field = {"SobjectType": "Opportunity", "Field": "Opportunity.Amount", "PermissionsRead": True}
    local.add("FieldPermissions", ParentId=granted, PermissionsEdit=True, **field)
    local.add("PermissionSetAssignment", PermissionSetId=granted, AssigneeId=user.id)
    user.update("Opportunity", deal, Amount=5)
    assert local.get("Opportunity", deal)["Amount"] == 5.0


def test_a_toggle_takes_from_the_integration_user_alone(local: LocalOrg) -> None:
    deal = deal_of(local, CSM)
    local.org.switch(fls_hidden={"Opportunity": ("Amount",)}, hide_rows={"Opportunity": (deal,)})
    text = "SELECT Amount FROM Opportunity"
    refused("INVALID_FIELD", lambda: as_user(local, "integration").query(text))
    assert len(as_user(local, "integration").query(DEALS)) == 2
    assert len(as_user(local, CSM).query(text)) == 3


def test_an_owner_must_be_allowed_to_read_the_object(local: LocalOrg) -> None:
    deal = deal_of(local, CSM)
    refused("TRANSFER_REQUIRES_READ", lambda: local.update("Opportunity", deal, OwnerId=local.user("flow")))


def test_a_line_of_a_deal_takes_the_right_to_edit_the_deal(local: LocalOrg) -> None:
    private(local, "Read")
    user = as_user(local, CSM)
    contact = local.add("Contact", LastName="x")
    role = {"ContactId": contact, "OpportunityId": deal_of(local, "admin")}
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: user.create("OpportunityContactRole", **role))
