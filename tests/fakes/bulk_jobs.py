"""Bulk API 2.0 over plain HTTP, so that tests see every state, header and refusal."""

import csv
from typing import Any

import requests
from tests.fakes.sandbox_rest import Rest

Record = dict[str, Any]
Row = dict[str, str]
ENDED = ("JobComplete", "Failed", "Aborted")


def rows_of(answer: requests.Response, delimiter: str = ",") -> list[Row]:
    """Read an answer's CSV."""
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))


class Bulk:
    """Jobs of the integration user."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    def open(self, resource: str, **properties: object) -> Record:
        """Open a job and give its information."""
        answer = self.rest.call("POST", f"/jobs/{resource}", json=properties)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def query(self, text: str, **properties: object) -> str:
        """Open a query job and give its id."""
        return str(self.open("query", operation="query", query=text, **properties)["id"])

    def look(self, resource: str, job: str) -> Record:
        """Look at a job, which brings it on."""
        answer = self.rest.call("GET", f"/jobs/{resource}/{job}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def wait(self, resource: str, job: str) -> Record:
        """Look at a job until it has ended."""
        for _ in range(100):
            found = self.look(resource, job)
            if found["state"] in ENDED:
                return found
        raise AssertionError(f"job {job} does not end: {found}")

    def results(self, job: str, **parameters: object) -> requests.Response:
        """Ask for a query's results."""
        return self.rest.call("GET", f"/jobs/query/{job}/results", params=parameters)

    def put(self, job: str, data: bytes, kind: str = "text/csv") -> requests.Response:
        """Upload data."""
        return self.rest.call("PUT", f"/jobs/ingest/{job}/batches", data=data, headers={"Content-Type": kind})

    def state(self, resource: str, job: str, state: str) -> requests.Response:
        """Ask for a state."""
        return self.rest.call("PATCH", f"/jobs/{resource}/{job}", json={"state": state})

    def start(self, data: str, **properties: object) -> str:
        """Open an ingest job, upload data and close it; give its id."""
        job = str(self.open("ingest", **properties)["id"])
        assert self.put(job, data.encode()).status_code == 201
        assert self.state("ingest", job, "UploadComplete").status_code == 200
        return job

    def load(self, data: str, **properties: object) -> Record:
        """Run an ingest job to its end."""
        return self.wait("ingest", self.start(data, **properties))

    def told(self, job: str, results: str, delimiter: str = ",") -> list[Row]:
        """Read `successfulResults`, `failedResults` or `unprocessedrecords`."""
        return rows_of(self.rest.call("GET", f"/jobs/ingest/{job}/{results}"), delimiter)
