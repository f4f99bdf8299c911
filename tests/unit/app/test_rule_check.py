"""Stages and record types of the rules against the org's: what creates would be refused for is said beforehand."""

from dataclasses import replace

from tests.fakes.builders import rule, ruleset
from tests.fakes.crm import FakeCrm

from csops_sync.app.rule_check import asked_record_types, rule_problems
from csops_sync.domain.rules import RenewalRule, RuleSet
from csops_sync.ports.crm import OrgIdentity, Role
from csops_sync.ports.mapping import FieldMapping, ObjectMapping, OrgMapping


def org() -> OrgIdentity:
    return replace(
        FakeCrm(org_id="00D000000000001AAA").identity(),
        open_stages=frozenset({"更新準備", "提案"}),
        won_stages=frozenset({"受注"}),
        lost_stages=frozenset({"失注"}),
    )


def mapped(path: str) -> OrgMapping:
    field = FieldMapping(name="record_type", path=path, origin="csops-sync.yaml:1:1")
    opportunity = ObjectMapping(
        role=Role.OPPORTUNITY,
        object="Opportunity",
        origin="csops-sync.yaml:1:1",
        fields={"record_type": field},
    )
    return OrgMapping(objects={Role.OPPORTUNITY: opportunity}, written=frozenset(), hashes={})


def opening(**changes: object) -> RenewalRule:
    plain = rule()
    return replace(plain, opportunity=replace(plain.opportunity, **changes))  # type: ignore[arg-type]


def said(rules: RuleSet, *, usable: tuple[str, ...] = ("Renewal",)) -> dict[str, str]:
    asked = asked_record_types(rules, mapped("RecordType.DeveloperName"))
    found = list(rule_problems(rules, org=org(), asked=asked, usable=usable))
    assert not any(one.blocks_creation for one in found)
    return {one.path: one.message for one in found}


def test_what_the_org_knows_is_fine() -> None:
    assert said(ruleset(opening(stage="提案"))) == {}


def test_a_stage_that_the_org_lacks_is_named_with_the_nearest_one_and_its_place() -> None:
    problems = said(ruleset(opening(), opening(stage="更新準備中")))

    assert list(problems) == ["renewals[1].opportunity.stage"]
    assert "no stage 更新準備中 (did you mean 更新準備?)" in problems["renewals[1].opportunity.stage"]


def test_a_closed_stage_is_no_beginning() -> None:
    assert "受注 is a closed stage" in said(ruleset(opening(stage="受注")))["renewals[0].opportunity.stage"]


def test_a_record_type_that_the_user_may_not_use_is_named() -> None:
    problems = said(ruleset(opening(record_type="Renewel")))

    assert (
        "Renewel of opportunities (did you mean Renewal?)" in problems["renewals[0].opportunity.record_type"]
    )


def test_a_record_type_that_is_mapped_to_its_id_is_not_compared_by_name() -> None:
    assert asked_record_types(ruleset(), mapped("RecordTypeId")) == frozenset()


def test_an_org_whose_stages_cannot_be_read_is_not_accused() -> None:
    rules = ruleset(opening(stage="nowhere"))

    assert list(rule_problems(rules, org=replace(org(), open_stages=frozenset()), asked=(), usable=())) == []
