"""The sandbox's rows by external id over HTTP: one, none or several behind a key, and parents named by theirs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of

METADATA = Path(__file__).parents[1] / "fakes" / "keyed_org.json"
Record = dict[str, Any]


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


def _account(name: str | None = "a", **values: object) -> Record:
    return {"attributes": {"type": "Account"}, "Name": name, **values}


def _upsert(rest: Rest, *records: Record, field: str = "Key__c", **more: object) -> list[Record]:
    path = f"/composite/sobjects/Account/{field}"
    answer = rest.call("PATCH", path, json={"records": list(records), **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def _codes(rows: list[Record]) -> list[str]:
    return [row["errors"][0]["statusCode"] if row["errors"] else "" for row in rows]


def test_an_upsert_creates_then_updates_and_says_which(rest: Rest) -> None:
    created = rest.call("PATCH", "/sobjects/Account/Key__c/k-1", json={"Name": "a"})
    record = created.json()["id"]
    assert created.status_code == 201
    assert created.json() == {"id": record, "success": True, "errors": [], "created": True}
    assert created.headers["Location"] == f"{VERSION}/sobjects/Account/{record}"
    updated = rest.call("PATCH", "/sobjects/Account/key__c/k-1", json={"Phone": "03"})
    assert updated.status_code == 200
    assert updated.json() == {"id": record, "success": True, "errors": [], "created": False}
    assert (rest.read("Account", record)["Key__c"], rest.read("Account", record)["Phone"]) == ("k-1", "03")


def test_a_key_with_several_rows_gives_their_urls_and_writes_nothing(
    rest: Rest, sandbox: SandboxHere
) -> None:
    ids = [rest.create("Account", Name=name, Loose__c="same") for name in "ab"]
    answer = rest.call("PATCH", "/sobjects/Account/Loose__c/same", json={"Name": "c"})
    assert answer.status_code == 300
    assert sorted(answer.json()) == sorted(f"{VERSION}/sobjects/Account/{record}" for record in ids)
    for method in ("GET", "DELETE"):
        assert rest.call(method, "/sobjects/Account/Loose__c/same").status_code == 300
    assert {row["Name"] for row in sandbox.records("Account")} == {"a", "b"}


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", "/sobjects/Account/Key__c/k-1", {"Name": "a"}, (405, "METHOD_NOT_ALLOWED")),
        ("PUT", "/sobjects/Account/Key__c/k-1", {"Name": "a"}, (405, "METHOD_NOT_ALLOWED")),
        ("PATCH", "/sobjects/Account/Key__c/k-1", {"Name": "a", "key__C": "k-1"}, (400, "INVALID_FIELD")),
        ("PATCH", "/sobjects/Account/Key__c/k-1", {"Name": "a", "Id": "001"}, (400, "INVALID_FIELD")),
        ("PATCH", "/sobjects/Account/Key__c/k-1", {"Phone": "1"}, (400, "REQUIRED_FIELD_MISSING")),
        ("PATCH", f"/sobjects/Account/Key__c/{'k' * 81}", {"Name": "a"}, (400, "STRING_TOO_LONG")),
        ("PATCH", "/sobjects/Account/Key__c/k-1?updateOnly=true", {"Name": "a"}, (404, "NOT_FOUND")),
        ("PATCH", "/sobjects/Account/Key__c/k-1?updateOnly=1", {"Name": "a"}, (400, "INVALID_PARAMETER")),
        ("PATCH", "/sobjects/Account/Key__c/k-1?upsert=true", {"Name": "a"}, (400, "INVALID_PARAMETER")),
        ("PATCH", "/sobjects/Account/Phone/1", {"Name": "a"}, (404, "NOT_FOUND")),
        ("PATCH", "/sobjects/Account/Nope__c/1", {"Name": "a"}, (404, "NOT_FOUND")),
        ("DELETE", "/sobjects/Account/Key__c/k-1", None, (404, "NOT_FOUND")),
        ("GET", "/sobjects/Account/Key__c/k-1", None, (404, "NOT_FOUND")),
        ("POST", "/sobjects/Account/Id", {"Name": "a", "Key__c": "k"}, (400, "INVALID_FIELD")),
        ("POST", "/sobjects/Account/Id", {"Id": "x"}, (400, "INVALID_FIELD_FOR_INSERT_UPDATE")),
        ("POST", "/sobjects/Account/Key__c", {"Name": "a"}, (405, "METHOD_NOT_ALLOWED")),
        (
            "PATCH",
            "/sobjects/Account/Id/001000000000001AAA",
            {"Name": "a"},
            (404, "INVALID_CROSS_REFERENCE_KEY"),
        ),
    ],
)
def test_a_wrong_request_by_key_is_refused_and_writes_nothing(
    rest: Rest,
    sandbox: SandboxHere,
    method: str,
    path: str,
    body: Record | None,
    refusal: tuple[int, str],
) -> None:
    assert error_of(rest.call(method, path, json=body)) == refusal
    assert sandbox.records("Account") == []


def test_id_is_a_key_for_clients_that_know_no_other(rest: Rest) -> None:
    created = rest.call("POST", "/sobjects/Account/Id", json={"Name": "a"})
    assert (created.status_code, created.json()["created"]) == (201, True)
    record = created.json()["id"]
    updated = rest.call("PATCH", f"/sobjects/Account/Id/{record}", json={"Phone": "1"})
    assert (updated.status_code, updated.json()["created"]) == (200, False)
    assert rest.read("Account", record)["Phone"] == "1"


def test_a_row_is_looked_at_and_deleted_by_its_key(rest: Rest) -> None:
    record = rest.create("Account", Name="a", Key__c="k/1")
    path = "/sobjects/Account/Key__c/k%2F1"
    assert rest.call("GET", path, params={"fields": "Name"}).json()["Id"] == record
    head = rest.call("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert rest.call("DELETE", path).status_code == 204
    assert error_of(rest.call("GET", path)) == (404, "NOT_FOUND")
    again = rest.call("PATCH", path, json={"Name": "b"})
    assert (again.status_code, again.json()["id"] != record) == (201, True)


def test_a_key_is_compared_as_its_field_says_and_numbers_as_numbers(rest: Rest) -> None:
    rest.create("Account", Name="a", Key__c="Case", Loose__c="Case", Number__c=12)
    assert rest.call("GET", "/sobjects/Account/Key__c/case").status_code == 404
    assert rest.call("GET", "/sobjects/Account/Loose__c/cASE").status_code == 200
    assert rest.call("GET", "/sobjects/Account/Number__c/12.0").json()["Name"] == "a"
    assert error_of(rest.call("GET", "/sobjects/Account/Number__c/x")) == (400, "JSON_PARSER_ERROR")


def test_a_collection_is_upserted_row_by_row(rest: Rest, sandbox: SandboxHere) -> None:
    old = rest.create("Account", Name="old", Key__c="k-1")
    rows = _upsert(
        rest,
        _account("renamed", Key__c="k-1"),
        _account("new", key__c="k-2"),
        _account("no key"),
        _account("no value", Key__c=None),
        _account(None, Key__c="k-3"),
        _account("with id", Key__c="k-4", Id=old),
    )
    assert rows[0] == {"id": old, "success": True, "errors": [], "created": False}
    assert (rows[1]["success"], rows[1]["created"]) == (True, True)
    assert _codes(rows[2:]) == [
        "MISSING_ARGUMENT",
        "MISSING_ARGUMENT",
        "REQUIRED_FIELD_MISSING",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ]
    assert all("created" not in row for row in rows[2:])
    assert {row["Name"] for row in sandbox.records("Account")} == {"renamed", "new"}


def test_rows_that_share_a_key_in_one_call_are_all_refused(rest: Rest, sandbox: SandboxHere) -> None:
    rows = _upsert(rest, _account(Key__c="same"), _account(Key__c="other"), _account(Key__c="same"))
    assert _codes(rows) == ["DUPLICATE_VALUE", "", "DUPLICATE_VALUE"]
    assert rows[0]["errors"][0]["message"] == "Duplicate external id specified: same"
    assert [row["Key__c"] for row in sandbox.records("Account")] == ["other"]


def test_a_row_whose_key_leads_to_several_is_refused(rest: Rest) -> None:
    for name in "ab":
        rest.create("Account", Name=name, Loose__c="two")
    assert _codes(_upsert(rest, _account(Loose__c="two"), field="Loose__c")) == ["DUPLICATE_EXTERNAL_ID"]


def test_a_key_that_is_not_unique_is_for_those_who_view_all(rest: Rest, sandbox: SandboxHere) -> None:
    granted = [row for row in sandbox.records("ObjectPermissions") if row["SobjectType"] == "Account"]
    for row in granted:
        rights = {"PermissionsViewAllRecords": False, "PermissionsModifyAllRecords": False}
        sandbox.update("ObjectPermissions", row["Id"], rights)
    refused = rest.call("PATCH", "/sobjects/Account/Loose__c/x", json={"Name": "a"})
    assert error_of(refused) == (403, "INSUFFICIENT_ACCESS")
    assert _codes(_upsert(rest, _account(Loose__c="x"), field="Loose__c")) == ["INSUFFICIENT_ACCESS"]
    assert rest.call("PATCH", "/sobjects/Account/Key__c/x", json={"Name": "a"}).status_code == 201


def test_all_or_none_takes_an_upsert_back(rest: Rest, sandbox: SandboxHere) -> None:
    rest.create("Account", Name="old", Key__c="k-1")
    rows = _upsert(
        rest, _account("x", Key__c="k-1"), _account("y", Key__c="k-2"), _account("z"), allOrNone=True
    )
    rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert _codes(rows) == [rolled_back, rolled_back, "MISSING_ARGUMENT"]
    assert [row["Name"] for row in sandbox.records("Account")] == ["old"]
    outcomes = [write["outcome"] for write in sandbox.ledger()["writes"]]
    assert outcomes == ["ok", "rolled_back", "rolled_back"]


@pytest.mark.parametrize(
    ("field", "records", "refusal"),
    [
        ("Key__c", [{"attributes": {"type": "Contact"}, "LastName": "a"}], (400, "INVALID_TYPE")),
        ("Key__c", [{"Name": "a", "Key__c": "k"}], (400, "INVALID_INPUT")),
        ("Key__c", [_account(Key__c=str(number)) for number in range(201)], (400, "EXCEEDED_ID_LIMIT")),
        ("Key__c", [], (400, "JSON_PARSER_ERROR")),
        ("Phone", [_account()], (404, "NOT_FOUND")),
        ("Id", [_account()], (404, "NOT_FOUND")),
        ("Key__c", [_account("kept?", Key__c="1"), _account(Key__c=2)], (400, "JSON_PARSER_ERROR")),
    ],
)
def test_an_upsert_of_a_collection_that_cannot_be_read_does_nothing(
    rest: Rest, sandbox: SandboxHere, field: str, records: list[Record], refusal: tuple[int, str]
) -> None:
    answer = rest.call("PATCH", f"/composite/sobjects/Account/{field}", json={"records": records})
    assert error_of(answer) == refusal
    assert sandbox.records("Account") == []
    assert "ok" not in {write["outcome"] for write in sandbox.ledger()["writes"]}


def test_a_parent_is_named_by_its_external_id(rest: Rest, sandbox: SandboxHere) -> None:
    parent = rest.create("Account", Name="parent", Key__c="p")
    contact = rest.create("Contact", LastName="c", Account={"Key__c": "p"})
    assert rest.read("Contact", contact)["AccountId"] == parent
    other = rest.create("Account", Name="other")
    changed = {"Account": {"attributes": {"type": "Account"}, "Id": other}}
    assert rest.call("PATCH", f"/sobjects/Contact/{contact}", json=changed).status_code == 204
    assert rest.read("Contact", contact)["AccountId"] == other
    task = rest.create("Task", Subject="t", What={"attributes": {"type": "Account"}, "Key__c": "p"})
    assert rest.read("Task", task)["WhatId"] == parent
    assert sandbox.ledger()["writes"][1]["values"]["Account"] == {"Key__c": "p"}


@pytest.mark.parametrize(
    ("name", "values", "code", "words"),
    [
        ("Contact", {"Account": {"Key__c": "nobody"}}, "INVALID_FIELD", "nobody not found for field Key__c"),
        ("Contact", {"Account": {"Id": "001000000000001AAA"}}, "INVALID_FIELD", "not found for field Id"),
        ("Contact", {"Account": {"Name": "twin"}}, "INVALID_FIELD", "Name does not match an External ID"),
        ("Contact", {"Account": {"Key__c": "p", "Loose__c": "p"}}, "INVALID_FIELD", "More than 1 field"),
        ("Contact", {"Account": {}}, "INVALID_FIELD", "Fewer than 1 field"),
        ("Contact", {"Account": {"Loose__c": "twin"}}, "DUPLICATE_EXTERNAL_ID", "More than one record"),
        ("Contact", {"Account": {"Key__c": "p"}, "AccountId": None}, "INVALID_FIELD", "given twice"),
        ("Contact", {"accountid": None, "ACCOUNT": {"Key__c": "p"}}, "INVALID_FIELD", "given twice"),
        ("Contact", {"Nobody": {"Key__c": "p"}}, "INVALID_FIELD", "No such column 'Nobody'"),
        ("Task", {"What": {"Key__c": "p"}}, "INVALID_FIELD", "needs attributes with a type"),
        (
            "Task",
            {"What": {"attributes": {"type": "Contact"}, "Key__c": "p"}},
            "INVALID_FIELD",
            "needs attributes with a type out of",
        ),
    ],
)
def test_a_parent_that_cannot_be_found_is_refused(
    rest: Rest, name: str, values: Record, code: str, words: str
) -> None:
    for key in ("p", "q"):
        rest.create("Account", Name="twin", Key__c=key, Loose__c="twin")
    required = {"LastName": "c"} if name == "Contact" else {"Subject": "t"}
    refused = rest.call("POST", f"/sobjects/{name}", json={**required, **values})
    assert error_of(refused) == (400, code)
    assert words in refused.json()[0]["message"]
