"""A rank that stands on another record moves without the opportunity being modified: real adapters, a real sandbox."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.contract_shapes import STANDARD
from tests.fakes.rig import Rig, running

from csops_sync.app.comparing import Compared, compare_due
from csops_sync.domain.confidence.changes import Source

RULES = Path(__file__).parent / "config" / "confidence.yaml"
HOUR = 3600 + 2  # Salesforce tells its time in whole seconds


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A rig at 11:00 in Tokyo whose renewal's rank is the tier of its customer, compared just now."""
    rules, connections = tmp_path / "rules.yaml", tmp_path / "csops-sync.yaml"
    ranks = RULES.read_text("utf-8").replace("[A, B, C, D, E]", "[Enterprise, Standard, Starter]")
    rules.write_text(ranks, "utf-8")
    mapping = STANDARD.connections.read_text("utf-8")
    assert "confidence: Confidence__c" in mapping
    computed = mapping.replace("confidence: Confidence__c", "confidence: Account.Tier__c")
    connections.write_text(computed, "utf-8")
    with running(today=date(2026, 4, 1), rules=rules, connections=connections) as made:
        made.sell("みなと商事", start=date(2025, 7, 2), account={"Tier__c": "Enterprise"})
        made.sync()
        made.next_day(3)
        made.sandbox.set_clock(made.sandbox.now().replace(hour=1, minute=0))
        made.sandbox.advance(days=2)
        made.sync()
        made.sandbox.advance(seconds=HOUR)  # so that no poll reads the new opportunity again
        made.sync()
        compare_due(made.engine())
        yield made


def fall(rig: Rig) -> None:
    """Let the customer's tier fall."""
    (account,) = rig.sandbox.records("Account")
    rig.sandbox.update("Account", str(account["Id"]), {"Tier__c": "Starter"}, by=rig.csm())


def test_no_poll_brings_it_and_the_comparison_does_an_hour_later(rig: Rig) -> None:
    fall(rig)
    rig.sync()
    rig.sandbox.advance(seconds=HOUR / 2)
    rig.sync()
    assert compare_due(rig.engine()) == Compared()
    assert rig.told("card/") == []

    rig.sandbox.advance(seconds=HOUR / 2)
    rig.sync()
    assert compare_due(rig.engine()) == Compared(read=1, differing=1)
    rig.sandbox.advance(seconds=360)
    rig.sync()

    assert len(rig.told("card/")) == 1
    with rig.engine().store.reading() as tx:
        (row,) = tx.confidence.ledger.with_status("told")
    change = row.change
    assert (change.source, change.by_id, change.before.rank, change.after.rank) == (
        Source.COMPARED,
        None,
        "Enterprise",
        "Starter",
    )
    assert change.until is not None
    assert 3600 <= (change.until - change.at).total_seconds() < HOUR + 60


def test_a_comparison_without_a_difference_costs_one_call_and_tells_nobody(rig: Rig) -> None:
    rig.sandbox.advance(seconds=HOUR)
    rig.sync()
    engine = rig.engine()
    before = engine.reader.usage().ours

    assert compare_due(engine) == Compared(read=1, differing=0)

    assert engine.reader.usage().ours - before == 1
    rig.sandbox.advance(seconds=360)
    rig.sync()
    assert rig.told("card/") == []


def test_the_start_check_says_that_it_is_compared(rig: Rig) -> None:
    (problem,) = [one for one in rig.assembly.problems if "computes" in one]

    assert "csops-sync.yaml:" in problem
    assert "Account.Tier__c" in problem
    assert rig.assembly.creation_blocked is None
