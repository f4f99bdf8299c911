"""Running a query: checked whole, its rows found at that moment, and rendered page by page or streamed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.children import Children, Keep, children_of
from csops_sync.sandbox.salesforce.field_definitions import by_object, check_filter
from csops_sync.sandbox.salesforce.found_rows import FoundRows
from csops_sync.sandbox.salesforce.grouping import Grouping, is_grouped
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.paths import Column, Scope, scope_of
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.rendering import Renderer, group_renderer, row_renderer
from csops_sync.sandbox.salesforce.schema import Row
from csops_sync.sandbox.salesforce.search import Search, cut, sort_terms
from csops_sync.sandbox.salesforce.selection import Cell, selected, selected_of_groups
from csops_sync.sandbox.salesforce.soql import parse
from csops_sync.sandbox.salesforce.soql_tree import Call, Item, Order, paths_of
from csops_sync.sandbox.salesforce.table import Table

MOST_RELATIONSHIPS = 55


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A query that is known to be right. `cells` are what is selected, `children` the subqueries beside them.

    `grouping` is there where it gives groups; `counted` where it is COUNT(), which gives no rows but their number.
    """

    scope: Scope
    search: Search
    cells: Sequence[Cell] = ()
    children: Sequence[Children] = ()
    terms: Sequence[tuple[Order, Column]] = ()
    grouping: Grouping | None = None
    counted: bool = False

    def count(self) -> int:
        """This function will count the rows."""
        return sum(1 for _ in self.stream())

    def rows(self) -> Sequence[Row]:
        """This function will find the rows, fixed at this moment; where no order is asked for, in none to rely on."""
        if self.grouping is not None:
            return list(self.stream())
        if self.terms:
            return self.kept()
        query, found = self.scope.query, FoundRows(self._table, self.search.all()).turned()
        return found.cut(query.offset, None if query.limit is None else query.offset + query.limit)

    def kept(self) -> FoundRows:
        """This function will find the rows of a query without groups as `stream` does, fixed at this moment."""
        return FoundRows(self._table, self.stream())

    def stream(self) -> Iterator[Row]:
        """This function will find the rows lazily, in the order of ORDER BY, else of their ids where none is shorter.

        They come from the org's own tables: read them to the end before anything is written.
        """
        return cut(self.scope.query, self._found())

    def renderer(self, keep: Keep) -> Renderer:
        """This function will give how to render a row; `keep` gives its children page by page."""
        if self.grouping is not None:
            return group_renderer(self.cells)
        return row_renderer(self.scope, self.cells, [child.step(keep) for child in self.children])

    @property
    def _table(self) -> Table:
        return self.scope.reader.org.tables[self.scope.kind.name]

    def _found(self) -> Iterable[Row]:
        if self.grouping is not None:
            return self.grouping.groups(self.search.all())
        return self.search.sorted(self.terms)


def compiled(reader: Reader, text: str) -> Plan:
    """This function will read a query and check all of it; ApiError with the code and the place of what is wrong."""
    query = by_object(parse(text))
    reader.org.settle()
    scope = scope_of(reader, query)
    _check_relationships(scope)
    check_filter(scope)
    search = Search(scope)
    if _is_count(scope):
        return Plan(scope=scope, search=search, counted=True)
    if is_grouped(scope):
        return _grouped(scope, search)
    cells, children = selected(scope), children_of(scope)
    return Plan(scope=scope, search=search, cells=cells, children=children, terms=sort_terms(scope))


def _grouped(scope: Scope, search: Search) -> Plan:
    query = scope.query
    if query.children:
        message = "child subqueries are not supported in a query with GROUP BY or aggregates"
        raise malformed(scope.text, query.children[0].source.at, message)
    for clause, given in (("LIMIT", query.limit is not None), ("OFFSET", query.offset)):
        if given and not query.groups:
            message = f"Non-grouped query that uses overall aggregate functions cannot also use {clause}"
            raise malformed(scope.text, query.source.at, message)
    grouping = Grouping(scope)
    cells = selected_of_groups(scope, grouping.resolve)
    grouping.prepare()
    return Plan(scope=scope, search=search, cells=cells, grouping=grouping)


def _is_count(scope: Scope) -> bool:
    """Say whether a query is COUNT(); ApiError where it has what COUNT() does not take."""
    query = scope.query
    match query.items:
        case (Item(subject=Call(name="COUNT", arguments=()) as call, alias=alias),):
            if query.orders or query.groups or alias is not None:
                message = "COUNT() takes no alias, no GROUP BY and no ORDER BY; use COUNT(Id)"
                raise malformed(scope.text, call.at, message)
            return True
        case _:
            return False


def _check_relationships(scope: Scope) -> None:
    chains = {
        tuple(name.lower() for name in path.names[:depth])
        for path in paths_of(scope.query)
        for depth in range(1, len(path.names))
    }
    if len(chains) > MOST_RELATIONSHIPS:
        message = f"SOQL statements cannot query more than {MOST_RELATIONSHIPS} child-to-parent relationships"
        raise malformed(scope.text, scope.query.source.at, message)
