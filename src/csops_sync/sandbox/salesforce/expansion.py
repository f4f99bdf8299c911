"""Making a WHERE plain before it is used: date literals become bounds, semi-joins the ids that they found."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from csops_sync.sandbox.salesforce.conditions import Resolver
from csops_sync.sandbox.salesforce.date_literals import is_date_literal, span_of
from csops_sync.sandbox.salesforce.functions import DATE_FUNCTIONS
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.paths import Column, Scope, scope_of
from csops_sync.sandbox.salesforce.schema import Json
from csops_sync.sandbox.salesforce.semi_joins import check_inner, check_outer, check_places
from csops_sync.sandbox.salesforce.soql_tree import (
    Call,
    Compare,
    Condition,
    InList,
    InQuery,
    InSet,
    Junction,
    Literal,
    Negation,
)

Values: TypeAlias = Callable[[Scope, Column], Iterable[Json]]
"""How to find a column's values in the rows that an inner query finds."""


def expanded(scope: Scope, condition: Condition, resolve: Resolver, values: Values | None) -> Condition:
    """This function will make a condition plain; without `values` a semi-join is refused where it stands."""
    check_places(scope, condition)
    return _Expansion(scope, resolve, values).of(condition)


class _Expansion:
    def __init__(self, scope: Scope, resolve: Resolver, values: Values | None) -> None:
        self._scope = scope
        self._resolve = resolve
        self._values = values

    def of(self, condition: Condition) -> Condition:
        match condition:
            case Junction(operands=operands):
                return replace(condition, operands=tuple(self.of(operand) for operand in operands))
            case Negation(operand=operand):
                return Negation(self.of(operand))
            case InQuery():
                return self._joined(condition)
            case Compare(value=value) if _relative(value):
                return self._bounded(condition)
            case InList(values=values) if any(_relative(value) for value in values):
                return self._any_of(condition)
            case _:
                return condition

    def _joined(self, join: InQuery) -> Condition:
        if self._values is None:
            message = "Semi join sub-selects are only supported in the WHERE of the main query"
            raise malformed(self._scope.text, join.subject.at, message)
        left = check_outer(self._scope, join)
        inner = scope_of(self._scope.reader, join.query)
        column = check_inner(self._scope, left, inner)
        found = frozenset(str(value) for value in self._values(inner, column) if value is not None)
        return InSet(join.subject, join.negated, found)

    def _any_of(self, condition: InList) -> Condition:
        each = tuple(self.of(Compare(condition.subject, "=", value)) for value in condition.values)
        return Negation(Junction(every=False, operands=each)) if condition.negated else Junction(False, each)

    def _bounded(self, condition: Compare) -> Condition:
        column = self._resolve(condition.subject)
        if column.field.type not in {"date", "datetime"}:
            return condition
        if isinstance(condition.subject, Call) and condition.subject.name in DATE_FUNCTIONS:
            message = f"a date function cannot be compared with the date literal {condition.value.text}"
            raise malformed(self._scope.text, condition.value.at, message)
        first, after = (self._literal(column, day, condition.value) for day in self._span(condition.value))
        subject = condition.subject
        low, high = Compare(subject, ">=", first), Compare(subject, "<", after)
        match condition.operator:
            case "=":
                return Junction(every=True, operands=(low, high))
            case "!=":
                return Negation(Junction(every=True, operands=(low, high)))
            case "<" | ">=":
                return Compare(subject, condition.operator, first)
            case _:
                return Compare(subject, {"<=": "<", ">": ">="}[condition.operator], after)

    def _span(self, literal: Literal) -> tuple[date, date]:
        try:
            return span_of(literal.text, self._scope.reader.calendar)
        except ValueError:
            raise malformed(self._scope.text, literal.at, f"invalid date: {literal.text}") from None

    def _literal(self, column: Column, day: date, literal: Literal) -> Literal:
        if column.field.type == "date":
            return Literal("DATE", day.isoformat(), literal.at)
        return Literal("DATETIME", self._scope.reader.midnight(day), literal.at)


def _relative(literal: Literal) -> bool:
    return literal.kind in {"NAME", "RELATIVE"} and is_date_literal(literal.text)
