"""The public conformance cases, many of them verified against real orgs, played on the sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.conformance import Case, Runner, cases, differences
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import ask_token

ROOT = Path(__file__).parents[2]
ORG = ROOT / "tests" / "fakes" / "conformance_org.json"
DECISION = ROOT / "docs" / "adr" / "0005-conformance-cases-that-nobody-verified.md"
_PENDING = {case["id"]: case for case in cases() if case.get("pending")}
_VERIFIED = {case["id"]: case for case in cases() if not case.get("pending")}
_REFUSED = {"status": 400, "body": [{"errorCode": "MALFORMED_QUERY", "message": "{{match:string}}"}]}
_DECIDED = {"crud-018": None, "soql-013": _REFUSED, "soql-015": None, "soql-017": None}
"""What the sandbox does with each pending case, by DECISION: as the case expects (None), or this."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """An org with the field, the rule and the object that some of the cases need."""
    with SandboxProcess.start(org="none", metadata=[str(ORG)]) as sandbox:
        urls = sandbox.urls
        token = ask_token(
            urls, grant_type="client_credentials", client_id=urls.client_id, client_secret=urls.client_secret
        )
        yield Runner(urls=urls, token=token.json()["access_token"])


@pytest.mark.parametrize("name", _VERIFIED)
def test_the_sandbox_answers_as_the_case_expects(runner: Runner, name: str) -> None:
    """No case is left out."""
    assert runner.play(_VERIFIED[name]) == []


@pytest.mark.parametrize("name", _DECIDED)
def test_a_case_that_nobody_verified_is_answered_as_it_was_decided(runner: Runner, name: str) -> None:
    """The decision is written down, case by case."""
    case: Case = {**_PENDING[name], "expect": _DECIDED[name] or _PENDING[name]["expect"]}
    assert runner.play(case) == []
    assert f"`{name}`" in DECISION.read_text("utf-8")


def test_there_are_58_verified_cases_and_four_that_were_decided() -> None:
    """A case that goes missing would otherwise pass unseen."""
    assert (len(_VERIFIED), _PENDING.keys()) == (58, _DECIDED.keys())


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [1]),
        ({"a": True}, {"a": 1}),
        ([{"a": 1}], [{"a": 2}]),
        ([], [1]),
        ([], {}),
        ("{{match:sfid}}", "001-no-id"),
        ("{{match:iso8601}}", "yesterday"),
        ("{{match:string}}", 1),
        ("{{match:regex:^a}}", "b"),
    ],
)
def test_a_wrong_answer_is_seen(expected: object, given: object) -> None:
    """The judge itself can say no."""
    assert differences(expected, given)


def test_a_refused_request_is_seen(runner: Runner) -> None:
    """By its status and its body."""
    case = {
        "setup": [],
        "request": {
            "method": "GET",
            "path": "/services/data/v62.0/query",
            "query": {"q": "SELECT Nope FROM Account"},
        },
        "expect": {"status": 200, "body": {"done": True}},
    }
    found = runner.play(case)
    assert [one.partition(":")[0] for one in found] == ["status 400 instead of 200", "$"]
