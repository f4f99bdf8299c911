"""The sObject tree: records with their children nested in them, created level by level, all of them or none.

Source: REST API guide, "sObject Tree"; the texts and statuses of wrong reference ids were observed on a real org by
users of the resource.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from csops_sync.sandbox.salesforce import rows, subrequests
from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import ObjectType

MAX_RECORDS, MAX_LEVELS, MAX_TYPES = 200, 5, 5
_Errors = dict[str, object]


@dataclass(slots=True, kw_only=True)
class _Node:
    """One record, not created yet. `link` is the field that is to hold the parent's id."""

    reference: str
    type: object
    wanted: ObjectType
    values: dict[str, object]
    parent: "_Node | None" = None
    link: str = ""
    level: int = 1
    id: str = ""
    children: list["_Node"] = field(default_factory=list)


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite/tree/X`: 201, or 400 with what is wrong with which record."""
    call.parameters()
    body = call.json()
    subrequests.only_keys(body, "records")
    kind = context.kind(call.groups["object"])
    roots = [_node(context, raw, kind, None) for raw in _list(body.get("records"))]
    levels = list(_levels(roots))
    nodes = [node for level in levels for node in level]
    _check_size(nodes)
    wrong = _misnamed(nodes) or _created(context, call, levels)
    if wrong:
        return Answer(400, {"hasErrors": True, "results": wrong})
    made = [{"referenceId": node.reference, "id": node.id} for node in nodes]
    return Answer(201, {"hasErrors": False, "results": made})


def _list(given: object) -> list[dict[str, object]]:
    if not isinstance(given, list) or not given or not all(isinstance(raw, dict) for raw in given):
        raise subrequests.malformed("records must be a list of objects")
    return given


def _node(context: Context, raw: Mapping[str, object], kind: ObjectType, parent: _Node | None) -> _Node:
    attributes = raw.get("attributes")
    named = attributes if isinstance(attributes, dict) else {}
    if not isinstance(named.get("referenceId"), str):
        raise ApiError(403, "INVALID_INPUT", "Include a reference ID for each record in the request.")
    node = _Node(
        reference=str(named["referenceId"]),
        type=named.get("type"),
        wanted=kind,
        values={},
        parent=parent,
        level=1 if parent is None else parent.level + 1,
    )
    if node.level > MAX_LEVELS:
        raise _too_many(f"Trees may be up to {MAX_LEVELS} levels deep")
    for name, value in raw.items():
        if name == "attributes":
            continue
        if isinstance(value, dict) and "records" in value:
            node.children += _children(context, node, name, value)
        else:
            node.values[name] = value
    return node


def _children(context: Context, node: _Node, name: str, value: Mapping[str, object]) -> list[_Node]:
    subrequests.only_keys(value, "records")
    found = context.org.schema.child(node.wanted, name)
    if found is None:
        message = f"No such relation '{name}' on sobject of type {node.wanted.name}"
        raise ApiError(400, "INVALID_FIELD", message)
    kind, link = found
    children = [_node(context, raw, kind, node) for raw in _list(value["records"])]
    for child in children:
        child.link = link.name
    return children


def _levels(roots: Sequence[_Node]) -> Iterator[list[_Node]]:
    level = list(roots)
    while level:
        yield level
        level = [child for node in level for child in node.children]


def _check_size(nodes: Sequence[_Node]) -> None:
    if len(nodes) > MAX_RECORDS:
        raise _too_many(f"A request takes up to {MAX_RECORDS} records in all, not {len(nodes)}")
    types = {node.wanted.name for node in nodes}
    if len(types) > MAX_TYPES:
        raise _too_many(f"A request takes records of up to {MAX_TYPES} objects, not {len(types)}")


def _misnamed(nodes: Sequence[_Node]) -> list[_Errors]:
    counts = Counter(node.reference for node in nodes)
    found = ((node, _fault_of(node, counts)) for node in nodes)
    return [_errors(node, ApiError(400, "INVALID_INPUT", text)) for node, text in found if text]


def _fault_of(node: _Node, counts: Mapping[str, int]) -> str:
    if counts[node.reference] > 1:
        return "Duplicate ReferenceId provided in the request."
    if not node.reference[:1].isalnum():
        return "A reference ID starts with a letter or a digit."
    if not isinstance(node.type, str):
        return "Include an entity type for each record in the request."
    if node.type.lower() != node.wanted.name.lower():
        return f"The entity type here is {node.wanted.name}, not {node.type}."
    return ""


def _created(context: Context, call: Call, levels: Sequence[Sequence[_Node]]) -> list[_Errors]:
    """Create level by level; where a level has a wrong record, say which, and undo everything."""
    mark = context.ledger.mark()
    places = iter(range(1, MAX_RECORDS + 1))
    wrong: list[_Errors] = []
    try:
        with context.org.transaction() as transaction:
            for level in levels:
                wrong = [one for node in level if (one := _create(context, call, node, next(places)))]
                if wrong:
                    transaction.undo()
                    break
    except BodyError:
        context.ledger.roll_back(mark)
        raise
    if wrong:
        context.ledger.roll_back(mark)
    return wrong


def _create(context: Context, call: Call, node: _Node, place: int) -> _Errors | None:
    broken = call.fault is not None and int(call.fault.number("row", 1)) == place
    asked = call if broken else replace(call, fault=None)
    values = dict(node.values)
    if node.parent is not None:
        values[node.link] = node.parent.id
    try:
        node.id = rows.create_row(context, asked, node.wanted, rows.body_values(values, node.wanted))
    except BodyError:
        raise
    except ApiError as error:
        return _errors(node, error)
    return None


def _errors(node: _Node, error: ApiError) -> _Errors:
    return {"referenceId": node.reference, "errors": error.as_row()["errors"]}


def _too_many(message: str) -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", message)
