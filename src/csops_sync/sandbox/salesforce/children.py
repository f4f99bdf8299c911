"""Child subqueries: `(SELECT … FROM Contacts)`, a result of its own within each row of the main query.

Source: SOQL reference, "Understanding Relationship Query Limitations", "OFFSET", "USING SCOPE".
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TypeAlias

from csops_sync.sandbox.salesforce.functions import AGGREGATES
from csops_sync.sandbox.salesforce.misuse import invalid_field, malformed, refuse
from csops_sync.sandbox.salesforce.ordering import in_order
from csops_sync.sandbox.salesforce.paths import Scope
from csops_sync.sandbox.salesforce.rendering import Rendered, Renderer, Step, row_renderer
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row
from csops_sync.sandbox.salesforce.search import Search, cut, sort_terms, unordered
from csops_sync.sandbox.salesforce.selection import Cell, selected
from csops_sync.sandbox.salesforce.soql_tree import Call, Query

MOST = 20
Keep: TypeAlias = Callable[[Sequence[Row], Renderer], Rendered]
"""Gives the first page of children, and keeps those that do not fit in."""


class Children:
    """One child subquery, compiled. `name` is the relationship as it is declared."""

    def __init__(self, parent: Scope, query: Query) -> None:
        _check(parent, query)
        kind, self._reference = _relationship(parent, query)
        self.name = str(self._reference.children)
        self.scope = Scope(parent.reader, kind, query)
        self.cells: list[Cell] = selected(self.scope)
        self._search = Search(self.scope, joins=False)
        self._terms = sort_terms(self.scope)

    def rows(self, parent: Row) -> Sequence[Row]:
        """This function will find a row's children."""
        found = self._search.matching(self._of(parent))
        ordered = in_order(self.scope, self._terms, found) if self._terms else unordered(found)
        return list(cut(self.scope.query, ordered))

    def step(self, keep: Keep) -> Step:
        """This function will give what adds the children to a rendered row; null where there are none."""
        render = row_renderer(self.scope, self.cells, ())

        def add(out: Rendered, row: Row) -> None:
            found = self.rows(row)
            out[self.name] = keep(found, render) if found else None

        return add

    def _of(self, parent: Row) -> Iterable[Row]:
        table = self.scope.reader.org.tables[self.scope.kind.name]
        if table.is_indexed(self._reference.name):
            return table.find(self._reference.name, parent[0])
        return self._by_parent.get(parent[0], ())

    @cached_property
    def _by_parent(self) -> dict[Json, list[Row]]:
        """Rows by their parent's id, for a reference without an index."""
        found: dict[Json, list[Row]] = {}
        for row in self.scope.reader.org.tables[self.scope.kind.name]:
            found.setdefault(row[self._reference.at], []).append(row)
        return found


def children_of(scope: Scope) -> list[Children]:
    """This function will compile a query's child subqueries; ApiError for a wrong one, or one too many."""
    queries = scope.query.children
    if len(queries) > MOST:
        message = f"SOQL statements cannot have more than {MOST} child subqueries"
        raise malformed(scope.text, queries[MOST].source.at, message)
    found: dict[str, Children] = {}
    for query in queries:
        one = Children(scope, query)
        if one.name in found:
            message = f"duplicate relationship selected: {one.name}"
            raise invalid_field(scope.text, query.source.at, message)
        found[one.name] = one
    return list(found.values())


def _relationship(parent: Scope, query: Query) -> tuple[ObjectType, Field]:
    *owner, name = query.source.names
    named = {parent.kind.name.lower(), (parent.query.alias or "").lower()}
    found = parent.reader.org.schema.child(parent.kind, name)
    known = not owner or (len(owner) == 1 and owner[0].lower() in named)
    if found is None or not known or _unseen(parent, *found):
        message = (
            f"Didn't understand relationship '{query.source.text}' in FROM part of query call. If you are attempting"
            " to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please"
            " reference your WSDL or the describe call for the appropriate names."
        )
        raise refuse(query.text, query.source.at, "INVALID_TYPE", message)
    return found


def _unseen(parent: Scope, kind: ObjectType, reference: Field) -> bool:
    reader = parent.reader
    return reader.find(kind.name) is None or reader.field(kind, reference.name) is None


def _check(parent: Scope, query: Query) -> None:
    """Refuse the clauses that a child subquery cannot have."""
    calls = [item.subject for item in query.fields if isinstance(item.subject, Call)]
    refusals = {
        "only root queries support aggregate expressions": query.groups
        or any(call.name in AGGREGATES for call in calls),
        "the sandbox does one level of child subqueries, and none within one": query.children,
        "USING SCOPE is not supported in a child subquery": query.scope,
        "OFFSET in a child subquery needs LIMIT 1 in the main query": query.offset
        and parent.query.limit != 1,
    }
    for message, applies in refusals.items():
        if applies:
            raise malformed(query.text, query.source.at, message)
