"""The start check against the sandbox's describes: what is missing is named by its YAML path, with what to grant."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.ports.crm import MappingProblem
from csops_sync.ports.mapping import OrgMapping


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """One sandbox for the module; each test gets it as it was at the start."""
    with SandboxProcess.start(org="small", today=date(2026, 4, 1)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    """The sandbox, and back to its start afterwards."""
    start = process.snapshot()
    yield process
    process.restore(start)


def _problem(sandbox: SandboxProcess, mapping: OrgMapping | None = None) -> MappingProblem:
    (problem,) = on_sandbox(sandbox, mapping).reader.check()
    return problem


@pytest.mark.parametrize("contract_is_opportunity", [False, True])
def test_both_shapes_of_the_sandboxs_org_are_fine(
    sandbox: SandboxProcess,
    contract_is_opportunity: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """No problem, and few calls: describes go together."""
    salesforce = on_sandbox(sandbox, org_mapping(contract_is_opportunity=contract_is_opportunity))
    assert salesforce.reader.check() == []
    assert salesforce.reader.usage().ours <= 4


def test_a_misspelt_field_is_named_with_the_nearest_one(sandbox: SandboxProcess) -> None:
    """The commonest fault of all."""
    problem = _problem(sandbox, org_mapping(contract={"annual_amount": "Annual_Amont__c"}))
    assert problem.path == "mapping.contract.fields.annual_amount"
    assert "Annual_Amont__c on Contract (did you mean Annual_Amount__c?)" in problem.message
    assert "grant Read" in problem.message
    assert problem.blocks_creation


def test_a_hidden_field_is_a_missing_one(sandbox: SandboxProcess) -> None:
    """Field-level security and deletion look the same from outside."""
    sandbox.toggles(fls_hidden={"Account": ["Tier__c"]})
    assert _problem(sandbox).path == "mapping.account.fields.tier"


def test_a_parent_that_we_may_not_read_is_in_the_way_only_where_it_is_mapped(sandbox: SandboxProcess) -> None:
    """A standard field, and still one that permission sets can hide."""
    sandbox.toggles(fls_hidden={"Account": ["ParentId"]})
    assert on_sandbox(sandbox).reader.check() == []
    problem = _problem(sandbox, org_mapping(account={"parent": "ParentId"}))
    assert problem.path == "mapping.account.fields.parent"
    assert "no field ParentId on Account" in problem.message
    assert "grant Read" in problem.message


def test_a_field_behind_a_lookup_is_checked_at_its_own_object(sandbox: SandboxProcess) -> None:
    """Both the lookup and what it leads to."""
    assert (
        "no field Nickname on User"
        in _problem(sandbox, org_mapping(contract={"owner_name": "Owner.Nickname"})).message
    )
    assert (
        "no field Boss on Contract" in _problem(sandbox, org_mapping(contract={"boss": "Boss.Name"})).message
    )


def test_a_missing_object_is_said_once(sandbox: SandboxProcess) -> None:
    """Not once a field."""
    mapping = org_mapping()
    objects = {
        role: replace(mapped, object="Agreement__c") if mapped.object == "Contract" else mapped
        for role, mapped in mapping.objects.items()
    }
    problems = on_sandbox(sandbox, replace(mapping, objects=objects)).reader.check()
    assert [problem.path for problem in problems if "sees no object" in problem.message] == [
        "mapping.contract.object"
    ]


def test_a_field_that_the_rules_write_must_be_writable(sandbox: SandboxProcess) -> None:
    """Edit is another permission than Read."""
    sandbox.toggles(fls_read_only={"Opportunity": ["CloseDate"]})
    problem = _problem(sandbox)
    assert problem.path == "mapping.opportunity.fields.close_date"
    assert "grant Edit" in problem.message


def test_a_written_field_must_be_the_opportunitys_own(sandbox: SandboxProcess) -> None:
    """A field of another record cannot be written through a lookup."""
    problem = _problem(sandbox, org_mapping(opportunity={"owner": "Account.OwnerId"}))
    assert problem.path == "mapping.opportunity.fields.owner"
    assert "a field of the opportunity itself" in problem.message


def test_the_renewal_key_must_be_unique(sandbox: SandboxProcess) -> None:
    """Without it nothing keeps a renewal from being opened twice."""
    problem = _problem(sandbox, org_mapping(opportunity={"renewal_key": "NextStep"}))
    assert problem.path == "mapping.opportunity.fields.renewal_key"
    assert "External ID and Unique" in problem.message


def test_an_unsupported_api_version_is_the_only_problem_said(sandbox: SandboxProcess) -> None:
    """Nothing else can be asked under it."""
    salesforce = on_sandbox(sandbox, api_version="99.0")
    (problem,) = salesforce.reader.check()
    assert problem.path == "salesforce.api_version"
    assert "does not offer API version 99.0" in problem.message


def test_a_user_that_may_not_see_everything_keeps_creation_off(sandbox: SandboxProcess) -> None:
    """A contract's renewal that is hidden from us would be opened a second time."""
    own = next(row["Id"] for row in sandbox.records("PermissionSet") if row["Name"] == "csops_sync")
    rights = (row for row in sandbox.records("ObjectPermissions") if row["ParentId"] == own)
    granted = next(row for row in rights if row["SobjectType"] == "Opportunity")
    sandbox.update("ObjectPermissions", str(granted["Id"]), {"PermissionsViewAllRecords": False})
    problem = _problem(sandbox)
    assert problem.path == "mapping.opportunity.object"
    assert problem.blocks_creation
    assert "grant View All" in problem.message


def test_a_user_that_may_not_read_permissions_leaves_the_question_open(sandbox: SandboxProcess) -> None:
    """Said, and not in the way."""
    sandbox.faults(
        {
            "fault": "error",
            "path": "PermissionSetAssignment",
            "code": "INVALID_TYPE",
            "status": 400,
            "times": 1,
        }
    )
    problem = _problem(sandbox)
    assert not problem.blocks_creation
    assert "could not be checked" in problem.message
