"""The sObject rows by external id: read, upsert and delete by key; `Id` as the key; relationships of a record.

Source: REST API guide, "sObject Rows by External ID" and "sObject Relationships", which share the path's shape: a
second segment that is an id is followed by a relationship, any other is a field and followed by its value.
"""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce import errors, finding, preconditions, related_rows, rows
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row
from csops_sync.sandbox.salesforce.upserts import Upserted, check_key, upsert_row

_ID = "id"


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST sobjects/X/Id`: a create, for clients that upsert by whatever key there is."""
    call.parameters()
    kind, segment = context.kind(call.groups["object"]), call.groups["id"]
    if segment.lower() != _ID:
        raise errors.method_not_allowed(call.method, ["DELETE", "GET", "HEAD", "PATCH"])
    values = rows.body_values(call.json(), kind)
    for name in values:
        one = kind.field(name)
        if one is not None and one.external_id:
            raise _key_in_body(one)
    return _done(call, kind, Upserted(rows.create_row(context, call, kind, values), created=True))


def read(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/{field}/{value}` and `GET sobjects/X/{id}/{relationship}`."""
    kind = context.kind(call.groups["object"])
    if _is_record(kind, call):
        return related_rows.read(context, call, kind)
    found = _found(context, kind, call)
    if len(found) > 1:
        return _several(call, kind, found)
    if not found:
        raise errors.not_found()
    return rows.answer(context, call, kind, found[0])


def upsert(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH sobjects/X/{field}/{value}`: 201, 200 or 300."""
    kind = context.kind(call.groups["object"])
    if _is_record(kind, call):
        return related_rows.update(context, call, kind)
    call.parameters("updateOnly")
    values = rows.body_values(call.json(), kind, creating=False)
    if call.groups["field"].lower() != _ID:
        check_key(context, kind, finding.key_field(context, kind, call.groups["field"]))
    found = _found(context, kind, call)
    if len(found) > 1:
        return _several(call, kind, found)
    if not found and call.flag("updateOnly"):
        raise errors.not_found()
    if found and preconditions.unmet(call, kind, found[0]):
        return Answer(304)
    if call.groups["field"].lower() == _ID:
        return _done(call, kind, _update_by_id(context, call, kind, found, values))
    key = finding.key_field(context, kind, call.groups["field"])
    if key.name.lower() in {name.lower() for name in values}:
        raise _key_in_body(key)
    given = {**values, key.name: call.groups["value"]}
    return _done(call, kind, upsert_row(context, call, kind, key, given))


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE sobjects/X/{field}/{value}`."""
    kind = context.kind(call.groups["object"])
    if _is_record(kind, call):
        return related_rows.delete(context, call, kind)
    call.parameters()
    preconditions.refuse_all(call, "on DELETE")
    found = _found(context, kind, call)
    if len(found) > 1:
        return _several(call, kind, found)
    if not found:
        raise errors.not_found()
    rows.delete_row(context, call, kind, str(found[0][0]))
    return Answer(204)


def _is_record(kind: ObjectType, call: Call) -> bool:
    segment = call.groups["field"]
    return kind.field(segment) is None and normal(segment) is not None


def _found(context: Context, kind: ObjectType, call: Call) -> list[Row]:
    name, value = call.groups["field"], call.groups["value"]
    if name.lower() == _ID:
        row = finding.readable(context, kind, finding.written_id(value))
        return [] if row is None else [row]
    return finding.by_key(context, kind, finding.key_field(context, kind, name), value)


def _update_by_id(
    context: Context, call: Call, kind: ObjectType, found: list[Row], values: Mapping[str, object]
) -> Upserted:
    """Update by `Id` as the key: a row that is not there is not created, for nobody chooses an id."""
    record = str(found[0][0]) if found else finding.written_id(call.groups["value"])
    rows.update_row(context, call, kind, record, values)
    return Upserted(record, created=False)


def _done(call: Call, kind: ObjectType, upserted: Upserted) -> Answer:
    body = {"id": upserted.id, "success": True, "errors": [], "created": upserted.created}
    if not upserted.created:
        return Answer(200, body)
    return Answer(201, body, {"Location": f"{call.base}/sobjects/{kind.name}/{upserted.id}"})


def _several(call: Call, kind: ObjectType, found: list[Row]) -> Answer:
    return Answer(300, [f"{call.base}/sobjects/{kind.name}/{row[0]}" for row in found])


def _key_in_body(key: Field) -> ApiError:
    message = f"The {key.name} field should not be specified in the sobject data."
    return ApiError(400, "INVALID_FIELD", message, [key.name])
