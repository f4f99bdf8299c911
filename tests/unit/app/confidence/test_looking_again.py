"""Changes that no poll brings: those that came with a new first load, and values whose history never comes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.confidence_shop import ConfidenceShop, watched

from csops_sync.app.cycle import run_cycle
from csops_sync.domain.confidence.changes import Source
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import FieldMapping, ObjectMapping, OrgMapping

PLAIN = {"confidence": "Confidence__c", "stage": "StageName", "closed": "IsClosed", "won": "IsWon"}


def mapping(paths: Mapping[str, str], version: str) -> OrgMapping:
    """A mapping of the opportunity; all roles are read anew under another version."""
    fields = {
        name: FieldMapping(name=name, path=path, origin="csops-sync.yaml:30:5")
        for name, path in paths.items()
    }
    opportunity = ObjectMapping(role=Role.OPPORTUNITY, object="Opportunity", origin="", fields=fields)
    return OrgMapping(
        objects={Role.OPPORTUNITY: opportunity}, written=frozenset(), hashes=dict.fromkeys(Role, version)
    )


def cycle(shop: ConfidenceShop, paths: Mapping[str, str], version: str, *, minutes: float = 0) -> None:
    """A cycle under a mapping."""
    shop.crm.advance(seconds=60 * minutes)
    run_cycle(replace(shop.engine(), mapping=mapping(paths, version)))


def mapped() -> tuple[ConfidenceShop, list[str]]:
    """A shop that has run under the plain mapping for an hour."""
    shop, deals = watched(deals=2)
    cycle(shop, PLAIN, "1")
    cycle(shop, PLAIN, "1", minutes=60)
    return shop, deals


def watch_of(shop: ConfidenceShop, deal: str) -> Watch:
    with shop.store.reading() as tx:
        (found,) = tx.confidence.watches.get([deal])
    return found


@pytest.mark.parametrize("tracked", [True, False])
def test_a_change_that_arrives_with_a_new_first_load_is_told(*, tracked: bool) -> None:
    shop, (deal, _) = mapped()
    if not tracked:
        shop.crm.tracked = frozenset()
    shop.move(deal, "D")
    shop.crm.advance(seconds=1800)  # beyond what a poll reads again

    cycle(shop, {**PLAIN, "next_step": "NextStep"}, "2")

    assert [(one.change.opportunity_id, one.change.after.rank) for one in shop.ledger()] == [(deal, "D")]


def test_what_a_new_first_load_brings_is_told_once() -> None:
    shop, (deal, _) = mapped()
    shop.move(deal, "D")
    shop.crm.advance(seconds=1800)
    for version in ("2", "3", "1"):
        cycle(shop, PLAIN, version, minutes=20)

    assert shop.verdicts() == ["told"]


@pytest.mark.parametrize("field", sorted(PLAIN))
def test_values_of_another_field_are_no_changes(field: str) -> None:
    shop, (deal, other) = mapped()
    shop.crm.tracked = frozenset()
    for one in (deal, other):
        shop.move(one, "D")  # what the other field holds

    cycle(shop, {**PLAIN, field: "Other__c"}, "2")
    assert shop.ledger() == []

    shop.crm.advance(seconds=60)
    shop.move(deal, "E")
    cycle(shop, {**PLAIN, field: "Other__c"}, "2")
    assert [one.change.after.rank for one in shop.ledger()] == ["E"]


def test_a_value_whose_history_never_comes_is_a_change_after_an_hour_without_another_edit() -> None:
    shop, (deal, other) = watched(deals=2)
    shop.move(other, "C")  # so that a history of the field is known
    shop.settle()
    shop.crm.tracked = frozenset()
    shop.move(deal, "D")
    edited_at = shop.crm.now()
    shop.cycle()
    shop.cycle(minutes=59)
    assert [one.change.opportunity_id for one in shop.ledger()] == [other]

    shop.cycle(minutes=1)

    row = shop.ledger()[-1]
    assert (row.change.opportunity_id, row.change.source, row.change.after.rank) == (
        deal,
        Source.COMPARED,
        "D",
    )
    assert row.change.until == edited_at + timedelta(hours=1)
    assert watch_of(shop, deal).differs_since is None


def test_a_value_whose_history_came_in_time_is_looked_at_no_more() -> None:
    shop, (deal, _) = watched(deals=2)
    with shop.store.transaction() as tx:
        (one,) = tx.confidence.watches.get([deal])
        tx.confidence.watches.put([replace(one, differs_since=shop.crm.now() - timedelta(hours=1))])

    shop.cycle()

    assert shop.ledger() == []
    assert watch_of(shop, deal).differs_since is None


def test_a_due_watch_whose_renewal_is_gone_rests() -> None:
    shop, (deal, _) = watched(deals=2)
    shop.crm.delete(Role.OPPORTUNITY, deal)
    shop.cycle()
    with shop.store.transaction() as tx:
        (one,) = tx.confidence.watches.get([deal])
        tx.confidence.watches.put([replace(one, differs_since=shop.crm.now() - timedelta(hours=2))])

    shop.cycle()

    assert watch_of(shop, deal).differs_since is None
    assert shop.ledger() == []
