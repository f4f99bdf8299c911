"""The pages about the sandbox name every object, rule, fault and Slack method that there is, and no other."""

from pathlib import Path

import pytest
from tests.fakes.doc_tables import Line, Page, codes, page, words
from tests.fakes.sandbox_applications import applications, paths

from csops_sync.sandbox.fault_table import BY_SERVICE
from csops_sync.sandbox.faults import SERVICES, WIRE, FaultError, Faults, names
from csops_sync.sandbox.salesforce.metadata_files import OPTIONS
from csops_sync.sandbox.salesforce.schema import ObjectType, Schema
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.slack.app import METHODS
from csops_sync.sandbox.slack.block_kit import BLOCKS
from csops_sync.sandbox.slack.envelopes import Kind

SANDBOX, SALESFORCE, SLACK = (
    page(f"{name}.md") for name in ("sandbox", "sandbox-salesforce", "sandbox-slack")
)
REFUSALS = {"salesforce": SALESFORCE, "slack": SLACK}


@pytest.fixture(scope="module")
def schema() -> Schema:
    """The objects of an org with every option."""
    return load([Path(option) for option in OPTIONS])


def test_every_object_has_a_line(schema: Schema) -> None:
    assert sorted(SALESFORCE.named("Object")) == sorted(schema.objects)


def test_an_object_is_read_and_written_as_its_line_says(schema: Schema) -> None:
    for line in SALESFORCE.table("Object"):
        assert line["Over the API"] == way(schema[line["Object"].strip("`")]), line["Object"]


def test_an_object_has_the_added_fields_of_its_line() -> None:
    plain = load()
    for line in SALESFORCE.table("Object"):
        name, told = line["Object"].strip("`"), line["Fields added by an admin"]
        if name in plain.objects:
            assert codes(told) == [one.name for one in plain[name].fields if one.custom], name
        else:
            (option,) = codes(told)
            assert name in load([Path(option)]).objects


def test_every_rule_has_a_line() -> None:
    kinds = load().objects.values()
    found = [(one.name, kind.label) for kind in kinds for one in kind.rules]
    found += [(one.name, kind.label) for kind in kinds for one in kind.duplicate_rules]
    told = [(line["Rule"].strip("`"), line["Of"]) for line in SALESFORCE.table("Rule")]
    assert sorted(told) == sorted(found)


@pytest.mark.parametrize("service", SERVICES)
def test_every_fault_of_a_service_has_a_line(service: str) -> None:
    lines = [line for line in SANDBOX.table("Fault") if line.get("Of", "both").lower() in ("both", service)]
    plain = {name for line in lines for name in codes(line["Fault"])}
    assert plain | set(refused(REFUSALS[service])) == names(service)
    assert set(WIRE) <= plain


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_has_the_status_of_its_line(service: str) -> None:
    told = refused(REFUSALS[service])
    assert told == {name: one.status for name, one in BY_SERVICE[service].items()}


def test_every_key_of_a_fault_has_a_line() -> None:
    with pytest.raises(FaultError) as refusal:
        Faults().add([{"nope": 1}])
    known = words(str(refusal.value).partition("known are ")[2])
    assert set(SANDBOX.named("Key")[-len(known) :]) == known


def test_every_method_of_slack_has_a_line_with_its_scope_its_tier_and_its_arguments() -> None:
    told = {line["Method"].strip("`"): told_of(line) for line in SLACK.table("Method")}
    found = {
        name: ("app-level token" if one.app_level else one.scope or "", str(one.tier), set(one.known))
        for name, one in METHODS.items()
    }
    assert told == found


def test_every_other_address_of_slack_has_a_line() -> None:
    found = paths(applications().slack) - {"/api/{method}"}
    assert set(SLACK.named("Address")) == found


def test_every_order_of_slack_has_a_line_with_its_keys() -> None:
    told = {line["Order"].strip("`"): set(codes(line["Goes with"])) for line in SLACK.table("Order")}
    assert told == {verb: set(keys) for verb, (_, keys) in applications().orders._doers().items()}


def test_every_block_of_a_message_and_every_envelope_stands_in_its_line() -> None:
    lines = {line["What"]: codes(line["Does"]) for line in SLACK.table("What")}
    assert lines["blocks of a message"] == list(BLOCKS)
    assert lines["envelopes"] == [str(one) for one in Kind]


def test_a_table_that_is_not_there_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(LookupError, match="Method"):
        Page("# Nothing\n\n| Path |\n| --- |\n| `/a` |\n").table("Method")


def way(kind: ObjectType) -> str:
    """Say how the API lets an object be used."""
    return "read" if kind.generated else "setup" if kind.setup else "read, write"


def refused(told: Page) -> dict[str, int]:
    """Give the refusals that a page names, each with its status."""
    lines = told.table("Status")
    return {name: int(line["Status"]) for line in lines for name in named_first(line)}


def named_first(line: Line) -> list[str]:
    """Give the names of a line of refusals; what stands in brackets tells of them."""
    outside = "".join(
        part.partition(")")[2] if at else part for at, part in enumerate(line["Names"].split("("))
    )
    return codes(outside)


def told_of(line: Line) -> tuple[str, str, set[str]]:
    """Give scope, tier and arguments of a method's line."""
    return line["Scope"].strip("`"), line["Tier"], set(codes(line["Arguments"]))
