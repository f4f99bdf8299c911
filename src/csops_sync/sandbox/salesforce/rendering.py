"""Rows as the API shows them: their own fields, those of parents as objects within, children as results within."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from csops_sync.sandbox.salesforce.paths import Scope
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.salesforce.selection import Cell

Rendered: TypeAlias = dict[str, object]
Renderer: TypeAlias = Callable[[Row], Rendered]
Step: TypeAlias = Callable[[Rendered, Row], None]
"""Adds something to a rendered row."""


def row_renderer(scope: Scope, cells: Sequence[Cell], more: Sequence[Step]) -> Renderer:
    """This function will give how to render a row; `more` adds what is no field, such as children."""
    kind = scope.kind
    own = [(cell.path[0], cell.place) for cell in cells if cell.place is not None]
    others = [cell for cell in cells if cell.place is None]
    prefix = f"{scope.reader.base}/sobjects/{kind.name}/"
    steps = [*_links(scope.reader, kind, others), *(_placing(cell) for cell in others), *more]

    def render(row: Row) -> Rendered:
        out: Rendered = {"attributes": {"type": kind.name, "url": f"{prefix}{row[0]}"}}
        for name, at in own:
            out[name] = row[at]
        for step in steps:
            step(out, row)
        return out

    return render


def group_renderer(cells: Sequence[Cell]) -> Renderer:
    """This function will give how to render a group's row."""
    values = [(cell.title, cell.column.get) for cell in cells]

    def render(row: Row) -> Rendered:
        out: Rendered = {"attributes": {"type": "AggregateResult"}}
        out.update((name, get(row)) for name, get in values)
        return out

    return render


def _links(reader: Reader, kind: ObjectType, cells: Sequence[Cell]) -> list[Step]:
    """Give what adds each parent's (empty) object, outermost first; a parent that is not there stays null."""
    chains = {cell.path[:depth] for cell in cells for depth in range(1, len(cell.path))}
    return [_link(reader, kind, chain) for chain in sorted(chains)]


def _link(reader: Reader, kind: ObjectType, chain: tuple[str, ...]) -> Step:
    fields, org, sees = [], reader.org, reader.access.sees
    for name in chain:
        fields.append(kind.by_relationship[name.lower()])
        kind = org.schema[fields[-1].to[0]]

    def link(out: Rendered, row: Row) -> None:
        inner: object = out
        target: Json = None
        for name, field in zip(chain, fields, strict=True):
            target = row[field.at]
            above = None if not target else org.schema.by_prefix[str(target)[:3]]
            parent = None if above is None else org.tables[above.name].get(str(target))
            if not isinstance(inner, dict):
                return
            if above is None or parent is None or not sees(above, parent):
                inner[name] = None
                return
            if name not in inner:
                url = f"{reader.base}/sobjects/{above.name}/{target}"
                inner[name] = {"attributes": {"type": above.name, "url": url}}
            inner, row = inner[name], parent

    return link


def _placing(cell: Cell) -> Step:
    *parents, name = cell.path
    get = cell.column.get

    def place(out: Rendered, row: Row) -> None:
        inner: object = out
        for parent in parents:
            inner = inner.get(parent) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            inner[name] = get(row)

    return place
