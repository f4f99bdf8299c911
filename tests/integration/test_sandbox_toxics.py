"""Connections that end, stall, drip or deliver twice: what a client sees of them, and what was done behind them."""

import time
from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import VERSION, Rest, error_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="none") as process:
        yield process


@pytest.fixture(scope="module")
def start(sandbox: SandboxProcess) -> str:
    return sandbox.snapshot()


@pytest.fixture
def rest(sandbox: SandboxProcess, start: str) -> Rest:
    sandbox.restore(start)
    return Rest(sandbox)


CREATE = {"method": "POST", "path": "sobjects/Account"}


def names(sandbox: SandboxProcess) -> list[object]:
    return [row["Name"] for row in sandbox.records("Account")]


def test_a_dripping_answer_is_whole_but_takes_its_time(rest: Rest, sandbox: SandboxProcess) -> None:
    sandbox.faults({"fault": "drip", "path": "describe", "seconds": 0.3})
    began = time.monotonic()
    described = rest.call("GET", "/sobjects/Account/describe")
    assert time.monotonic() - began >= 0.25
    assert described.json()["name"] == "Account"


@pytest.mark.parametrize("toxic", ["truncated", "reset_in_body"])
def test_an_answer_that_breaks_off_is_an_error_to_the_client_and_the_work_is_done(
    rest: Rest, sandbox: SandboxProcess, toxic: str
) -> None:
    sandbox.faults({"fault": toxic, **CREATE})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        rest.call("POST", "/sobjects/Account", json={"Name": toxic})
    assert names(sandbox) == [toxic]
    rest.create("Account", Name="next")


def test_a_truncated_body_is_shorter_than_its_content_length(rest: Rest, sandbox: SandboxProcess) -> None:
    whole = rest.call("GET", "/sobjects").content
    sandbox.faults({"fault": "truncated", "path": "/sobjects"})
    url = rest.urls.salesforce + VERSION + "/sobjects"
    answer = rest.http.get(url, stream=True, timeout=10)
    assert int(answer.headers["Content-Length"]) == len(whole)
    parts: list[bytes] = []
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        parts.extend(answer.iter_content(256))
    read = b"".join(parts)
    assert whole.startswith(read)
    assert 0 < len(read) < len(whole)


def test_a_request_delivered_twice_is_done_twice(rest: Rest, sandbox: SandboxProcess) -> None:
    sandbox.faults({"fault": "duplicate", **CREATE})
    answer = rest.call("POST", "/sobjects/Account", json={"Name": "twice"})
    assert answer.status_code == 201
    assert names(sandbox) == ["twice", "twice"]
    calls = sandbox.ledger()["calls"]
    assert calls["salesforce POST /sobjects/{object}"] == 2


def test_the_second_delivery_of_a_unique_key_is_refused_as_the_client_sees(
    rest: Rest, sandbox: SandboxProcess
) -> None:
    sandbox.faults({"fault": "duplicate", "method": "POST", "path": "sobjects/Opportunity"})
    body = {"Name": "n", "StageName": "提案", "CloseDate": "2026-06-15", "Renewal_Key__c": "key-1"}
    assert error_of(rest.call("POST", "/sobjects/Opportunity", json=body)) == (400, "DUPLICATE_VALUE")
    assert [row["Renewal_Key__c"] for row in sandbox.records("Opportunity")] == ["key-1"]


@pytest.mark.parametrize(("after", "done"), [(False, []), (True, ["held"])])
def test_a_hanging_connection_says_nothing_until_the_client_gives_up(
    rest: Rest, sandbox: SandboxProcess, *, after: bool, done: list[str]
) -> None:
    sandbox.faults({"fault": "hang", "after": after, **CREATE})
    url = rest.urls.salesforce + VERSION + "/sobjects/Account"
    with pytest.raises(requests.ReadTimeout):
        rest.http.post(url, json={"Name": "held"}, timeout=0.3)
    assert names(sandbox) == done
    rest.create("Account", Name="next")


def test_a_hanging_connection_ends_by_itself_when_its_seconds_are_over(
    rest: Rest, sandbox: SandboxProcess
) -> None:
    sandbox.faults({"fault": "hang", "seconds": 0.2, "path": "limits"})
    with pytest.raises(requests.ConnectionError):
        rest.call("GET", "/limits")
    assert rest.call("GET", "/limits").status_code == 200


def test_others_are_answered_while_one_hangs(rest: Rest, sandbox: SandboxProcess) -> None:
    sandbox.faults({"fault": "drip", "seconds": 1.0, "path": "/sobjects$"})
    url = rest.urls.salesforce + VERSION + "/sobjects"
    with rest.http.get(url, stream=True, timeout=10):
        began = time.monotonic()
        assert Rest(sandbox).call("GET", "/limits").status_code == 200
        assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("toxic", ["drop_before", "truncated", "reset_in_body"])
def test_slacks_connections_break_in_the_same_ways(sandbox: SandboxProcess, start: str, toxic: str) -> None:
    sandbox.restore(start)
    sandbox.faults({"service": "slack", "fault": toxic, "path": "auth.test"})
    headers = {"Authorization": f"Bearer {sandbox.urls.slack_token}"}
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.post(f"{sandbox.urls.slack_api}auth.test", headers=headers, timeout=10)


def test_a_message_delivered_twice_stands_there_twice(sandbox: SandboxProcess, start: str) -> None:
    sandbox.restore(start)
    sandbox.faults({"service": "slack", "fault": "duplicate", "path": "chat.postMessage"})
    headers = {"Authorization": f"Bearer {sandbox.urls.slack_token}"}
    listed = requests.get(f"{sandbox.urls.slack_api}conversations.list", headers=headers, timeout=10).json()
    channel = next(one["id"] for one in listed["channels"] if one["name"] == "renewals")
    body = {"channel": channel, "text": "once"}
    requests.post(f"{sandbox.urls.slack_api}chat.postMessage", headers=headers, json=body, timeout=10)
    assert [message["text"] for message in sandbox.messages()] == ["once", "once"]
