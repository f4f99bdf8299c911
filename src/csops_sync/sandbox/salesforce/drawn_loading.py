"""Gives an org's tables the rows of a seed's drawn objects, and those of the history of their opportunities."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from csops_sync.sandbox.salesforce.drawn_rows import DrawnRows, FirstHistory
from csops_sync.sandbox.salesforce.history import field_rows, stage_row
from csops_sync.sandbox.salesforce.ids import IdSeries
from csops_sync.sandbox.salesforce.made_rows import MadeRows, Stamps
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row
from csops_sync.sandbox.seed import Drawn, SeedRecord

Record = dict[str, Json]
Write = Callable[[ObjectType, SeedRecord, int], Record]

_OPPORTUNITY = "Opportunity"
_HISTORY: Mapping[str, Callable[[Org, Record], Row | None]] = {
    "OpportunityHistory": lambda org, record: stage_row(org, None, record),
    "OpportunityFieldHistory": lambda org, record: next(iter(field_rows(org, None, record)), None),
}


class DrawnLoading:
    """Loads drawn objects one after another. `write` stores nothing: it makes a seeded record as the org keeps it."""

    def __init__(
        self, org: Org, write: Write, id_of: Callable[[str], str], drawn: Mapping[str, Drawn]
    ) -> None:
        self._org = org
        self._write = write
        self._id_of = id_of
        self._series = {
            name: IdSeries(org.schema[name].prefix, count=len(rows)) for name, rows in drawn.items()
        }

    def load(self, name: str, drawn: Drawn) -> None:
        """This function will let a table make the rows of a drawn object when they are read."""
        kind, series = self._org.schema[name], self._series[name]
        stamps = Stamps(map(drawn.made_on, range(len(drawn))), series)
        rows = DrawnRows(
            kind, drawn, patterns=self._patterns(kind, drawn), series=self._series, id_of=self._id_of
        )
        self._grow(kind, MadeRows(series, stamps, rows))
        if name == _OPPORTUNITY:
            for history in _HISTORY:
                self._load_history(self._org.schema[history], kind, rows, stamps)

    def _patterns(self, kind: ObjectType, drawn: Drawn) -> Mapping[Hashable, Row]:
        examples = {drawn.likeness(number): number for number in range(len(drawn))}
        return {alike: self._pattern(kind, drawn, number) for alike, number in examples.items()}

    def _pattern(self, kind: ObjectType, drawn: Drawn, number: int) -> Row:
        """Make one record as every seeded one is made, but for what points at drawn records."""
        pointing = {one.name for one in drawn.differing if one.means in self._series}
        seeded = drawn[number]
        values = {name: value for name, value in seeded.values.items() if name not in pointing}
        record = self._write(kind, replace(seeded, values=values), number)
        return tuple(record[one.name] for one in kind.fields)

    def _load_history(self, kind: ObjectType, parent: ObjectType, of: DrawnRows, stamps: Stamps) -> None:
        parents = self._series[parent.name]
        patterns: dict[Hashable, Row] = {}
        for alike, opportunity in of.patterns.items():
            first = _HISTORY[kind.name](self._org, parent.record(opportunity))
            if first is None:
                return
            patterns[alike] = first
        ids = IdSeries(kind.prefix, count=len(parents))
        rows = FirstHistory(kind, parent, of=of, ids=(ids, parents), patterns=patterns)
        self._grow(kind, MadeRows(ids, stamps, rows))

    def _grow(self, kind: ObjectType, rows: MadeRows) -> None:
        self._org.tables[kind.name].grow(rows)
        self._org.continue_ids(kind, len(rows))


def drawn_objects(records: Mapping[str, Sequence[SeedRecord]]) -> dict[str, Drawn]:
    """This function will give the objects of a seed whose records are drawn."""
    return {name: rows for name, rows in records.items() if isinstance(rows, Drawn)}
