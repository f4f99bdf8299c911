"""A wrong order at the control endpoint is 400 with what would be right, in the sandbox's own words."""

from collections.abc import Iterator

import pytest
import requests
from tests.fakes.sandbox_here import SandboxHere


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxHere]:
    with SandboxHere.start(org="none") as here:
        yield here


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
    ("edit", {"op": "create", "name": "Account"}, "an edit has the keys as, at, id, object"),
    ("edit", {"op": "create", "object": "Acount"}, "there is no object 'Acount'"),
    ("edit", {"op": "create", "object": "Account", "values": ["Name"]}, "values must be an object"),
    ("edit", {"op": "update", "object": "Account", "id": "12"}, "'12' is no id"),
    ("edit", {"op": "merge", "object": "Account", "id": "001000000000001"}, "op 'merge' is none of create"),
    ("edit", {"op": "create", "object": "Account", "as": "nobody"}, "there is no user 'nobody'"),
    ("edit", {"op": "create", "object": "Account", "values": {}}, "Required fields are missing: [Name]"),
    ("edits", {"op": "create", "object": "Account"}, "edits come as a list"),
    ("toggles", ["flow_month_end"], "switches come as an object"),
    ("toggles", {"hide_rows": ["001"]}, "hide_rows is an object of lists of ids"),
    ("toggles", {"fls_hidden": ["Amount"]}, "fls_hidden is an object of lists of fields"),
    ("faults", {"fault": "query_time_out"}, "unknown fault 'query_time_out' of salesforce; did you mean"),
    ("faults", {"fault": "query_timeout", "pth": "query"}, "unknown key 'pth' in a fault; known are"),
    (
        "faults",
        {"fault": "query_timeout", "service": "slak"},
        "unknown service 'slak'; use salesforce or slack",
    ),
    ("faults", ["query_timeout"], "faults come as a list of objects"),
    ("next_opening", {"what": "3 renewals"}, 'send {"on": "2026-05-07", "what": "3 renewals"}'),
    ("clock", {"advance": "next_opening"}, "no contract of the org has a date ahead"),
    ("restore", {"id": "snapshot-9"}, "there is no such snapshot"),
    ("restore", "snapshot-1", "there is no such snapshot"),
    ("slack", ["say"], "send one of say, react"),
    ("slack", {"say": "a", "react": "eyes"}, "send one of say, react"),
    (
        "slack",
        {"view_of": "a@csops.example", "channel": "general"},
        "view_of goes with nothing, not with 'channel'",
    ),
    ("slack", {"drop": True, "user": "a@csops.example"}, "drop goes with nothing, not with 'user'"),
    ("slack", {"say": "a", "channel": "nowhere"}, "there is no channel 'nowhere'"),
    ("slack", {"say": "a", "channel": "renewals", "user": "nobody"}, "there is no user 'nobody'"),
    (
        "slack",
        {"react": "eyes", "channel": "renewals", "user": "bot", "ts": "1.5"},
        "the workspace refuses: message_",
    ),
    ("slack", {"submit": "text", "user": "bot"}, 'submit takes {"block_id"'),
    ("slack", {"submit": {"note": "text"}, "user": "bot"}, 'submit takes {"block_id"'),
    ("slack", {"scopes": "chat:write"}, "scopes come as a list"),
    ("slack", {"limits": {"on": 1, "tiers": False}}, 'limits takes {"on": true, "tiers": false}'),
    ("slack", {"disconnect": "soon"}, "disconnect takes one of "),
    ("slack", {"lose_next": -1}, "-1 is no count"),
    ("slack", {"twice_next": True}, "True is no count"),
    ("slack", {"emoji": "party"}, "emoji come as a list of names"),
    ("slack", {"emoji": ["Party Parrot"]}, "emoji come as a list of names"),
    ("slack", {"edit_window": -1}, "edit_window takes seconds"),
    ("slack", {"edit_window": True}, "edit_window takes seconds"),
]


@pytest.mark.parametrize(
    ("path", "order", "words"), WRONG, ids=[f"{path} {order}" for path, order, _ in WRONG]
)
def test_a_wrong_order_is_refused_with_what_would_be_right(
    sandbox: SandboxHere, path: str, order: object, words: str
) -> None:
    before = requests.get(f"{sandbox.urls.control}/clock", timeout=10).json()["today"]
    answer = requests.post(f"{sandbox.urls.control}/{path}", json=order, timeout=10)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]
    assert requests.get(f"{sandbox.urls.control}/clock", timeout=10).json()["today"] == before


@pytest.mark.parametrize("body", ["{", "nonsense", '{"advance": {"days": NaN}}'])
def test_a_body_that_is_no_order_is_refused(sandbox: SandboxHere, body: str) -> None:
    answer = requests.post(f"{sandbox.urls.control}/clock", data=body, timeout=10)
    assert answer.status_code == 400
    assert "is no JSON" in answer.json()["error"] or "is no number" in answer.json()["error"]


def test_right_orders_at_the_edge_are_taken(sandbox: SandboxHere) -> None:
    sandbox.toggles(api_allowance=0, fls_hidden={"Opportunity": ["Amount"]}, hide_rows={"Account": []})
    for order in ({"advance": {"business_days": 300}}, {"set": "2999-12-30T00:00:00Z"}):
        answer = requests.post(f"{sandbox.urls.control}/clock", json=order, timeout=10)
        assert answer.status_code == 200, answer.text
