"""Creating, updating, deleting and undeleting rows, with everything that a real org checks on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from csops_sync.sandbox.salesforce import automation, errors, values
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.history import write_history
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row
from csops_sync.sandbox.salesforce.stamps import second

Record = dict[str, Json]
_FIRST_NUMBER = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who writes and when. `api` is the integration user's way, with its field permissions.

    `at` stamps the rows; until `visible_at` no reader sees them.
    """

    user: str
    at: datetime
    api: bool = False
    visible_at: datetime | None = None


def create(org: Org, kind: ObjectType, given: Mapping[str, object], hand: Hand) -> str:
    """This function will create a record and give its id; ApiError where the org refuses it."""
    _writable_object(org, kind, hand)
    accepted = _accept(org, kind, given, hand, creating=True)
    record = blank(org, kind, hand)
    record.update({name: value for name, value in accepted.items() if value is not None})
    default_record_type(org, kind, record)
    _complete(kind, record)
    automation.derive(org, kind, None, record, accepted)
    if hand.api and kind.name == "Contract" and record["StatusCode"] == "Activated":
        message = "Choose a valid contract status and save your changes. Ask your admin for details."
        raise ApiError(400, "FAILED_ACTIVATION", message, ["Status"])
    _judge(org, kind, record, hand)
    _save(org, kind, None, record, hand)
    return str(record["Id"])


def update(org: Org, kind: ObjectType, record_id: str, given: Mapping[str, object], hand: Hand) -> None:
    """This function will change the named fields of a record; ApiError where the org refuses it."""
    _writable_object(org, kind, hand)
    before = kind.record(existing(org, kind, record_id, hand))
    accepted = _accept(org, kind, given, hand, creating=False)
    _activation(kind, before, accepted, hand)
    record = {**before, **accepted, **_touched(kind, hand)}
    automation.derive(org, kind, before, record, accepted)
    _complete(kind, record)
    _judge(org, kind, record, hand)
    _save(org, kind, before, record, hand)


def delete(org: Org, kind: ObjectType, record_id: str, hand: Hand) -> None:
    """This function will put a record, and what hangs on it, into the recycle bin."""
    _writable_object(org, kind, hand)
    row = existing(org, kind, record_id, hand)
    if hand.api and kind.name == "Contract" and row[kind.places["StatusCode"]] == "Activated":
        raise ApiError(400, "DELETE_FAILED", "An activated contract cannot be deleted.", [])
    _bin(org, kind, row, hand, deleted=True)


def undelete(org: Org, kind: ObjectType, record_id: str, hand: Hand) -> None:
    """This function will take a record, and what hangs on it, out of the recycle bin."""
    row = org.tables[kind.name].get(record_id)
    if row is None or not row[kind.places["IsDeleted"]]:
        raise ApiError(400, "UNDELETE_FAILED", "Entity is not in the recycle bin", [])
    _check_all_unique(org, kind, kind.record(row))
    _bin(org, kind, row, hand, deleted=False)


def existing(org: Org, kind: ObjectType, record_id: str, hand: Hand) -> Row:
    """This function will give the row to be written, locked; ApiError where it is gone, hidden or held."""
    row = org.tables[kind.name].get(record_id)
    if row is None or (hand.api and not org.shared(kind, row)):
        raise errors.invalid_reference(404)
    if kind.has("IsDeleted") and row[kind.places["IsDeleted"]]:
        raise errors.deleted(404)
    org.lock(kind, record_id)
    return row


def _writable_object(org: Org, kind: ObjectType, hand: Hand) -> None:
    if kind.generated or (hand.api and kind.read_only):
        message = f"entity type {kind.name} does not support this operation"
        raise ApiError(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, [])
    org.settle()


def _accept(org: Org, kind: ObjectType, given: Mapping[str, object], hand: Hand, *, creating: bool) -> Record:
    accepted: Record = {}
    refused: list[str] = []
    for name, value in given.items():
        one = org.field(kind, name) if hand.api else kind.field(name)
        if one is None:
            raise errors.no_such_column(name, kind.name)
        if not (org.writable(kind, one) if hand.api else not one.read_only):
            refused.append(one.name)
            continue
        accepted[one.name] = _value(org, one, value)
    if refused:
        verb = "create/update"
        message = (
            f"Unable to {verb} fields: {', '.join(refused)}. Please check the security settings of this field and"
            " verify that it is read/write for your profile or permission set."
        )
        raise ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, refused)
    if creating:
        return accepted
    emptied = [
        name for name, value in accepted.items() if value is None and not kind.by_name[name.lower()].nillable
    ]
    if emptied:
        raise _missing(emptied)
    return accepted


def _value(org: Org, one: Field, value: object) -> Json:
    accepted = values.accept(one, value, org.picklist(one) if one.restricted else ())
    if one.type == "reference" and accepted is not None:
        _check_reference(org, one, str(accepted))
    return accepted


def _check_reference(org: Org, one: Field, target: str) -> None:
    kind = org.schema.by_prefix.get(target[:3])
    if kind is None or kind.name not in one.to:
        message = f"{one.label}: id value of incorrect type: {target}"
        raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, [one.name])
    row = org.tables[kind.name].get(target)
    if row is None or not org.shared(kind, row):
        raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [one.name])
    if kind.has("IsDeleted") and row[kind.places["IsDeleted"]]:
        raise ApiError(400, "ENTITY_IS_DELETED", "entity is deleted", [one.name])
    if one.name == "OwnerId" and not row[kind.places["IsActive"]]:
        message = f"operation performed with inactive user [{target}] as owner of the record"
        raise ApiError(400, "INACTIVE_OWNER_OR_USER", message, [one.name])


def blank(org: Org, kind: ObjectType, hand: Hand, *, number: int | None = None) -> Record:
    """This function will give a new record with its id, its defaults and the marks of who made it.

    `number` counts the records before it, for auto-numbers; None asks the table.
    """
    record: Record = {one.name: None for one in kind.fields}
    for one in kind.fields:
        if one.default is not None:
            record[one.name] = hand.user if one.default == "$user" else one.default
        if one.auto_number:
            before = len(org.tables[kind.name]) if number is None else number
            record[one.name] = str(before + _FIRST_NUMBER).rjust(one.auto_number, "0")
    stamp = second(hand.at)
    head: Record = {
        "Id": org.new_id(kind),
        "CreatedDate": stamp,
        "CreatedById": hand.user,
        "IsDeleted": False,
    }
    record.update({name: value for name, value in head.items() if kind.has(name)})
    record.update(_touched(kind, hand))
    return record


def _touched(kind: ObjectType, hand: Hand) -> Record:
    stamp = second(hand.at)
    marks: Record = {"LastModifiedDate": stamp, "LastModifiedById": hand.user, "SystemModstamp": stamp}
    return {name: value for name, value in marks.items() if kind.has(name)}


def default_record_type(org: Org, kind: ObjectType, record: Record) -> None:
    """This function will give a record without a record type the one that its object has by default."""
    if kind.default_record_type is None or record["RecordTypeId"] is not None:
        return
    types = org.schema["RecordType"]
    for row in org.tables["RecordType"]:
        one = types.record(row)
        if one["SobjectType"] == kind.name and one["DeveloperName"] == kind.default_record_type:
            record["RecordTypeId"] = one["Id"]


def _complete(kind: ObjectType, record: Record) -> None:
    missing = [one.name for one in kind.fields if one.required and record[one.name] is None]
    if missing:
        raise _missing(missing)


def _missing(names: list[str]) -> ApiError:
    return ApiError(
        400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", names
    )


def _activation(kind: ObjectType, before: Record, accepted: Record, hand: Hand) -> None:
    """An activated contract keeps its status over the API, and activating may change nothing beside it."""
    if not hand.api or kind.name != "Contract" or "Status" not in accepted:
        return
    if before["StatusCode"] == "Activated" and accepted["Status"] != before["Status"]:
        message = "You cannot change the status of an activated contract."
        raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, ["Status"])
    if accepted["Status"] == "Activated" and before["StatusCode"] != "Activated" and len(accepted) > 1:
        message = "When activating a contract, change nothing but its status."
        raise ApiError(400, "FAILED_ACTIVATION", message, ["Status"])


def _judge(org: Org, kind: ObjectType, record: Record, hand: Hand) -> None:
    automation.check(kind, record, hand.at.date())
    _check_all_unique(org, kind, record)


def _check_all_unique(org: Org, kind: ObjectType, record: Record) -> None:
    for one in kind.fields:
        if one.unique and record[one.name] is not None:
            _check_unique(org, kind, one, record)


def _check_unique(org: Org, kind: ObjectType, one: Field, record: Record) -> None:
    table = org.tables[kind.name]
    rows = table.find(one.name, record[one.name])
    rows += [p.row for p in org.pending if p.table is table and p.row[one.at] == record[one.name]]
    deleted_at = kind.places.get("IsDeleted")
    for row in rows:
        if row[0] != record["Id"] and not (deleted_at is not None and row[deleted_at]):
            message = f"duplicate value found: {one.name} duplicates value on record with id: {row[0]}"
            raise ApiError(400, "DUPLICATE_VALUE", message, [])


def _save(org: Org, kind: ObjectType, before: Record | None, record: Record, hand: Hand) -> None:
    if kind.name == "Opportunity":
        write_history(org, before, record, hand.visible_at)
    moved = automation.month_end_flow(org, kind, record)
    if moved is not None:
        write_history(org, record, moved, hand.visible_at)
        record = moved
    row = tuple(record[one.name] for one in kind.fields)
    org.store(kind, row, started=second(hand.at), visible_at=hand.visible_at)


def _bin(org: Org, kind: ObjectType, row: Row, hand: Hand, *, deleted: bool) -> None:
    record = {**kind.record(row), **_touched(kind, hand)}
    record["IsDeleted"] = deleted
    stored = tuple(record[one.name] for one in kind.fields)
    org.store(kind, stored, started=second(hand.at), visible_at=hand.visible_at)
    for child, reference in _children(org, kind):
        for hanging in org.tables[child.name].find(reference, str(row[0])):
            if hanging[child.places["IsDeleted"]] != deleted:
                _bin(org, child, hanging, hand, deleted=deleted)


def _children(org: Org, kind: ObjectType) -> list[tuple[ObjectType, str]]:
    """Give what is deleted with a record: history with its parent, contracts and opportunities with the account."""
    hanging = [(o, o.parent) for o in org.schema.objects.values() if o.parent]
    found = [(child, name) for child, name in hanging if kind.name in child.by_name[name.lower()].to]
    if kind.name == "Account":
        found += [(org.schema[name], "AccountId") for name in ("Contract", "Opportunity")]
    return found
