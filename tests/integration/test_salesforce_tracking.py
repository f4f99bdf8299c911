"""The start check says which history tracking confidence needs, by object, field and place in Setup."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import Rest, error_of

from csops_sync.ports.crm import MappingProblem, Role
from csops_sync.ports.mapping import OrgMapping

SETUP = "Setup > Object Manager > Opportunity > Fields & Relationships > Set History Tracking"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """An org that has switched tracking off for some fields, and has a rank by formula."""
    fields = [
        {"name": "Confidence__c", "tracked": False},
        {"name": "Renewal_Date__c", "tracked": False},
        {"name": "Yomi__c", "label": "Yomi", "type": "string", "length": 10, "tracked": True},
        {"name": "Score__c", "label": "Score", "type": "string", "read_only": True, "calculated": True},
    ]
    file = tmp_path_factory.mktemp("metadata") / "untracked.json"
    file.write_text(json.dumps({"name": "Opportunity", "fields": fields}), "utf-8")
    with SandboxProcess.start(org="small", today=date(2026, 4, 1), metadata=[str(file)]) as sandbox:
        yield sandbox


def ranked(path: str, *, written: frozenset[str] = frozenset()) -> OrgMapping:
    """A mapping whose confidence is read from this field."""
    plain = org_mapping(opportunity={"confidence": path})
    return replace(plain, rank="confidence", written=plain.written | written)


def problems(process: SandboxProcess, mapping: OrgMapping) -> list[MappingProblem]:
    return list(on_sandbox(process, mapping).reader.check())


def test_a_rank_without_history_is_named_with_what_is_not_seen_and_the_tracking_to_switch_on(
    process: SandboxProcess,
) -> None:
    (problem,) = problems(process, ranked("Confidence__c"))

    assert problem.path == "mapping.opportunity.fields.confidence"
    assert not problem.blocks_creation
    assert (
        "Confidence (Confidence__c) is not tracked: moves of confidence between two polls" in problem.message
    )
    assert f"To do: {SETUP}, and tick Confidence." in problem.message


def test_a_tracked_rank_is_fine(process: SandboxProcess) -> None:
    assert problems(process, ranked("Yomi__c")) == []


def test_a_rank_of_which_the_stage_history_has_every_value_is_fine(process: SandboxProcess) -> None:
    assert problems(process, replace(ranked("Probability"), rank=None)) == []


def test_rules_without_confidence_ask_for_no_tracking(process: SandboxProcess) -> None:
    assert problems(process, org_mapping()) == []


def test_what_we_keep_up_to_date_is_named_where_it_has_no_history(process: SandboxProcess) -> None:
    (problem,) = problems(process, ranked("Yomi__c", written=frozenset({"renewal_date"})))

    assert not problem.blocks_creation
    assert "The history of Renewal Date (Renewal_Date__c) is not tracked" in problem.message
    assert "Close Date" not in problem.message
    assert problem.message.endswith(f"{SETUP}, and tick Renewal Date.")


@pytest.mark.parametrize("path", ["Score__c", "Account.Tier__c"])
def test_a_rank_that_salesforce_computes_is_said_to_be_compared(process: SandboxProcess, path: str) -> None:
    mapping = ranked(path)

    (problem,) = problems(process, mapping)

    assert not problem.blocks_creation
    assert f"{path}, which Salesforce computes" in problem.message
    assert "`confidence.compare_every`" in problem.message
    assert "Set History Tracking" not in problem.message
    assert "confidence" in on_sandbox(process, mapping).reader.computed(Role.OPPORTUNITY)


def test_a_field_that_people_edit_is_not_computed(process: SandboxProcess) -> None:
    reader = on_sandbox(process, ranked("Confidence__c")).reader
    reader.check()
    asked = reader.usage().ours

    assert "confidence" not in reader.computed(Role.OPPORTUNITY)
    assert reader.usage().ours == asked


def test_where_definitions_may_not_be_read_the_question_stays_open(process: SandboxProcess) -> None:
    refusal = {"fault": "error", "path": "FieldDefinition", "code": "INVALID_TYPE", "status": 400, "times": 1}
    process.faults(refusal)
    (problem,) = problems(process, ranked("Yomi__c"))

    assert not problem.blocks_creation
    assert "could not be checked whether the history of Yomi__c is tracked" in problem.message
    assert "View Setup and Configuration" in problem.message
    assert SETUP in problem.message


def test_the_sandbox_tells_definitions_of_an_object_only(process: SandboxProcess) -> None:
    """As Salesforce does: its rows are made up object by object."""
    rest = Rest(process)
    asked = "SELECT QualifiedApiName FROM FieldDefinition WHERE "

    found = rest.query(f"{asked}EntityDefinitionId = 'Opportunity' AND IsFieldHistoryTracked = true")
    tracked = {one["QualifiedApiName"] for one in found["records"]}
    assert {"StageName", "Yomi__c"} <= tracked
    assert "Confidence__c" not in tracked
    for condition in ("QualifiedApiName = 'Name'", "EntityDefinitionId = 'Account' OR IsCalculated = true"):
        answer = rest.call("GET", "/query", params={"q": asked + condition})
        assert error_of(answer) == (400, "MALFORMED_QUERY")
