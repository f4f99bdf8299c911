"""The composite graph: graphs of up to 500 nodes in all, each done as a whole or not at all.

Source: REST API guide, "Composite Graph", "Composite Graph Limits" and "Using Composite Graphs".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.salesforce import subrequests
from csops_sync.sandbox.salesforce.errors import ApiError, not_found
from csops_sync.sandbox.salesforce.references import failed, referred
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.subrequests import Subrequest

MAX_GRAPHS, MAX_NODES, MAX_DEPTH, MAX_KINDS, MAX_FAILURES = 75, 500, 15, 15, 14
FIRST_VERSION = 50
_GRAPH_ID = re.compile(r"[A-Za-z0-9][^.]{0,38}")
_OBJECT = re.compile(r"/sobjects/([^/]+)")
_RECORD = re.compile(r"/sobjects/([^/]+)/(?!describe$|updated$|deleted$)[^/]+")
_KEYED = re.compile(r"/sobjects/([^/]+)/[^/]+/[^/]+")
_METHODS = (
    (_OBJECT, ("POST",)),
    (_RECORD, ("DELETE", "GET", "PATCH")),
    (_KEYED, ("DELETE", "GET", "PATCH", "POST")),
)


@dataclass(frozen=True, slots=True)
class _Graph:
    id: str
    subs: Sequence[Subrequest]


def graph(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite/graph`; the call counts once, however many graphs it has."""
    call.parameters()
    if float(call.version) < FIRST_VERSION:
        raise not_found()
    graphs = _graphs(call.json())
    shown: list[object] = []
    failures = 0
    for one in graphs:
        answers = _halted(one) if failures > MAX_FAILURES else _run(context, call, one)
        successful = not any(failed(answer) for answer in answers)
        failures += not successful
        response = {"compositeResponse": subrequests.parts(one.subs, answers)}
        shown.append({"graphId": one.id, "graphResponse": response, "isSuccessful": successful})
    return Answer(200, {"graphs": shown})


def _run(context: Context, call: Call, one: _Graph) -> list[Answer]:
    return subrequests.run(context, call, one.subs, all_or_none=True)


def _halted(one: _Graph) -> list[Answer]:
    message = f"Not processed: more than {MAX_FAILURES} graphs of this request have failed."
    return [subrequests.halted(message) for _ in one.subs]


def _graphs(body: Mapping[str, object]) -> list[_Graph]:
    subrequests.only_keys(body, "graphs")
    given = body.get("graphs")
    if not isinstance(given, list) or not given or not all(isinstance(raw, dict) for raw in given):
        raise subrequests.malformed("graphs must be a list of graphs")
    if len(given) > MAX_GRAPHS:
        raise _too_many(f"A request takes up to {MAX_GRAPHS} graphs, not {len(given)}")
    seen: set[str] = set()
    graphs = [_graph(raw, seen) for raw in given]
    nodes = [sub for one in graphs for sub in one.subs]
    if len(nodes) > MAX_NODES:
        raise _too_many(f"A request takes up to {MAX_NODES} nodes, not {len(nodes)}")
    kinds = {(sub.version, _object(sub)) for sub in nodes}
    if len(kinds) > MAX_KINDS:
        raise _too_many(
            f"A request takes up to {MAX_KINDS} different nodes (object and version), not {len(kinds)}"
        )
    return graphs


def _graph(raw: Mapping[str, object], seen: set[str]) -> _Graph:
    subrequests.only_keys(raw, "graphId", "compositeRequest")
    name = raw.get("graphId")
    if not isinstance(name, str) or name in seen or not _GRAPH_ID.fullmatch(name):
        message = (
            f"graphId {name!r} must be unique, shorter than 40, without a period, its first a letter or digit"
        )
        raise ApiError(400, "INVALID_INPUT", message)
    seen.add(name)
    subs = subrequests.read(raw.get("compositeRequest"), _check)
    depth = max(_depths(subs).values())
    if depth > MAX_DEPTH:
        raise _too_many(f"Graph {name} is {depth} deep; a graph may be up to {MAX_DEPTH}")
    return _Graph(name, subs)


def _check(sub: Subrequest) -> None:
    allowed = next((methods for shape, methods in _METHODS if shape.fullmatch(sub.resource)), ())
    if not allowed:
        message = f"{sub.url} cannot be a node: only sobjects/X, sobjects/X/id and sobjects/X/field/value can"
        raise ApiError(400, "INVALID_INPUT", message)
    if sub.method not in allowed:
        raise ApiError(
            400, "INVALID_INPUT", f"{sub.url} takes {', '.join(allowed)} in a graph, not {sub.method}"
        )
    if float(sub.version) < FIRST_VERSION:
        raise ApiError(400, "INVALID_INPUT", f"{sub.url}: nodes need version {FIRST_VERSION}.0 or later")


def _depths(subs: Sequence[Subrequest]) -> Mapping[str, int]:
    """Give each node's depth: 1 where it refers to no other, else one more than the deepest that it refers to."""
    depths: dict[str, int] = {}
    for sub in subs:
        above = referred(sub.url, sub.body)
        depths[sub.reference] = 1 + max((depths.get(name, 0) for name in above), default=0)
    return depths


def _object(sub: Subrequest) -> str:
    return sub.resource.split("/")[2].lower()


def _too_many(message: str) -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", message)
