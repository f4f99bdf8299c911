"""The sandbox's sObject resources over HTTP: one record at a time, and what describe tells."""

from collections.abc import Iterator

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of


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


def test_a_record_is_created_read_changed_and_deleted(rest: Rest, sandbox: SandboxHere) -> None:
    answer = rest.call(
        "POST", "/sobjects/Account/", json={"Name": "青空商事", "attributes": {"type": "Account"}}
    )
    record = answer.json()["id"]
    assert answer.json() == {"id": record, "success": True, "errors": []}
    assert answer.headers["Location"] == f"{VERSION}/sobjects/Account/{record}"
    sandbox.advance(seconds=90)
    assert rest.call("PATCH", f"/sobjects/Account/{record[:15]}", json={"Phone": "03"}).status_code == 204
    row = rest.read("Account", record)
    assert (row["Name"], row["Phone"]) == ("青空商事", "03")
    assert row["attributes"] == {"type": "Account", "url": f"{VERSION}/sobjects/Account/{record}"}
    assert row["CreatedDate"] == "2026-04-01T00:00:00.000+0000"
    assert row["LastModifiedDate"] == row["SystemModstamp"] == "2026-04-01T00:01:30.000+0000"
    names = {user["Id"]: user["Username"] for user in sandbox.records("User")}
    assert names[row["CreatedById"]] == names[row["LastModifiedById"]] == sandbox.urls.username
    assert rest.call("DELETE", f"/sobjects/Account/{record}").status_code == 204
    assert error_of(rest.call("GET", f"/sobjects/Account/{record}")) == (404, "NOT_FOUND")
    assert error_of(rest.call("PATCH", f"/sobjects/Account/{record}", json={})) == (404, "ENTITY_IS_DELETED")


def test_a_write_is_in_the_ledger_with_who_what_and_what_came_of_it(rest: Rest, sandbox: SandboxHere) -> None:
    record = rest.create("Account", Name="a")
    rest.call("PATCH", f"/sobjects/Account/{record}", json={"Nope": 1})
    writes = sandbox.ledger()["writes"]
    told = [(w["operation"], w["target"], w["id"], w["actor"], w["outcome"]) for w in writes]
    who = sandbox.urls.username
    assert told == [
        ("create", "Account", record, who, "ok"),
        ("update", "Account", record, who, "INVALID_FIELD"),
    ]
    calls = sandbox.ledger()["calls"]
    assert calls["salesforce POST /sobjects/{object}"] == 1
    assert calls["salesforce PATCH /sobjects/{object}/{id}"] == 1


def test_only_the_fields_that_are_asked_for_are_given(rest: Rest) -> None:
    record = rest.create("Account", Name="a", Phone="1")
    row = rest.call("GET", f"/sobjects/Account/{record}", params={"fields": "Name,phone"}).json()
    assert set(row) == {"attributes", "Id", "Name", "Phone"}
    refused = rest.call("GET", f"/sobjects/Account/{record}", params={"fields": "Nope"})
    assert error_of(refused) == (400, "INVALID_FIELD")


def test_if_unmodified_since_guards_an_update_to_the_second(rest: Rest, sandbox: SandboxHere) -> None:
    record = rest.create("Account", Name="a")
    read_at = rest.call("GET", f"/sobjects/Account/{record}").headers["Date"]
    guard = {"If-Unmodified-Since": read_at}
    sandbox.update("Account", record, {"Phone": "same second"})
    assert (
        rest.call("PATCH", f"/sobjects/Account/{record}", json={"Site": "1"}, headers=guard).status_code
        == 204
    )
    sandbox.advance(seconds=1)
    sandbox.update("Account", record, {"Phone": "a person"})
    refused = rest.call("PATCH", f"/sobjects/Account/{record}", json={"Site": "2"}, headers=guard)
    assert error_of(refused) == (412, "PRECONDITION_FAILED")
    assert rest.read("Account", record)["Site"] == "1"
    bad = rest.call("PATCH", f"/sobjects/Account/{record}", json={}, headers={"If-Unmodified-Since": "soon"})
    assert bad.status_code == 400
    assert rest.call("DELETE", f"/sobjects/Account/{record}", headers=guard).status_code == 400


def test_a_record_is_found_and_upserted_by_its_external_id(rest: Rest) -> None:
    key = "/sobjects/Opportunity/Renewal_Key__c/R-1"
    values = {"Name": "r", "StageName": "提案", "CloseDate": "2026-06-15"}
    assert error_of(rest.call("GET", key)) == (404, "NOT_FOUND")
    assert error_of(rest.call("PATCH", key + "?updateOnly=true", json=values)) == (404, "NOT_FOUND")
    created = rest.call("PATCH", key, json=values)
    assert (created.status_code, created.json()["created"]) == (201, True)
    updated = rest.call("PATCH", key, json={"NextStep": "x"})
    assert (updated.status_code, updated.json()["created"]) == (200, False)
    assert rest.call("GET", key).json()["NextStep"] == "x"
    assert error_of(rest.call("PATCH", key, json={"Renewal_Key__c": "R-1"})) == (400, "INVALID_FIELD")
    refused = rest.call("POST", "/sobjects/Opportunity", json={**values, "Renewal_Key__c": "R-1"})
    assert error_of(refused) == (400, "DUPLICATE_VALUE")
    assert refused.json()[0]["message"].endswith(f"record with id: {created.json()['id']}")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"CloseDate": ""},
            "date from VALUE_STRING value  or request may be missing a required field at [line:1,",
        ),
        ({"Amount": ""}, "currency from VALUE_STRING value  or request"),
        ({"Term_Months__c": ""}, "double from VALUE_STRING value  or request"),
        (
            {"CloseDate": "2026-06-15T23:00:00-09:00"},
            "date from VALUE_STRING value 2026-06-15T23:00:00-09:00 or",
        ),
        ({"CloseDate": "2026-06-15Tgarbage"}, "date from VALUE_STRING value 2026-06-15Tgarbage or"),
    ],
)
def test_a_text_that_is_no_number_and_no_day_writes_nothing(
    rest: Rest, values: dict[str, str], words: str
) -> None:
    record = rest.opportunity(Amount=5, NextStep="call")
    before = rest.read("Opportunity", record)
    refused = rest.call("PATCH", f"/sobjects/Opportunity/{record}", json={"NextStep": "x", **values})
    assert error_of(refused) == (400, "JSON_PARSER_ERROR")
    assert f"Cannot deserialize instance of {words}" in refused.json()[0]["message"]
    assert rest.read("Opportunity", record) == before


def test_null_empties_a_number_and_a_day_and_an_empty_text_a_text(rest: Rest) -> None:
    record = rest.opportunity(Amount=5, NextStep="call", Renewal_Date__c="2026-07-01")
    emptied = {"Amount": None, "Renewal_Date__c": None, "NextStep": ""}
    assert rest.call("PATCH", f"/sobjects/Opportunity/{record}", json=emptied).status_code == 204
    row = rest.read("Opportunity", record)
    assert (row["Amount"], row["Renewal_Date__c"], row["NextStep"]) == (None, None, None)


def test_an_activated_contract_keeps_its_status_and_stays(rest: Rest) -> None:
    account = rest.create("Account", Name="a")
    refused = rest.call("POST", "/sobjects/Contract", json={"AccountId": account, "Status": "Activated"})
    assert error_of(refused) == (400, "FAILED_ACTIVATION")
    contract = rest.create("Contract", AccountId=account)
    path = f"/sobjects/Contract/{contract}"
    both = rest.call("PATCH", path, json={"Status": "Activated", "ContractTerm": 12})
    assert error_of(both) == (400, "FAILED_ACTIVATION")
    assert rest.call("PATCH", path, json={"Status": "Activated"}).status_code == 204
    assert rest.read("Contract", contract)["StatusCode"] == "Activated"
    assert error_of(rest.call("PATCH", path, json={"Status": "Draft"})) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert error_of(rest.call("DELETE", path)) == (400, "DELETE_FAILED")


@pytest.mark.parametrize(
    ("method", "path", "how", "refusal"),
    [
        ("PUT", "/sobjects/Account", {"json": {}}, (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/sobjects/Nope", {"json": {}}, (404, "NOT_FOUND")),
        ("POST", "/sobjects/Account", {"data": "Name=a"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ("POST", "/sobjects/Account", {"json": [1]}, (400, "JSON_PARSER_ERROR")),
        (
            "POST",
            "/sobjects/Account",
            {"json": {"Id": "x", "Name": "a"}},
            (400, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ),
        ("POST", "/sobjects/Account", {"json": {"attributes": {"type": "Contact"}}}, (400, "INVALID_TYPE")),
        (
            "POST",
            "/sobjects/User",
            {"json": {"Username": "a"}},
            (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ),
        ("GET", "/sobjects/Account/123", {}, (404, "NOT_FOUND")),
        ("GET", "/sobjects/Account/001000000000001AAA", {}, (404, "NOT_FOUND")),
        ("PATCH", "/sobjects/Account/001000000000001AAA", {"json": {}}, (404, "INVALID_CROSS_REFERENCE_KEY")),
        ("DELETE", "/sobjects/Account/001000000000001AAA", {}, (404, "INVALID_CROSS_REFERENCE_KEY")),
        ("GET", "/sobjects/Account/Name/Acme", {}, (404, "NOT_FOUND")),
        ("GET", "/sobjects/Nope/describe", {}, (404, "NOT_FOUND")),
    ],
)
def test_a_wrong_request_is_refused(
    rest: Rest, method: str, path: str, how: dict[str, object], refusal: tuple[int, str]
) -> None:
    assert error_of(rest.call(method, path, **how)) == refusal


def test_describe_tells_what_may_be_read_and_written(rest: Rest, sandbox: SandboxHere) -> None:
    shown = rest.call("GET", "/sobjects/Opportunity/describe").json()
    fields = {field["name"]: field for field in shown["fields"]}
    key = fields["Renewal_Key__c"]
    assert (key["externalId"], key["unique"], key["caseSensitive"], key["length"]) == (True, True, True, 64)
    assert (key["createable"], key["updateable"], key["nillable"]) == (True, True, True)
    assert not fields["IsWon"]["updateable"]
    assert [value["value"] for value in fields["StageName"]["picklistValues"]][-1] == "失注"
    assert (fields["Name"]["nillable"], fields["Name"]["defaultedOnCreate"]) == (False, False)
    assert (fields["OwnerId"]["nillable"], fields["OwnerId"]["defaultedOnCreate"]) == (False, True)
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    names = {info["developerName"] for info in shown["recordTypeInfos"]}
    assert names == {"Renewal", "New_Business", "Master"}
    sandbox.toggles(fls_hidden={"Opportunity": ["Amount"]}, fls_read_only={"Opportunity": ["NextStep"]})
    shown = rest.call("GET", "/sobjects/Opportunity/describe").json()
    fields = {field["name"]: field for field in shown["fields"]}
    assert "Amount" not in fields
    assert not fields["NextStep"]["updateable"]
    deal = rest.opportunity()
    assert "Amount" not in rest.read("Opportunity", deal)
    hidden = rest.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": 1})
    assert error_of(hidden) == (400, "INVALID_FIELD")
    read_only = rest.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"NextStep": "x"})
    assert error_of(read_only) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_unchanged_metadata_is_not_sent_again(rest: Rest, sandbox: SandboxHere) -> None:
    since = rest.call("GET", "/sobjects").headers["Date"]
    again = rest.call("GET", "/sobjects/Account/describe", headers={"If-Modified-Since": since})
    assert (again.status_code, again.content) == (304, b"")
    sandbox.advance(seconds=5)
    sandbox.toggles(fls_hidden={"Account": ["Phone"]})
    changed = rest.call("GET", "/sobjects/Account/describe", headers={"If-Modified-Since": since})
    assert changed.status_code == 200
