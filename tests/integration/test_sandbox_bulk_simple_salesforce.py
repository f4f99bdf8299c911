"""simple-salesforce's Bulk API 2.0 client works on the sandbox as it does on an org."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceOperationError
from tests.fakes.foreign_client import Client, log_in
from tests.fakes.sandbox import SandboxProcess

Row = dict[str, str]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="small") as process:
        yield process


@pytest.fixture(scope="module")
def start(sandbox: SandboxProcess) -> str:
    return sandbox.snapshot()


@pytest.fixture
def client(sandbox: SandboxProcess, start: str) -> Client:
    sandbox.restore(start)
    return log_in(sandbox)


def _rows(page: str) -> list[Row]:
    return list(csv.DictReader(page.splitlines()))


def _deals(count: int) -> list[Row]:
    return [
        {"Name": f"更新 {n}", "StageName": "提案", "CloseDate": "2026-06-15", "Renewal_Key__c": f"bulk-{n}"}
        for n in range(count)
    ]


def test_a_query_is_read_page_by_page_and_says_what_rest_says(client: Client) -> None:
    text = "SELECT Id, Name, Account.Name, EndDate FROM Contract ORDER BY Id"
    pages = [_rows(page) for page in client.bulk2.Contract.query(text, max_records=3, wait=0)]
    assert len(pages) > 1
    assert all(len(page) == 3 for page in pages[:-1])
    rest = client.query_all(text)["records"]
    found = [row for page in pages for row in page]
    assert [row["Id"] for row in found] == [row["Id"] for row in rest]
    assert [row["Account.Name"] for row in found] == [row["Account"]["Name"] for row in rest]
    assert [row["EndDate"] for row in found] == [row["EndDate"] or "" for row in rest]


def test_query_all_gives_deleted_rows_too(client: Client) -> None:
    made = client.Account.create({"Name": "gone"})["id"]
    client.Account.delete(made)
    text = "SELECT Id, IsDeleted FROM Account WHERE Name = 'gone'"
    alive = [row for page in client.bulk2.Account.query(text, wait=0) for row in _rows(page)]
    every = [row for page in client.bulk2.Account.query_all(text, wait=0) for row in _rows(page)]
    assert (alive, every) == ([], [{"Id": made, "IsDeleted": "true"}])


def test_a_query_is_downloaded_to_files(client: Client, tmp_path: Path) -> None:
    text = "SELECT Id, Name FROM Account"
    files = client.bulk2.Account.download(text, str(tmp_path), max_records=2, wait=0)
    rows = [row for one in files for row in _rows(Path(one["file"]).read_text("utf-8"))]
    assert sum(one["number_of_records"] for one in files) == len(rows) == client.query(text)["totalSize"]


def test_a_query_that_bulk_cannot_do_is_refused_when_the_job_is_created(client: Client) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="OFFSET"):
        list(client.bulk2.Account.query("SELECT Id FROM Account LIMIT 5 OFFSET 2", wait=0))
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Nope'"):
        list(client.bulk2.Account.query("SELECT Nope FROM Account", wait=0))


def test_rows_are_inserted_and_each_refusal_is_told(client: Client) -> None:
    bad = {"Name": "", "StageName": "提案", "CloseDate": "2026-06-15", "Renewal_Key__c": "bulk-x"}
    [result] = client.bulk2.Opportunity.insert(records=[*_deals(3), bad, _deals(1)[0]], wait=0)
    assert (result["numberRecordsFailed"], result["numberRecordsProcessed"]) == (2, 5)
    told = client.bulk2.Opportunity.get_all_ingest_records(result["job_id"])
    assert [row["Name"] for row in told["successfulRecords"]] == ["更新 0", "更新 1", "更新 2"]
    assert {row["sf__Created"] for row in told["successfulRecords"]} == {"true"}
    first = told["successfulRecords"][0]["sf__Id"]
    assert client.Opportunity.get(first)["Renewal_Key__c"] == "bulk-0"
    assert [row["sf__Error"] for row in told["failedRecords"]] == [
        "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
        f"DUPLICATE_VALUE:duplicate value found: Renewal_Key__c duplicates value on record with id: {first}:--",
    ]
    assert told["unprocessedRecords"] == []


def test_rows_are_upserted_updated_and_deleted(client: Client) -> None:
    client.bulk2.Opportunity.insert(records=_deals(2), wait=0)
    changed = [{**row, "Amount": "12000000"} for row in _deals(3)]
    [result] = client.bulk2.Opportunity.upsert(
        records=changed, external_id_field="Renewal_Key__c", batch_size=5, wait=0
    )
    told = client.bulk2.Opportunity.get_all_ingest_records(result["job_id"])["successfulRecords"]
    assert [row["sf__Created"] for row in told] == ["false", "false", "true"]
    ids = [row["sf__Id"] for row in told]
    assert client.Opportunity.get(ids[2])["Amount"] == 12_000_000
    client.bulk2.Opportunity.update(records=[{"Id": ids[0], "Amount": "#N/A"}], wait=0)
    assert client.Opportunity.get(ids[0])["Amount"] is None
    [gone] = client.bulk2.Opportunity.delete(records=[{"Id": one} for one in ids], wait=0)
    assert gone["numberRecordsFailed"] == 0
    assert client.query("SELECT Id FROM Opportunity WHERE Renewal_Key__c LIKE 'bulk-%'")["totalSize"] == 0


def test_a_header_that_names_no_field_fails_the_job_before_any_row(
    client: Client, sandbox: SandboxProcess
) -> None:
    before = len(sandbox.records("Account"))
    with pytest.raises(SalesforceOperationError, match="InvalidBatch : Field name not found : Nope"):
        client.bulk2.Account.insert(records=[{"Name": "a", "Nope": "1"}], wait=0)
    assert len(sandbox.records("Account")) == before


def test_a_job_can_be_aborted(client: Client) -> None:
    jobs = client.bulk2.Account._client
    job = jobs.create_job("insert")["id"]
    assert jobs.abort_job(job, is_query=False)["state"] == "Aborted"
    with pytest.raises(SalesforceMalformedRequest, match="Closing already Aborted Job not allowed"):
        jobs.close_job(job)
