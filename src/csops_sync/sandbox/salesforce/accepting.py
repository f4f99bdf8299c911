"""From what a write names to what the row will hold: fields, permissions, types, picklists, references."""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce import errors, picklists, refusals, values
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.saving import Hand, Record
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType, Row


def accept(org: Org, kind: ObjectType, given: Mapping[str, object], hand: Hand, *, creating: bool) -> Record:
    """This function will give the values as the fields keep them; ApiError where one is refused."""
    accepted: Record = {}
    refused: list[str] = []
    for name, value in given.items():
        one = _field(org, kind, name, hand)
        if one.name in accepted:
            raise ApiError(400, "INVALID_FIELD", f"{one.name} is given twice, in two spellings", [one.name])
        if not _writable(org, kind, one, hand, creating=creating):
            refused.append(one.name)
            continue
        accepted[one.name] = _value(org, one, value, hand)
    if refused:
        raise _not_writable(refused)
    if not creating:
        _keep_mandatory(kind, accepted)
    return accepted


def default_record_type(org: Org, kind: ObjectType, record: Record) -> None:
    """This function will give a record without a record type the one that its object has by default."""
    if kind.default_record_type is None or record["RecordTypeId"] is not None:
        return
    for one in picklists.record_types(org, kind):
        if one["DeveloperName"] == kind.default_record_type:
            record["RecordTypeId"] = one["Id"]


def complete(kind: ObjectType, record: Record) -> None:
    """This function will refuse a record that lacks a required field."""
    missing = [one.name for one in kind.fields if one.required and record[one.name] is None]
    if missing:
        raise errors.missing(missing)


def _field(org: Org, kind: ObjectType, name: str, hand: Hand) -> Field:
    one = kind.field(name)
    if one is None or (hand.api and org.access_of(hand.user).hidden(kind, one.name)):
        raise errors.no_such_column(name, kind.name)
    return one


def _writable(org: Org, kind: ObjectType, one: Field, hand: Hand, *, creating: bool) -> bool:
    if one.create_only and not creating:
        return False
    return org.access_of(hand.user).writable(kind, one) if hand.api else not one.read_only


def _not_writable(names: list[str]) -> ApiError:
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and"
        " verify that it is read/write for your profile or permission set."
    )
    return ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def _keep_mandatory(kind: ObjectType, accepted: Record) -> None:
    emptied = [
        name for name, value in accepted.items() if value is None and not kind.by_name[name.lower()].nillable
    ]
    if emptied:
        raise errors.missing(emptied)


def _value(org: Org, one: Field, value: object, hand: Hand) -> Json:
    accepted = values.accept(one, value, org.picklist(one) if one.restricted else ())
    if one.type == "reference" and accepted is not None:
        _check_reference(org, one, str(accepted), hand)
    return accepted


def _check_reference(org: Org, one: Field, target: str, hand: Hand) -> None:
    kind = org.schema.by_prefix.get(target[:3])
    if kind is None or kind.name not in one.to:
        message = f"{one.label}: id value of incorrect type: {target}"
        raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, [one.name])
    row = org.tables[kind.name].get(target)
    if row is None:
        raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [one.name])
    if hand.api and not org.access_of(hand.user).sees(kind, row):
        raise refusals.no_access_to_reference(one.name)
    if kind.has("IsDeleted") and row[kind.places["IsDeleted"]]:
        raise ApiError(400, "ENTITY_IS_DELETED", "entity is deleted", [one.name])
    if one.name == "OwnerId":
        _check_active(kind, row, target)


def _check_active(kind: ObjectType, row: Row, target: str) -> None:
    if not row[kind.places["IsActive"]]:
        message = f"operation performed with inactive user [{target}] as owner of the record"
        raise ApiError(400, "INACTIVE_OWNER_OR_USER", message, ["OwnerId"])


def check_owner(org: Org, kind: ObjectType, owner: Json) -> None:
    """This function will refuse an owner who may not read the object; ApiError TRANSFER_REQUIRES_READ."""
    if owner is not None and not org.access_of(str(owner)).may(kind, "Read"):
        message = "The new owner must have read permission"
        raise ApiError(400, "TRANSFER_REQUIRES_READ", message, ["OwnerId"])
