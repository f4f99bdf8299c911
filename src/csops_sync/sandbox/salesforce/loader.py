"""From a seed to an org: ids for the refs, system fields, derived fields, and the history of each first save."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.salesforce import automation, values, writing
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.history import field_rows, stage_row
from csops_sync.sandbox.salesforce.org import Org, People
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Row, Schema
from csops_sync.sandbox.salesforce.writing import Hand
from csops_sync.sandbox.seed import OrgSeed, SeedRecord, Value

_WORK_STARTS = time(9, tzinfo=UTC)
_ADMIN, _INTEGRATION, _AUTOMATION = "admin", "integration", "flow"
_SEEN_BY_INTEGRATION = ("Account", "Contract", "Opportunity", "Task")


class SeedError(ValueError):
    """A seed that does not fit the org's metadata; the text names the record."""


def load_org(schema: Schema, clock: VirtualClock, seed: OrgSeed) -> Org:
    """This function will build an org that holds the seed's records; SeedError where one does not fit."""
    org = Org(schema, clock)
    loader = _Loader(org)
    loader.load("User", _with_own_users(seed.records.get("User", ())))
    org.people = People(
        admin=loader.id_of(_ADMIN),
        integration=loader.id_of(_INTEGRATION),
        automation=loader.id_of(_AUTOMATION),
    )
    loader.load("Organization", [SeedRecord(ref="organization", values=seed.organization)])
    _grant(loader)
    for name, records in seed.records.items():
        if name != "User":
            loader.load(name, records)
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
        stages: list[Row] = []
        changes: list[Row] = []
        for place, seeded in enumerate(records):
            record = self._record(kind, seeded, place)
            rows.append(tuple(record[one.name] for one in kind.fields))
            if name == "Opportunity":
                stage = stage_row(self._org, None, record)
                stages += [] if stage is None else [stage]
                changes += field_rows(self._org, None, record)
        self._org.tables[name].load(rows)
        if name == "Opportunity":
            self._org.tables["OpportunityHistory"].load(stages)
            self._org.tables["OpportunityFieldHistory"].load(changes)

    def _record(self, kind: ObjectType, seeded: SeedRecord, place: int) -> dict[str, Json]:
        given = {name: self._value(kind, seeded, name, value) for name, value in seeded.values.items()}
        record = writing.blank(self._org, kind, self._hand(kind, seeded), number=place)
        self._ids[seeded.ref] = str(record["Id"])
        record.update({name: value for name, value in given.items() if value is not None})
        automation.derive(self._org, kind, None, record, given)
        if kind.name == "Opportunity" and record["RecordTypeId"] is None:
            writing.default_record_type(self._org, kind, record)
        return record

    def _hand(self, kind: ObjectType, seeded: SeedRecord) -> Hand:
        at = self._first
        if seeded.created_on is not None:
            at = datetime.combine(seeded.created_on, _WORK_STARTS)
        if kind.name == "User" and seeded.by is None:
            return Hand(user=self._ids.get(_ADMIN, ""), at=at)
        return Hand(user=self.id_of((seeded.by or _ADMIN).removeprefix("@")), at=at)

    def _value(self, kind: ObjectType, seeded: SeedRecord, name: str, value: Value) -> Json:
        one = kind.field(name)
        if one is None or one.name != name:
            raise SeedError(f"{kind.name} {seeded.ref}: there is no field {name} in the metadata")
        if isinstance(value, str) and value.startswith("@"):
            return self.id_of(value[1:])
        plain = _plain(value)
        choices = self._org.picklist(one) if one.restricted else ()
        try:
            return values.accept(one, plain, choices)
        except ApiError as error:
            raise SeedError(f"{kind.name} {seeded.ref}: {error}") from error


def _plain(value: Value) -> object:
    match value:
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _with_own_users(users: Sequence[SeedRecord]) -> list[SeedRecord]:
    """Put the users that every org has before the seed's own, where the seed does not bring them itself."""
    brought = {user.ref for user in users}
    own = [_user(ref) for ref in (_ADMIN, _INTEGRATION, _AUTOMATION) if ref not in brought]
    return [*own, *users]


def _user(ref: str) -> SeedRecord:
    address = f"{ref}@csops.example"
    name: Mapping[str, Value] = {"LastName": ref.capitalize(), "Username": address, "Email": address}
    return SeedRecord(ref=ref, values=name)


def _grant(loader: _Loader) -> None:
    """Give the integration user the permission set that the documentation asks for."""
    grants = {"Name": "csops_sync", "Label": "csops-sync"}
    loader.load("PermissionSet", [SeedRecord(ref="permission-set", values=grants)])
    assigned = {"PermissionSetId": "@permission-set", "AssigneeId": f"@{_INTEGRATION}"}
    loader.load("PermissionSetAssignment", [SeedRecord(ref="permission-set-assigned", values=assigned)])
    loader.load("ObjectPermissions", [_object_permission(name) for name in _SEEN_BY_INTEGRATION])


def _object_permission(name: str) -> SeedRecord:
    rights = ("Read", "Create", "Edit", "ViewAllRecords")
    granted: dict[str, Value] = {f"Permissions{right}": True for right in rights}
    return SeedRecord(
        ref=f"permission-{name}", values={"ParentId": "@permission-set", "SobjectType": name, **granted}
    )
