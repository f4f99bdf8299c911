"""`query?columns=true`: what a query selects, for clients that make tables of its result.

The shape is the one that the Salesforce CLI and editors read: a parent's fields and a subquery's are `joinColumns`.
"""

from collections.abc import Iterable

from csops_sync.sandbox.salesforce.literals import is_text
from csops_sync.sandbox.salesforce.query import Plan
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import NUMBERS, Field, ObjectType
from csops_sync.sandbox.salesforce.selection import Cell
from csops_sync.sandbox.salesforce.soql_tree import Call

Shown = dict[str, object]
_APEX = {"id": "Id", "reference": "Id", "boolean": "Boolean", "int": "Integer", "date": "Date"}
_APEX |= {"double": "Double", "currency": "Double", "percent": "Double", "datetime": "Datetime"}


def columns_of(plan: Plan) -> Shown:
    """This function will give a query's columns and what it reads."""
    kind, reader = plan.scope.kind, plan.scope.reader
    columns = _columns(reader, kind, plan.cells)
    for child in plan.children:
        within = _columns(reader, child.scope.kind, child.cells)
        columns.append(_group(child.name, within, aggregate=True, key=None))
    return {
        "columnMetadata": columns,
        "entityName": kind.name,
        "groupBy": bool(plan.scope.query.groups),
        "idSelected": any(cell.path == ("Id",) for cell in plan.cells),
        "keyPrefix": kind.prefix,
    }


def _columns(reader: Reader, kind: ObjectType, cells: Iterable[Cell]) -> list[Shown]:
    columns: list[Shown] = []
    parents: dict[tuple[str, ...], list[Shown]] = {(): columns}
    for cell in cells:
        for depth in range(1, len(cell.path)):
            chain = cell.path[:depth]
            if chain not in parents:
                parents[chain] = []
                key = _key(reader, kind, chain)
                parents[chain[:-1]].append(_group(chain[-1], parents[chain], aggregate=False, key=key))
        parents[cell.path[:-1]].append(_column(reader, cell))
    return columns


def _key(reader: Reader, kind: ObjectType, chain: tuple[str, ...]) -> str:
    *above, last = chain
    for name in above:
        kind = reader.org.schema[kind.by_relationship[name.lower()].to[0]]
    return kind.by_relationship[last.lower()].name


def _column(reader: Reader, cell: Cell) -> Shown:
    field, name = cell.column.field, cell.path[-1]
    if cell.call is not None:
        return _shown(name, _display(cell.call), field, aggregate=True, writable=False)
    writable = reader.access.writable(cell.column.kind, field)
    return _shown(name, name, field, aggregate=False, writable=writable)


def _display(call: Call) -> str:
    inner = ", ".join(
        _display(argument) if isinstance(argument, Call) else argument.text for argument in call.arguments
    )
    return f"{call.written.lower()}({inner})"


def _shown(name: str, display: str, field: Field, *, aggregate: bool, writable: bool) -> Shown:
    return {
        "aggregate": aggregate,
        "apexType": None if aggregate else _APEX.get(field.type, "String"),
        "booleanType": field.type == "boolean",
        "columnName": name,
        "custom": field.custom,
        "displayName": display,
        "foreignKeyName": None,
        "insertable": writable,
        "joinColumns": [],
        "numberType": field.type in NUMBERS,
        "textType": is_text(field) and field.type not in {"id", "reference"},
        "updatable": writable,
    }


def _group(name: str, within: list[Shown], *, aggregate: bool, key: str | None) -> Shown:
    return {
        "aggregate": aggregate,
        "apexType": None,
        "booleanType": False,
        "columnName": name,
        "custom": name.endswith("__r"),
        "displayName": name,
        "foreignKeyName": key,
        "insertable": False,
        "joinColumns": within,
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
