"""The rows of one object, with the orders and look-ups that keep a query of 100,000 rows short."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row

ORDERED = ("SystemModstamp", "CreatedDate")
"""Fields by which a table keeps its rows in order, each together with the Id."""


@dataclass(frozen=True, slots=True)
class SavedTable:
    """A table as it was; rows are shared, they never change."""

    rows: dict[str, Row]
    ids: list[str]
    ordered: dict[str, list[tuple[str, str]]]
    found: dict[str, dict[Json, tuple[str, ...]]]


class Table:
    """Rows by id. `ids` are sorted, `ordered[field]` are sorted (value, id), `find` looks up indexed fields."""

    def __init__(self, kind: ObjectType) -> None:
        self.kind = kind
        self.version = 0
        self.rows: dict[str, Row] = {}
        self.ids: list[str] = []
        self.ordered: dict[str, list[tuple[str, str]]] = {name: [] for name in ORDERED if kind.has(name)}
        self._indexed = tuple(f for f in kind.fields if f.indexed or f.external_id or f.unique)
        self._found: dict[str, dict[Json, tuple[str, ...]]] = {f.name: {} for f in self._indexed}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return (self.rows[record] for record in self.ids)

    def get(self, record: str) -> Row | None:
        """This function will give the row of an 18-character id."""
        return self.rows.get(record)

    def is_indexed(self, name: str) -> bool:
        """This function will say whether `find` knows the field."""
        return name in self._found

    def find(self, name: str, value: Json) -> list[Row]:
        """This function will give the rows whose indexed field holds the value (case as the field compares)."""
        field = self.kind.by_name[name.lower()]
        return [self.rows[record] for record in self._found[field.name].get(index_key(field, value), ())]

    def put(self, row: Row) -> Row | None:
        """This function will store a row and give the one that it replaced."""
        record = str(row[0])
        old = self.rows.get(record)
        if old is None:
            insort(self.ids, record)
        self._unindex(old, row)
        self._index(row, old)
        self.rows[record] = row
        self.version += 1
        return old

    def remove(self, record: str) -> None:
        """This function will take a row out for good."""
        old = self.rows.pop(record)
        del self.ids[bisect_left(self.ids, record)]
        self._unindex(old, None)
        self.version += 1

    def load(self, rows: Iterable[Row]) -> None:
        """This function will store many new rows and sort once."""
        for row in rows:
            record = str(row[0])
            self.rows[record] = row
            self.ids.append(record)
            self._index_values(row, None)
            for name, entries in self.ordered.items():
                entries.append((str(row[self.kind.places[name]]), record))
        self.ids.sort()
        for entries in self.ordered.values():
            entries.sort()
        self.version += 1

    def save(self) -> SavedTable:
        """This function will give a copy for `restore`."""
        ordered = {name: list(entries) for name, entries in self.ordered.items()}
        found = {name: dict(values) for name, values in self._found.items()}
        return SavedTable(dict(self.rows), list(self.ids), ordered, found)

    def restore(self, saved: SavedTable) -> None:
        """This function will go back to a saved state, which may be used again."""
        self.rows, self.ids = dict(saved.rows), list(saved.ids)
        self.ordered = {name: list(entries) for name, entries in saved.ordered.items()}
        self._found = {name: dict(values) for name, values in saved.found.items()}
        self.version += 1

    def _index(self, row: Row, old: Row | None) -> None:
        self._index_values(row, old)
        for name, entries in self.ordered.items():
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
        for name, entries in self.ordered.items():
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
