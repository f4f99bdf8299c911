"""Wrong requests to the sandbox's Salesforce that no other module has a place for, each with its status and code."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.fakes.bulk_jobs import Bulk
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of

_JOBS = "/jobs/query"
_ROWS = "/composite/sobjects"
_ACCOUNT = {"type": "Account"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


@pytest.fixture(scope="module")
def start(sandbox: SandboxHere) -> str:
    return sandbox.snapshot()


@pytest.fixture
def rest(sandbox: SandboxHere, start: str) -> Rest:
    sandbox.restore(start)
    return Rest(sandbox)


WRONG: list[tuple[str, dict[str, Any], tuple[int, str], str]] = [
    ("POST /services/data", {}, (405, "METHOD_NOT_ALLOWED"), "Allowed are GET"),
    (
        "POST /sobjects/Account",
        {"data": b'{"Name": ', "headers": {"Content-Type": "application/json"}},
        (400, "JSON_PARSER_ERROR"),
        "[line:1, column:10]",
    ),
    (
        "POST /sobjects/Account",
        {"data": b'{"Name": "\xff"}', "headers": {"Content-Type": "application/json"}},
        (400, "JSON_PARSER_ERROR"),
        "Invalid UTF-8",
    ),
    (
        "POST /sobjects/Account",
        {"json": {"Name": "a", "NumberOfEmployees": 1.5}},
        (400, "JSON_PARSER_ERROR"),
        "instance of int from VALUE_NUMBER_FLOAT value 1.5",
    ),
    (
        "POST /composite",
        {
            "json": {
                "compositeRequest": [
                    {
                        "method": "GET",
                        "url": "/services/data/v66.0/limits",
                        "referenceId": "a",
                        "httpHeaders": ["If-Match"],
                    }
                ]
            }
        },
        (400, "JSON_PARSER_ERROR"),
        "httpHeaders must be an object of texts",
    ),
    (f"GET {_JOBS}?queryLocator=next", {}, (400, "INVALID_QUERY_LOCATOR"), "invalid query locator"),
    (f"GET {_JOBS}?concurrencyMode=Fast", {}, (400, "INVALID_PARAMETER"), "parallel or serial"),
    (
        f"POST {_JOBS}",
        {"json": {"operation": "query", "query": "SELECT Id, (SELECT Id FROM Contacts) FROM Account"}},
        (400, "FEATURENOTENABLED"),
        "Aggregate Relationships not supported in Bulk V2 Query",
    ),
    (
        "GET /services/data/v57.0/jobs/query/750000000000001AAA/resultPages",
        {},
        (404, "NOT_FOUND"),
        "does not exist",
    ),
    (
        "POST /jobs/ingest",
        {"data": b"--parts--", "headers": {"Content-Type": "multipart/form-data"}},
        (400, "INVALIDMULTIPARTREQUEST"),
        "no parts by the boundary",
    ),
    (
        "GET /ui-api/object-info/Opportunity/picklist-values/012000000000999AAA",
        {},
        (404, "NOT_FOUND"),
        "does not exist",
    ),
]


@pytest.mark.parametrize(
    ("request_line", "how", "refusal", "words"), WRONG, ids=[f"{one[0]} {one[3]}" for one in WRONG]
)
def test_a_wrong_request_is_refused_and_leaves_nothing(
    rest: Rest,
    sandbox: SandboxHere,
    request_line: str,
    how: dict[str, Any],
    refusal: tuple[int, str],
    words: str,
) -> None:
    method, _, path = request_line.partition(" ")
    answer = rest.call(method, path, **how)
    assert error_of(answer) == refusal
    assert words in answer.json()[0]["message"]
    assert sandbox.records("Account") == []


@pytest.mark.parametrize(
    ("record", "code", "words"),
    [
        ({}, "MISSING_ARGUMENT", "Id not specified in an update call"),
        ({"Id": "12"}, "MALFORMED_ID", "Account ID: id value of incorrect type: 12"),
        ({"Id": "006000000000001AAA"}, "MALFORMED_ID", "id value of incorrect type: 006000000000001AAA"),
    ],
)
def test_a_row_of_a_collection_is_updated_by_an_id_of_its_object(
    rest: Rest, record: dict[str, str], code: str, words: str
) -> None:
    answer = rest.call("PATCH", _ROWS, json={"records": [{"attributes": _ACCOUNT, "Name": "a", **record}]})
    [row] = answer.json()
    assert (answer.status_code, row["success"], row["errors"][0]["statusCode"]) == (200, False, code)
    assert words in row["errors"][0]["message"]


def test_children_are_not_there_for_whom_the_field_that_links_them_is_hidden(
    rest: Rest, sandbox: SandboxHere
) -> None:
    account = rest.create("Account", Name="a")
    assert rest.call("GET", f"/sobjects/Account/{account}/Contacts").status_code == 200
    sandbox.toggles(fls_hidden={"Contact": ["AccountId"]})
    answer = rest.call("GET", f"/sobjects/Account/{account}/Contacts")
    assert error_of(answer) == (404, "NOT_FOUND")


def test_a_fault_of_a_row_is_that_of_a_request_of_one_row(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "row_error", "code": "UNABLE_TO_LOCK_ROW", "path": "sobjects/Account"})
    answer = rest.call("POST", "/sobjects/Account", json={"Name": "a"})
    assert error_of(answer) == (400, "UNABLE_TO_LOCK_ROW")
    assert sandbox.records("Account") == []


def test_a_fault_of_a_row_is_that_of_a_row_of_a_collection(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "row_error", "code": "UNABLE_TO_LOCK_ROW", "row": 2, "path": _ROWS})
    answer = rest.call("POST", _ROWS, json={"records": [{"attributes": _ACCOUNT, "Name": "a"}] * 2})
    assert [row["success"] for row in answer.json()] == [True, False]
    assert answer.json()[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"


@pytest.mark.parametrize(("after", "left"), [(False, []), (True, ["a"])])
def test_a_fault_comes_before_the_work_or_when_it_is_done(
    rest: Rest, sandbox: SandboxHere, *, after: bool, left: list[str]
) -> None:
    sandbox.faults({"fault": "unable_to_lock_row", "after": after, "path": "sobjects/Account"})
    answer = rest.call("POST", "/sobjects/Account", json={"Name": "a"})
    assert error_of(answer) == (400, "UNABLE_TO_LOCK_ROW")
    assert [row["Name"] for row in sandbox.records("Account")] == left


def test_a_tree_holds_records_of_up_to_five_objects(rest: Rest, sandbox: SandboxHere) -> None:
    def below(kind: str, **more: object) -> dict[str, object]:
        return {"records": [{"attributes": {"type": kind, "referenceId": kind}, **more}]}

    deal = {"OpportunityLineItems": below("OpportunityLineItem"), "Tasks": below("Task")}
    tree = below(
        "Account",
        Contacts=below("Contact"),
        Contracts=below("Contract"),
        Opportunities=below("Opportunity", **deal),
    )
    answer = rest.call("POST", "/composite/tree/Account", json=tree)
    assert error_of(answer) == (400, "LIMIT_EXCEEDED")
    assert "records of up to 5 objects, not 6" in answer.json()[0]["message"]
    assert sandbox.records("Account") == []


@pytest.mark.parametrize("cell", ["inf", "1_0", "1.5"])
def test_a_cell_that_is_no_whole_number_refuses_its_row(rest: Rest, cell: str) -> None:
    bulk = Bulk(rest)
    done = bulk.load(f"Name,NumberOfEmployees\na,{cell}\n", object="Account", operation="insert")
    [row] = bulk.told(done["id"], "failedResults")
    told = (
        f"INVALID_TYPE_ON_FIELD_IN_RECORD:Employees: value not of required type: {cell}:NumberOfEmployees --"
    )
    assert row["sf__Error"] == told


def test_a_row_that_is_upserted_by_a_key_has_no_id_beside_it(rest: Rest) -> None:
    bulk = Bulk(rest)
    given: dict[str, object] = {"object": "Opportunity", "operation": "upsert"}
    data = "Id,Renewal_Key__c,Name\n006000000000001AAA,k-1,a\n"
    done = bulk.load(data, externalIdFieldName="Renewal_Key__c", **given)
    [row] = bulk.told(done["id"], "failedResults")
    told = "INVALID_FIELD:The Id field should not be specified beside Renewal_Key__c:Id --"
    assert row["sf__Error"] == told
