"""Rows that are made when they are read: a table of a million of them is a few columns of numbers."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Protocol

from csops_sync.sandbox.salesforce.ids import IdSeries
from csops_sync.sandbox.salesforce.schema import Row
from csops_sync.sandbox.salesforce.stamps import stamp

_WORK_STARTS = time(9, tzinfo=UTC)
_BITS, _LOW = 32, (1 << 32) - 1


class Maker(Protocol):
    """Knows how the rows of one object follow from their numbers."""

    def row(self, number: int) -> Row:
        """Make the row of a number; all its stamps are those of the day on which it was made."""

    def pointing(self, name: str, record: str) -> Sequence[int]:
        """Give the numbers of the rows whose field `name` holds an id, none for any other text."""


class Stamps:
    """On which day each row was made: the ranks of the rows' ids in the order of (stamp, id)."""

    def __init__(self, days: Iterable[int], ids: IdSeries) -> None:
        keys = sorted((day << _BITS) | ids.rank(number) for number, day in enumerate(days))
        self._ranks = array("I", (key & _LOW for key in keys))
        self._texts: list[str] = []
        self._starts: list[int] = []
        last = 0
        for place, key in enumerate(keys):
            if key >> _BITS != last:
                last = key >> _BITS
                self._texts.append(stamp_of_day(last))
                self._starts.append(place)
        self._starts.append(len(keys))

    def between(self, low: str | None, high: str | None) -> Sequence[int]:
        """This function will give the ranks of the ids whose stamps lie in the bounds, both included."""
        first = 0 if low is None else bisect_left(self._texts, low)
        last = len(self._texts) if high is None else bisect_right(self._texts, high)
        return self._ranks[self._starts[first] : self._starts[max(first, last)]]


class MadeRows:
    """All rows of one object, those that its id factory gave first."""

    def __init__(self, ids: IdSeries, stamps: Stamps, maker: Maker) -> None:
        self._ids = ids
        self._stamps = stamps
        self._maker = maker

    def __len__(self) -> int:
        return len(self._ids)

    def get(self, record: str) -> Row | None:
        """This function will make the row of an id, None where there is no such row."""
        number = self._ids.number_of(record)
        return None if number is None else self._maker.row(number)

    def by_id(self, low: str | None, high: str | None) -> Iterator[Row]:
        """This function will make the rows in the order of their ids, from `low` to `high`, both included."""
        ranks = self._ids.ranks()
        first = 0 if low is None else bisect_left(ranks, low, key=self._ids.of_rank)
        last = len(ranks) if high is None else bisect_right(ranks, high, key=self._ids.of_rank)
        return self._rows(ranks[first:last])

    def by_stamp(self, low: str | None, high: str | None) -> Iterator[Row]:
        """This function will make the rows in the order of (stamp, id), between bounds that are included."""
        return self._rows(self._stamps.between(low, high))

    def newest(self) -> Iterator[Row]:
        """This function will make the rows in the order of (stamp, id), the last first."""
        return self._rows(reversed(self._stamps.between(None, None)))

    def find(self, name: str, record: str) -> Iterator[Row]:
        """This function will make the rows whose field `name` holds an id."""
        return map(self._maker.row, self._maker.pointing(name, record))

    def _rows(self, ranks: Iterable[int]) -> Iterator[Row]:
        number_of, row, count = self._ids.number, self._maker.row, len(self)
        for rank in ranks:
            number = number_of(rank)
            if number < count:  # the last block of ids may not have been used up
                yield row(number)


def stamp_of_day(day: int) -> str:
    """This function will write the instant at which the seeded rows of a day number were made."""
    return stamp(datetime.combine(date.fromordinal(day), _WORK_STARTS))
