"""Record types: which of them a row may have, and which values of its restricted picklists each allows.

Source: Salesforce's Object Reference: a restricted picklist takes no value that the record type leaves out. What
depends on a controlling field is not enforced over the API; describe tells of it.
"""

from collections.abc import Collection, Sequence

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType

Record = dict[str, Json]
MASTER = "012000000000000AAA"
"""The id of the record type that every object has, and that no row names."""


def record_types(org: Org, kind: ObjectType) -> list[Record]:
    """This function will give an object's own record types."""
    types = org.schema["RecordType"]
    found = (types.record(row) for row in org.tables[types.name])
    return [one for one in found if one["SobjectType"] == kind.name]


def allowed(org: Org, kind: ObjectType, one: Field, record_type: Json) -> Sequence[str]:
    """This function will give the values that a picklist has under a record type (an id, None for the master)."""
    values = org.picklist(one)
    if not kind.record_types or record_type is None:
        return values
    row = org.tables["RecordType"].get(str(record_type))
    name = None if row is None else row[org.schema["RecordType"].places["DeveloperName"]]
    kept = kind.record_types.get(str(name), {}).get(one.name)
    return values if kept is None else [value for value in values if value in kept]


def check(org: Org, kind: ObjectType, record: Record, given: Collection[str]) -> None:
    """This function will refuse a record type or a value that the record may not have."""
    record_type = record.get("RecordTypeId")
    if "RecordTypeId" in given and record_type is not None:
        _check_record_type(org, kind, record_type)
    if not kind.record_types:
        return
    for one in kind.fields:
        value = record[one.name] if one.name in given and one.restricted else None
        if value is not None and value not in allowed(org, kind, one, record_type):
            raise bad_value(one, value)


def bad_value(one: Field, value: Json) -> ApiError:
    """This function will say that a restricted picklist does not have a value."""
    message = f"{one.label}: bad value for restricted picklist field: {value}"
    return ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [one.name])


def _check_record_type(org: Org, kind: ObjectType, record_type: Json) -> None:
    if not any(one["Id"] == record_type and one["IsActive"] for one in record_types(org, kind)):
        message = f"Record Type ID: this ID value isn't valid for the user: {record_type}"
        raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", message, ["RecordTypeId"])
