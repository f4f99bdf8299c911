"""Faults on demand: each is what the real thing would show, and nothing else fails."""

import time
from collections.abc import Iterator

import pytest
import requests
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


@pytest.mark.parametrize(
    ("fault", "refusal", "words"),
    [
        ("expired_session", (401, "INVALID_SESSION_ID"), "Session expired or invalid"),
        ("total_requests_limit", (403, "REQUEST_LIMIT_EXCEEDED"), "TotalRequests Limit exceeded."),
        ("concurrent_limit", (403, "REQUEST_LIMIT_EXCEEDED"), "ConcurrentPerOrgLongTxn Limit exceeded."),
        ("lock_row", (400, "UNABLE_TO_LOCK_ROW"), "unable to obtain exclusive access to this record"),
    ],
)
def test_a_fault_answers_once_and_nothing_is_written(
    rest: Rest, sandbox: SandboxHere, fault: str, refusal: tuple[int, str], words: str
) -> None:
    sandbox.faults({"fault": fault, "method": "POST", "path": "sobjects/Account"})
    refused = rest.call("POST", "/sobjects/Account", json={"Name": "a"})
    assert error_of(refused) == refusal
    assert words in refused.json()[0]["message"]
    assert sandbox.records("Account") == []
    rest.log_in()
    rest.create("Account", Name="a")
    assert [(one["matched"], one["fired"]) for one in sandbox.fault_report()] == [(2, 1)]


def test_an_expired_session_stays_expired_until_the_next_login(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "expired_session"})
    assert rest.call("GET", "/limits").status_code == 401
    assert rest.call("GET", "/limits").status_code == 401
    rest.log_in()
    assert rest.call("GET", "/limits").status_code == 200


def test_an_unavailable_server_answers_in_html(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "server_unavailable_html", "path": "/query"})
    refused = rest.call("GET", "/query", params={"q": "SELECT Id FROM User"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (503, "text/html")
    assert "<html>" in refused.text


def test_a_connection_dropped_before_the_work_leaves_nothing(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "drop_before", "path": "sobjects/Account"})
    with pytest.raises(requests.ConnectionError):
        rest.call("POST", "/sobjects/Account", json={"Name": "a"})
    assert sandbox.records("Account") == []
    rest.create("Account", Name="a")


def test_a_connection_dropped_after_the_work_leaves_it_done(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "drop_after", "path": "composite/sobjects", "contains": '"Name": ?"second"'})
    for name in ("first", "second"):
        body = {"records": [{"attributes": {"type": "Account"}, "Name": name}]}
        if name == "first":
            assert rest.call("POST", "/composite/sobjects", json=body).status_code == 200
            continue
        with pytest.raises(requests.ConnectionError):
            rest.call("POST", "/composite/sobjects", json=body)
    assert {row["Name"] for row in sandbox.records("Account")} == {"first", "second"}


def test_a_named_row_of_a_collection_fails_and_the_others_do_not(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults(
        {"fault": "row_error", "path": "composite/sobjects", "row": 2, "code": "DUPLICATES_DETECTED"}
    )
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in "abc"]
    rows = rest.call("POST", "/composite/sobjects", json={"records": records}).json()
    assert [row["success"] for row in rows] == [True, False, True]
    assert rows[1]["errors"][0]["statusCode"] == "DUPLICATES_DETECTED"
    assert len(sandbox.records("Account")) == 2


def test_a_fault_finds_a_subrequest_of_a_composite_by_its_url(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "lock_row", "method": "PATCH", "path": "sobjects/Account"})
    record = rest.create("Account", Name="a")
    url = f"{VERSION}/sobjects/Account/{record}"
    subs = [
        {"method": "GET", "url": url, "referenceId": "read"},
        {"method": "PATCH", "url": url, "referenceId": "write", "body": {"Site": "x"}},
    ]
    parts = rest.call("POST", "/composite", json={"compositeRequest": subs}).json()["compositeResponse"]
    assert [part["httpStatusCode"] for part in parts] == [200, 400]
    assert parts[1]["body"][0]["errorCode"] == "UNABLE_TO_LOCK_ROW"


def test_the_nth_match_fails_for_as_many_times_as_asked(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "lock_row", "path": "limits", "nth": 2, "times": 2})
    assert [rest.call("GET", "/limits").status_code for _ in range(5)] == [200, 400, 400, 200, 200]


def test_a_rate_with_a_seed_fires_the_same_way_every_time(rest: Rest, sandbox: SandboxHere) -> None:
    seen = []
    for _ in range(2):
        sandbox.clear_faults()
        sandbox.faults({"fault": "lock_row", "path": "limits", "rate": 0.5, "seed": 7})
        seen.append([rest.call("GET", "/limits").status_code for _ in range(12)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 400}


def test_any_status_and_any_error_can_be_asked_for_before_or_after_the_work(
    rest: Rest, sandbox: SandboxHere
) -> None:
    sandbox.faults(
        {"fault": "status", "method": "POST", "status": 502, "answer": "bad gateway", "after": True},
        {"fault": "error", "method": "POST", "code": "QUERY_TIMEOUT", "message": "slow", "status": 400},
    )
    answer = rest.call("POST", "/sobjects/Account", json={"Name": "a"})
    assert (answer.status_code, answer.text) == (502, "bad gateway")
    assert [row["Name"] for row in sandbox.records("Account")] == ["a"]
    assert error_of(rest.call("POST", "/sobjects/Account", json={"Name": "b"})) == (400, "QUERY_TIMEOUT")
    assert [row["Name"] for row in sandbox.records("Account")] == ["a"]
    assert rest.call("POST", "/sobjects/Account", json={"Name": "c"}).status_code == 201


def test_a_slow_answer_takes_its_time(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "slow", "path": "limits", "seconds": 0.3})
    began = time.monotonic()
    assert rest.call("GET", "/limits").status_code == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    "spec",
    [{"fault": "nope"}, {"fault": "slow", "where": "x"}, {"fault": "slow", "service": "mail"}, {}],
)
def test_a_fault_that_cannot_be_understood_is_refused(sandbox: SandboxHere, spec: dict[str, object]) -> None:
    with pytest.raises(RuntimeError, match="400"):
        sandbox.faults(spec)
