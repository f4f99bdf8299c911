"""The sandbox's sObject tree and its relationship resources over HTTP: from parents to children and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of

Record = dict[str, Any]
TREE = "/composite/tree/Account"


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


def _record(reference: str, kind: str = "Account", **values: object) -> Record:
    name = "LastName" if kind == "Contact" else "Name"
    return {"attributes": {"type": kind, "referenceId": reference}, name: reference, **values}


def _below(*records: Record) -> Record:
    return {"records": list(records)}


def _chain(levels: int) -> Record:
    record = _record(f"level{levels}")
    for level in range(levels - 1, 0, -1):
        record = _record(f"level{level}", ChildAccounts=_below(record))
    return record


def test_a_tree_is_created_level_by_level_with_its_children_linked(rest: Rest, sandbox: SandboxHere) -> None:
    first = _record("r1", Contacts=_below(_record("r2", "Contact"), _record("r3", "Contact")))
    second = _record("r4", ChildAccounts=_below(_record("r5", Contacts=_below(_record("r6", "Contact")))))
    answer = rest.call("POST", TREE, json=_below(first, second))
    assert answer.status_code == 201
    body = answer.json()
    assert not body["hasErrors"]
    assert [one["referenceId"] for one in body["results"]] == ["r1", "r4", "r2", "r3", "r5", "r6"]
    ids = {one["referenceId"]: one["id"] for one in body["results"]}
    parents = {row["LastName"]: row["AccountId"] for row in sandbox.records("Contact")}
    assert parents == {"r2": ids["r1"], "r3": ids["r1"], "r6": ids["r5"]}
    assert {row["Name"]: row["ParentId"] for row in sandbox.records("Account")}["r5"] == ids["r4"]


def test_one_wrong_record_undoes_the_whole_tree(rest: Rest, sandbox: SandboxHere) -> None:
    tree = _record("r1", Contacts=_below(_record("r2", "Contact"), _record("r3", "Contact", Email="no")))
    answer = rest.call("POST", TREE, json=_below(tree))
    assert answer.status_code == 400
    assert answer.json() == {
        "hasErrors": True,
        "results": [
            {
                "referenceId": "r3",
                "errors": [
                    {
                        "statusCode": "INVALID_EMAIL_ADDRESS",
                        "message": "Email: invalid email address: no",
                        "fields": ["Email"],
                    }
                ],
            }
        ],
    }
    assert sandbox.records("Account") == sandbox.records("Contact") == []
    outcomes = [write["outcome"] for write in sandbox.ledger()["writes"]]
    assert outcomes == ["rolled_back", "rolled_back", "INVALID_EMAIL_ADDRESS"]


@pytest.mark.parametrize(
    ("records", "wrong"),
    [
        ([_record("same"), _record("other"), _record("same")], ["same", "same"]),
        ([_record("a", "Contact")], ["a"]),
        ([{"attributes": {"referenceId": "a"}, "Name": "a"}], ["a"]),
        ([_record("_a")], ["_a"]),
        ([_record("a", Contacts=_below(_record("b")))], ["b"]),
    ],
)
def test_wrong_reference_ids_and_types_are_named(
    rest: Rest, sandbox: SandboxHere, records: list[Record], wrong: list[str]
) -> None:
    answer = rest.call("POST", TREE, json=_below(*records))
    assert answer.status_code == 400
    assert [one["referenceId"] for one in answer.json()["results"]] == wrong
    codes = {error["statusCode"] for one in answer.json()["results"] for error in one["errors"]}
    assert codes == {"INVALID_INPUT"}
    assert sandbox.records("Account") == []


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"records": [{"attributes": {"type": "Account"}, "Name": "a"}]}, (403, "INVALID_INPUT")),
        ({"records": [{"Name": "a"}]}, (403, "INVALID_INPUT")),
        (_below(*(_record(f"r{number}") for number in range(201))), (400, "LIMIT_EXCEEDED")),
        (_below(_chain(6)), (400, "LIMIT_EXCEEDED")),
        (_below(_record("a", Nobodies=_below(_record("b")))), (400, "INVALID_FIELD")),
        (_below(_record("a", Contacts={"records": []})), (400, "JSON_PARSER_ERROR")),
        ({"records": []}, (400, "JSON_PARSER_ERROR")),
        ({"records": [_record("a")], "allOrNone": False}, (400, "JSON_PARSER_ERROR")),
        (_below(_record("kept?"), _record("a", AnnualRevenue="banana")), (400, "JSON_PARSER_ERROR")),
    ],
)
def test_a_tree_that_cannot_be_read_does_nothing(
    rest: Rest, sandbox: SandboxHere, body: Record, refusal: tuple[int, str]
) -> None:
    assert error_of(rest.call("POST", TREE, json=body)) == refusal
    assert sandbox.records("Account") == []
    assert "ok" not in {write["outcome"] for write in sandbox.ledger()["writes"]}


def test_a_tree_may_be_five_levels_deep(rest: Rest) -> None:
    assert rest.call("POST", TREE, json=_below(_chain(5))).status_code == 201
    assert error_of(rest.call("POST", "/composite/tree/Nope", json=_below(_record("a")))) == (
        404,
        "NOT_FOUND",
    )


def test_a_record_leads_to_its_parent_which_can_be_changed_and_deleted(
    rest: Rest, sandbox: SandboxHere
) -> None:
    account = rest.create("Account", Name="a")
    contact = rest.create("Contact", LastName="c", AccountId=account)
    path = f"/sobjects/Contact/{contact}/Account"
    assert rest.call("GET", path).json()["Id"] == account
    assert set(rest.call("GET", path, params={"fields": "Name"}).json()) == {"attributes", "Id", "Name"}
    assert error_of(rest.call("GET", path, params={"fields": "Nope"})) == (400, "INVALID_FIELD")
    assert rest.call("PATCH", path, json={"Phone": "03"}).status_code == 204
    assert rest.read("Account", account)["Phone"] == "03"
    assert rest.call("DELETE", path).status_code == 204
    assert sandbox.records("Account")[0]["IsDeleted"]


def test_a_record_leads_to_its_children(rest: Rest) -> None:
    account = rest.create("Account", Name="a")
    path = f"/sobjects/Account/{account}/Contacts"
    assert rest.call("GET", path).json() == {"totalSize": 0, "done": True, "records": []}
    for name in ("x", "y"):
        rest.create("Contact", LastName=name, AccountId=account)
    rest.create("Contact", LastName="another's")
    found = rest.call("GET", path, params={"fields": "LastName"}).json()
    assert (found["totalSize"], found["done"]) == (2, True)
    assert sorted(row["LastName"] for row in found["records"]) == ["x", "y"]


def test_a_relationship_that_leads_nowhere_is_refused(rest: Rest) -> None:
    lone = rest.create("Contact", LastName="c")
    for path in (
        f"/sobjects/Contact/{lone}/Account",
        f"/sobjects/Contact/{lone}/Nobody",
        "/sobjects/Contact/003000000000001AAA/Account",
    ):
        assert error_of(rest.call("GET", path)) == (404, "NOT_FOUND")
    account = rest.create("Account", Name="a")
    assert error_of(rest.call("PATCH", f"/sobjects/Account/{account}/Contacts", json={})) == (
        404,
        "NOT_FOUND",
    )


def test_an_account_has_a_tag_that_guards_it_exactly(rest: Rest) -> None:
    record = rest.create("Account", Name="a")
    path = f"/sobjects/Account/{record}"
    tag = rest.call("GET", path).headers["ETag"]
    assert rest.call("GET", path, headers={"If-None-Match": tag}).status_code == 304
    first = rest.call("PATCH", path, json={"Phone": "1"}, headers={"If-Match": f'"other", {tag}'})
    assert first.status_code == 204
    second = rest.call("PATCH", path, json={"Phone": "2"}, headers={"If-Match": tag})
    assert error_of(second) == (412, "PRECONDITION_FAILED")
    assert rest.call("GET", path, headers={"If-None-Match": tag}).status_code == 200
    fresh = rest.call("GET", path).headers["ETag"]
    same = rest.call("PATCH", path, json={"Phone": "3"}, headers={"If-None-Match": fresh})
    assert error_of(same) == (412, "PRECONDITION_FAILED")
    assert rest.read("Account", record)["Phone"] == "1"


def test_a_row_that_has_not_changed_since_is_neither_sent_nor_written(
    rest: Rest, sandbox: SandboxHere
) -> None:
    record = rest.create("Account", Name="a")
    path = f"/sobjects/Account/{record}"
    since = {"If-Modified-Since": rest.call("GET", path).headers["Date"]}
    assert rest.call("GET", path, headers=since).status_code == 304
    assert rest.call("PATCH", path, json={"Phone": "1"}, headers=since).status_code == 304
    assert sandbox.records("Account")[0]["Phone"] is None
    sandbox.advance(seconds=1)
    sandbox.update("Account", record, {"Site": "x"})
    assert rest.call("PATCH", path, json={"Phone": "1"}, headers=since).status_code == 204


def test_a_condition_that_an_org_would_overlook_is_refused(rest: Rest) -> None:
    record = rest.create("Account", Name="a")
    deal = rest.opportunity()
    for method, path, header in [
        ("PATCH", f"/sobjects/Opportunity/{deal}", {"If-Match": '"x"'}),
        ("GET", f"/sobjects/Opportunity/{deal}", {"If-None-Match": '"x"'}),
        ("PATCH", f"/sobjects/Account/{record}", {"If-Match": "no quotes"}),
        ("DELETE", f"/sobjects/Account/{record}", {"If-Match": '"x"'}),
        ("POST", "/composite/sobjects", {"If-Unmodified-Since": "x"}),
        ("GET", "/sobjects/Account", {"Sforce-Nope": "1"}),
    ]:
        body: Record | None = {} if method in {"PATCH", "POST"} else None
        assert error_of(rest.call(method, path, headers=header, json=body)) == (400, "INVALID_HEADER")
    assert "ETag" not in rest.call("GET", f"/sobjects/Opportunity/{deal}").headers
