"""Collections and composite over HTTP: one call, many rows, each with its own outcome."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of

Record = dict[str, Any]


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


def _account(name: str | None, **values: object) -> Record:
    return {"attributes": {"type": "Account"}, "Name": name, **values}


def _sub(reference: str, method: str, url: str, **more: object) -> Record:
    return {"referenceId": reference, "method": method, "url": VERSION + url, **more}


def _composite(rest: Rest, *subs: Record, all_or_none: bool = False) -> list[Record]:
    answer = rest.call("POST", "/composite", json={"allOrNone": all_or_none, "compositeRequest": list(subs)})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["compositeResponse"])


def test_each_row_of_a_collection_has_its_own_outcome(rest: Rest, sandbox: SandboxHere) -> None:
    answer = rest.call(
        "POST", "/composite/sobjects", json={"records": [_account("a"), _account(None), _account("c")]}
    )
    first, second, third = answer.json()
    assert (answer.status_code, first["success"], third["success"]) == (200, True, True)
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }
    assert {row["Name"] for row in sandbox.records("Account")} == {"a", "c"}


def test_all_or_none_takes_every_row_back_and_says_so(rest: Rest, sandbox: SandboxHere) -> None:
    body = {"allOrNone": True, "records": [_account("a"), _account(None)]}
    first, second = rest.call("POST", "/composite/sobjects", json=body).json()
    assert first["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert second["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert sandbox.records("Account") == []
    assert [write["outcome"] for write in sandbox.ledger()["writes"]] == [
        "rolled_back",
        "REQUIRED_FIELD_MISSING",
    ]


def test_rows_are_updated_deleted_and_read_by_id_in_one_call(rest: Rest) -> None:
    ids = [rest.create("Account", Name=name) for name in "abc"]
    changed = [
        {"attributes": {"type": "Account"}, "id": ids[0], "Site": "x"},
        _account("n", Id="001000000000001AAA"),
    ]
    done, missing = rest.call("PATCH", "/composite/sobjects", json={"records": changed}).json()
    assert done == {"id": ids[0], "success": True, "errors": []}
    assert missing["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    rest.call("DELETE", "/composite/sobjects", params={"ids": ids[1], "allOrNone": "false"})
    read = rest.call(
        "GET", "/composite/sobjects/Account", params={"ids": ",".join(ids), "fields": "Name,Site"}
    )
    assert [row and row["Name"] for row in read.json()] == ["a", None, "c"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"records": [_account("a")] * 201}, "EXCEEDED_ID_LIMIT"),
        ({"records": [_account("a"), {"attributes": {"type": "Task"}}] * 6}, "INVALID_OPERATION"),
        ({"records": [{"Name": "a"}]}, "INVALID_INPUT"),
        ({"records": [{"attributes": {"type": "Nope"}}]}, "INVALID_TYPE"),
        ({"records": [_account("a")], "allOrNothing": True}, "JSON_PARSER_ERROR"),
        ({"records": [_account("a")], "allOrNone": "true"}, "JSON_PARSER_ERROR"),
        ({"records": []}, "JSON_PARSER_ERROR"),
        ({"records": [_account("kept?"), _account("a", AnnualRevenue="banana")]}, "JSON_PARSER_ERROR"),
        ({"records": [_account("kept?"), _account("a", AnnualRevenue="")]}, "JSON_PARSER_ERROR"),
    ],
)
def test_a_collection_that_cannot_be_read_does_nothing(
    rest: Rest, sandbox: SandboxHere, body: Record, code: str
) -> None:
    assert error_of(rest.call("POST", "/composite/sobjects", json=body)) == (400, code)
    assert sandbox.records("Account") == []


def test_a_composite_refers_to_earlier_answers_and_counts_once(rest: Rest) -> None:
    before = int(rest.call("GET", "/limits").headers["Sforce-Limit-Info"].split("=")[1].split("/")[0])
    deal = {"Name": "d", "StageName": "提案", "CloseDate": "2026-06-15", "AccountId": "@{account.id}"}
    found = _composite(
        rest,
        _sub("account", "POST", "/sobjects/Account", body={"Name": "a"}),
        _sub("deal", "POST", "/sobjects/Opportunity", body=deal),
        _sub("rows", "GET", "/query?q=SELECT+Account.Name+FROM+Opportunity"),
        _sub("name", "GET", "/sobjects/Account/@{rows.records[0].Nope}"),
        _sub("read", "GET", "/sobjects/Account/@{account.id}?fields=Name"),
    )
    assert [part["httpStatusCode"] for part in found] == [201, 201, 200, 400, 200]
    assert found[2]["body"]["records"][0]["Account"]["Name"] == "a"
    assert found[3]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert found[4]["referenceId"] == "read"
    after = int(rest.call("GET", "/limits").headers["Sforce-Limit-Info"].split("=")[1].split("/")[0])
    assert after - before == 2


def test_a_failed_subrequest_undoes_the_others_only_where_all_or_none_was_asked(
    rest: Rest, sandbox: SandboxHere
) -> None:
    subs = (
        _sub("good", "POST", "/sobjects/Account", body={"Name": "a"}),
        _sub("bad", "POST", "/sobjects/Account", body={}),
        _sub("after", "POST", "/sobjects/Account", body={"Name": "b"}),
    )
    found = _composite(rest, *subs, all_or_none=True)
    assert [part["body"][0]["errorCode"] for part in found] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
        "PROCESSING_HALTED",
    ]
    assert sandbox.records("Account") == []
    assert [part["httpStatusCode"] for part in _composite(rest, *subs)] == [201, 400, 201]
    assert len(sandbox.records("Account")) == 2


def test_a_subrequest_carries_its_own_guard(rest: Rest, sandbox: SandboxHere) -> None:
    record = rest.create("Account", Name="a")
    read_at = rest.call("GET", f"/sobjects/Account/{record}").headers["Date"]
    sandbox.advance(seconds=1)
    sandbox.update("Account", record, {"Phone": "a person"})
    guard = {"If-Unmodified-Since": read_at}
    patch = _sub("p", "PATCH", f"/sobjects/Account/{record}", body={"Site": "x"}, httpHeaders=guard)
    assert _composite(rest, patch)[0]["httpStatusCode"] == 412


@pytest.mark.parametrize(
    ("subs", "code"),
    [
        ([_sub(f"r{n}", "GET", "/sobjects") for n in range(26)], "LIMIT_EXCEEDED"),
        ([_sub(f"r{n}", "GET", "/query?q=x") for n in range(6)], "LIMIT_EXCEEDED"),
        ([_sub("same", "GET", "/sobjects")] * 2, "INVALID_INPUT"),
        ([_sub("no-dash", "GET", "/sobjects")], "INVALID_INPUT"),
        ([_sub("r", "GET", "/limits")], "INVALID_INPUT"),
        ([_sub("r", "POST", "/composite", body={})], "INVALID_INPUT"),
        ([_sub("r", "get", "/sobjects")], "JSON_PARSER_ERROR"),
        ([{"method": "GET", "url": "/sobjects", "referenceId": "r"}], "JSON_PARSER_ERROR"),
        ([_sub("r", "GET", "/sobjects", httpHeaders={"Authorization": "x"})], "INVALID_HEADER"),
        ([_sub("r", "GET", "/sobjects", httpHeaders={"Content-Type": "text/csv"})], "INVALID_HEADER"),
        ([{"method": "GET", "url": VERSION}], "JSON_PARSER_ERROR"),
        ([_sub("r", "GET", "/sobjects", extra=1)], "JSON_PARSER_ERROR"),
        ([], "JSON_PARSER_ERROR"),
    ],
)
def test_a_composite_beyond_its_bounds_is_refused(rest: Rest, subs: list[Record], code: str) -> None:
    assert error_of(rest.call("POST", "/composite", json={"compositeRequest": subs})) == (400, code)
