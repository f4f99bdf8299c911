"""Which rows a query has to look at: by id, by an indexed field, by a range of a kept order, or all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.literals import literal_value
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.salesforce.soql_tree import (
    Compare,
    Condition,
    InList,
    InSet,
    Junction,
    Query,
    Subject,
)
from csops_sync.sandbox.salesforce.table import Table


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows to be tested. `order` names the field (with the Id behind it) by which they come sorted, None for none."""

    rows: Iterable[Row]
    order: str | None


@dataclass(frozen=True, slots=True)
class _Range:
    low: str | None
    high: str | None


def reach(table: Table, query: Query) -> Reach:
    """This function will choose the shortest way to the rows that a query may find."""
    wanted = query.orders[0].subject.text if query.orders else ""
    conditions = _required(query.where)
    ids = _wanted_values(table.kind, conditions, "Id", query.text)
    if ids is not None:
        rows = (table.get(str(record)) for record in sorted({str(value) for value in ids}))
        return Reach([row for row in rows if row is not None], "Id")
    for field in table.kind.fields:
        if table.is_indexed(field.name):
            values = _wanted_values(table.kind, conditions, field.name, query.text)
            if values is not None and None not in values:
                return Reach(_found(table, field.name, values), None)
    return _by_order(table, query, wanted)


def _by_order(table: Table, query: Query, wanted: str) -> Reach:
    ranges = {name: _range(table.kind, query.where, name, query.text) for name in ("Id", *table.ordered)}
    bounded = [name for name, bounds in ranges.items() if bounds.low is not None or bounds.high is not None]
    names = [name for name in ranges if name.lower() == wanted.lower()]
    choice = [name for name in bounded if name in names] or [name for name in bounded if name != "Id"]
    name = (choice or names or ["Id"])[0]
    bounds = ranges[name]
    if name == "Id":
        return Reach(table.by_id(bounds.low, bounds.high), name)
    return Reach(table.by_stamp(name, bounds.low, bounds.high), name)


def _found(table: Table, name: str, values: Iterable[Json]) -> list[Row]:
    found = {str(row[0]): row for value in values for row in table.find(name, value)}
    return [found[record] for record in sorted(found)]


def _required(condition: Condition | None) -> Sequence[Condition]:
    """Give the conditions that every found row meets."""
    match condition:
        case None:
            return ()
        case Junction(every=True, operands=operands):
            return [inner for operand in operands for inner in _required(operand)]
        case _:
            return (condition,)


def _wanted_values(
    kind: ObjectType, conditions: Sequence[Condition], name: str, text: str
) -> list[Json] | None:
    field = kind.by_name[name.lower()]
    for condition in conditions:
        match condition:
            case Compare(subject=subject, operator="=", value=value) if _names(subject, name):
                return [literal_value(field, value, text)]
            case InList(subject=subject, negated=False, values=values) if _names(subject, name):
                return [literal_value(field, value, text) for value in values]
            case InSet(subject=subject, negated=False, ids=ids) if _names(subject, name):
                return list(ids)
            case _:
                continue
    return None


def _names(subject: Subject, name: str) -> bool:
    return subject.text.lower() == name.lower()


def _range(kind: ObjectType, condition: Condition | None, name: str, text: str) -> _Range:
    """Give bounds, both included, outside of which no row can meet the condition."""
    match condition:
        case Compare(subject=subject, operator=operator, value=value) if _names(subject, name):
            bound = literal_value(kind.by_name[name.lower()], value, text)
            if bound is None or operator == "!=":
                return _Range(None, None)
            low = str(bound) if operator in {"=", ">", ">="} else None
            return _Range(low, str(bound) if operator in {"=", "<", "<="} else None)
        case Junction(every=every, operands=operands):
            ranges = [_range(kind, operand, name, text) for operand in operands]
            return _narrowest(ranges) if every else _widest(ranges)
        case _:
            return _Range(None, None)


def _narrowest(ranges: list[_Range]) -> _Range:
    lows = [bounds.low for bounds in ranges if bounds.low is not None]
    highs = [bounds.high for bounds in ranges if bounds.high is not None]
    return _Range(max(lows, default=None), min(highs, default=None))


def _widest(ranges: list[_Range]) -> _Range:
    lows = [bounds.low for bounds in ranges if bounds.low is not None]
    highs = [bounds.high for bounds in ranges if bounds.high is not None]
    return _Range(
        min(lows) if len(lows) == len(ranges) else None, max(highs) if len(highs) == len(ranges) else None
    )
