"""Bulk query jobs over HTTP: states, pages, CSV, and everything that is refused."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.fakes.bulk_jobs import Bulk, rows_of
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="small") as here:
        yield here


@pytest.fixture(scope="module")
def start(sandbox: SandboxHere) -> str:
    return sandbox.snapshot()


@pytest.fixture
def bulk(sandbox: SandboxHere, start: str) -> Bulk:
    sandbox.restore(start)
    return Bulk(Rest(sandbox))


def test_a_job_goes_through_its_states_and_is_described_as_salesforce_does(bulk: Bulk) -> None:
    opened = bulk.open("query", operation="query", query="SELECT Id FROM Account")
    assert opened["state"] == "UploadComplete"
    assert opened["id"].startswith("750")
    assert (opened["apiVersion"], opened["object"], opened["contentType"]) == (66.0, "Account", "CSV")
    assert (opened["lineEnding"], opened["columnDelimiter"]) == ("LF", "COMMA")
    states = [bulk.look("query", opened["id"])["state"] for _ in range(2)]
    assert states == ["InProgress", "JobComplete"]
    done = bulk.look("query", opened["id"])
    assert done["jobType"] == "V2Query"
    assert done["numberRecordsProcessed"] == bulk.rest.query("SELECT COUNT() FROM Account")["totalSize"]
    assert isinstance(done["totalProcessingTime"], int)


def test_results_are_refused_until_the_job_is_complete(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id FROM Account")
    assert error_of(bulk.results(job)) == (400, "INVALIDJOBSTATE")
    bulk.look("query", job)
    assert error_of(bulk.results(job)) == (400, "INVALIDJOBSTATE")
    bulk.look("query", job)
    assert bulk.results(job).status_code == 200


def test_time_brings_a_job_on_without_anybody_looking(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.toggles(bulk={"seconds": 60, "polls": 1000})
    job = bulk.query("SELECT Id FROM Account")
    assert bulk.look("query", job)["state"] == "InProgress"
    sandbox.advance(seconds=60)
    assert bulk.results(job).status_code == 200


def test_the_rows_are_those_of_the_moment_the_job_was_opened(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id FROM Account")
    made = bulk.rest.create("Account", Name="late")
    bulk.wait("query", job)
    assert made not in {row["Id"] for row in rows_of(bulk.results(job))}


def test_pages_are_cut_on_row_borders_and_a_locator_can_be_used_again(bulk: Bulk) -> None:
    bulk.rest.create("Account", Name="two\nlines", Description='a "quote"')
    job = bulk.query("SELECT Id, Name, Description FROM Account ORDER BY Id")
    bulk.wait("query", job)
    whole = rows_of(bulk.results(job))
    found, locator, seen = [], None, []
    while locator != "null":
        page = bulk.results(job, maxRecords=2, **({} if locator is None else {"locator": locator}))
        rows = rows_of(page)
        assert page.headers["Sforce-NumberOfRecords"] == str(len(rows))
        found += rows
        locator = page.headers["Sforce-Locator"]
        seen.append(locator)
    assert found == whole
    assert len(set(seen)) == len(seen) == (len(whole) + 1) // 2
    assert rows_of(bulk.results(job, maxRecords=2, locator=seen[0])) == whole[2:4]


def test_a_page_without_max_records_has_the_servers_size(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.toggles(bulk={"page_rows": 3})
    job = bulk.query("SELECT Id FROM Account")
    bulk.wait("query", job)
    for asked in ({}, {"maxRecords": 1000}):
        page = bulk.results(job, **asked)
        assert page.headers["Sforce-NumberOfRecords"] == "3"
        assert page.headers["Sforce-Locator"] != "null"


def test_result_pages_name_up_to_five_urls_at_once(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.toggles(bulk={"page_rows": 1})
    job = bulk.query("SELECT Id FROM Account ORDER BY Id LIMIT 6")
    bulk.wait("query", job)
    first = bulk.rest.call("GET", f"/jobs/query/{job}/resultPages").json()
    assert (len(first["resultPages"]), first["done"]) == (5, False)
    last = bulk.rest.call("GET", first["nextRecordsUrl"]).json()
    assert (len(last["resultPages"]), last["done"], last["nextRecordsUrl"]) == (1, True, None)
    urls = [page["resultUrl"] for page in [*first["resultPages"], *last["resultPages"]]]
    ids = [row["Id"] for url in urls for row in rows_of(bulk.rest.call("GET", url))]
    assert ids == sorted(set(ids))
    assert len(ids) == 6


def test_an_empty_result_is_a_header(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id, Account.Name FROM Contract WHERE Id = '8005j0000000000AAA'")
    bulk.wait("query", job)
    page = bulk.results(job)
    assert page.content == b'"Id","Account.Name"\n'
    assert (page.headers["Sforce-NumberOfRecords"], page.headers["Sforce-Locator"]) == ("0", "null")


def test_csv_is_written_as_salesforce_writes_it(bulk: Bulk) -> None:
    made = bulk.rest.opportunity(Name='"A", 更新', Amount=12_000_000, Renewal_Key__c="csv")
    text = (
        "SELECT id, Name, Amount, IsClosed, CloseDate, Description, CreatedDate, Account.Name"
        " FROM Opportunity WHERE Renewal_Key__c = 'csv'"
    )
    job = bulk.query(text, columnDelimiter="PIPE", lineEnding="CRLF")
    bulk.wait("query", job)
    page = bulk.results(job)
    assert page.headers["Content-Type"] == "text/csv; charset=UTF-8"
    header = '"Id"|"Name"|"Amount"|"IsClosed"|"CloseDate"|"Description"|"CreatedDate"|"Account.Name"'
    row = f'"{made}"|"""A"", 更新"|"1.2E7"|"false"|"2026-06-15"|""|"2026-04-01T00:00:00.000Z"|""'
    assert page.content.decode() == f"{header}\r\n{row}\r\n"


def test_results_are_gzipped_for_clients_that_accept_it_and_only_for_them(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id, Name FROM Account")
    bulk.wait("query", job)
    path = f"/jobs/query/{job}/results"
    plain = bulk.rest.call("GET", path, headers={"Accept-Encoding": "identity"})
    packed = bulk.rest.call("GET", path, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT COUNT() FROM Account", "FEATURENOTENABLED"),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 1", "FEATURENOTENABLED"),
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("", "INVALIDJOB"),
    ],
)
def test_a_query_that_bulk_cannot_do_is_refused_at_once(bulk: Bulk, text: str, code: str) -> None:
    answer = bulk.rest.call("POST", "/jobs/query", json={"operation": "query", "query": text})
    assert error_of(answer) == (400, code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contentType": "JSON"},
        {"contentType": "ZIP_CSV"},
        {"columnDelimiter": ";"},
        {"lineEnding": "CR"},
        {"operation": "insert"},
        {"object": "Account"},
    ],
)
def test_a_property_that_no_query_job_has_is_refused(bulk: Bulk, wrong: dict[str, str]) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Account", **wrong}
    assert error_of(bulk.rest.call("POST", "/jobs/query", json=body)) == (400, "JSON_PARSER_ERROR")


def test_a_locator_that_is_none_of_the_jobs_is_refused(bulk: Bulk) -> None:
    jobs = [bulk.query("SELECT Id FROM Account") for _ in range(2)]
    for job in jobs:
        bulk.wait("query", job)
    foreign = bulk.results(jobs[0], maxRecords=2).headers["Sforce-Locator"]
    for locator in (foreign, "null", "MTAwMDA", "*", "2"):
        assert error_of(bulk.results(jobs[1], locator=locator)) == (400, "INVALID_QUERY_LOCATOR")
    for most in ("0", "-1", "many"):
        assert error_of(bulk.results(jobs[1], maxRecords=most)) == (400, "INVALID_PARAMETER")
    assert error_of(bulk.results(jobs[1], page=1)) == (400, "INVALID_PARAMETER")


def test_results_are_read_with_the_version_that_the_job_was_created_with(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id FROM Account")
    bulk.wait("query", job)
    path = f"/services/data/v60.0/jobs/query/{job}/results"
    assert error_of(bulk.rest.call("GET", path)) == (409, "INVALIDVERSION")


def test_an_aborted_job_gives_no_results_and_a_complete_one_cannot_be_aborted(bulk: Bulk) -> None:
    aborted, complete = (bulk.query("SELECT Id FROM Account") for _ in range(2))
    assert bulk.state("query", aborted, "Aborted").json()["state"] == "Aborted"
    assert bulk.look("query", aborted)["state"] == "Aborted"
    assert error_of(bulk.results(aborted)) == (400, "INVALIDJOBSTATE")
    bulk.wait("query", complete)
    refused = bulk.state("query", complete, "Aborted")
    assert error_of(refused) == (400, "INVALIDJOBSTATE")
    assert refused.json()[0]["message"] == "Aborting already Completed Job not allowed"
    assert error_of(bulk.state("query", complete, "UploadComplete")) == (400, "JSON_PARSER_ERROR")


def test_a_deleted_job_is_not_found(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id FROM Account")
    bulk.wait("query", job)
    path = f"/jobs/query/{job}"
    assert bulk.rest.call("DELETE", path).status_code == 204
    for method, below in (("GET", ""), ("GET", "/results"), ("DELETE", "")):
        assert error_of(bulk.rest.call(method, path + below)) == (404, "NOT_FOUND")


def test_jobs_are_listed_by_type(bulk: Bulk) -> None:
    job = bulk.query("SELECT Id FROM Account")
    listed = bulk.rest.call("GET", "/jobs/query", params={"jobType": "V2Query"}).json()
    assert job in {one["id"] for one in listed["records"]}
    assert listed["done"]
    assert listed["nextRecordsUrl"] is None
    assert bulk.rest.call("GET", "/jobs/query", params={"jobType": "Classic"}).json()["records"] == []
    wrong = bulk.rest.call("GET", "/jobs/query", params={"jobType": "Nope"})
    assert error_of(wrong) == (400, "INVALID_PARAMETER")


def test_the_days_jobs_are_counted_and_refused_beyond_the_allowance(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.advance(days=2)
    sandbox.toggles(bulk={"query_jobs": 2})
    for _ in range(2):
        bulk.query("SELECT Id FROM Account")
    limits = bulk.rest.call("GET", "/limits").json()
    assert limits["DailyBulkV2QueryJobs"] == {"Max": 2, "Remaining": 0}
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    refused = bulk.rest.call("POST", "/jobs/query", json=body)
    assert error_of(refused) == (400, "LIMIT_EXCEEDED")
    assert refused.json()[0]["message"] == "Max bulk v2 query jobs (2) per 24 hrs has been reached (2)"
    sandbox.advance(seconds=timedelta(days=1).total_seconds())
    assert bulk.rest.call("POST", "/jobs/query", json=body).status_code == 200


def test_the_days_results_are_counted_and_refused_beyond_the_allowance(
    bulk: Bulk, sandbox: SandboxHere
) -> None:
    sandbox.toggles(bulk={"storage_mb": 1, "polls": 0})
    bulk.wait("query", bulk.query("SELECT Id FROM Account"))
    limits = bulk.rest.call("GET", "/limits").json()
    assert limits["DailyBulkV2QueryFileStorageMB"] == {"Max": 1, "Remaining": 0}
    bulk.rest.create("Account", Name="long", Description="x" * 32_000)
    body = {"operation": "query", "query": "SELECT Description FROM Account"}
    for _ in range(1 + (1 << 20) // 32_000):
        bulk.wait("query", bulk.rest.call("POST", "/jobs/query", json=body).json()["id"])
    refused = bulk.rest.call("POST", "/jobs/query", json=body)
    assert error_of(refused) == (400, "LIMIT_EXCEEDED")
    assert "result size stored (1024) kb per 24 hrs" in refused.json()[0]["message"]


def test_a_fault_makes_a_job_fail(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.faults(
        {
            "fault": "row_error",
            "path": "jobs/query$",
            "code": "InternalServerError",
            "message": "Retried more than fifteen times",
        }
    )
    done = bulk.wait("query", bulk.query("SELECT Id FROM Account"))
    assert done["state"] == "Failed"
    assert done["errorMessage"] == "InternalServerError : Retried more than fifteen times"


def test_a_setting_that_is_none_is_refused_by_the_control_endpoint(sandbox: SandboxHere) -> None:
    with pytest.raises(RuntimeError, match="there is no bulk setting 'poll'"):
        sandbox.toggles(bulk={"poll": 1})
