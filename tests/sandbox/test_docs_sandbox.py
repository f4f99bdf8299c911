"""The pages about the sandbox and the sandbox's registries tell the same: no more stands there, and no less."""

import json
import re
from dataclasses import fields

import pytest
from tests.fakes.doc_tables import DOCS, Line, codes, page, words
from tests.fakes.sandbox import SandboxUrls
from tests.fakes.sandbox_applications import Applications, applications, paths, status
from tests.fakes.sandbox_org import LocalOrg

from csops_sync.sandbox import orders
from csops_sync.sandbox.clock_orders import OrderError
from csops_sync.sandbox.orgs import catalogue, file_book, file_people, org_file
from csops_sync.sandbox.pages.crm_forms import EDITABLE
from csops_sync.sandbox.salesforce import absent
from csops_sync.sandbox.salesforce.api import ROUTES
from csops_sync.sandbox.salesforce.jobs.settings import BulkSettings
from csops_sync.sandbox.salesforce.metadata_files import OPTIONS
from csops_sync.sandbox.salesforce.org_state import Toggles
from csops_sync.sandbox.salesforce.schema import RULE_KINDS

SANDBOX, SALESFORCE, SLACK = (
    page(f"{name}.md") for name in ("sandbox", "sandbox-salesforce", "sandbox-slack")
)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
NOT_SERVED = (404, 405)


@pytest.fixture(scope="module")
def served() -> Applications:
    """The services of an org without customers."""
    return applications()


def test_every_rest_resource_has_a_line_with_its_methods() -> None:
    assert methods(SALESFORCE.table("Resource"), "Resource") == {
        template or "/": set(handlers) for template, handlers in ROUTES.items()
    }


def test_every_resource_that_is_refused_by_name_has_a_line() -> None:
    assert sorted(SALESFORCE.named("First segment")) == sorted(absent.RESOURCES)


def test_every_path_around_the_rest_api_has_a_line(served: Applications) -> None:
    assert set(SALESFORCE.named("Path")) == {*paths(served.salesforce), "/services/data"}


def test_what_stands_around_the_rest_api_takes_the_methods_of_its_line(served: Applications) -> None:
    lines = [line for line in SALESFORCE.table("Path") if line["Methods"]]
    told = {path: set(METHODS) if "any" in asked else asked for path, asked in methods(lines, "Path").items()}
    assert told == {path: taken(served, path) for path in told}


def test_every_path_of_the_control_endpoint_has_a_line_with_its_methods(served: Applications) -> None:
    found: dict[str, set[str]] = {}
    for route in served.control:
        found.setdefault(route.path_format, set()).update(set(route.methods or ()) - {"HEAD"})
    assert methods(SANDBOX.table("Path"), "Path") == found


def test_no_other_path_of_the_control_endpoint_is_spoken_of(served: Applications) -> None:
    spoken = {
        found
        for name in ("sandbox", "sandbox-salesforce", "sandbox-slack")
        for found in re.findall(r"(?:[`1]|8101)(/sandbox/\w+)", page(f"{name}.md").text)
    }
    assert spoken <= {route.path_format.removesuffix("/{object}") for route in served.control}


def test_every_switch_has_a_line_with_its_default() -> None:
    told = {line["Switch"].strip("`"): line["Default"] for line in SANDBOX.table("Switch")}
    found = {one.name: getattr(Toggles(), one.name) for one in fields(Toggles)}
    assert {name: told[name] for name in told if name != "bulk"} == {
        name: f"`{json.dumps(value)}`" for name, value in found.items() if name != "bulk"
    }
    assert "bulk" in told


def test_every_setting_of_bulk_jobs_has_a_line_with_its_default() -> None:
    told = {line["Of `bulk`"].strip("`"): line["Default"] for line in SANDBOX.table("Of `bulk`")}
    assert told == {one.name: f"`{json.dumps(one.default)}`" for one in fields(BulkSettings)}


def test_every_key_of_an_edit_has_a_line() -> None:
    with pytest.raises(OrderError) as refused:
        orders.edit(LocalOrg().org, {"nope": 1})
    known = words(str(refused.value).removeprefix("an edit has the keys"))
    keys = SANDBOX.named("Key")
    place = keys.index("as")
    assert set(keys[place : place + len(known)]) == known


def test_every_key_of_the_ready_line_has_a_line() -> None:
    known = [one.name for one in fields(SandboxUrls)]
    assert SANDBOX.named("Key")[: len(known)] == known


def test_every_org_and_every_option_of_metadata_has_a_line() -> None:
    assert SANDBOX.named("`--org`") == [*catalogue.NAMES, *catalogue.FILES]
    assert SANDBOX.named("Option")[-len(OPTIONS) :] == list(OPTIONS)


def test_every_key_of_an_org_file_stands_in_its_line() -> None:
    told = {line["Of"]: codes(line["Keys"]) for line in SANDBOX.table("Of") if "Keys" in line}
    assert {name: tuple(keys) for name, keys in told.items()} == {
        "the file": org_file.KEYS,
        "the organization": org_file.ORGANIZATION_KEYS,
        "a role": file_people.ROLE_KEYS,
        "a user": file_people.USER_KEYS,
        "a stage": org_file.STAGE_KEYS,
        "an account": file_book.ACCOUNT_KEYS,
        "a contract": file_book.CONTRACT_KEYS,
        "an opportunity": file_book.OPPORTUNITY_KEYS,
    }


def test_every_kind_of_validation_rule_has_a_line() -> None:
    assert sorted(SANDBOX.named("Kind of rule")) == sorted(RULE_KINDS)


def test_every_field_that_people_edit_on_the_page_stands_in_its_line() -> None:
    lines = SANDBOX.table("Object")
    told = {line["Object"]: codes(line["Fields that people edit there"]) for line in lines}
    assert told == {name: list(names) for name, names in EDITABLE.items()}


def test_the_pages_link_to_what_is_there() -> None:
    for name in ("sandbox", "sandbox-salesforce", "sandbox-slack"):
        for link in page(f"{name}.md").links:
            target, _, anchor = link.partition("#")
            file = DOCS / (target or f"{name}.md")
            assert file.exists(), link
            assert not anchor or anchor in page(file.name).anchors, link


def methods(lines: list[Line], first: str) -> dict[str, set[str]]:
    """Give each path that stands in the first column with its methods."""
    return {path: words(line["Methods"]) for line in lines for path in codes(line[first])}


def taken(served: Applications, path: str) -> set[str]:
    """Give the methods to which an application has an answer of its own."""
    filled = path.replace("{rest}", "u/64.0").replace("{organization}", "00D").replace("{user}", "005")
    return {one for one in METHODS if status(served.salesforce, one, filled) not in NOT_SERVED}
