"""The rows that a query found, kept small: written rows as they were, rows made when they are read by their ids."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import overload

from csops_sync.sandbox.salesforce.schema import Row
from csops_sync.sandbox.salesforce.table import Table

AS_THEY_ARE = 2_001
"""From so many rows on made ones are kept by their ids: what fits a page is read at once, and not made twice."""


class FoundRows(Sequence[Row]):
    """Rows of one table, fixed when they were found."""

    def __init__(self, table: Table, rows: Iterable[Row]) -> None:
        self._table = table
        rest = iter(rows)
        self._entries: list[Row | str] = list(islice(rest, AS_THEY_ARE))
        if len(self._entries) == AS_THEY_ARE:
            self._entries = [self._small(row) for row in chain(self._entries, rest)]

    def turned(self) -> "FoundRows":
        """This function will give the rows from the middle on, then those before: an order on which nobody relies."""
        half = len(self._entries) // 2
        turned = FoundRows(self._table, ())
        turned._entries = self._entries[half:] + self._entries[:half]
        return turned

    def cut(self, first: int, last: int | None) -> "FoundRows":
        """This function will give the rows from one place up to another."""
        part = FoundRows(self._table, ())
        part._entries = self._entries[first:last]
        return part

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self._row(entry) for entry in self._entries[place]]
        return self._row(self._entries[place])

    def _small(self, entry: Row | str) -> Row | str:
        if isinstance(entry, str) or self._table.keeps(str(entry[0])):
            return entry
        return str(entry[0])

    def _row(self, entry: Row | str) -> Row:
        if not isinstance(entry, str):
            return entry
        row = self._table.made(entry)
        if row is None:
            raise LookupError(f"{self._table.kind.name} {entry} is no row that is made when it is read")
        return row
