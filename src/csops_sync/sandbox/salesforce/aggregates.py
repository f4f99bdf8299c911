"""COUNT, COUNT_DISTINCT, SUM, AVG, MIN and MAX over the rows of a group.

Source: SOQL reference, "Aggregate Functions" (which types each takes; all but COUNT(Id) pass over nulls; the least and
the greatest of a picklist are those of its own order; money is in the org's currency).
"""

import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from csops_sync.sandbox.salesforce.currencies import Currencies
from csops_sync.sandbox.salesforce.functions import argument_of, column_of
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.ordering import rank_of
from csops_sync.sandbox.salesforce.paths import Column, Getter, Scope
from csops_sync.sandbox.salesforce.schema import NUMBERS, Field, Json
from csops_sync.sandbox.salesforce.soql_tree import Call, Path
from csops_sync.sandbox.salesforce.table import index_key

_NEVER = frozenset(
    {"boolean", "anyType", "multipicklist", "base64", "address", "location", "encryptedstring"}
)
_NUMERIC = frozenset({"SUM", "AVG"})
_EXTREMES = frozenset({"MIN", "MAX"})


class Tally(Protocol):
    """What an aggregate has come to so far in one group."""

    def add(self, value: Json) -> None:
        """Take in a value that is not null."""

    def result(self) -> Json:
        """Give the aggregate."""


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate: which value it takes of each row, how it is told, and of which type it is."""

    get: Getter
    tally: Callable[[], Tally]
    field: Field


def measure_of(scope: Scope, call: Call) -> Measure:
    """This function will resolve an aggregate; ApiError MALFORMED_QUERY where the field's type does not take it."""
    argument = argument_of(scope, call)
    if not isinstance(argument, Path):
        raise malformed(scope.text, call.at, f"{call.written}() takes a field, not {argument.text}")
    column = column_of(scope, argument)
    if not _takes(call.name, column.field):
        message = f"field {column.field.name} does not support aggregate operator {call.name}"
        raise malformed(scope.text, call.at, message)
    kind = _result_type(call.name, column.field)
    field = Field(name=call.text, label=call.text, type=kind, length=column.field.length)
    return Measure(_getter(scope, column), _tally(scope, call.name, column.field), field)


def _takes(name: str, field: Field) -> bool:
    if field.type in _NEVER or not field.filterable:
        return False
    return name not in _NUMERIC or field.type in NUMBERS


def _result_type(name: str, field: Field) -> str:
    if name in _EXTREMES or (name == "SUM" and field.type != "percent"):
        return field.type
    return "double" if name in _NUMERIC else "int"


def _getter(scope: Scope, column: Column) -> Getter:
    currencies = Currencies(scope.reader.org)
    if column.field.type == "currency" and currencies.several:
        return currencies.converted(scope, column, currencies.corporate)
    return column.get


def _tally(scope: Scope, name: str, field: Field) -> Callable[[], Tally]:
    match name:
        case "COUNT":
            return _Count
        case "COUNT_DISTINCT":
            return lambda: _Distinct(field)
        case "MIN" | "MAX":
            rank = rank_of(scope, field)
            return lambda: _Extreme(rank, greatest=name == "MAX")
        case "SUM":
            return lambda: _Sum(whole=field.type == "int")
        case _:
            return _Average


class _Count:
    def __init__(self) -> None:
        self._count = 0

    def add(self, _value: Json) -> None:
        self._count += 1

    def result(self) -> Json:
        return self._count


class _Distinct:
    def __init__(self, field: Field) -> None:
        self._field = field
        self._seen: set[Json] = set()

    def add(self, value: Json) -> None:
        self._seen.add(index_key(self._field, value))

    def result(self) -> Json:
        return len(self._seen)


class _Extreme:
    def __init__(self, rank: Callable[[Json], Any], *, greatest: bool) -> None:
        self._rank = rank
        self._greatest = greatest
        self._best: Json = None
        self._at: Any = None

    def add(self, value: Json) -> None:
        at = self._rank(value)
        if self._best is None or (at > self._at if self._greatest else at < self._at):
            self._best, self._at = value, at

    def result(self) -> Json:
        return self._best


class _Sum:
    """Adds without an error that grows: the values are kept and added at the end."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._values = array("d")

    def add(self, value: Json) -> None:
        self._values.append(float(value or 0))

    def result(self) -> Json:
        if not self._values:
            return None
        total = math.fsum(self._values)
        return int(total) if self._whole else total


class _Average(_Sum):
    def result(self) -> Json:
        total = super().result()
        return None if total is None else float(total) / len(self._values)
