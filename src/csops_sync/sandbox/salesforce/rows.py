"""The sObject rows resources: one record by id or by external id."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from csops_sync.sandbox.salesforce import errors, writing
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row
from csops_sync.sandbox.salesforce.stamps import instant_of


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST sobjects/X`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    values = body_values(call.json(), kind)
    record = create_row(context, call, kind, values)
    body = {"id": record, "success": True, "errors": []}
    return Answer(201, body, {"Location": f"{call.base}/sobjects/{kind.name}/{record}"})


def read(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/{id}`, in whole or with `fields`."""
    kind = context.kind(call.groups["object"])
    return _read(context, call, kind, _by_id(context, kind, call.groups["id"]))


def read_by_key(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/{external id field}/{value}`."""
    kind = context.kind(call.groups["object"])
    found = _by_key(context, kind, call)
    if not found:
        raise errors.not_found()
    if len(found) > 1:
        return _several(call, kind, found)
    return _read(context, call, kind, found[0])


def update(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH sobjects/X/{id}`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    record = _written_id(call.groups["id"])
    values = body_values(call.json(), kind, creating=False)
    row = context.org.tables[kind.name].get(record)
    if row is not None:
        _check_unmodified(call, kind, row)
    update_row(context, call, kind, record, values)
    return Answer(204)


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE sobjects/X/{id}`."""
    call.parameters()
    if "if-unmodified-since" in call.headers:
        raise ApiError(
            400, "INVALID_HEADER", "If-Unmodified-Since is not supported on DELETE; read the row first"
        )
    kind = context.kind(call.groups["object"])
    delete_row(context, call, kind, _written_id(call.groups["id"]))
    return Answer(204)


def upsert(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH sobjects/X/{external id field}/{value}`: 201, 200 or 300."""
    call.parameters("updateOnly")
    kind = context.kind(call.groups["object"])
    found = _by_key(context, kind, call)
    if len(found) > 1:
        return _several(call, kind, found)
    key = _key_field(context, kind, call.groups["field"])
    values = body_values(call.json(), kind, creating=False)
    if key.name.lower() in {name.lower() for name in values}:
        message = f"The {key.name} field should not be specified in the sobject data."
        raise ApiError(400, "INVALID_FIELD", message, [key.name])
    if not found and call.flag("updateOnly"):
        raise errors.not_found()
    if found:
        _check_unmodified(call, kind, found[0])
        record = str(found[0][0])
        update_row(context, call, kind, record, values)
    else:
        record = create_row(context, call, kind, {**values, key.name: call.groups["value"]})
    body = {"id": record, "success": True, "errors": [], "created": not found}
    return Answer(200 if found else 201, body)


def create_row(context: Context, call: Call, kind: ObjectType, values: Mapping[str, object]) -> str:
    """This function will create a record and note it in the ledger, whatever comes of it."""

    def work() -> str:
        return writing.create(context.org, kind, values, context.hand(call))

    return _noted(context, call, "create", kind, values, work)


def update_row(
    context: Context, call: Call, kind: ObjectType, record: str, values: Mapping[str, object]
) -> None:
    """This function will change a record and note it in the ledger, whatever comes of it."""

    def work() -> str:
        writing.update(context.org, kind, record, values, context.hand(call))
        return record

    _noted(context, call, "update", kind, {"Id": record, **values}, work)


def delete_row(context: Context, call: Call, kind: ObjectType, record: str) -> None:
    """This function will delete a record and note it in the ledger, whatever comes of it."""

    def work() -> str:
        writing.delete(context.org, kind, record, context.hand(call))
        return record

    _noted(context, call, "delete", kind, {"Id": record}, work)


def body_values(body: Mapping[str, object], kind: ObjectType, *, creating: bool = True) -> dict[str, object]:
    """This function will give a body's fields, without `attributes`; ApiError for a wrong type or an Id."""
    values = dict(body)
    attributes = values.pop("attributes", None)
    named = attributes.get("type") if isinstance(attributes, dict) else kind.name
    if not isinstance(named, str) or named.lower() != kind.name.lower():
        raise ApiError(400, "INVALID_TYPE", f"attributes.type {named!r} does not match {kind.name}")
    if any(name.lower() == "id" for name in values):
        if creating:
            message = "cannot specify Id in an insert call"
            raise ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Id"])
        raise ApiError(
            400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.", ["Id"]
        )
    return values


def selected(context: Context, kind: ObjectType, names: str) -> list[Field]:
    """This function will read a `fields` parameter; ApiError INVALID_FIELD."""
    fields = []
    for name in (part.strip() for part in names.split(",")):
        one = context.org.field(kind, name)
        if one is None:
            raise errors.no_such_column(name, kind.name)
        fields.append(one)
    return fields


def readable(context: Context, kind: ObjectType, record: str | None) -> Row | None:
    """This function will give a row that the user may see and that is not deleted."""
    context.org.settle()
    row = None if record is None else context.org.tables[kind.name].get(record)
    if row is None or not context.org.shared(kind, row):
        return None
    return None if kind.has("IsDeleted") and row[kind.places["IsDeleted"]] else row


def _noted(  # one line of the ledger
    context: Context,
    call: Call,
    operation: str,
    kind: ObjectType,
    values: Mapping[str, object],
    work: Callable[[], str],
) -> str:
    try:
        if call.fault is not None:
            raise row_fault(call)
        record = work()
    except ApiError as error:
        context.note(call, operation, kind, str(values["Id"]) if "Id" in values else None, values, error.code)
        raise
    context.note(call, operation, kind, record, values)
    return record


def row_fault(call: Call) -> ApiError:
    """This function will give the error that a row_error fault asks for."""
    if call.fault is None:
        raise ValueError("the call carries no fault")
    code = call.fault.text("code", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    return ApiError(400, code, call.fault.text("message", f"{code} asked for by a fault"), [])


def _by_id(context: Context, kind: ObjectType, text: str) -> Row:
    record = normal(text)
    if record is None:
        message = f"Provided external ID field does not exist or is not accessible: {text}"
        raise errors.not_found(message)
    row = readable(context, kind, record)
    if row is None:
        raise errors.not_found()
    return row


def _written_id(text: str) -> str:
    record = normal(text)
    if record is None:
        raise errors.not_found(f"Provided external ID field does not exist or is not accessible: {text}")
    return record


def _key_field(context: Context, kind: ObjectType, name: str) -> Field:
    one = context.org.field(kind, name)
    if one is None or not one.external_id:
        raise errors.not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return one


def _by_key(context: Context, kind: ObjectType, call: Call) -> list[Row]:
    key = _key_field(context, kind, call.groups["field"])
    context.org.settle()
    found = context.org.tables[kind.name].find(key.name, call.groups["value"])
    return [row for row in found if readable(context, kind, str(row[0])) is not None]


def _several(call: Call, kind: ObjectType, found: list[Row]) -> Answer:
    return Answer(300, [f"{call.base}/sobjects/{kind.name}/{row[0]}" for row in found])


def _read(context: Context, call: Call, kind: ObjectType, row: Row) -> Answer:
    names = call.parameters("fields").get("fields")
    _check_unmodified(call, kind, row)
    since = call.headers.get("if-modified-since")
    if since is not None and _modified(kind, row) <= http_date(since):
        return Answer(304)
    if names is None:
        return Answer(200, context.render(call, kind, row))
    link = {"type": kind.name, "url": f"{call.base}/sobjects/{kind.name}/{row[0]}"}
    fields = {one.name: row[one.at] for one in selected(context, kind, names)}
    return Answer(200, {"attributes": link, **fields, "Id": row[0]})


def _check_unmodified(call: Call, kind: ObjectType, row: Row) -> None:
    since = call.headers.get("if-unmodified-since")
    if since is not None and _modified(kind, row) > http_date(since):
        raise ApiError(412, "PRECONDITION_FAILED", "The record was modified after the given time")


def _modified(kind: ObjectType, row: Row) -> datetime:
    name = "LastModifiedDate" if kind.has("LastModifiedDate") else "CreatedDate"
    return instant_of(str(row[kind.places[name]]))


def http_date(text: str) -> datetime:
    """This function will read an HTTP date (whole seconds, UTC); ApiError 400 where it is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        raise ApiError(400, "INVALID_HEADER", f"{text!r} is not an HTTP date") from None
