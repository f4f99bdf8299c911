"""simple-salesforce, which nobody here wrote, works on the sandbox as it does on an org."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from tests.fakes.loopback_salesforce import Client
from tests.fakes.loopback_salesforce import client as client_of
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import JWT_BEARER, ask_token, assertion


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="small") as process:
        yield process


@pytest.fixture
def client(sandbox: SandboxProcess) -> Client:
    token = ask_token(sandbox.urls, grant_type=JWT_BEARER, assertion=assertion(sandbox.urls)).json()
    return client_of(
        sandbox.urls.salesforce, instance="sandbox.invalid", session_id=token["access_token"], version="66.0"
    )


def test_it_queries_with_parents_and_follows_the_pages(client: Client, sandbox: SandboxProcess) -> None:
    rows = client.query_all("SELECT Id, Account.Name, EndDate FROM Contract ORDER BY Id")["records"]
    assert [row["Id"] for row in rows] == sorted(row["Id"] for row in sandbox.records("Contract"))
    assert all(row["Account"]["Name"] for row in rows)
    counted = client.query("SELECT COUNT() FROM Contract")["totalSize"]
    assert counted == len(rows)
    assert client.api_usage["api-usage"].total == 100_000


def test_it_creates_reads_updates_and_deletes(client: Client) -> None:
    made = client.Account.create({"Name": "simple"})
    assert made["success"]
    client.Account.update(made["id"], {"Phone": "1"})
    assert client.Account.get(made["id"])["Phone"] == "1"
    client.Account.delete(made["id"])
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(made["id"])


def test_it_upserts_by_external_id(client: Client) -> None:
    values = {"Name": "u", "StageName": "提案", "CloseDate": "2026-06-15"}
    assert client.Opportunity.upsert("Renewal_Key__c/simple-1", values) == 201
    assert client.Opportunity.upsert("Renewal_Key__c/simple-1", values) == 200
    assert client.Opportunity.get_by_custom_id("Renewal_Key__c", "simple-1")["Name"] == "u"


def test_its_errors_carry_salesforces_codes(client: Client, sandbox: SandboxProcess) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refusal:
        client.query("SELECT Nope FROM Account")
    assert "'errorCode': 'INVALID_FIELD'" in str(refusal.value.content)
    sandbox.expire_sessions()
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Account")


def test_it_asks_what_changed_and_describes(client: Client, sandbox: SandboxProcess) -> None:
    made = client.Account.create({"Name": "changed"})
    now = sandbox.advance(seconds=120)
    changed = client.Account.updated(datetime(2026, 3, 31, tzinfo=UTC), now)
    assert made["id"] in changed["ids"]
    sandbox.advance(seconds=3600)
    client.Account.delete(made["id"])
    later = sandbox.advance(seconds=120)
    gone = client.Account.deleted(now + timedelta(minutes=1), later)
    assert [row["id"] for row in gone["deletedRecords"]] == [made["id"]]
    assert client.Account.describe()["keyPrefix"] == "001"
    assert {"Account", "Contract", "Opportunity"} <= {one["name"] for one in client.describe()["sobjects"]}
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000


def test_it_writes_collections_and_composites(client: Client) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("x", "y")]
    made = client.restful("composite/sobjects", method="POST", json={"records": records})
    assert [row["success"] for row in made] == [True, True]
    sub = {
        "method": "GET",
        "url": f"/services/data/v66.0/sobjects/Account/{made[0]['id']}",
        "referenceId": "a",
    }
    answer = client.restful("composite", method="POST", json={"compositeRequest": [sub]})
    assert answer["compositeResponse"][0]["body"]["Name"] == "x"
