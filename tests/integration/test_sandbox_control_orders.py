"""A wrong order at the control endpoint is 400 with what would be right, in the sandbox's own words."""

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox import SandboxProcess


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess.start(org="none") as process:
        yield process


WRONG: list[tuple[str, object, str]] = [
    ("faults", {"fault": "query_timeout", "path": "[bad"}, "path is a regular expression"),
    ("faults", {"fault": "query_timeout", "nth": "first"}, "nth is a whole number, 1 or more, not 'first'"),
    ("clock", {"advance": {"days": 1e9}}, "the clock goes from 1970-01-01 to 2999-12-31"),
    ("clock", {"advance": {"days": 1e300}}, "the clock goes from"),
    ("clock", {"advance": {"days": -100_000}}, "the clock goes from"),
    ("clock", {"advance": {"days": "one"}}, "'one' is no number"),
    ("clock", {"advance": {"business_days": 1_000_000_000}}, "business_days is a whole number, 1 to 2600"),
    ("clock", {"advance": {"business_days": -1}}, "business_days is a whole number"),
    ("clock", {"advance": {"days": 1}, "set": "2026-04-01T09:00:00Z"}, "send {"),
    ("clock", {"set": "soon"}, "'soon' is no instant; write 2026-04-01T09:00:00+09:00"),
    ("clock", {"set": "2026-04-01T09:00:00"}, "has no offset"),
    ("clock", {"set": "0001-01-01T00:00:00+09:00"}, "is no instant"),
    ("clock", {"set": "4000-01-01T00:00:00Z"}, "the clock goes from"),
    ("next_opening", {"on": "soon"}, "'soon' is no day; write 2026-05-07"),
    ("toggles", {"api_allowance": -1}, "api_allowance is a whole number of calls, 0 or more, not -1"),
    ("toggles", {"api_allowance": True}, "api_allowance is a whole number"),
    ("toggles", {"api_allowence": 1}, "did you mean 'api_allowance'?"),
    ("toggles", {"flow_month_end": 1}, "flow_month_end is true or false"),
    ("toggles", {"latest_date_covered": "of"}, "is one of error, honest, off"),
    ("toggles", {"fls_hidden": {"Opportunity": ["Amont"]}}, "no field 'Amont'; did you mean 'Amount'?"),
    ("toggles", {"fls_read_only": {"Opportunity": "Amount"}}, "is a list of texts"),
    ("toggles", {"fls_hidden": {"Oportunity": []}}, "did you mean 'Opportunity'?"),
    ("toggles", {"hide_rows": {"Account": ["001"]}}, "Account has no record '001'"),
    ("toggles", {"bulk": 5}, "bulk is an object of settings"),
    (
        "edit",
        {"object": "Account", "op": "create", "values": {}, "visible_after": -1},
        "visible_after are seconds",
    ),
    ("edit", {"object": "Account", "op": "create", "values": {}, "at": "soon"}, "'soon' is no instant"),
    ("slack", {"emoji": "party"}, "emoji come as a list of names"),
    ("slack", {"emoji": ["Party Parrot"]}, "emoji come as a list of names"),
    ("slack", {"edit_window": -1}, "edit_window takes seconds"),
    ("slack", {"edit_window": True}, "edit_window takes seconds"),
]


@pytest.mark.parametrize(
    ("path", "order", "words"), WRONG, ids=[f"{path} {order}" for path, order, _ in WRONG]
)
def test_a_wrong_order_is_refused_with_what_would_be_right(
    sandbox: SandboxProcess, path: str, order: object, words: str
) -> None:
    before = requests.get(f"{sandbox.urls.control}/clock", timeout=10).json()["today"]
    answer = requests.post(f"{sandbox.urls.control}/{path}", json=order, timeout=10)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]
    assert requests.get(f"{sandbox.urls.control}/clock", timeout=10).json()["today"] == before


@pytest.mark.parametrize("body", ["{", "nonsense", '{"advance": {"days": NaN}}'])
def test_a_body_that_is_no_order_is_refused(sandbox: SandboxProcess, body: str) -> None:
    answer = requests.post(f"{sandbox.urls.control}/clock", data=body, timeout=10)
    assert answer.status_code == 400
    assert "is no JSON" in answer.json()["error"] or "is no number" in answer.json()["error"]


def test_right_orders_at_the_edge_are_taken(sandbox: SandboxProcess) -> None:
    sandbox.toggles(api_allowance=0, fls_hidden={"Opportunity": ["Amount"]}, hide_rows={"Account": []})
    for order in ({"advance": {"business_days": 300}}, {"set": "2999-12-30T00:00:00Z"}):
        answer = requests.post(f"{sandbox.urls.control}/clock", json=order, timeout=10)
        assert answer.status_code == 200, answer.text
