"""The reserve of the API allowance: where reading must wait, what was decided is written, read back and told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.rig import Rig, Sold, running

from csops_sync.config.loader import Loaded
from csops_sync.ports.errors import BudgetExceededError

POLLS = 30


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(today=date(2026, 4, 1)) as made:
        made.loaded = whole_allowance(made.load())
        yield made


def whole_allowance(loaded: Loaded) -> Loaded:
    """Give us all of the org's calls, a fifth of them kept for writes."""
    salesforce = replace(
        loaded.settings.salesforce, api_share=Decimal(1), write_reserve=Decimal("0.2"), org_ceiling=Decimal(1)
    )
    return replace(loaded, settings=replace(loaded.settings, salesforce=salesforce))


def decided_under_pressure(rig: Rig) -> Sold:
    """Decide a renewal, then use up what reading may use."""
    sold = rig.sell("みなと商事", start=date(2025, 7, 6))
    rig.sync()
    rig.sandbox.advance(days=6)
    poll(rig)
    ours = rig.assembly.salesforce.reader.usage().ours
    rig.sandbox.toggles(api_allowance=int(ours / 0.8))
    with pytest.raises(BudgetExceededError, match="reading waits"):
        poll(rig)
    return sold


def poll(rig: Rig) -> None:
    """Read what changed, again and again."""
    for _ in range(POLLS):
        rig.cycle()


def test_a_renewal_that_is_due_is_opened_and_told_by_the_reserve_for_writes(rig: Rig) -> None:
    sold = decided_under_pressure(rig)

    rig.deliver_once()

    assert [one["Renewal_Key__c"] for one in rig.renewals()] == [sold.key]
    assert rig.told("opened/") == [f"opened/{sold.key}"]


def test_an_answer_that_was_lost_is_found_out_by_the_reserve_too(rig: Rig) -> None:
    sold = decided_under_pressure(rig)
    rig.sandbox.faults({"fault": "drop_after", "path": "composite/sobjects"})

    rig.deliver()

    assert [one["Renewal_Key__c"] for one in rig.renewals()] == [sold.key]
    assert rig.told("opened/") == [f"opened/{sold.key}"]
