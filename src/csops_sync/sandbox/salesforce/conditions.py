"""From a condition to a test of one row, with every misuse refused as the real org does."""

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from csops_sync.sandbox.salesforce.currencies import Currencies
from csops_sync.sandbox.salesforce.functions import check_filter, column_of
from csops_sync.sandbox.salesforce.literals import is_text, literal_value
from csops_sync.sandbox.salesforce.misuse import invalid_field, invalid_operator
from csops_sync.sandbox.salesforce.paths import Column, Scope
from csops_sync.sandbox.salesforce.schema import Json, Row
from csops_sync.sandbox.salesforce.soql_tree import (
    Compare,
    Condition,
    Includes,
    InList,
    InQuery,
    InSet,
    Junction,
    Like,
    Negation,
    Subject,
)
from csops_sync.sandbox.salesforce.table import index_key

Test: TypeAlias = Callable[[Row], bool]
Resolver: TypeAlias = Callable[[Subject], Column]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NO_LIKE = frozenset({"id", "reference", "multipicklist"})


def filterable(scope: Scope, subject: Subject) -> Column:
    """This function will resolve what a WHERE compares; ApiError INVALID_FIELD where it may not be filtered."""
    column = column_of(scope, subject)
    check_filter(scope, subject, column)
    if not column.field.filterable:
        message = f"field '{column.field.name}' can not be filtered in a query call"
        raise invalid_field(scope.text, subject.at, message)
    if column.field.type == "boolean" and column.parents:
        get = column.get
        return replace(column, get=lambda row: bool(get(row)))  # a parent that is not there counts as false
    return column


def compile_condition(
    scope: Scope, condition: Condition, resolve: Resolver, *, of_groups: bool = False
) -> Test:
    """This function will give the test of a condition; `resolve` says what its subjects are in a row, or in a group."""
    return _Compiler(scope, resolve, of_groups=of_groups).test(condition)


class _Compiler:
    def __init__(self, scope: Scope, resolve: Resolver, *, of_groups: bool) -> None:
        self._scope = scope
        self._of_groups = of_groups
        self._resolve = resolve
        self._text = scope.text

    def test(self, condition: Condition) -> Test:
        match condition:
            case Negation(operand=operand):
                test = self.test(operand)
                return lambda row: not test(row)
            case Junction(every=every, operands=operands):
                return _joined([self.test(operand) for operand in operands], every=every)
            case _:
                return self._single(condition)

    def _single(self, condition: Condition) -> Test:
        match condition:
            case Compare():
                return self._compare(condition)
            case InList():
                return self._in_list(condition)
            case InSet(subject=subject, negated=negated, ids=ids):
                get = self._resolve(subject).get
                return lambda row: (get(row) in ids) != negated
            case Like():
                return self._like(condition)
            case Includes():
                return self._includes(condition)
            case InQuery() | Junction() | Negation():
                raise TypeError("a semi-join is run before its condition is compiled")

    def _compare(self, condition: Compare) -> Test:
        column = self._resolve(condition.subject)
        priced = self._priced(column, condition)
        column, value = priced or (column, literal_value(column.field, condition.value, self._text))
        if condition.operator in {"=", "!="}:
            return _equals(column, value, negated=condition.operator == "!=")
        if value is None or column.field.type in {"boolean", "multipicklist"}:
            message = f"invalid operator on {'null' if value is None else f'{column.field.type} field'}"
            raise invalid_operator(self._text, condition.value.at, message)
        return _ordered(column, _OPERATORS[condition.operator], value)

    def _priced(self, column: Column, condition: Compare) -> tuple[Column, Json] | None:
        """Read `Amount > USD5000`: both sides in the corporate currency."""
        if condition.value.kind != "NAME" or column.field.type != "currency" or self._of_groups:
            return None
        currencies = Currencies(self._scope.reader.org)
        value = currencies.amount(condition.value.text)
        if value is None:
            return None
        get = currencies.converted(self._scope, column, currencies.corporate)
        return replace(column, get=get), value

    def _in_list(self, condition: InList) -> Test:
        column = self._resolve(condition.subject)
        if column.field.type == "multipicklist":
            raise invalid_operator(
                self._text, condition.subject.at, "invalid operator on multipicklist field"
            )
        read = (literal_value(column.field, value, self._text) for value in condition.values)
        wanted = frozenset(index_key(column.field, value) for value in read)
        get, field, negated = column.get, column.field, condition.negated
        if field.exact or not is_text(field):
            return lambda row: (get(row) in wanted) != negated
        return lambda row: (index_key(field, get(row)) in wanted) != negated

    def _like(self, condition: Like) -> Test:
        column = self._resolve(condition.subject)
        if not is_text(column.field) or column.field.type in _NO_LIKE:
            message = f"invalid operator on {column.field.type} field"
            raise invalid_operator(self._text, condition.subject.at, message)
        matches = re.compile(_pattern(condition.pattern), re.IGNORECASE | re.DOTALL).fullmatch
        get = column.get

        def test(row: Row) -> bool:
            found = get(row)  # nothing is like null, not even '%'
            return found is not None and matches(str(found)) is not None

        return test

    def _includes(self, condition: Includes) -> Test:
        column = self._resolve(condition.subject)
        if column.field.type != "multipicklist":
            message = "includes or excludes operator only valid on multipicklist field"
            raise invalid_operator(self._text, condition.subject.at, message)
        wanted = [_chosen(value) for value in condition.values]
        get, negated = column.get, condition.negated
        return lambda row: any(one <= _chosen(get(row)) for one in wanted) != negated


def _chosen(value: Json) -> frozenset[str]:
    """Give what of a multi-select picklist is chosen: `a;b`."""
    return frozenset(str(value).lower().split(";")) if value else frozenset()


def _joined(tests: list[Test], *, every: bool) -> Test:
    if len(tests) == 2:  # noqa: PLR2004  # the commonest case, and three times as fast as the general one
        one, other = tests
        return (lambda row: one(row) and other(row)) if every else (lambda row: one(row) or other(row))
    join = all if every else any
    return lambda row: join(test(row) for test in tests)


def _equals(column: Column, value: Json, *, negated: bool) -> Test:
    get, field = column.get, column.field
    key = index_key(field, value)
    if field.exact or not is_text(field):
        return (lambda row: get(row) != key) if negated else (lambda row: get(row) == key)
    return lambda row: (index_key(field, get(row)) == key) != negated


def _ordered(column: Column, compare: Callable[[Any, Any], bool], value: Json) -> Test:
    get, field = column.get, column.field
    key = index_key(field, value)

    def test(row: Row) -> bool:
        found = get(row)
        return found is not None and compare(index_key(field, found), key)

    return test


def _pattern(like: str) -> str:
    parts = re.findall(r"\\.|.", like, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(part) or re.escape(part.removeprefix("\\")) for part in parts)
