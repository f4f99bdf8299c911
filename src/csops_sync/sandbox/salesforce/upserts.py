"""Upserting: one row carries the key and is updated, none does and it is created, several do and nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from csops_sync.sandbox.salesforce import finding, rows
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.request import Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row


@dataclass(frozen=True, slots=True)
class Upserted:
    """The id of the row, and whether it is new."""

    id: str
    created: bool


def upsert_row(
    context: Context, call: Call, kind: ObjectType, key: Field, values: Mapping[str, object]
) -> Upserted:
    """This function will upsert a row by the value that `values` has for `key`; it is noted in the ledger.

    Raises ApiError: MISSING_ARGUMENT where there is no value, DUPLICATE_EXTERNAL_ID where several rows carry it,
    INSUFFICIENT_ACCESS as `check_key` does, and whatever refuses the create or the update.
    """
    check_key(context, kind, key)
    named = [name for name in values if name.lower() == key.name.lower()]
    found = finding.by_key(context, kind, key, values[named[0]] if named else None)
    if len(found) > 1:
        raise several(found)
    if not found:
        return Upserted(rows.create_row(context, call, kind, values), created=True)
    record = str(found[0][0])
    rest = {name: value for name, value in values.items() if name not in named}
    rows.update_row(context, call, kind, record, rest)
    return Upserted(record, created=False)


def check_key(context: Context, kind: ObjectType, key: Field) -> None:
    """This function will refuse a key that is not unique to a user who may not view all rows; ApiError 403.

    Source: REST API guide, "Upsert Records Using sObject Rows by External ID".
    """
    if not key.unique and not context.org.access.may(kind, "ViewAllRecords"):
        message = f"{key.name} is not unique: upserting by it needs View All Data, or View All on {kind.name}"
        raise ApiError(403, "INSUFFICIENT_ACCESS", message)


def several(found: list[Row]) -> ApiError:
    """This function will say that an external id leads to more than one row."""
    ids = ", ".join(str(row[0]) for row in found)
    message = f"More than one record found for external id field: [{ids}]"
    return ApiError(400, "DUPLICATE_EXTERNAL_ID", message, [])
