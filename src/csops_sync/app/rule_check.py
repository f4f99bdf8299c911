"""Before anything is decided: does the org know the stages and record types that the rules fill in? Pure."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import MappingProblem, OrgIdentity, Role
from csops_sync.ports.mapping import OrgMapping

API_VERSION = "salesforce.api_version"
"""The path of the problem besides which nothing can be asked."""
_BY_NAME = "RecordType.DeveloperName"


def asked_record_types(rules: RuleSet, mapping: OrgMapping) -> frozenset[str]:
    """This function will name the record types that the rules give new opportunities, by developer name."""
    opportunity = mapping.objects.get(Role.OPPORTUNITY)
    field = opportunity.fields.get("record_type") if opportunity else None
    if field is None or field.path != _BY_NAME:
        return frozenset()
    return frozenset(rule.opportunity.record_type for rule in rules.renewals if rule.opportunity.record_type)


def rule_problems(
    rules: RuleSet, *, org: OrgIdentity, asked: Collection[str], usable: Collection[str]
) -> Iterator[MappingProblem]:
    """This function will find stages and record types that creates would be refused for, each with its place in YAML.

    `asked` are the record types of `asked_record_types`, `usable` those that the integration user may use. Only the
    rule that is at fault creates nothing that holds, so none of this blocks the others.
    """
    for index, rule in enumerate(rules.renewals):
        where = f"renewals[{index}].opportunity"
        wrong = _stage_fault(rule.opportunity.stage, org)
        if wrong:
            yield MappingProblem(path=f"{where}.stage", message=wrong, blocks_creation=False)
        name = rule.opportunity.record_type
        if name in asked and name not in usable:
            message = (
                f"The integration user may not use a record type {name} of opportunities{_near(name, usable)}: assign "
                "it in the permission set, or correct the rule (it is the developer name)."
            )
            yield MappingProblem(path=f"{where}.record_type", message=message, blocks_creation=False)


def _stage_fault(stage: str, org: OrgIdentity) -> str | None:
    if not org.open_stages or stage in org.open_stages:
        return None
    if stage in org.won_stages | org.lost_stages:
        return f"{stage} is a closed stage: a renewal begins with an open one{_near(stage, org.open_stages)}."
    return f"The org has no stage {stage}{_near(stage, org.open_stages)}: correct the rule, or add the stage."


def _near(wrong: str | None, known: Collection[str]) -> str:
    close = get_close_matches(wrong or "", sorted(known), n=1)
    if close:
        return f" (did you mean {close[0]}?)"
    return f" (there are {', '.join(sorted(known))})" if known else ""
