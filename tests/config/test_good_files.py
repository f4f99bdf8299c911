"""Files that must load: the shared example, the shipped defaults, both contract shapes, the docs' blocks."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel
from tests.fakes.configuration import (
    CHECKOUT,
    GOOD,
    SHIPPED,
    load_good,
    load_text,
    small_connections,
    small_rules,
    with_sections,
)

from csops_sync.config.models_connections import ConnectionsFile
from csops_sync.config.models_rules import RulesFile
from csops_sync.config.source import Plain, parse
from csops_sync.config.wording import models_in
from csops_sync.domain.conditions import Between, Clause, Condition, OneOf, Present
from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import DateAnchor, DateRule, Floor, FloorAnchor, OpenRule
from csops_sync.ports.crm import Role
from csops_sync.ports.mapping import CopyMapping, TaskMapping

_DOCS = CHECKOUT / "docs" / "rules.md"
_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CONNECTIONS_KEYS = frozenset(ConnectionsFile.model_fields)


def test_the_shared_example_gives_the_rules_that_it_reads_like() -> None:
    """Every bound, floor, name and default of the example."""
    rules = load_good(GOOD / "example-rules.yaml", GOOD / "example-connections.yaml").rules

    enterprise, everyone = rules.renewals
    assert (enterprise.name, enterprise.origin) == ("enterprise", "example-rules.yaml:24")
    assert enterprise.when == Condition((Clause("segment", OneOf(("enterprise",))),))
    assert enterprise.open == OpenRule(
        before_renewal=Duration(days=180),
        before_notice_deadline=Duration(days=90),
        before_budget_season=Duration(days=14),
        not_before=(Floor(anchor=FloorAnchor.TERM_START, offset=Duration(days=60)),),
    )
    assert enterprise.opportunity.uplift == Decimal("0.03")
    assert enterprise.opportunity.close_date == DateRule(anchor=DateAnchor.TERM_END)
    assert everyone.opportunity == enterprise.opportunity
    assert everyone.announce is not None
    assert everyone.announce.daily
    assert rules.csm == ("account.csm", "opportunity.owner", "account.owner")
    assert [segment.name for segment in rules.segments] == ["enterprise", "everyone"]
    assert rules.budget_season is not None
    assert rules.budget_season.by_country == {"JP": 4}
    assert "JP" in rules.calendar.by_country


@pytest.mark.parametrize("name", ["csops-sync.yaml", "sandbox.yaml", "history.yaml", "won-opportunity.yaml"])
def test_the_shipped_rules_load_with_every_shipped_connections_file(name: str) -> None:
    """A newcomer begins with them."""
    loaded = load_good(SHIPPED / "rules.yaml", SHIPPED / name)

    assert loaded.rules.renewals
    assert "renewal_key" in loaded.mapping.written


def test_a_standard_contract_and_a_won_opportunity_can_both_be_the_contract() -> None:
    """By mapping alone; only that role is read anew."""
    standard = load_good(SHIPPED / "rules.yaml", SHIPPED / "csops-sync.yaml")
    won = load_good(SHIPPED / "rules.yaml", SHIPPED / "won-opportunity.yaml")

    assert standard.mapping.get(Role.CONTRACT).object == "Contract"
    assert won.mapping.get(Role.CONTRACT).object == "Opportunity"
    assert standard.rules.lifecycle.active == Condition((Clause("contract.status", OneOf(("Activated",))),))
    assert won.rules.lifecycle.active == Condition(
        (Clause("contract.start", Present(expected=True)), Clause("contract.won", OneOf((True,))))
    )
    assert standard.mapping.hashes[Role.CONTRACT] != won.mapping.hashes[Role.CONTRACT]
    assert standard.mapping.hashes[Role.ACCOUNT] == won.mapping.hashes[Role.ACCOUNT]


def test_the_orgs_rates_are_read_where_the_rules_convert_at_them_and_only_there() -> None:
    """An org of one currency has no such objects."""
    dated = load_good(SHIPPED / "history-rules.yaml", SHIPPED / "history.yaml").mapping
    pinned = load_good(SHIPPED / "rules.yaml", SHIPPED / "history.yaml").mapping

    assert dated.get(Role.DATED_RATE).object == "DatedConversionRate"
    assert dated.get(Role.CURRENCY).object == "CurrencyType"
    assert not {Role.DATED_RATE, Role.CURRENCY} & set(pinned.objects)


def test_the_sandbox_maps_what_the_default_maps() -> None:
    """What works in the sandbox is what the default says."""
    default, sandbox = (
        load_good(connections=SHIPPED / "csops-sync.yaml"),
        load_good(connections=SHIPPED / "sandbox.yaml"),
    )

    assert sandbox.mapping.hashes == default.mapping.hashes


def test_mapped_fields_know_their_line_and_who_owns_them() -> None:
    """The start check points at the line."""
    mapping = load_good().mapping.get(Role.OPPORTUNITY)

    key = mapping.fields["renewal_key"]
    assert (key.path, key.owned_by_system) == ("Renewal_Key__c", True)
    assert key.origin == "small-connections.yaml:18:20"
    assert not mapping.fields["name"].owned_by_system


def test_people_and_histories_are_mapped_without_being_named() -> None:
    """Their fields are the same in every org."""
    mapping = load_good().mapping

    assert {field.path for field in mapping.get(Role.USER).fields.values()} >= {
        "Email",
        "IsActive",
        "ManagerId",
    }
    assert mapping.get(Role.FIELD_HISTORY).object == "OpportunityFieldHistory"
    assert mapping.get(Role.STAGE_HISTORY).object == "OpportunityHistory"


def test_a_block_may_be_merged_and_changed(tmp_path: Path) -> None:
    """`<<: *anchor` with a key of its own."""
    rules = (GOOD / "small-rules.yaml").read_text("utf-8").replace("opportunity:", "opportunity: &base") + (
        "  - name: second\n    open: {before_renewal: 30 days}\n    opportunity: {<<: *base, stage: 提案}\n"
    )

    first, second = load_text(tmp_path, rules=rules).rules.renewals

    assert (first.opportunity.stage, second.opportunity.stage) == ("更新準備", "提案")
    assert first.opportunity.name == second.opportunity.name


def test_conditions_take_values_lists_ranges_and_presence(tmp_path: Path) -> None:
    """Each form becomes its own test; numbers are exact."""
    segments: Plain = {
        "one": {"account.tier": "A"},
        "many": {"account.tier": ["A", 2, True]},
        "range": {"account.tier": {"at_least": "1,000.5"}},
        "absent": {"account.tier": {"present": False}},
        "enterprise": {},
    }
    rules = with_sections(GOOD / "small-rules.yaml", {"segments": segments})

    tests = [
        segment.when.clauses[0].test if segment.when.clauses else None
        for segment in load_text(tmp_path, rules=rules).rules.segments
    ]

    assert tests == [
        OneOf(("A",)),
        OneOf(("A", 2, True)),
        Between(at_least=Decimal("1000.5")),
        Present(expected=False),
        None,
    ]


def _blocks() -> list[str]:
    return _BLOCK.findall(_DOCS.read_text("utf-8"))


@pytest.mark.parametrize("block", _blocks(), ids=lambda block: block.split(":")[0])
def test_every_yaml_block_of_the_docs_loads(block: str, tmp_path: Path) -> None:
    """Put into small files that hold, section by section."""
    sections = parse(block.encode(), file="docs/rules.md").value
    assert isinstance(sections, dict)
    rules_path, connections_path = GOOD / "docs-rules.yaml", GOOD / "example-connections.yaml"
    is_connections = set(sections) <= _CONNECTIONS_KEYS

    load_text(
        tmp_path,
        rules=with_sections(rules_path, {} if is_connections else sections),
        connections=with_sections(connections_path, sections if is_connections else {}),
    )


@pytest.mark.parametrize("model", [RulesFile, ConnectionsFile])
def test_the_docs_explain_every_key(model: type[BaseModel]) -> None:
    """A key without a word in the reference does not ship."""
    text = _DOCS.read_text("utf-8")

    missing = [key for key in sorted(_keys(model)) if f"`{key}`" not in text and f"{key}:" not in text]

    assert missing == []


def _keys(model: type[BaseModel]) -> set[str]:
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        keys.add(field.alias or name)
        for below in models_in(field.annotation):
            keys |= _keys(below)
    return keys


def test_tasks_are_mapped_without_being_named_and_asked_for_only_where_the_rules_log_them(
    tmp_path: Path,
) -> None:
    """Whoever has no rules of confidence needs no field on the Task."""
    confidence = "confidence: {field: opportunity.confidence, ranks: [A, B], none: [%s]%s}\n"
    none = "rated, improved, worsened, lost, won"
    own = "  task: {key: Antwort__c, completed: 完了, priority: 低}\n"
    connections = small_connections("    fields:\n", "    fields:\n      confidence: Confidence__c\n") + own

    without = load_text(tmp_path).mapping.task
    logged = load_text(tmp_path, rules=small_rules() + confidence % (none, ""), connections=connections)
    off = confidence % (none, ", answer: {task: false}")
    unlogged = load_text(tmp_path, rules=small_rules() + off, connections=connections)

    assert without == TaskMapping(key="Renewal_Task_Key__c", completed="Completed", is_used=False)
    assert logged.mapping.task == TaskMapping(key="Antwort__c", completed="完了", priority="低", is_used=True)
    assert not unlogged.mapping.task.is_used


def test_figures_are_what_is_mapped_as_ours_alone_where_the_rules_have_a_forecast() -> None:
    """Without a forecast nothing is computed, so nothing is written."""
    shipped = load_good(SHIPPED / "rules.yaml", SHIPPED / "sandbox.yaml").mapping
    bare = load_good(connections=SHIPPED / "sandbox.yaml").mapping

    assert shipped.figures == {"computed_type", "prior_amount", "delta_amount", "landing_amount"}
    assert bare.figures == frozenset()


def test_what_is_copied_is_asked_for_only_where_a_rule_copies_it(tmp_path: Path) -> None:
    """Whoever copies nothing needs no rights on lines."""
    copying = small_rules().replace("    opportunity:\n", "    opportunity:\n      copy: [line_items]\n", 1)
    assert copying != small_rules()
    connections = small_connections() + "  opportunity_line: {recurring: Product2.Recurring__c}\n"
    recurring = "Product2.Recurring__c"

    plain = load_text(tmp_path, connections=connections).mapping.copied
    copied = load_text(tmp_path, rules=copying, connections=connections).mapping.copied

    assert plain == CopyMapping(recurring=recurring)
    assert copied == CopyMapping(line_items=True, recurring=recurring)
