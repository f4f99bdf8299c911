"""The start check compares the ranks of the rules with the picklist that people choose from."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.rig import Rig
from tests.fakes.salesforce_org import org_mapping
from tests.fakes.salesforce_sandbox import on_sandbox
from tests.fakes.sandbox import SandboxProcess

from csops_sync.ports.crm import MappingProblem
from csops_sync.ports.mapping import OrgMapping, RankedField

RANKS = ("A", "B", "C", "D", "E")
RULES = Path(__file__).parents[1] / "acceptance" / "config" / "confidence.yaml"


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An admin's change: S above A, and E is gone."""
    field = {
        "name": "Confidence__c",
        "label": "Confidence",
        "type": "picklist",
        "length": 255,
        "tracked": True,
    }
    file = tmp_path_factory.mktemp("metadata") / "ranks.json"
    fields = [{**field, "values": ["S", "A", "B", "C", "D"], "restricted": True}]
    file.write_text(json.dumps({"name": "Opportunity", "fields": fields}), "utf-8")
    return str(file)


@pytest.fixture(scope="module")
def process(metadata: str) -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="none", today=date(2026, 4, 1), metadata=[metadata]) as sandbox:
        yield sandbox


def ranked(path: str, *ranks: str) -> OrgMapping:
    """A mapping whose confidence is read from this field."""
    plain = org_mapping(opportunity={"confidence": path})
    return replace(plain, ranked=RankedField(name="confidence", ranks=ranks))


def problems(process: SandboxProcess, mapping: OrgMapping) -> list[MappingProblem]:
    return list(on_sandbox(process, mapping).reader.check())


def test_a_value_that_is_not_listed_is_named_with_what_it_counts_as_until_it_is(
    process: SandboxProcess,
) -> None:
    (problem,) = problems(process, ranked("Confidence__c", "A", "B", "C", "D"))

    assert (problem.path, problem.blocks_creation) == ("confidence.ranks", False)
    assert "Confidence__c (mapping.opportunity.fields.confidence) offers S" in problem.message
    assert "counts as unrated until it is listed, so A → S is told as worsened" in problem.message


def test_a_rank_that_nobody_can_choose_is_named_at_its_place(process: SandboxProcess) -> None:
    (problem,) = problems(process, ranked("Confidence__c", "S", *RANKS))

    assert (problem.path, problem.blocks_creation) == ("confidence.ranks[5]", False)
    assert "Confidence__c has no value E" in problem.message
    assert "(S, A, B, C, D)" in problem.message


def test_ranks_that_are_the_picklists_values_are_fine(process: SandboxProcess) -> None:
    assert problems(process, ranked("Confidence__c", "S", "A", "B", "C", "D")) == []


def test_a_picklist_of_another_record_is_compared_too(process: SandboxProcess) -> None:
    found = problems(process, ranked("Account.Tier__c", "Platinum", "Enterprise"))

    assert {one.path for one in found} == {"confidence.ranks", "confidence.ranks[0]"}
    assert any("has no value Platinum" in one.message for one in found)


@pytest.mark.parametrize("path", ["NextStep", "Amount"])
def test_a_field_without_values_to_choose_from_has_none_to_compare(
    process: SandboxProcess, path: str
) -> None:
    assert problems(process, ranked(path, *RANKS)) == []


def test_what_closed_renewals_are_forecast_as_is_no_rank(process: SandboxProcess) -> None:
    open_ones = ("Forecast", "MostLikely", "BestCase", "Pipeline")

    assert problems(process, ranked("ForecastCategory", *open_ones)) == []
    (problem,) = problems(process, ranked("ForecastCategory", *open_ones[1:]))
    assert "offers Forecast," in problem.message


def test_a_number_that_is_cut_into_ranks_is_compared_with_no_picklist(process: SandboxProcess) -> None:
    assert problems(process, replace(ranked("Confidence__c", "A"), ranked=None)) == []


def test_the_start_says_the_line_of_the_rules(process: SandboxProcess, tmp_path: Path) -> None:
    rig = Rig(sandbox=process, database=f"sqlite:///{tmp_path}/state.db", rules=RULES)
    said = [one for one in rig.assembly.problems if "offers S" in one or "no value E" in one]

    lines = RULES.read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "ranks:" in text)
    assert len(said) == 2
    assert all(f"confidence.yaml:{line}:" in one for one in said)
    assert rig.assembly.creation_blocked is None
    rig.restart()
