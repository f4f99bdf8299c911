"""Which rows a query finds: looked for by the shortest way, tested, put in order, cut."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from csops_sync.sandbox.salesforce.conditions import Test, compile_condition, filterable
from csops_sync.sandbox.salesforce.expansion import Values, expanded
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.ordering import in_order, sortable
from csops_sync.sandbox.salesforce.paths import Column, Scope
from csops_sync.sandbox.salesforce.reach import Reach, reach
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.salesforce.soql_tree import Condition, Order, Query, Subject


class Search:
    """A query's WHERE and ORDER BY, compiled. `joins` says whether its WHERE may hold semi-joins."""

    def __init__(self, scope: Scope, *, joins: bool = True) -> None:
        self._scope = scope
        self._where = _plain(scope, scope.query.where, values_of if joins else None)
        self._test = None if self._where is None else _test(scope, self._where)
        self._owner = _owner(scope)

    def matching(self, rows: Iterable[Row]) -> Iterable[Row]:
        """This function will keep of some rows those that the user sees and the WHERE keeps, lazily."""
        rows = readable(self._scope.reader, self._scope.kind, rows)
        if self._owner is not None:
            place, user = self._owner, self._scope.reader.user
            rows = (row for row in rows if row[place] == user)
        return rows if self._test is None else filter(self._test, rows)

    def all(self) -> Iterable[Row]:
        """This function will find every matching row, lazily, in no promised order."""
        return self.matching(self._reach().rows)

    def sorted(self, terms: Sequence[tuple[Order, Column]]) -> Iterable[Row]:
        """This function will find the matching rows in the order of ORDER BY; lazily where they lie so already."""
        reach_ = self._reach()
        rows = self.matching(reach_.rows)
        if not terms or _sorted_already(self._scope.query, reach_):
            return rows
        return in_order(self._scope, terms, rows)

    def _reach(self) -> Reach:
        query = self._scope.query
        table = self._scope.reader.org.tables[self._scope.kind.name]
        return reach(table, query if query.where is self._where else replace(query, where=self._where))


def sort_terms(scope: Scope) -> list[tuple[Order, Column]]:
    """This function will resolve a query's ORDER BY."""
    return [(order, sortable(scope, order.subject)) for order in scope.query.orders]


def cut(query: Query, rows: Iterable[Row]) -> Iterator[Row]:
    """This function will skip OFFSET rows and stop after LIMIT."""
    end = None if query.limit is None else query.offset + query.limit
    return islice(rows, query.offset, end)


def unordered(rows: Iterable[Row]) -> list[Row]:
    """This function will give rows in another order: without ORDER BY none is promised, nobody shall rely on one."""
    found = list(rows)
    half = len(found) // 2
    return found[half:] + found[:half]


def readable(reader: Reader, kind: ObjectType, rows: Iterable[Row]) -> Iterable[Row]:
    """This function will leave out what is in the recycle bin and what is not shared with the user."""
    if kind.has("IsDeleted") and not reader.deleted:
        at = kind.places["IsDeleted"]
        rows = (row for row in rows if not row[at])
    if not reader.access.sees_all(kind):
        sees = reader.access.sees
        rows = (row for row in rows if sees(kind, row))
    return rows


def values_of(scope: Scope, column: Column) -> Iterable[Json]:
    """This function will give a column's values in the rows that a semi-join's inner query finds."""
    return map(column.get, Search(scope, joins=False).all())


def _plain(scope: Scope, where: Condition | None, values: Values | None) -> Condition | None:
    def resolve(subject: Subject) -> Column:
        return filterable(scope, subject)

    return None if where is None else expanded(scope, where, resolve, values)


def _test(scope: Scope, where: Condition) -> Test:
    return compile_condition(scope, where, lambda subject: filterable(scope, subject))


def _owner(scope: Scope) -> int | None:
    """Give the place of the owner where USING SCOPE asks for the user's own rows."""
    asked = scope.query.scope
    if asked is None or asked.text.lower() == "everything":
        return None
    if asked.text.lower() != "mine" or not scope.kind.has("OwnerId"):
        message = f"USING SCOPE {asked.text} is not supported for {scope.kind.name}; use everything or mine"
        raise malformed(scope.text, asked.at, message)
    return scope.kind.places["OwnerId"]


def _sorted_already(query: Query, found: Reach) -> bool:
    names = [order.subject.text.lower() for order in query.orders]
    if found.order is None or any(order.descending for order in query.orders):
        return False
    return names == [found.order.lower()] or names == [found.order.lower(), "id"]
