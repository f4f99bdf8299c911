"""From a seed to an org: ids for the refs, system fields, derived fields, and the history of each first save."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.salesforce import automation, effects, saving, values, writing
from csops_sync.sandbox.salesforce.drawn_loading import DrawnLoading, drawn_objects
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.history import SeededHistory
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.people_rows import ADMIN
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row, Schema
from csops_sync.sandbox.salesforce.setup_loading import LOADED, load_setup
from csops_sync.sandbox.salesforce.writing import Hand
from csops_sync.sandbox.seed import Drawn, OrgSeed, SeedRecord, Value

_WORK_STARTS = time(9, tzinfo=UTC)


class SeedError(ValueError):
    """A seed that does not fit the org's metadata; the text names the record."""


def load_org(schema: Schema, clock: VirtualClock, seed: OrgSeed) -> Org:
    """This function will build an org that holds the seed's records; SeedError where one does not fit."""
    org = Org(schema, clock)
    loader = _Loader(org)
    load_setup(org, loader, seed)
    drawing = DrawnLoading(org, loader.record, loader.id_of, drawn_objects(seed.records))
    for name, records in seed.records.items():
        if isinstance(records, Drawn):
            drawing.load(name, records)
        elif name not in LOADED:
            loader.load(name, records)
    for name, past in seed.past.items():
        loader.load(name, past)
    return org


class _Loader:
    def __init__(self, org: Org) -> None:
        self._org = org
        self._ids: dict[str, str] = {}
        self._first = org.now()

    def id_of(self, ref: str) -> str:
        """Give the id of a ref that has been met."""
        if ref not in self._ids:
            raise SeedError(f"the seed refers to @{ref} before it is there")
        return self._ids[ref]

    def load(self, name: str, records: Iterable[SeedRecord]) -> None:
        """Store the records of one object, and what the org writes about them."""
        if name not in self._org.schema.objects:
            raise SeedError(f"the seed has records of {name}, which the metadata does not know")
        kind = self._org.schema[name]
        rows: list[Row] = []
        written = SeededHistory(self._org)
        for place, seeded in enumerate(records, start=len(self._org.tables[name])):
            before, record = None, self.record(kind, seeded, place)
            if name == "Opportunity":
                written.add(None, record)
            for after in self._changed(kind, seeded, record):
                before, record = record, after
                if name == "Opportunity":
                    written.add(before, record)
            rows.append(tuple(record[one.name] for one in kind.fields))
        self._org.tables[name].load(rows)
        written.load()
        if name == "OpportunityLineItem":
            at = kind.places["OpportunityId"]
            effects.roll_up_loaded(self._org, {str(row[at]) for row in rows})
        if name == "DatedConversionRate":
            at = kind.places["IsoCode"]
            effects.end_loaded_rates(self._org, {str(row[at]) for row in rows})

    def place(self, name: str, ref: str, values: Mapping[str, Value]) -> None:
        """Set fields of a record that is there."""
        kind, record = self._org.schema[name], self.id_of(ref)
        seeded = SeedRecord(ref=ref, values=values)
        given = {field: self._value(kind, seeded, field, value) for field, value in values.items()}
        changed = {**(self._org.record(name, record) or {}), **given}
        self._org.tables[name].put(tuple(changed[one.name] for one in kind.fields))

    def record(self, kind: ObjectType, seeded: SeedRecord, place: int) -> dict[str, Json]:
        """Make a record, the `place`-th of its object, as the org keeps it."""
        given = {name: self._value(kind, seeded, name, value) for name, value in seeded.values.items()}
        record = writing.blank(self._org, kind, self._hand(kind, seeded), number=place)
        self._ids[seeded.ref] = str(record["Id"])
        record.update({name: value for name, value in given.items() if value is not None})
        automation.derive(self._org, kind, None, record, given)
        if kind.name == "Opportunity" and record["RecordTypeId"] is None:
            writing.default_record_type(self._org, kind, record)
        return record

    def _changed(
        self, kind: ObjectType, seeded: SeedRecord, record: dict[str, Json]
    ) -> Iterator[dict[str, Json]]:
        """Give the record after each of its changes; each is a minute later than the one before it on that day."""
        last = seeded.created_on
        for place, change in enumerate(seeded.changes, start=1):
            if last is not None and change.on < last:
                raise _misfit(
                    kind, seeded, "", f"its change of {change.on} comes after one of {last}; sort them"
                )
            last = change.on
            given = {name: self._value(kind, seeded, name, value) for name, value in change.values.items()}
            at = datetime.combine(change.on, _WORK_STARTS) + timedelta(minutes=place)
            user = self.id_of((change.by or seeded.by or ADMIN).removeprefix("@"))
            after = {**record, **given, **saving.touched(kind, Hand(user=user, at=at))}
            automation.derive(self._org, kind, record, after, given)
            yield after
            record = after

    def _hand(self, kind: ObjectType, seeded: SeedRecord) -> Hand:
        at = self._first
        if seeded.created_on is not None:
            at = datetime.combine(seeded.created_on, _WORK_STARTS)
        if kind.name == "User" and seeded.by is None:
            return Hand(user=self._ids.get(ADMIN, ""), at=at)
        return Hand(user=self.id_of((seeded.by or ADMIN).removeprefix("@")), at=at)

    def _value(self, kind: ObjectType, seeded: SeedRecord, name: str, value: Value) -> Json:
        one = kind.field(name)
        if one is None or one.name != name:
            raise _misfit(kind, seeded, name, f"there is no field {name} in the metadata")
        if isinstance(value, str) and value.startswith("@"):
            return self.id_of(value[1:])
        plain = _plain(value)
        choices = self._org.picklist(one) if one.restricted else ()
        try:
            return values.accept(one, plain, choices)
        except ApiError as error:
            raise _misfit(kind, seeded, name, str(error)) from error


def _misfit(kind: ObjectType, seeded: SeedRecord, name: str, text: str) -> SeedError:
    """Say what does not fit: where it was written down, else by the record's ref."""
    place = seeded.places.get(name) or seeded.places.get("")
    whom = f"{kind.name} {seeded.ref}" if place is None else f"{place}: {kind.name}"
    return SeedError(f"{whom}: {text}")


def _plain(value: Value) -> object:
    match value:
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case _:
            return value
