"""One request meets one fault, over HTTP: what a dropped connection hides was done, and is not refused beside."""

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of

CREATE = {"method": "POST", "path": "sobjects/Account"}


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


def names(sandbox: SandboxHere) -> list[object]:
    return [row["Name"] for row in sandbox.records("Account")]


def test_a_drop_after_the_work_is_not_also_a_locked_row(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "drop_after", **CREATE}, {"fault": "unable_to_lock_row", **CREATE})
    with pytest.raises(requests.ConnectionError):
        rest.call("POST", "/sobjects/Account", json={"Name": "done"})
    assert names(sandbox) == ["done"]
    refused = rest.call("POST", "/sobjects/Account", json={"Name": "locked"})
    assert error_of(refused) == (400, "UNABLE_TO_LOCK_ROW")
    assert rest.create("Account", Name="free")
    assert names(sandbox) == ["done", "free"]


def test_the_refusal_goes_first_where_it_was_asked_for_first(rest: Rest, sandbox: SandboxHere) -> None:
    sandbox.faults({"fault": "unable_to_lock_row", **CREATE}, {"fault": "drop_after", **CREATE})
    refused = rest.call("POST", "/sobjects/Account", json={"Name": "locked"})
    assert error_of(refused) == (400, "UNABLE_TO_LOCK_ROW")
    with pytest.raises(requests.ConnectionError):
        rest.call("POST", "/sobjects/Account", json={"Name": "done"})
    assert names(sandbox) == ["done"]


@pytest.mark.parametrize("outer", ["drop_after", "unknown_exception"])
def test_a_composite_that_has_its_fault_spares_its_subrequests(
    rest: Rest, sandbox: SandboxHere, outer: str
) -> None:
    sandbox.faults(
        {"fault": outer, "after": True, "path": "/composite$"}, {"fault": "unable_to_lock_row", **CREATE}
    )
    part = {
        "method": "POST",
        "url": f"{VERSION}/sobjects/Account",
        "referenceId": "a",
        "body": {"Name": "done"},
    }
    if outer == "drop_after":
        with pytest.raises(requests.ConnectionError):
            rest.call("POST", "/composite", json={"compositeRequest": [part]})
    else:
        assert rest.call("POST", "/composite", json={"compositeRequest": [part]}).status_code == 500
    assert names(sandbox) == ["done"]


def test_a_message_whose_answer_is_dropped_was_posted(rest: Rest, sandbox: SandboxHere) -> None:
    del rest
    post = {"service": "slack", "path": "chat.postMessage"}
    sandbox.faults({"fault": "drop_after", **post}, {"fault": "internal_error", **post})
    headers = {"Authorization": f"Bearer {sandbox.urls.slack_token}"}
    body = {"channel": "#renewals", "text": "posted"}
    url = f"{sandbox.urls.slack_api}chat.postMessage"
    with pytest.raises(requests.ConnectionError):
        requests.post(url, headers=headers, json=body, timeout=10)
    assert [message["text"] for message in sandbox.messages()] == ["posted"]
    assert requests.post(url, headers=headers, json=body, timeout=10).json()["error"] == "internal_error"
