"""Figures on the sandbox over real HTTP: the start check of their fields, and what one refused field does to a call."""

from dataclasses import replace

import pytest
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Overwrite, Role, WriteStatus
from csops_sync.ports.mapping import FieldMapping, OrgMapping

COLUMNS = {"computed_type": "Computed_Type__c", "landing_amount": "Landing_Amount__c"}


def _mapping() -> OrgMapping:
    plain = org_mapping()
    figures = {
        name: FieldMapping(name=name, path=path, origin="x", owned_by_system=True)
        for name, path in COLUMNS.items()
    }
    opportunity = plain.objects[Role.OPPORTUNITY]
    mapped = replace(opportunity, fields={**opportunity.fields, **figures})
    return replace(plain, figures=frozenset(COLUMNS), objects={**plain.objects, Role.OPPORTUNITY: mapped})


def _connected(sandbox: SandboxProcess) -> Salesforce:
    salesforce = on_sandbox(sandbox, _mapping())
    salesforce.reader.identity()  # logged in, so that a fault meets the write itself
    return salesforce


def _overwrites(sandbox: SandboxProcess, *landings: int) -> list[Overwrite]:
    deals = [str(one["Id"]) for one in sandbox.records("Opportunity")]
    return [
        Overwrite(key=f"figures/{deal}", id=deal, values={"computed_type": "flat", "landing_amount": landing})
        for deal, landing in zip(deals, landings, strict=False)
    ]


def _landings(sandbox: SandboxProcess) -> list[object]:
    return [one["Landing_Amount__c"] for one in sandbox.records("Opportunity")]


def test_nothing_is_wrong_where_the_fields_may_be_written(sandbox: SandboxProcess) -> None:
    assert [one for one in _connected(sandbox).reader.check() if "amount" in one.path] == []


def test_a_field_that_may_not_be_written_is_said_and_blocks_no_creation(sandbox: SandboxProcess) -> None:
    sandbox.toggles(fls_read_only={"Opportunity": ["Landing_Amount__c"]})
    (problem,) = [one for one in _connected(sandbox).reader.check() if one.path.endswith("landing_amount")]
    assert "grant Edit on the field in the permission set" in problem.message
    assert not problem.blocks_creation


def test_a_refused_field_rejects_each_record_in_salesforces_words(sandbox: SandboxProcess) -> None:
    salesforce = _connected(sandbox)
    sandbox.toggles(fls_read_only={"Opportunity": ["Landing_Amount__c"]})
    overwrites = _overwrites(sandbox, 1, 2)
    results = salesforce.writer.overwrite(overwrites)
    assert {(one.status, one.code) for one in results} == {
        (WriteStatus.REJECTED, "INVALID_FIELD_FOR_INSERT_UPDATE")
    }
    assert set(_landings(sandbox)) == {None}


def test_a_record_that_is_locked_may_be_sent_again_and_the_others_are_written(
    sandbox: SandboxProcess,
) -> None:
    salesforce = _connected(sandbox)
    sandbox.faults(
        {
            "fault": "row_error",
            "method": "PATCH",
            "path": "composite/sobjects",
            "row": 2,
            "code": "UNABLE_TO_LOCK_ROW",
        }
    )
    results = salesforce.writer.overwrite(_overwrites(sandbox, 1, 2, 3))
    assert [one.status for one in results] == [WriteStatus.DONE, WriteStatus.RETRY, WriteStatus.DONE]
    assert _landings(sandbox)[:3] == [1, None, 3]


@pytest.mark.parametrize(("fault", "there"), [("drop_before", None), ("drop_after", 7)])
def test_a_lost_answer_leaves_each_record_unknown(
    sandbox: SandboxProcess, fault: str, there: int | None
) -> None:
    salesforce = _connected(sandbox)
    sandbox.faults({"fault": fault, "method": "PATCH", "path": "composite/sobjects"})
    (result,) = salesforce.writer.overwrite(_overwrites(sandbox, 7))
    assert (result.status, _landings(sandbox)[0]) == (WriteStatus.UNKNOWN, there)


def test_a_name_that_is_not_mapped_is_refused_for_its_record_alone(sandbox: SandboxProcess) -> None:
    first, second = _overwrites(sandbox, 1, 2)
    odd = replace(first, values={"delta_amount": 1})
    results = _connected(sandbox).writer.overwrite([odd, second])
    assert [(one.status, one.code) for one in results] == [
        (WriteStatus.REJECTED, "MAPPING"),
        (WriteStatus.DONE, ""),
    ]


def test_more_than_a_call_holds_is_refused_before_anything_is_sent(sandbox: SandboxProcess) -> None:
    (one,) = _overwrites(sandbox, 1)
    with pytest.raises(ValueError, match="One call writes 200 records, not 201"):
        _connected(sandbox).writer.overwrite([one] * 201)
