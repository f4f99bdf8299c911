"""What a query selects: its fields with FIELDS() written out, its aliases, and where each value stands in a row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.functions import column_of
from csops_sync.sandbox.salesforce.misuse import invalid_field, malformed
from csops_sync.sandbox.salesforce.paths import Column, Scope
from csops_sync.sandbox.salesforce.schema import Field
from csops_sync.sandbox.salesforce.soql_tree import (
    Call,
    Compare,
    Condition,
    InList,
    Item,
    Junction,
    Path,
    Query,
    Subject,
)

MOST_ROWS = 200
_GROUPS = frozenset({"ALL", "CUSTOM", "STANDARD"})
Resolver: TypeAlias = Callable[[Subject], Column]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a result's row. `path` is where it stands: `("Account", "Name")`, or its alias.

    `call` is the function of which it is the result.
    """

    path: tuple[str, ...]
    column: Column
    call: Call | None

    @property
    def title(self) -> str:
        """The heading of its column in a table."""
        return ".".join(self.path)

    @property
    def place(self) -> int | None:
        """Its place in the row where it is a field of the row itself, else None: then `column.get` has it."""
        return self.column.field.at if self.call is None and not self.column.parents else None


def written_out(scope: Scope) -> Sequence[Item]:
    """This function will give the items of a query but its subqueries, every FIELDS() replaced by its fields."""
    return [item for given in scope.query.fields for item in _items(scope, given)]


def selected(scope: Scope) -> list[Cell]:
    """This function will resolve what a query without groups selects; ApiError for what it may not."""
    cells: dict[tuple[str, ...], Cell] = {}
    for item in written_out(scope):
        cell = _cell(scope, item)
        if cell.path in cells:
            message = f"duplicate field selected: {item.subject.text}"
            raise invalid_field(scope.text, item.subject.at, message)
        cells[cell.path] = cell
    return list(cells.values())


def selected_of_groups(scope: Scope, resolve: Resolver) -> list[Cell]:
    """This function will resolve what is selected of each group; computed values without alias are `expr0`, `expr1`."""
    cells, unnamed = list[Cell](), 0
    for item in written_out(scope):
        column = resolve(item.subject)
        name = item.alias
        if name is None and isinstance(item.subject, Call):
            name, unnamed = f"expr{unnamed}", unnamed + 1
        call = item.subject if isinstance(item.subject, Call) else None
        cells.append(Cell((name or column.field.name,), column, call))
        if any(cells[-1].title.lower() == cell.title.lower() for cell in cells[:-1]):
            raise malformed(scope.text, item.subject.at, f"duplicate alias: {cells[-1].title}")
    return cells


def _cell(scope: Scope, item: Item) -> Cell:
    call = item.subject if isinstance(item.subject, Call) else None
    if item.alias is not None and call is None:
        message = "only aggregate expressions use field aliasing"
        raise malformed(scope.text, item.subject.at, message)
    column = column_of(scope, item.subject)
    if call is not None and call.name not in {"TOLABEL", "FORMAT", "CONVERTCURRENCY"}:
        raise _ungrouped(scope, call)
    path = (*column.parents, column.field.name) if item.alias is None else (item.alias,)
    return Cell(path, column, call)


def _ungrouped(scope: Scope, call: Call) -> ApiError:
    return malformed(scope.text, call.at, f"Field must be grouped or aggregated: {call.text}")


def _items(scope: Scope, item: Item) -> Iterator[Item]:
    match item.subject:
        case Call(name="FIELDS") as call:
            yield from _fields(scope, call)
        case _:
            yield item


def _fields(scope: Scope, call: Call) -> Iterator[Item]:
    match call.arguments:
        case (Path(names=(name,)),) if name.upper() in _GROUPS:
            group = name.upper()
        case _:
            message = "FIELDS() takes ALL, CUSTOM or STANDARD"
            raise malformed(scope.text, call.at, message)
    if group != "STANDARD" and not _is_bounded(scope.query):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_ROWS}"
        raise malformed(scope.text, call.at, message)
    shown = [field for field in scope.kind.fields if scope.reader.field(scope.kind, field.name) is not None]
    names = [field.name for field in shown if _belongs(field, group)]
    if not names and len(scope.query.items) == 1:
        message = "'FIELDS(...)' expansion function must result in at least one field being selected."
        raise malformed(scope.text, call.at, message)
    yield from (Item(Path((name,), call.at)) for name in names)


def _belongs(field: Field, group: str) -> bool:
    return group == "ALL" or field.custom == (group == "CUSTOM")


def _is_bounded(query: Query) -> bool:
    """Say whether no more than 200 rows can be found: by LIMIT, or by a list of ids."""
    if query.limit is not None and query.limit <= MOST_ROWS:
        return True
    count = _ids_asked(query.where)
    return count is not None and count <= MOST_ROWS


def _ids_asked(condition: Condition | None) -> int | None:
    match condition:
        case Compare(subject=Path(names=(name,)), operator="=") if name.lower() == "id":
            return 1
        case InList(subject=Path(names=(name,)), negated=False, values=values) if name.lower() == "id":
            return len(values)
        case Junction(every=False, operands=operands):
            counts = [_ids_asked(operand) for operand in operands]
            known = [count for count in counts if count is not None]
            return sum(known) if len(known) == len(counts) else None
        case Junction(operands=operands):
            return min((count for count in map(_ids_asked, operands) if count is not None), default=None)
        case _:
            return None
