"""Bulk ingest jobs over HTTP: opening, uploading, closing, aborting, and what each refuses."""

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.bulk_jobs import Bulk
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import Rest, error_of

_BOUNDARY = "BOUNDARY"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


@pytest.fixture(scope="module")
def start(sandbox: SandboxHere) -> str:
    return sandbox.snapshot()


@pytest.fixture
def bulk(sandbox: SandboxHere, start: str) -> Bulk:
    sandbox.restore(start)
    return Bulk(Rest(sandbox))


def _open(bulk: Bulk, **properties: object) -> str:
    return str(bulk.open("ingest", **{"object": "Account", "operation": "insert", **properties})["id"])


def _accounts(count: int) -> str:
    return "Name\n" + "".join(f"account {n}\n" for n in range(count))


def _multipart(bulk: Bulk, *parts: tuple[str, str, str]) -> requests.Response:
    lines = [
        f'--{_BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, kind, text in parts
    ]
    body = "".join(lines) + f"--{_BOUNDARY}--\r\n"
    headers = {"Content-Type": f'multipart/form-data; boundary="{_BOUNDARY}"'}
    return bulk.rest.call("POST", "/jobs/ingest", data=body.encode(), headers=headers)


def test_a_job_goes_through_its_states_and_is_described_as_salesforce_does(bulk: Bulk) -> None:
    opened = bulk.open("ingest", object="Account", operation="insert", contentType="CSV")
    job = opened["id"]
    assert (opened["state"], opened["apiVersion"]) == ("Open", 66.0)
    assert opened["contentUrl"] == f"services/data/v66.0/jobs/ingest/{job}/batches"
    put = bulk.put(job, b"Name\na\n", "text/csv; charset=UTF-8")
    assert (put.status_code, put.content) == (201, b"")
    assert bulk.look("ingest", job)["state"] == "Open"
    assert bulk.state("ingest", job, "UploadComplete").json()["state"] == "UploadComplete"
    states = [bulk.look("ingest", job)["state"] for _ in range(2)]
    assert states == ["InProgress", "JobComplete"]
    done = bulk.look("ingest", job)
    assert (done["jobType"], done["numberRecordsProcessed"]) == ("V2Ingest", 1)
    assert "contentUrl" not in done


def test_data_may_come_chunked(bulk: Bulk) -> None:
    job = _open(bulk)
    url = f"{bulk.rest.urls.salesforce}/services/data/v66.0/jobs/ingest/{job}/batches"
    parts = (part.encode() for part in ("Na", "me\n", "a\n", "b\n"))
    put = bulk.rest.http.put(url, data=parts, headers={"Content-Type": "text/csv"}, timeout=30)
    assert put.request.headers["Transfer-Encoding"] == "chunked"
    assert put.status_code == 201
    bulk.state("ingest", job, "UploadComplete")
    assert bulk.wait("ingest", job)["numberRecordsProcessed"] == 2


def test_data_is_uploaded_once_as_csv_to_an_open_job(bulk: Bulk) -> None:
    job = _open(bulk)
    assert error_of(bulk.put(job, b"{}", "application/json")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert bulk.put(job, b"Name\na\n").status_code == 201
    again = bulk.put(job, b"Name\nb\n")
    assert error_of(again) == (400, "INVALIDJOBSTATE")
    assert again.json()[0]["message"].startswith("Found multiple contents for job")
    bulk.state("ingest", job, "UploadComplete")
    assert error_of(bulk.put(job, b"Name\nb\n")) == (400, "INVALIDJOBSTATE")


def test_data_beyond_the_limit_is_refused(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.toggles(bulk={"upload_bytes": 10})
    assert error_of(bulk.put(_open(bulk), b"Name\n123456")) == (413, "REQUEST_TOO_LARGE")
    assert bulk.put(_open(bulk), b"Name\n12345").status_code == 201


def test_a_job_without_data_fails(bulk: Bulk) -> None:
    job = _open(bulk)
    bulk.state("ingest", job, "UploadComplete")
    assert bulk.wait("ingest", job)["errorMessage"].startswith("InvalidBatch : Failed to parse CSV. EOF")


def test_an_aborted_job_leaves_a_part_written_and_the_rest_unprocessed(
    bulk: Bulk, sandbox: SandboxHere
) -> None:
    job = bulk.start(_accounts(1000), object="Account", operation="insert")
    assert bulk.look("ingest", job)["numberRecordsProcessed"] == 400
    bulk.state("ingest", job, "Aborted")
    assert len(sandbox.records("Account")) == 400
    assert len(bulk.told(job, "successfulResults")) == 400
    left = bulk.told(job, "unprocessedrecords")
    assert [row["Name"] for row in left] == [f"account {n}" for n in range(400, 1000)]
    assert bulk.look("ingest", job)["state"] == "Aborted"


def test_rows_of_a_job_are_seen_once_its_time_has_come_although_nobody_looked(
    bulk: Bulk, sandbox: SandboxHere
) -> None:
    bulk.start(_accounts(1), object="Account", operation="insert")
    assert bulk.rest.query("SELECT COUNT() FROM Account")["totalSize"] == 0
    sandbox.advance(seconds=2)
    assert bulk.rest.query("SELECT COUNT() FROM Account")["totalSize"] == 1


def test_results_are_refused_until_the_job_has_ended(bulk: Bulk) -> None:
    job = bulk.start(_accounts(1), object="Account", operation="insert")
    for results in ("successfulResults", "failedResults", "unprocessedrecords"):
        assert error_of(bulk.rest.call("GET", f"/jobs/ingest/{job}/{results}")) == (400, "INVALIDJOBSTATE")


def test_a_job_is_deleted_with_its_results_but_not_while_it_runs(bulk: Bulk) -> None:
    job = bulk.start(_accounts(1), object="Account", operation="insert")
    bulk.look("ingest", job)
    path = f"/jobs/ingest/{job}"
    assert error_of(bulk.rest.call("DELETE", path)) == (400, "INVALIDJOBSTATE")
    bulk.wait("ingest", job)
    assert bulk.rest.call("DELETE", path).status_code == 204
    assert error_of(bulk.rest.call("GET", f"{path}/successfulResults")) == (404, "NOT_FOUND")
    assert job not in {one["id"] for one in bulk.rest.call("GET", "/jobs/ingest").json()["records"]}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"object": "Nope"}, "INVALIDENTITY"),
        ({"object": "OpportunityHistory"}, "INVALIDENTITY"),
        ({"object": None}, "INVALIDJOB"),
        ({"operation": "merge"}, "JSON_PARSER_ERROR"),
        ({"contentType": "XML"}, "JSON_PARSER_ERROR"),
        ({"state": "Open"}, "JSON_PARSER_ERROR"),
        ({"operation": "upsert"}, "INVALIDJOB"),
        ({"operation": "upsert", "externalIdFieldName": "Name"}, "INVALIDJOB"),
        ({"externalIdFieldName": "Id"}, "INVALIDJOB"),
        ({"operation": "hardDelete"}, "FEATURENOTENABLED"),
    ],
)
def test_a_job_that_cannot_be_is_refused(bulk: Bulk, wrong: dict[str, object], code: str) -> None:
    body = {"object": "Account", "operation": "insert", **wrong}
    assert error_of(bulk.rest.call("POST", "/jobs/ingest", json=body)) == (400, code)


def test_a_multipart_request_opens_fills_and_closes_a_job(bulk: Bulk) -> None:
    job = '{"object": "Account", "operation": "insert", "lineEnding": "LF"}'
    answer = _multipart(bulk, ("job", "application/json", job), ("content", "text/csv", "Name\n日本\nb"))
    assert (answer.status_code, answer.json()["state"]) == (200, "UploadComplete")
    done = bulk.wait("ingest", answer.json()["id"])
    assert done["numberRecordsProcessed"] == 2
    assert bulk.told(done["id"], "successfulResults")[0]["Name"] == "日本"


@pytest.mark.parametrize(
    "parts",
    [
        [("job", "application/json", "{}")],
        [("job", "text/plain", "{}"), ("content", "text/csv", "Name\na")],
        [("job", "application/json", "{}"), ("content", "text/csv", "x" * 100_001)],
    ],
)
def test_a_multipart_request_that_is_none_is_refused(bulk: Bulk, parts: list[tuple[str, str, str]]) -> None:
    assert error_of(_multipart(bulk, *parts)) == (400, "INVALIDMULTIPARTREQUEST")


def test_the_days_batches_are_counted_and_a_job_beyond_them_fails(bulk: Bulk, sandbox: SandboxHere) -> None:
    sandbox.advance(days=2)
    sandbox.toggles(bulk={"batches": 1})
    assert bulk.load(_accounts(1), object="Account", operation="insert")["state"] == "JobComplete"
    limits = bulk.rest.call("GET", "/limits").json()
    assert limits["DailyBulkApiBatches"] == {"Max": 1, "Remaining": 0}
    done = bulk.load(_accounts(1), object="Account", operation="insert")
    assert done["errorMessage"] == "ExceededQuota : ApiBatchItems Limit exceeded."
    assert len(sandbox.records("Account")) == 1


def test_bulk_jobs_are_no_part_of_a_composite(bulk: Bulk) -> None:
    sub = {"referenceId": "a", "method": "GET", "url": "/services/data/v66.0/jobs/query"}
    answer = bulk.rest.call("POST", "/composite", json={"compositeRequest": [sub]})
    assert answer.status_code == 400
