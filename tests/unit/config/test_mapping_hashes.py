"""Which roles are read anew after a change of mapping."""

from pathlib import Path

import pytest
from tests.fakes.configuration import SHIPPED, load_good, load_text, small_connections

from csops_sync.ports.crm import Role


def test_a_field_of_the_opportunity_is_read_anew_with_its_history(tmp_path: Path) -> None:
    """Rows of field history are mirrored under our names of the opportunity's fields."""
    before = load_good().mapping.hashes
    changed = small_connections("stage: StageName", "stage: Stage2__c")
    after = load_text(tmp_path, connections=changed).mapping.hashes

    assert {role for role in before if before[role] != after[role]} == {Role.OPPORTUNITY, Role.FIELD_HISTORY}


@pytest.mark.parametrize(
    ("path", "rank"),
    [("Confidence__c", "confidence"), ("Probability", None), ("ForecastCategory", None)],
)
def test_a_rank_with_a_history_of_its_own_is_known_to_the_mapping(
    tmp_path: Path, path: str, rank: str | None
) -> None:
    """The start check asks whether that history is tracked."""
    connections = (SHIPPED / "csops-sync.yaml").read_text("utf-8")
    assert "confidence: Confidence__c" in connections
    mapped = connections.replace("confidence: Confidence__c", f"confidence: {path}")
    rules = (SHIPPED / "rules.yaml").read_text("utf-8")

    assert load_text(tmp_path, rules=rules, connections=mapped).mapping.rank == rank


def test_rules_without_confidence_know_no_rank() -> None:
    """Nothing is asked then."""
    assert load_good().mapping.rank is None
