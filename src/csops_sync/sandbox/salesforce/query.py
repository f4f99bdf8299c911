"""Running a query: the rows it finds, fixed at that moment, and their rendering page by page."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeAlias

from csops_sync.sandbox.salesforce.conditions import compile_where
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.paths import Column, object_of, resolve
from csops_sync.sandbox.salesforce.reach import Reach, reach
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.salesforce.soql import Query, parse, refuse
from csops_sync.sandbox.salesforce.table import index_key

Rendered: TypeAlias = dict[str, object]
Renderer: TypeAlias = Callable[[Row], Rendered]


def run(org: Org, text: str, base: str, *, deleted: bool) -> tuple[Sequence[Row], Renderer | None]:
    """This function will find a query's rows and give how to render one; no renderer means COUNT().

    `base` is `/services/data/v66.0`; `deleted` includes the recycle bin, as queryAll does.
    """
    query = parse(text)
    kind = object_of(org, query)
    org.settle()
    renderer = _renderer(org, kind, query, base) if query.fields else None
    return _find(org, kind, query, deleted=deleted), renderer


def _find(org: Org, kind: ObjectType, query: Query, *, deleted: bool) -> Sequence[Row]:
    test = compile_where(org, kind, query)
    columns = [_sortable(org, kind, query, at) for at in range(len(query.orders))]
    found = reach(org.tables[kind.name], query)
    rows: Iterable[Row] = _readable(org, kind, found.rows, deleted=deleted)
    if test is not None:
        rows = filter(test, rows)
    end = None if query.limit is None else query.offset + query.limit
    if query.orders and not _sorted_already(query, found):
        rows = _sorted(query, columns, rows)
    if not query.orders:
        rows = _unordered(rows)
    return list(islice(rows, query.offset, end))


def _readable(org: Org, kind: ObjectType, rows: Iterable[Row], *, deleted: bool) -> Iterable[Row]:
    if kind.has("IsDeleted") and not deleted:
        at = kind.places["IsDeleted"]
        rows = (row for row in rows if not row[at])
    if org.toggles.hide_rows.get(kind.name):
        rows = (row for row in rows if org.shared(kind, row))
    return rows


def _sortable(org: Org, kind: ObjectType, query: Query, at: int) -> Column:
    path = query.orders[at].path
    column = resolve(org, kind, path, query.text)
    if not column.field.sortable:
        message = f"field '{column.field.name}' can not be sorted in a query call"
        raise refuse(query.text, path.at, "INVALID_FIELD", message)
    return column


def _sorted_already(query: Query, found: Reach) -> bool:
    names = [order.path.text.lower() for order in query.orders]
    if found.order is None or any(order.descending for order in query.orders):
        return False
    return names == [found.order.lower()] or names == [found.order.lower(), "id"]


def _sorted(query: Query, columns: Sequence[Column], rows: Iterable[Row]) -> list[Row]:
    result = list(rows)
    for order, column in reversed(list(zip(query.orders, columns, strict=True))):
        result.sort(
            key=_sort_key(column, high_nulls=order.nulls_first == order.descending), reverse=order.descending
        )
    return result


def _sort_key(column: Column, *, high_nulls: bool) -> Callable[[Row], tuple[bool, Json]]:
    get, field = column.get, column.field

    def key(row: Row) -> tuple[bool, Json]:
        value = index_key(field, get(row))
        return (value is None) == high_nulls, 0 if value is None else value

    return key


def _unordered(rows: Iterable[Row]) -> list[Row]:
    """Without ORDER BY an order is not promised: nobody shall come to rely on one."""
    found = list(rows)
    half = len(found) // 2
    return found[half:] + found[:half]


def _renderer(org: Org, kind: ObjectType, query: Query, base: str) -> Renderer:
    columns = [resolve(org, kind, path, query.text) for path in query.fields]
    seen: set[tuple[str, ...]] = set()
    for column, path in zip(columns, query.fields, strict=True):
        name = (*column.parents, column.field.name)
        if name in seen:
            raise refuse(query.text, path.at, "INVALID_FIELD", f"duplicate field selected: {path.text}")
        seen.add(name)
    own = [(column.field.name, column.field.at) for column in columns if not column.parents]
    above = [column for column in columns if column.parents]
    prefix = f"{base}/sobjects/{kind.name}/"
    links = _links(org, kind, above, base)

    def render(row: Row) -> Rendered:
        out: Rendered = {"attributes": {"type": kind.name, "url": f"{prefix}{row[0]}"}}
        for name, at in own:
            out[name] = row[at]
        for link in links:
            link(out, row)
        for column in above:
            _place(out, column, row)
        return out

    return render


def _links(
    org: Org, kind: ObjectType, above: Sequence[Column], base: str
) -> list[Callable[[Rendered, Row], None]]:
    """Give what adds each parent's (empty) object, outermost first; a parent that is not there stays null."""
    chains = sorted(
        {column.parents[:depth] for column in above for depth in range(1, len(column.parents) + 1)}
    )
    return [_link(org, kind, chain, base) for chain in chains]


def _link(org: Org, kind: ObjectType, chain: tuple[str, ...], base: str) -> Callable[[Rendered, Row], None]:
    fields = []
    for name in chain:
        fields.append(kind.by_relationship[name.lower()])
        kind = org.schema[fields[-1].to[0]]

    def link(out: Rendered, row: Row) -> None:
        inner: object = out
        target: Json = None
        for name, field in zip(chain, fields, strict=True):
            target = row[field.at]
            above = None if target is None else org.schema.by_prefix[str(target)[:3]]
            parent = None if above is None else org.tables[above.name].get(str(target))
            if not isinstance(inner, dict):
                return
            if above is None or parent is None or not org.shared(above, parent):
                inner[name] = None
                return
            if name not in inner:
                url = f"{base}/sobjects/{above.name}/{target}"
                inner[name] = {"attributes": {"type": above.name, "url": url}}
            inner, row = inner[name], parent

    return link


def _place(out: Rendered, column: Column, row: Row) -> None:
    inner: object = out
    for name in column.parents:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner[column.field.name] = column.get(row)
