"""simple-salesforce, which nobody here wrote: ways to log in, pages, collections with partial failures, bulk jobs.

What it does one record at a time is in tests/integration/test_sandbox_salesforce_client.py.
"""

import csv
import io
from typing import Any, TypeAlias

import pytest
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
    SalesforceOperationError,
)
from simple_salesforce.format import format_soql
from tests.fakes.loopback_salesforce import Client, client
from tests.fakes.sandbox import SandboxProcess

Row: TypeAlias = dict[str, Any]
PEOPLE = 450
WAIT = 0
"""Seconds before the first look at a bulk job; the client would wait 5."""


@pytest.fixture(scope="module")
def salesforce(sandbox: SandboxProcess) -> Client:
    """A client that logged in by client credentials."""
    urls = sandbox.urls
    return client(
        urls.salesforce,
        consumer_key=urls.client_id,
        consumer_secret=urls.client_secret,
        domain="sandbox.my",
        version="62.0",
    )


@pytest.fixture(scope="module")
def people(salesforce: Client) -> str:
    """The id of an account with 450 contacts, created 200 at a time."""
    account = str(salesforce.Account.create({"Name": "people"})["id"])
    for start in range(0, PEOPLE, 200):
        rows = [{"LastName": f"p{n}", "AccountId": account} for n in range(start, min(start + 200, PEOPLE))]
        answer = _collection(salesforce, "POST", records=[_typed("Contact", row) for row in rows])
        assert all(row["success"] for row in answer)
    return account


def test_it_logs_in_by_a_signed_assertion_too(sandbox: SandboxProcess) -> None:
    urls = sandbox.urls
    made = client(
        urls.salesforce,
        username=urls.username,
        consumer_key=urls.client_id,
        privatekey_file=urls.private_key_file,
    )
    assert made.query("SELECT COUNT() FROM Account")["done"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"consumer_secret": "wrong", "domain": "sandbox.my"}, "invalid_client"),
        ({"consumer_key": "wrong", "domain": "sandbox.my"}, "invalid_client_id"),
        ({"username": "integration@csops.example", "password": "p"}, "invalid_grant"),
        (
            {"username": "integration@csops.example", "password": "p", "security_token": "t"},
            "INVALID_OPERATION",
        ),
    ],
    ids=["a wrong secret", "a wrong key", "a password", "a password over SOAP"],
)
def test_it_is_refused_without_the_right_credentials_and_told_why(
    sandbox: SandboxProcess, changed: dict[str, str], code: str
) -> None:
    urls = sandbox.urls
    right = {"consumer_key": urls.client_id, "consumer_secret": urls.client_secret}
    with pytest.raises(SalesforceAuthenticationFailed) as refusal:
        client(urls.salesforce, **(right | changed))
    assert refusal.value.code == code


def test_it_follows_the_pages_of_a_query(salesforce: Client, people: str) -> None:
    query = format_soql("SELECT Id, Account.Name FROM Contact WHERE AccountId = {}", people)
    page = salesforce.query(query, headers={"Sforce-Query-Options": "batchSize=200"})
    rows = list(page["records"])
    while not page["done"]:
        page = salesforce.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        rows += page["records"]
    assert (page["totalSize"], len({row["Id"] for row in rows})) == (PEOPLE, PEOPLE)
    assert {row["Account"]["Name"] for row in rows} == {"people"}


def test_a_collection_fails_row_by_row(salesforce: Client) -> None:
    rows: list[Row] = [
        {"Name": "a", "ExternalId__c": "a"},
        {"Phone": "1"},
        {"Name": "c", "AnnualRevenue": -1},
    ]
    records = [_typed("Account", row) for row in rows]
    assert _codes(_collection(salesforce, "POST", records=records)) == [
        "ok",
        "REQUIRED_FIELD_MISSING",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    ]
    assert _codes(_collection(salesforce, "POST", records=records[:1])) == ["DUPLICATE_VALUE"]


def test_a_collection_is_upserted_by_external_id(salesforce: Client) -> None:
    rows = [{"Name": "1", "ExternalId__c": "u"}, {"Name": "2", "ExternalId__c": "v"}, {"ExternalId__c": "w"}]
    records = [_typed("Account", row) for row in rows]
    _collection(salesforce, "PATCH", "/Account/ExternalId__c", records=records[:1])
    answer = _collection(salesforce, "PATCH", "/Account/ExternalId__c", records=records)
    assert _codes(answer) == ["ok", "ok", "REQUIRED_FIELD_MISSING"]
    assert [row["created"] for row in answer[:2]] == [False, True]


def test_an_upsert_that_names_its_key_a_second_time_is_refused(salesforce: Client) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refusal:
        salesforce.Account.upsert("ExternalId__c/dup", {"Name": "a", "ExternalId__c": "other"})
    assert "INVALID_FIELD" in str(refusal.value.content)


def test_a_bulk_upsert_counts_and_names_what_failed(salesforce: Client) -> None:
    rows = [
        {"Name": "b1", "ExternalId__c": "b1"},
        {"Name": "b2", "ExternalId__c": "b2"},
        {"ExternalId__c": "b3"},
    ]
    filled = [{"Name": "", **row} for row in rows]
    (told,) = salesforce.bulk2.Account.upsert(records=filled, external_id_field="ExternalId__c", wait=WAIT)
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 1)
    failed = _rows(salesforce.bulk2.Account.get_failed_records(told["job_id"]))
    assert [row["ExternalId__c"] for row in failed] == ["b3"]
    done = _rows(salesforce.bulk2.Account.get_successful_records(told["job_id"]))
    assert {(row["ExternalId__c"], row["sf__Created"]) for row in done} == {("b1", "true"), ("b2", "true")}


def test_a_bulk_job_of_an_unknown_field_fails_as_a_whole(salesforce: Client) -> None:
    with pytest.raises(SalesforceOperationError, match="InvalidBatch"):
        salesforce.bulk2.Account.insert(records=[{"Nope": "1"}], wait=WAIT)


def test_a_bulk_query_comes_in_pages_by_locator(salesforce: Client, people: str) -> None:
    query = format_soql("SELECT Id, LastName FROM Contact WHERE AccountId = {}", people)
    pages = list(salesforce.bulk2.Contact.query(query, max_records=200, wait=WAIT))
    assert [len(_rows(page)) for page in pages] == [200, 200, 50]
    assert len({row["Id"] for page in pages for row in _rows(page)}) == PEOPLE


def test_a_bulk_query_that_is_wrong_is_refused(salesforce: Client) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refusal:
        list(salesforce.bulk2.Contact.query("SELECT Nope FROM Contact", wait=WAIT))
    assert "INVALID_FIELD" in str(refusal.value.content)


def _collection(salesforce: Client, method: str, path: str = "", **body: object) -> list[Row]:
    return list(salesforce.restful(f"composite/sobjects{path}", method=method, json=body))


def _typed(kind: str, row: Row) -> Row:
    return {"attributes": {"type": kind}, **row}


def _codes(rows: list[Row]) -> list[str]:
    """The outcome of each row: `ok`, or the code of its first error."""
    return ["ok" if row["success"] else str(row["errors"][0]["statusCode"]) for row in rows]


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
