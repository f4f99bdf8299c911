"""Targets that the org keeps itself: read as mapped, and what makes no sense is told and counts for nothing."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop

from csops_sync.app.forecast.plan import Plan, plan_in
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.targets import EVERYTHING, ScopeKind, Target, TargetScope
from csops_sync.ports.crm import Json, Role, Row

QUARTER = Window(date(2026, 4, 1), date(2026, 6, 30))
PLAIN: dict[str, Json] = {"start": "2026-04-01", "months": 3.0, "amount": 1_200_000.0, "currency": "JPY"}


@pytest.fixture
def shop() -> Workshop:
    """An org whose mapping reads targets, with one user."""
    shop = Workshop(rules=replace(ruleset(), forecast=built(), reads_targets=True))
    shop.sell(shop.customer())
    shop.sync()
    return shop


def keep(shop: Workshop, *rows: dict[str, Json], deleted: bool = False) -> Plan:
    """The plan with these records in the mirror."""
    with shop.store.transaction() as tx:
        tx.mirror.put(
            [
                Row(Role.TARGET, f"a00{number:012d}AAA", None, 1, deleted=deleted, values={**PLAIN, **row})
                for number, row in enumerate(rows)
            ]
        )
    with shop.store.reading() as tx:
        return plan_in(tx, shop.office())


def test_a_record_is_a_target_of_its_months_and_scope(shop: Workshop) -> None:
    (csm,) = [one.id for one in shop.crm.records(Role.USER) if one.values["name"] == "佐藤"]
    plan = keep(
        shop,
        {"nrr": 104.5},
        {"segment": "smb", "currency": None},
        {"csm": csm},
        {"manager": "佐藤", "amount": 7},
    )

    (whole,) = plan.targets.landing(QUARTER)
    assert (whole.landing, whole.nrr, whole.grr) == (yen(1_200_000), Fraction(1045, 1000), None)
    assert whole.origin == "a00000000000000AAA"
    segment, own, boss = (TargetScope(kind=kind, name=name) for kind, name in (
        (ScopeKind.SEGMENT, "smb"), (ScopeKind.CSM, csm), (ScopeKind.MANAGER, csm)
    ))  # fmt: skip
    found = [plan.targets.landing(QUARTER, scope)[0].landing for scope in (segment, own, boss)]
    assert found == [yen(1_200_000), yen(1_200_000), yen(7)]
    assert plan.remarks == ()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"start": None}, "its start or its months are empty"),
        ({"start": "Spring"}, "its start 'Spring' is no day"),
        ({"months": None}, "its start or its months are empty"),
        ({"months": 0}, "it is for 0 months"),
        ({"months": 2.5}, "it is for 2.5 months"),
        ({"months": 13}, "it is for 13 months"),
        ({"amount": "viel"}, "its amount is no number, but 'viel'"),
        ({"amount": None}, "it is a target of nothing"),
        ({"amount": -1}, "it is below zero"),
        ({"currency": "yen"}, "no ISO 4217 code"),
        ({"segment": "smb", "csm": "佐藤"}, "it is for segment and csm at once"),
        ({"csm": "だれか"}, "Salesforce has no one active user"),
    ],
)
def test_a_record_that_makes_no_sense_counts_for_nothing_and_says_why(
    shop: Workshop, row: dict[str, Json], why: str
) -> None:
    plan = keep(shop, row)

    (remark,) = plan.remarks
    assert why in remark
    assert "a00000000000000AAA" in remark
    assert plan.targets.by_scope == {}


def test_two_records_that_clash_count_for_nothing_and_both_are_named(shop: Workshop) -> None:
    plan = keep(shop, {}, {"months": 6})

    (remark,) = plan.remarks
    assert "a00000000000000AAA and a00000000000001AAA count for nothing" in remark
    assert plan.targets.landing(QUARTER) == ()


def test_a_deleted_record_is_none_and_nothing_is_read_where_none_is_mapped(shop: Workshop) -> None:
    assert keep(shop, {}, deleted=True).targets.by_scope == {}
    shop.rules = replace(shop.rules, reads_targets=False)
    assert keep(shop, {}).targets.by_scope == {}


def test_those_of_the_rules_count_beside_them_with_people_by_their_address(shop: Workshop) -> None:
    (csm,) = [one.id for one in shop.crm.records(Role.USER) if one.values["name"] == "佐藤"]
    scope = TargetScope(kind=ScopeKind.CSM, name="SATO@example.com")
    given = Target(period="FY2026 Q1", window=QUARTER, scope=scope, landing=yen(5), origin="rules.yaml:9:5")
    shop.rules = replace(shop.rules, targets=(given,))

    plan = keep(shop, {})

    assert [one.landing for one in plan.targets.landing(QUARTER, replace(scope, name=csm))] == [yen(5)]
    assert [one.landing for one in plan.targets.landing(QUARTER, EVERYTHING)] == [yen(1_200_000)]
