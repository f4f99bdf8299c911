"""The sandbox's composite graph over HTTP: each graph as a whole or not at all, and never more than its bounds."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.fakes.sandbox_here import SandboxHere
from tests.fakes.sandbox_rest import VERSION, Rest, error_of

Record = dict[str, Any]


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


def _node(reference: str, method: str = "POST", path: str = "/sobjects/Account", **more: object) -> Record:
    given = {"body": {"Name": reference}} if method == "POST" else {}
    return {"referenceId": reference, "method": method, "url": VERSION + path, **given, **more}


def _graph(name: str, *nodes: Record) -> Record:
    return {"graphId": name, "compositeRequest": list(nodes)}


def _post(rest: Rest, *graphs: Record) -> list[Record]:
    answer = rest.call("POST", "/composite/graph", json={"graphs": list(graphs)})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["graphs"])


def _chain(length: int) -> Record:
    """Give a graph as deep as it is long: every account is the parent of the next."""
    nodes = [_node("n1")]
    for number in range(2, length + 1):
        body = {"Name": f"n{number}", "ParentId": f"@{{n{number - 1}.id}}"}
        nodes.append(_node(f"n{number}", body=body))
    return _graph("chain", *nodes)


def test_a_graph_links_its_nodes_and_counts_as_one_call(rest: Rest, sandbox: SandboxHere) -> None:
    contact = _node("contact", path="/sobjects/Contact", body={"LastName": "c", "AccountId": "@{account.id}"})
    read = _node("read", "GET", "/sobjects/Account/@{account.id}?fields=Name")
    change = _node("change", "PATCH", "/sobjects/Account/@{account.id}", body={"Phone": "@{read.Name}"})
    before = rest.call("GET", "/limits").json()["DailyApiRequests"]["Remaining"]
    (one,) = _post(rest, _graph("g1", _node("account"), contact, read, change))
    after = rest.call("GET", "/limits").json()["DailyApiRequests"]["Remaining"]
    assert before - after == 2
    assert (one["graphId"], one["isSuccessful"]) == ("g1", True)
    parts = one["graphResponse"]["compositeResponse"]
    assert [(part["referenceId"], part["httpStatusCode"]) for part in parts] == [
        ("account", 201),
        ("contact", 201),
        ("read", 200),
        ("change", 204),
    ]
    (row,) = sandbox.records("Account")
    assert row["Phone"] == "account"
    assert sandbox.records("Contact")[0]["AccountId"] == row["Id"] == parts[0]["body"]["id"]


def test_a_graph_that_fails_is_undone_and_the_others_are_not(rest: Rest, sandbox: SandboxHere) -> None:
    bad = _node("bad", body={})
    failed, done = _post(rest, _graph("g1", _node("first"), bad, _node("after")), _graph("g2", _node("kept")))
    assert (failed["isSuccessful"], done["isSuccessful"]) == (False, True)
    parts = failed["graphResponse"]["compositeResponse"]
    assert [part["httpStatusCode"] for part in parts] == [400, 400, 400]
    assert [part["body"][0]["errorCode"] for part in parts] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
        "PROCESSING_HALTED",
    ]
    assert [row["Name"] for row in sandbox.records("Account")] == ["kept"]
    outcomes = [write["outcome"] for write in sandbox.ledger()["writes"]]
    assert outcomes == ["rolled_back", "REQUIRED_FIELD_MISSING", "ok"]


def test_graphs_do_not_see_one_another(rest: Rest) -> None:
    lent = _node("child", body={"Name": "c", "ParentId": "@{account.id}"})
    _, failed = _post(rest, _graph("g1", _node("account")), _graph("g2", lent))
    assert failed["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_after_fifteen_failures_the_rest_is_not_tried(rest: Rest, sandbox: SandboxHere) -> None:
    failing = [_graph(f"bad{number}", _node("bad", body={})) for number in range(15)]
    *_, last, halted = _post(rest, *failing, _graph("good", _node("good")))
    assert last["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert not halted["isSuccessful"]
    assert halted["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert sandbox.records("Account") == []
    *_, good = _post(rest, *failing[:14], _graph("good", _node("good")))
    assert good["isSuccessful"]


def test_a_graph_may_be_as_deep_and_as_long_as_documented(rest: Rest, sandbox: SandboxHere) -> None:
    assert _post(rest, _chain(15))[0]["isSuccessful"]
    long = _graph("long", *(_node(f"n{number}") for number in range(485)))
    assert all(one["isSuccessful"] for one in _post(rest, _chain(15), long))
    assert len(sandbox.records("Account")) == 15 + 500


def test_graphs_came_with_version_50(rest: Rest) -> None:
    body = {"graphs": [_graph("g", _node("a", url="/services/data/v50.0/sobjects/Account"))]}
    path = "/services/data/v49.0/composite/graph"
    assert error_of(rest.call("POST", path, json=body)) == (404, "NOT_FOUND")
    assert rest.call("POST", path.replace("v49", "v50"), json=body).status_code == 200


def _many(count: int) -> list[Record]:
    return [_graph(f"g{number}", _node("a")) for number in range(count)]


def _kinds(count: int) -> Record:
    """Give a graph of so many different nodes: versions count as well as objects."""
    urls = [f"/services/data/v{version}.0/sobjects/Account" for version in range(50, 50 + count)]
    return _graph("kinds", *(_node(f"n{place}", url=url) for place, url in enumerate(urls)))


@pytest.mark.parametrize(
    ("graphs", "code"),
    [
        (_many(76), "LIMIT_EXCEEDED"),
        ([_graph("g", *(_node(f"n{number}") for number in range(501)))], "LIMIT_EXCEEDED"),
        ([_chain(16)], "LIMIT_EXCEEDED"),
        ([_kinds(16)], "LIMIT_EXCEEDED"),
        ([], "JSON_PARSER_ERROR"),
        ([_graph("g")], "JSON_PARSER_ERROR"),
        ([{**_graph("g", _node("a")), "allOrNone": True}], "JSON_PARSER_ERROR"),
        ([_graph("g", _node("a")), _graph("g", _node("a"))], "INVALID_INPUT"),
        ([_graph("a.b", _node("a"))], "INVALID_INPUT"),
        ([_graph("_a", _node("a"))], "INVALID_INPUT"),
        ([_graph("g" * 40, _node("a"))], "INVALID_INPUT"),
        ([_graph("g", _node("a"), _node("a"))], "INVALID_INPUT"),
        ([_graph("g", _node("a", "GET"))], "INVALID_INPUT"),
        ([_graph("g", _node("a", "GET", "/query?q=SELECT+Id+FROM+Account"))], "INVALID_INPUT"),
        ([_graph("g", _node("a", "GET", "/sobjects/Account/describe"))], "INVALID_INPUT"),
        ([_graph("g", _node("a", path="/composite/sobjects"))], "INVALID_INPUT"),
        ([_graph("g", _node("a", url="/services/data/v49.0/sobjects/Account"))], "INVALID_INPUT"),
    ],
)
def test_a_request_of_graphs_beyond_its_bounds_does_nothing(
    rest: Rest, sandbox: SandboxHere, graphs: list[Record], code: str
) -> None:
    assert error_of(rest.call("POST", "/composite/graph", json={"graphs": graphs})) == (400, code)
    assert sandbox.records("Account") == []


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (_node("a", "GET", "/query?q=SELECT+Id+FROM+Account"), "cannot be a node"),
        (_node("a", "GET", "/sobjects/Account/describe"), "cannot be a node"),
        (_node("a", "GET", "/sobjects/Account"), "takes POST in a graph, not GET"),
        (_node("a", "PUT", "/sobjects/Account/001000000000001AAA"), "takes DELETE, GET, PATCH in a graph"),
        (_node("a", url="/services/data/v49.0/sobjects/Account"), "nodes need version 50.0 or later"),
    ],
)
def test_a_graph_says_why_a_node_cannot_be_one(
    rest: Rest, sandbox: SandboxHere, node: Record, words: str
) -> None:
    graphs = [_graph("first", _node("made")), _graph("second", node)]
    refused = rest.call("POST", "/composite/graph", json={"graphs": graphs})
    assert error_of(refused) == (400, "INVALID_INPUT")
    assert words in refused.json()[0]["message"]
    assert sandbox.records("Account") == []
