"""The rows of one object, with the orders and look-ups that keep a query of 100,000 rows short.

Rows are written, or made when they are read (`grow`); a written row hides the made row of the same id.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from csops_sync.sandbox.salesforce.made_rows import MadeRows
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row

ORDERED = ("SystemModstamp", "CreatedDate")
"""Fields by which a table keeps its rows in order, each together with the Id."""
_AFTER_ANY_ID = "~"


@dataclass(frozen=True, slots=True)
class SavedTable:
    """A table as it was; rows are shared, they never change."""

    rows: dict[str, Row]
    hidden: set[str]
    ids: list[str]
    ordered: dict[str, list[tuple[str, str]]]
    found: dict[str, dict[Json, tuple[str, ...]]]


class Table:
    """Rows by id. `by_id` and `by_stamp` give them in order, `find` looks up indexed fields.

    `watchers` are called before a row changes: whoever is in the middle of reading reads to the end.
    """

    def __init__(self, kind: ObjectType) -> None:
        self.kind = kind
        self.version = 0
        self.watchers: list[Callable[[], None]] = []
        self.ordered = tuple(name for name in ORDERED if kind.has(name))
        self._made: MadeRows | None = None
        self._hidden: set[str] = set()
        self._rows: dict[str, Row] = {}
        self._ids: list[str] = []
        self._order: dict[str, list[tuple[str, str]]] = {name: [] for name in self.ordered}
        self._indexed = tuple(f for f in kind.fields if f.indexed or f.external_id or f.unique)
        self._found: dict[str, dict[Json, tuple[str, ...]]] = {f.name: {} for f in self._indexed}

    def __len__(self) -> int:
        made = 0 if self._made is None else len(self._made)
        return made - len(self._hidden) + len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return self.by_id(None, None)

    def get(self, record: str) -> Row | None:
        """This function will give the row of an 18-character id."""
        row = self._rows.get(record)
        if row is not None or self._made is None or record in self._hidden:
            return row
        return self._made.get(record)

    def keeps(self, record: str) -> bool:
        """This function will say whether a row is written, and not made when it is read."""
        return self._made is None or record in self._rows

    def made(self, record: str) -> Row | None:
        """This function will give the made row of an id as it was before anything was written over it."""
        return None if self._made is None else self._made.get(record)

    def by_id(self, low: str | None, high: str | None) -> Iterator[Row]:
        """This function will give the rows in the order of their ids, from `low` to `high`, both included."""
        first = 0 if low is None else bisect_left(self._ids, low)
        last = len(self._ids) if high is None else bisect_right(self._ids, high)
        written = (self._rows[record] for record in islice(self._ids, first, last))
        if self._made is None:
            return written
        return merge(self._shown(self._made.by_id(low, high)), written, key=_id)

    def by_stamp(self, name: str, low: str | None, high: str | None) -> Iterator[Row]:
        """This function will give the rows in the order of (one of ORDERED, id), between included bounds."""
        entries = self._order[name]
        first = 0 if low is None else bisect_left(entries, (low, ""))
        last = len(entries) if high is None else bisect_right(entries, (high, _AFTER_ANY_ID))
        written = (self._rows[record] for _, record in islice(entries, first, last))
        if self._made is None:
            return written
        at = self.kind.places[name]
        made = self._shown(self._made.by_stamp(low, high))
        return merge(made, written, key=lambda row: (str(row[at]), str(row[0])))

    def newest(self, name: str) -> Iterator[Row]:
        """This function will give the rows in the order of (one of ORDERED, id), the last first."""
        written = (self._rows[record] for _, record in reversed(self._order[name]))
        if self._made is None:
            return written
        at = self.kind.places[name]
        made = self._shown(self._made.newest())
        return merge(made, written, key=lambda row: (str(row[at]), str(row[0])), reverse=True)

    def is_indexed(self, name: str) -> bool:
        """This function will say whether `find` knows the field."""
        return name in self._found

    def find(self, name: str, value: Json) -> list[Row]:
        """This function will give the rows whose indexed field holds the value (case as the field compares)."""
        field = self.kind.by_name[name.lower()]
        key = index_key(field, value)
        written = [self._rows[record] for record in self._found[field.name].get(key, ())]
        if self._made is None or not isinstance(value, str):
            return written
        return [*self._shown(self._made.find(field.name, value)), *written]

    def put(self, row: Row) -> Row | None:
        """This function will store a row and give the one that it replaced."""
        self._announce()
        record = str(row[0])
        old = self._rows.get(record)
        if old is None:
            insort(self._ids, record)
        self._unindex(old, row)
        self._index(row, old)
        replaced = self.get(record)
        self._rows[record] = row
        if old is None and replaced is not None:
            self._hidden.add(record)
        self.version += 1
        return replaced

    def remove(self, record: str) -> None:
        """This function will take a row out for good."""
        self._announce()
        old = self._rows.pop(record, None)
        if old is None:
            self._hidden.add(record)
        else:
            del self._ids[bisect_left(self._ids, record)]
            self._unindex(old, None)
        self.version += 1

    def load(self, rows: Iterable[Row]) -> None:
        """This function will store many new rows and sort once."""
        for row in rows:
            record = str(row[0])
            self._rows[record] = row
            self._ids.append(record)
            self._index_values(row, None)
            for name, entries in self._order.items():
                entries.append((str(row[self.kind.places[name]]), record))
        self._ids.sort()
        for entries in self._order.values():
            entries.sort()
        self.version += 1

    def grow(self, made: MadeRows) -> None:
        """This function will take rows that are made when they are read; ValueError where the table has any already."""
        if len(self):
            raise ValueError(f"{self.kind.name} has rows already")
        self._made = made
        self.version += 1

    def save(self) -> SavedTable:
        """This function will give a copy for `restore`."""
        order = {name: list(entries) for name, entries in self._order.items()}
        found = {name: dict(values) for name, values in self._found.items()}
        return SavedTable(dict(self._rows), set(self._hidden), list(self._ids), order, found)

    def restore(self, saved: SavedTable) -> None:
        """This function will go back to a saved state, which may be used again; nobody watches any more."""
        self.watchers.clear()
        self._rows, self._ids, self._hidden = dict(saved.rows), list(saved.ids), set(saved.hidden)
        self._order = {name: list(entries) for name, entries in saved.ordered.items()}
        self._found = {name: dict(values) for name, values in saved.found.items()}
        self.version += 1

    def _announce(self) -> None:
        for watcher in tuple(self.watchers):
            watcher()

    def _shown(self, made: Iterable[Row]) -> Iterable[Row]:
        hidden = self._hidden
        return (row for row in made if row[0] not in hidden) if hidden else made

    def _index(self, row: Row, old: Row | None) -> None:
        self._index_values(row, old)
        for name, entries in self._order.items():
            at = self.kind.places[name]
            if old is None or old[at] != row[at]:
                insort(entries, (str(row[at]), str(row[0])))

    def _index_values(self, row: Row, old: Row | None) -> None:
        for field in self._indexed:
            if row[field.at] is None or (old is not None and old[field.at] == row[field.at]):
                continue
            values, key = self._found[field.name], index_key(field, row[field.at])
            values[key] = (*values.get(key, ()), str(row[0]))

    def _unindex(self, old: Row | None, row: Row | None) -> None:
        if old is None:
            return
        for name, entries in self._order.items():
            at = self.kind.places[name]
            if row is None or old[at] != row[at]:
                del entries[bisect_left(entries, (str(old[at]), str(old[0])))]
        for field in self._indexed:
            if old[field.at] is not None and (row is None or old[field.at] != row[field.at]):
                values, key = self._found[field.name], index_key(field, old[field.at])
                values[key] = tuple(record for record in values[key] if record != old[0])


def index_key(field: Field, value: Json) -> Json:
    """This function will give the form in which a field's values are compared."""
    return value.lower() if isinstance(value, str) and not field.exact else value


def _id(row: Row) -> str:
    return str(row[0])
