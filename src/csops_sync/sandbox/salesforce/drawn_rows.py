"""Rows from a seed's drawn records: the pattern of a record's likeness, with the record's own figures put in.

The pattern is one record of that likeness, stored as every seeded record is, so that what the org derives and what
it fills in by default is never told twice.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from csops_sync.sandbox.salesforce.ids import IdSeries
from csops_sync.sandbox.salesforce.made_rows import stamp_of_day
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.seed import DAY, REF, Drawn, Plain

FIRST_NUMBER = 100
_STAMPED = ("CreatedDate", "LastModifiedDate", "SystemModstamp", "ActivatedDate")
_SIGNED = ("CreatedById", "LastModifiedById", "ActivatedById")
_REVENUE = ("ExpectedRevenue", "Amount", "Probability")
_PARENT = "OpportunityId"
_OF_PARENT = {
    "OpportunityId": "Id",
    "CreatedDate": "SystemModstamp",
    "CreatedById": "LastModifiedById",
    "SystemModstamp": "SystemModstamp",
    "Amount": "Amount",
    "CloseDate": "CloseDate",
    "ExpectedRevenue": "ExpectedRevenue",
}
"""Fields of a first history row, and those of its opportunity from which they are taken."""


class DrawnRows:
    """Makes an object's rows. `patterns` has a row of every likeness; `series` are all drawn objects' ids."""

    def __init__(
        self,
        kind: ObjectType,
        drawn: Drawn,
        *,
        patterns: Mapping[Hashable, Row],
        series: Mapping[str, IdSeries],
        id_of: Callable[[str], str],
    ) -> None:
        self._kind = kind
        self._ids = series[kind.name]
        self._drawn = drawn
        self.patterns = patterns
        self._stamps: _Memo[int] = _Memo(stamp_of_day)
        self._users: _Memo[Plain] = _Memo(lambda reference: id_of(str(reference)[1:]))
        self._stamped = _places(kind, _STAMPED)
        self._signed = _places(kind, _SIGNED)
        self._revenue = _places(kind, _REVENUE)
        self._numbered = [(one.at, one.auto_number) for one in kind.fields if one.auto_number]
        self._series = {one.name: series[one.means] for one in drawn.differing if one.means in series}
        self._writers = [(kind.places[one.name], self._writer(one.means, series)) for one in drawn.differing]
        self._written = {place for place, _ in self._writers}

    def row(self, number: int) -> Row:
        """This function will make the row of a number."""
        drawn = self._drawn
        pattern = self.patterns[drawn.likeness(number)]
        values = list(pattern)
        values[0] = self._ids.at(number)
        made, by = self._stamps[drawn.made_on(number)], self._users[drawn.made_by(number)]
        for place in self._stamped:
            values[place] = made if pattern[place] is not None else None
        for place in self._signed:
            values[place] = by if pattern[place] is not None else None
        for place, digits in self._numbered:
            values[place] = str(number + FIRST_NUMBER).rjust(digits, "0")
        for (place, write), figure in zip(self._writers, drawn.figures(number), strict=True):
            values[place] = write(figure)
        if self._revenue:
            expected, amount, probability = self._revenue
            values[expected] = _share(values[amount], values[probability])
        return tuple(values)

    def likeness(self, number: int) -> Hashable:
        """This function will give what tells the patterns of rows apart."""
        return self._drawn.likeness(number)

    def pointing(self, name: str, record: str) -> Sequence[int]:
        """This function will give the numbers of the rows whose field `name` holds an id."""
        series = self._series.get(name)
        if series is None:
            return self._looked_through(name, record)
        number = series.number_of(record)
        return () if number is None else self._drawn.pointing(name, number)

    def _looked_through(self, name: str, value: str) -> Sequence[int]:
        """Find a value of a field that no drawn record is known by; where all leave it empty there is none."""
        place = self._kind.places[name]
        if place not in self._written and all(row[place] is None for row in self.patterns.values()):
            return ()
        return [number for number in range(len(self._drawn)) if self.row(number)[place] == value]

    def _writer(self, means: str, series: Mapping[str, IdSeries]) -> Callable[[Plain], Json]:
        match means:
            case _ if means == DAY:
                days: _Memo[int] = _Memo(lambda day: date.fromordinal(day).isoformat())
                return lambda day: days[day] if isinstance(day, int) else None
            case _ if means == REF:
                return self._users.__getitem__
            case _ if means in series:
                at = series[means].at
                return lambda number: at(number) if isinstance(number, int) else None
            case _:
                return _as_it_is


class FirstHistory:
    """Makes the history row of each drawn opportunity's first save. `ids` are its own and its opportunities'."""

    def __init__(
        self,
        kind: ObjectType,
        parent: ObjectType,
        *,
        of: DrawnRows,
        ids: tuple[IdSeries, IdSeries],
        patterns: Mapping[Hashable, Row],
    ) -> None:
        self._ids, self._parents = ids
        self._of = of
        self._patterns = patterns
        self._taken = [
            (kind.places[name], parent.places[source])
            for name, source in _OF_PARENT.items()
            if kind.has(name)
        ]

    def row(self, number: int) -> Row:
        """This function will make the row of a number."""
        parent = self._of.row(number)
        values = list(self._patterns[self._of.likeness(number)])
        values[0] = self._ids.at(number)
        for place, source in self._taken:
            values[place] = parent[source]
        return tuple(values)

    def pointing(self, name: str, record: str) -> Sequence[int]:
        """This function will give the number of the row of an opportunity."""
        number = self._parents.number_of(record) if name == _PARENT else None
        return () if number is None else (number,)


K = TypeVar("K")


class _Memo(dict[K, str]):
    """Texts by key, each made once."""

    def __init__(self, make: Callable[[K], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> str:
        text = self[key] = self._make(key)
        return text


def _as_it_is(value: Plain) -> Json:
    return value


def _share(amount: Json, probability: Json) -> Json:
    if amount is None or probability is None:
        return None
    return round(float(amount) * float(probability) / 100, 2)


def _places(kind: ObjectType, names: Sequence[str]) -> list[int]:
    return [kind.places[name] for name in names if kind.has(name)]
