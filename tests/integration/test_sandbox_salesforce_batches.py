"""The sandbox's batch, and what collections and composites do to one another, over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of

METADATA = Path(__file__).parents[1] / "fakes" / "keyed_org.json"
Record = dict[str, Any]
BAD = {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": {}}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none", metadata=[str(METADATA)]) as here:
        yield here


@pytest.fixture(scope="module")
def start(sandbox: SandboxHere) -> str:
    return sandbox.snapshot()


@pytest.fixture
def rest(sandbox: SandboxHere, start: str) -> Rest:
    sandbox.restore(start)
    return Rest(sandbox)


def _create(name: str) -> Record:
    return {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": {"Name": name}}


def _batch(rest: Rest, *subs: Record, **more: object) -> Record:
    answer = rest.call("POST", "/composite/batch", json={"batchRequests": list(subs), **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _used(rest: Rest) -> int:
    usage = rest.call("GET", "/limits").headers["Sforce-Limit-Info"]
    return int(usage.removeprefix("api-usage=").split("/")[0])


def test_the_requests_of_a_batch_are_done_in_order_and_committed_one_by_one(
    rest: Rest, sandbox: SandboxHere
) -> None:
    query = {"method": "GET", "url": f"{VERSION}/query?q=SELECT+Name+FROM+Account"}
    done = _batch(rest, _create("a"), query, BAD, _create("b"), {"method": "GET", "url": "/v66.0/limits"})
    assert done["hasErrors"]
    assert [one["statusCode"] for one in done["results"]] == [201, 200, 400, 201, 200]
    assert done["results"][1]["result"]["records"][0]["Name"] == "a"
    assert done["results"][2]["result"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert {row["Name"] for row in sandbox.records("Account")} == {"a", "b"}


def test_every_request_of_a_batch_counts_and_the_allowance_ends_it_in_the_middle(
    rest: Rest, sandbox: SandboxHere
) -> None:
    before = _used(rest)
    _batch(rest, _create("a"), _create("b"), _create("c"))
    assert _used(rest) - before == 5
    sandbox.toggles(api_allowance=before + 5 + 2)
    cut = _batch(rest, _create("d"), _create("e"))
    assert [one["statusCode"] for one in cut["results"]] == [201, 403]
    assert cut["results"][1]["result"][0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_a_batch_goes_on_after_an_error_unless_it_is_to_halt(rest: Rest, sandbox: SandboxHere) -> None:
    halted = _batch(rest, _create("a"), BAD, _create("b"), _create("c"), haltOnError=True)
    assert [one["statusCode"] for one in halted["results"]] == [201, 400, 412, 412]
    assert halted["results"][3]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    assert [row["Name"] for row in sandbox.records("Account")] == ["a"]
    assert not _batch(rest, _create("d"), haltOnError=True)["hasErrors"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"batchRequests": [_create("a")] * 26}, "LIMIT_EXCEEDED"),
        ({"batchRequests": []}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [_create("a")], "haltOnError": "yes"}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [_create("a")], "allOrNone": True}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [_create("a"), {"url": "v66.0/limits"}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [_create("a"), {"method": "GET"}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [_create("a"), {"method": "get", "url": "v66.0/limits"}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [_create("a"), {"method": "GET", "url": "limits"}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [{**_create("a"), "body": {}}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [{**_create("a"), "httpHeaders": {}}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [{**_create("a"), "url": "v67.0/sobjects/Account"}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [{**_create("a"), "url": "v33.0/sobjects/Account"}]}, "JSON_PARSER_ERROR"),
        ({"batchRequests": [{**_create("a"), "url": "v66.0/composite/sobjects"}]}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_batch_that_cannot_be_read_does_nothing(
    rest: Rest, sandbox: SandboxHere, body: Record, code: str
) -> None:
    assert error_of(rest.call("POST", "/composite/batch", json=body)) == (400, code)
    assert sandbox.records("Account") == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"method": None}, "method must be one of"),
        ({"url": 7}, "url must be like vXX.X/sobjects/Account"),
        ({"url": "v66.0/composite/sobjects"}, "url must be like vXX.X/sobjects/Account"),
        ({"url": "v33.0/sobjects/Account"}, "must be 34.0 to the batch's own 66.0"),
        ({"url": "v67.0/sobjects/Account"}, "must be 34.0 to the batch's own 66.0"),
        ({"body": {}}, 'Unrecognized field "body"'),
    ],
)
def test_a_batch_says_which_part_of_a_request_is_wrong(
    rest: Rest, sandbox: SandboxHere, changed: Record, words: str
) -> None:
    requests = [_create("a"), {**_create("b"), **changed}]
    refused = rest.call("POST", "/composite/batch", json={"batchRequests": requests})
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")
    assert words in refused.json()[0]["message"]
    assert sandbox.records("Account") == []


@pytest.mark.parametrize(
    ("flags", "codes", "kept"),
    [
        ((False, False), ["", "REQUIRED_FIELD_MISSING"], {"a", "after"}),
        ((False, True), ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"], {"after"}),
        ((True, True), ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"], set()),
        ((True, False), ["", "REQUIRED_FIELD_MISSING"], set()),
    ],
)
def test_a_collection_in_a_composite_obeys_both_all_or_none(
    rest: Rest, sandbox: SandboxHere, flags: tuple[bool, bool], codes: list[str], kept: set[str]
) -> None:
    outer, inner = flags
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("a", None)]
    collection = {
        "method": "POST",
        "url": f"{VERSION}/composite/sobjects",
        "referenceId": "rows",
        "body": {"allOrNone": inner, "records": records},
    }
    after = {
        "method": "POST",
        "url": f"{VERSION}/sobjects/Account",
        "referenceId": "after",
        "body": {"Name": "after"},
    }
    body = {"allOrNone": outer, "collateSubrequests": False, "compositeRequest": [collection, after]}
    rows, last = rest.call("POST", "/composite", json=body).json()["compositeResponse"]
    assert rows["httpStatusCode"] == 200
    assert [row["errors"][0]["statusCode"] if row["errors"] else "" for row in rows["body"]] == codes
    assert last["httpStatusCode"] == (400 if outer else 201)
    assert {row["Name"] for row in sandbox.records("Account")} == kept


def test_a_key_with_several_rows_behind_it_fails_a_composite(rest: Rest, sandbox: SandboxHere) -> None:
    for name in ("x", "y"):
        rest.create("Account", Name=name, Loose__c="two")
    url = f"{VERSION}/sobjects/Account"
    subs = [
        {"method": "POST", "url": url, "referenceId": "a", "body": {"Name": "a"}},
        {"method": "PATCH", "url": f"{url}/Loose__c/two", "referenceId": "u", "body": {"Phone": "1"}},
    ]
    answer = rest.call("POST", "/composite", json={"allOrNone": True, "compositeRequest": subs})
    assert [part["httpStatusCode"] for part in answer.json()["compositeResponse"]] == [400, 300]
    assert {row["Name"] for row in sandbox.records("Account")} == {"x", "y"}


def test_the_composite_resources_are_listed_below_their_parent(rest: Rest) -> None:
    listed = rest.call("GET", "/composite").json()
    assert set(listed) == {"tree", "batch", "sobjects", "graph"}
    assert listed["graph"] == f"{VERSION}/composite/graph"
    assert rest.call("GET", "/composite/graph").status_code == 405


def test_rows_are_read_by_id_in_the_order_of_the_ids(rest: Rest) -> None:
    first, second = (rest.create("Account", Name=name) for name in "ab")
    ids = [second, "001000000000001AAA", "no id", first[:15]]
    path = "/composite/sobjects/Account"
    asked = rest.call("GET", path, params={"ids": ",".join(ids), "fields": "Name"}).json()
    posted = rest.call("POST", path, json={"ids": ids, "fields": ["Name"]}).json()
    assert asked == posted
    assert [row and row["Name"] for row in asked] == ["b", None, None, "a"]
    assert asked[3]["attributes"]["url"] == f"{VERSION}/sobjects/Account/{first}"


@pytest.mark.parametrize(
    ("method", "how", "code"),
    [
        ("GET", {"params": {"ids": "001000000000001AAA"}}, "MISSING_ARGUMENT"),
        ("GET", {"params": {"fields": "Name"}}, "MISSING_ARGUMENT"),
        ("GET", {"params": {"ids": "001000000000001AAA", "fields": "Nope"}}, "INVALID_FIELD"),
        ("POST", {"json": {"ids": ["001000000000001AAA"]}}, "MISSING_ARGUMENT"),
        ("POST", {"json": {"ids": "001000000000001AAA", "fields": ["Name"]}}, "JSON_PARSER_ERROR"),
        ("POST", {"json": {"ids": ["x"] * 2001, "fields": ["Name"]}}, "EXCEEDED_ID_LIMIT"),
        ("POST", {"json": {"ids": ["x"], "fields": ["Name"], "all": 1}}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_wrong_read_of_a_collection_is_refused(rest: Rest, method: str, how: Record, code: str) -> None:
    assert error_of(rest.call(method, "/composite/sobjects/Account", **how)) == (400, code)


def test_one_row_is_updated_twelve_times_in_a_call_and_not_more(rest: Rest, sandbox: SandboxHere) -> None:
    record = rest.create("Account", Name="a")
    changes = [{"attributes": {"type": "Account"}, "id": record, "Site": str(number)} for number in range(14)]
    rows = rest.call("PATCH", "/composite/sobjects", json={"records": changes}).json()
    assert [row["success"] for row in rows] == [True] * 12 + [False] * 2
    error = rows[12]["errors"][0]
    assert error["statusCode"] == "DUPLICATE_VALUE"
    assert error["message"].startswith("Maximum number of duplicate updates in one batch (12 allowed).")
    assert sandbox.records("Account")[0]["Site"] == "11"


def test_rows_of_several_objects_are_deleted_in_one_call(rest: Rest, sandbox: SandboxHere) -> None:
    account, contact = rest.create("Account", Name="a"), rest.create("Contact", LastName="c")
    ids = f"{account},{contact},{account},nonsense,003000000000001AAA"
    rows = rest.call("DELETE", "/composite/sobjects", params={"ids": ids}).json()
    codes = [row["errors"][0]["statusCode"] if row["errors"] else row["id"] for row in rows]
    assert codes == [account, contact, "ENTITY_IS_DELETED", "MALFORMED_ID", "INVALID_CROSS_REFERENCE_KEY"]
    kept = rest.create("Account", Name="kept")
    params = {"ids": f"{kept},nonsense", "allOrNone": "true"}
    rows = rest.call("DELETE", "/composite/sobjects", params=params).json()
    assert rows[0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert [row["IsDeleted"] for row in sandbox.records("Account") if row["Id"] == kept] == [False]
    many = ",".join(["001000000000001AAA"] * 201)
    refused = rest.call("DELETE", "/composite/sobjects", params={"ids": many})
    assert error_of(refused) == (400, "EXCEEDED_ID_LIMIT")
    assert error_of(rest.call("DELETE", "/composite/sobjects")) == (400, "MISSING_ARGUMENT")
