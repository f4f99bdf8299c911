"""The sObject rows resources: one record by its id. Records by external id are in `keyed_rows`."""

from collections.abc import Callable, Mapping, Sequence

from csops_sync.sandbox.salesforce import errors, foreign_keys, preconditions, writing
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.finding import by_id, written_id
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row


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
    return answer(context, call, kind, by_id(context, kind, call.groups["id"]))


def update(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH sobjects/X/{id}`."""
    call.parameters()
    kind = context.kind(call.groups["object"])
    record = written_id(call.groups["id"])
    values = body_values(call.json(), kind, creating=False)
    row = context.org.tables[kind.name].get(record)
    if row is not None and preconditions.unmet(call, kind, row):
        return Answer(304)
    update_row(context, call, kind, record, values)
    return Answer(204)


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE sobjects/X/{id}`."""
    call.parameters()
    preconditions.refuse_all(call, "on DELETE")
    kind = context.kind(call.groups["object"])
    delete_row(context, call, kind, written_id(call.groups["id"]))
    return Answer(204)


def create_row(context: Context, call: Call, kind: ObjectType, values: Mapping[str, object]) -> str:
    """This function will create a record and note it in the ledger, whatever comes of it."""

    def work() -> str:
        given = foreign_keys.resolved(context, kind, values)
        return writing.create(context.org, kind, given, context.hand(call))

    return _noted(context, call, "create", kind, values, work)


def update_row(
    context: Context, call: Call, kind: ObjectType, record: str, values: Mapping[str, object]
) -> None:
    """This function will change a record and note it in the ledger, whatever comes of it."""

    def work() -> str:
        given = foreign_keys.resolved(context, kind, values)
        writing.update(context.org, kind, record, given, context.hand(call))
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
    errors.check_attributes(attributes)
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


def answer(context: Context, call: Call, kind: ObjectType, row: Row) -> Answer:
    """This function will show a row, in whole or with `fields`, unless a condition of the call is not met."""
    names = call.parameters("fields").get("fields")
    if preconditions.unmet(call, kind, row):
        return Answer(304)
    fields = None if names is None else selected(context, kind, names)
    return Answer(200, shown(context, call, kind, row, fields), preconditions.tag(kind, row))


def shown(
    context: Context, call: Call, kind: ObjectType, row: Row, fields: Sequence[Field] | None
) -> dict[str, object]:
    """This function will give a row as JSON: in whole, or the named fields and always the Id."""
    whole = context.render(call, kind, row)
    if fields is None:
        return whole
    return {"attributes": whole["attributes"], **{one.name: row[one.at] for one in fields}, "Id": row[0]}
