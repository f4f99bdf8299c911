"""Semi-joins and anti-joins: what an inner query may be, and what it finds.

Source: SOQL reference, "Considerations for Semi-Join and Anti-Join Queries".
"""

from collections.abc import Iterator

from csops_sync.sandbox.salesforce.functions import column_of
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.paths import Column, Scope
from csops_sync.sandbox.salesforce.soql_tree import (
    Condition,
    InQuery,
    Item,
    Junction,
    Negation,
    Path,
    Query,
    Subject,
)

MOST = 2
_UNSUPPORTED = frozenset({"ActivityHistory", "Attachment", "Event", "Note", "OpenActivity", "Task"})
_REFERENCES = frozenset({"id", "reference"})


def joins_of(condition: Condition | None) -> Iterator[InQuery]:
    """This function will give every semi-join of a condition, wherever it stands."""
    match condition:
        case InQuery():
            yield condition
        case Junction(operands=operands):
            for operand in operands:
                yield from joins_of(operand)
        case Negation(operand=operand):
            yield from joins_of(operand)
        case _:
            return


def check_places(scope: Scope, condition: Condition) -> None:
    """This function will refuse semi-joins that are too many, or not joined by AND at the top of the WHERE."""
    joins = list(joins_of(condition))
    if len(joins) > MOST:
        message = f"Maximum {MOST} semi join sub-selects are allowed"
        raise malformed(scope.text, joins[MOST].subject.at, message)
    top = condition.operands if isinstance(condition, Junction) and condition.every else (condition,)
    for operand in top:
        for join in joins_of(operand):
            if operand is not join:
                raise malformed(scope.text, join.subject.at, _misplaced(condition, operand))


def _misplaced(condition: Condition, operand: Condition) -> str:
    if isinstance(operand, Negation):
        return "Semi join sub-selects are not allowed with the 'NOT' operator"
    if operand is condition:
        return "Semi join sub-selects are not allowed with the 'OR' operator"
    return (
        "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE"
        " expressions."
    )


def check_outer(scope: Scope, join: InQuery) -> Column:
    """This function will resolve a semi-join's left side; ApiError where it is no Id or reference of the row itself."""
    subject = join.subject
    column = column_of(scope, subject) if isinstance(subject, Path) else None
    if column is None or column.field.type not in _REFERENCES:
        message = (
            "The left operand field in the where expression for outer query should be an id field, cannot use:"
            f" '{subject.text}'"
        )
        raise malformed(scope.text, subject.at, message)
    if column.parents:
        message = f"The left operand '{subject.text}' cannot have more than one level of relationships"
        raise malformed(scope.text, subject.at, message)
    return column


def check_inner(outer: Scope, left: Column, inner: Scope) -> Column:
    """This function will resolve what an inner query selects; ApiError where it is not of the left side's kind."""
    query = inner.query
    _check_clauses(inner)
    if inner.kind.name == outer.kind.name:
        message = "The inner and outer selects should not be on the same object type"
        raise malformed(query.text, query.source.at, message)
    if inner.kind.name in _UNSUPPORTED:
        message = f"Entity '{inner.kind.name}' is not supported for semi join inner selects"
        raise malformed(query.text, query.source.at, message)
    selected = _selected(query)
    column = column_of(inner, selected)
    if column.parents:
        message = f"The inner select field '{selected.text}' cannot have more than one level of relationships"
        raise malformed(query.text, selected.at, message)
    if not _targets(inner, column) & _targets(outer, left):
        message = (
            f"The selected field '{selected.text}' in the subquery and the left operand field in the where"
            f" expression in the outer query '{left.field.name}' should point to the same object type"
        )
        raise malformed(query.text, selected.at, message)
    return column


def _check_clauses(inner: Scope) -> None:
    query = inner.query
    if any(True for _ in joins_of(query.where)):
        message = "Nesting of semi join sub-selects is not supported"
        raise malformed(query.text, query.source.at, message)
    clauses = {
        "ORDER BY": query.orders,
        "LIMIT": query.limit is not None,
        "OFFSET": query.offset,
        "GROUP BY": query.groups,
        "USING SCOPE": query.scope,
    }
    for clause, given in clauses.items():
        if given:
            message = f"{clause} is not supported in semi join sub-selects"
            raise malformed(query.text, query.source.at, message)


def _selected(query: Query) -> Subject:
    match query.items:
        case (Item(subject=Path() as path, alias=None),):
            return path
        case _:
            message = "semi join sub-selects select one field, an Id or a reference, and nothing else"
            raise malformed(query.text, query.source.at, message)


def _targets(scope: Scope, column: Column) -> set[str]:
    return {scope.kind.name} if column.field.type == "id" else set(column.field.to)
