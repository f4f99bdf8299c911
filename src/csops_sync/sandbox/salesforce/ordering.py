"""ORDER BY: rows in the order of their values, a picklist's as it is set up, nulls where the query wants them."""

from collections.abc import Callable, Iterable, Sequence

from csops_sync.sandbox.salesforce.functions import column_of
from csops_sync.sandbox.salesforce.misuse import invalid_field, malformed
from csops_sync.sandbox.salesforce.paths import Column, Scope
from csops_sync.sandbox.salesforce.schema import Field, Json, Row
from csops_sync.sandbox.salesforce.soql_tree import Call, Order, Subject
from csops_sync.sandbox.salesforce.table import index_key


def sortable(scope: Scope, subject: Subject) -> Column:
    """This function will resolve what an ORDER BY names; ApiError INVALID_FIELD where it may not be sorted."""
    if isinstance(subject, Call):
        message = f"{subject.text} cannot be used in ORDER BY unless the query is grouped by it"
        raise malformed(scope.text, subject.at, message)
    column = column_of(scope, subject)
    if not column.field.sortable or column.field.type == "multipicklist":
        message = f"field '{column.field.name}' can not be sorted in a query call"
        raise invalid_field(scope.text, subject.at, message)
    return column


def in_order(scope: Scope, terms: Sequence[tuple[Order, Column]], rows: Iterable[Row]) -> list[Row]:
    """This function will sort rows by the terms of an ORDER BY, the first one foremost."""
    result = list(rows)
    for order, column in reversed(terms):
        high_nulls = order.nulls_first == order.descending
        result.sort(key=_sort_key(scope, column, high_nulls=high_nulls), reverse=order.descending)
    return result


def rank_of(scope: Scope, field: Field) -> Callable[[Json], Json]:
    """This function will give the form in which a field's values are put in order."""
    places = {value: place for place, value in enumerate(_choices(scope, field))}
    if not places:
        return lambda value: index_key(field, value)
    last = len(places)
    return lambda value: f"{places.get(str(value), last):06d}{value}".lower()


def _choices(scope: Scope, field: Field) -> Sequence[str]:
    return scope.reader.org.picklist(field) if field.type == "picklist" else ()


def _sort_key(scope: Scope, column: Column, *, high_nulls: bool) -> Callable[[Row], tuple[bool, Json]]:
    get, rank = column.get, rank_of(scope, column.field)

    def key(row: Row) -> tuple[bool, Json]:
        value = get(row)
        return (value is None) == high_nulls, 0 if value is None else rank(value)

    return key
