"""The sandbox as a process: its ends, its ports, and an org with metadata of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import Rest, error_of

EXTRA = Path(__file__).parents[1] / "fakes" / "conformance_org.json"


def test_it_ends_cleanly_when_its_parent_goes_and_when_it_is_told_to() -> None:
    assert SandboxProcess.start(org="none").stop() == 0
    assert SandboxProcess.start(org="none").terminate() == 0


def test_whoever_goes_before_it_is_ready_is_followed_without_a_trace() -> None:
    command = [sys.executable, "-m", "csops_sync.sandbox", "--org", "none"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as sandbox:  # noqa: S603  # our own module
        assert sandbox.stdout is not None
        assert sandbox.stderr is not None
        sandbox.stdout.close()
        assert sandbox.stderr.read() == ""
    assert sandbox.returncode == 0


def test_an_unknown_org_is_refused_with_the_ones_that_there_are() -> None:
    command = [sys.executable, "-m", "csops_sync.sandbox", "--org", "nope"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603  # our own module
    assert answer.returncode == 2
    assert "small" in answer.stderr


def test_its_pages_are_where_it_says() -> None:
    with SandboxProcess.start(org="small") as sandbox:
        for url in (sandbox.urls.salesforce, sandbox.urls.slack):
            page = requests.get(url, timeout=30)
            assert page.status_code == 200
            assert page.headers["Content-Type"].startswith("text/html")


def test_an_edit_that_cannot_be_understood_is_refused() -> None:
    with SandboxProcess.start(org="none") as sandbox:
        with pytest.raises(RuntimeError, match="there is no object 'Nope'"):
            sandbox.create("Nope", {})
        with pytest.raises(RuntimeError, match="there is no user 'nobody'"):
            sandbox.create("Account", {"Name": "a"}, by="nobody")
        with pytest.raises(RuntimeError, match="there is no switch 'nope'"):
            sandbox.toggles(nope=True)
        with pytest.raises(RuntimeError, match="no such snapshot"):
            sandbox.restore("nope")


def test_fields_rules_and_objects_come_from_a_metadata_file() -> None:
    assert {entry["name"] for entry in json.loads(EXTRA.read_text("utf-8"))} == {"Account", "Invoice__c"}
    with SandboxProcess.start(org="none", metadata=[str(EXTRA)]) as sandbox:
        rest = Rest(sandbox)
        path = "/sobjects/Account/ExternalId__c/x-1"
        assert rest.call("PATCH", path, json={"Name": "a"}).status_code == 201
        account = rest.call("GET", path).json()["Id"]
        refused = rest.call("PATCH", f"/sobjects/Account/{account}", json={"AnnualRevenue": -1})
        assert error_of(refused) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
        invoice = rest.create("Invoice__c", Name="i", Account__c=account)
        assert invoice.startswith("a01")
        rows = rest.query("SELECT Account__r.Name FROM Invoice__c")["records"]
        assert rows[0]["Account__r"]["Name"] == "a"


def test_people_speak_in_slack_and_messages_are_told() -> None:
    with SandboxProcess.start(org="none") as sandbox:
        user = next(one for one in sandbox.records("User") if one["ManagerId"] and one["IsActive"])
        said = sandbox.slack(say="了解です", channel="renewals", user=user["Email"])
        told = sandbox.messages()
        assert [(one["channel"], one["text"], one["ts"]) for one in told] == [
            ("renewals", "了解です", said["ts"])
        ]
        saved = sandbox.snapshot()
        sandbox.slack(say="2", channel="renewals", user=user["Email"])
        sandbox.restore(saved)
        assert len(sandbox.messages()) == 1


def test_an_address_that_ends_in_a_slash_leads_to_the_api_and_a_slash_too_many_within_it_does_not() -> None:
    """The Salesforce CLI keeps an instance's address with its slash."""
    with SandboxProcess.start(org="none") as sandbox:
        rest = Rest(sandbox)
        got = [
            rest.http.get(f"{sandbox.urls.salesforce}{path}", timeout=30).status_code
            for path in ("//services/data/v66.0/limits", "/services/data/v66.0//limits")
        ]
        assert got == [200, 404]
