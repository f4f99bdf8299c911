"""The recycle bin: what goes along, what comes back, and which lookups are emptied on the way."""

from datetime import timedelta

import pytest
from tests.fakes.sandbox_org import LocalOrg
from tests.fakes.sandbox_users import as_user

from csops_sync.sandbox.salesforce.errors import ApiError


@pytest.fixture
def local() -> LocalOrg:
    return LocalOrg()


def test_an_account_takes_its_contacts_tasks_and_team_along(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    contact = local.create("Contact", LastName="c", AccountId=account)
    task = local.create("Task", Subject="call", WhoId=contact)
    member = local.create("AccountTeamMember", AccountId=account, UserId=local.user("ken.tanaka"))
    hanging = {"Contact": contact, "Task": task, "AccountTeamMember": member}
    local.delete("Account", account)
    assert all(local.get(name, record)["IsDeleted"] for name, record in hanging.items())
    local.undelete("Account", account)
    assert not any(local.get(name, record)["IsDeleted"] for name, record in hanging.items())


def test_what_was_deleted_before_its_account_stays_deleted(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    gone, along = (local.opportunity(AccountId=account) for _ in range(2))
    local.delete("Opportunity", gone)
    local.clock.advance(timedelta(days=1))
    local.delete("Account", account)
    local.undelete("Account", account)
    assert local.get("Opportunity", gone)["IsDeleted"] is True
    assert local.get("Opportunity", along)["IsDeleted"] is False


def test_a_lookup_to_what_is_deleted_is_emptied_and_set_again(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    contract = local.create("Contract", AccountId=account)
    deal = local.opportunity(AccountId=account, ContractId=contract)
    modified = local.get("Opportunity", deal)["LastModifiedDate"]
    local.clock.advance(timedelta(days=1))
    local.delete("Contract", contract)
    row = local.get("Opportunity", deal)
    assert (row["ContractId"], row["IsDeleted"]) == (None, False)
    assert (row["LastModifiedDate"], row["SystemModstamp"]) == (modified, "2026-04-02T00:00:00.000+0000")
    local.undelete("Contract", contract)
    assert local.get("Opportunity", deal)["ContractId"] == contract


def test_a_lookup_that_was_set_anew_meanwhile_is_left_alone(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    first, second = (local.create("Contract", AccountId=account) for _ in range(2))
    deal = local.opportunity(ContractId=first)
    local.delete("Contract", first)
    local.update("Opportunity", deal, ContractId=second)
    local.undelete("Contract", first)
    assert local.get("Opportunity", deal)["ContractId"] == second


def test_a_snapshot_remembers_which_lookups_a_deletion_emptied(local: LocalOrg) -> None:
    account = local.create("Account", Name="a")
    child = local.create("Account", Name="b", ParentId=account)
    local.delete("Account", account)
    saved = local.org.save()
    local.undelete("Account", account)
    local.org.restore(saved)
    assert local.get("Account", child)["ParentId"] is None
    local.undelete("Account", account)
    assert local.get("Account", child)["ParentId"] == account


def test_the_recycle_bin_keeps_a_record_for_fifteen_days(local: LocalOrg) -> None:
    deal = local.opportunity()
    local.delete("Opportunity", deal)
    local.clock.advance(timedelta(days=16))
    with pytest.raises(ApiError, match="UNDELETE_FAILED"):
        local.undelete("Opportunity", deal)


@pytest.mark.parametrize("deleted", [False, True])
def test_only_what_is_in_the_recycle_bin_comes_out_of_it(local: LocalOrg, *, deleted: bool) -> None:
    deal = local.opportunity()
    if deleted:
        local.delete("Opportunity", deal)
        local.undelete("Opportunity", deal)
    with pytest.raises(ApiError, match="UNDELETE_FAILED"):
        local.undelete("Opportunity", deal)


def test_an_account_with_an_activated_contract_is_not_deleted_over_the_api_nor_anything_below_it(
    local: LocalOrg,
) -> None:
    account = local.create("Account", Name="a")
    deal = local.opportunity(AccountId=account)
    contract = local.create("Contract", AccountId=account)
    local.update("Contract", contract, Status="Activated")
    with pytest.raises(ApiError, match="DELETE_FAILED"):
        as_user(local, "admin").delete("Account", account)
    rows = (("Account", account), ("Opportunity", deal), ("Contract", contract))
    assert not any(local.get(name, record)["IsDeleted"] for name, record in rows)


def test_a_deleted_record_is_deleted_once(local: LocalOrg) -> None:
    deal = local.opportunity()
    local.delete("Opportunity", deal)
    with pytest.raises(ApiError) as refusal:
        local.delete("Opportunity", deal)
    assert (refusal.value.status, refusal.value.code) == (404, "ENTITY_IS_DELETED")
