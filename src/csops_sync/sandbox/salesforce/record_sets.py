"""The collections resources: up to 200 rows in one call, each with an outcome of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from csops_sync.sandbox.salesforce import rows
from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import ObjectType

MAX_ROWS, MAX_CHUNKS = 200, 10
_Work = Callable[[], str]


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite/sobjects`."""
    body, bare = _body(call), replace(call, fault=None)

    def work(record: dict[str, object]) -> _Work:
        kind = _kind(context, record)
        values = rows.body_values(record, kind)
        return lambda: rows.create_row(context, bare, kind, values)

    return _each(context, call, [work(record) for record in _records(body)], all_or_none=_all_or_none(body))


def update(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH composite/sobjects`."""
    body, bare = _body(call), replace(call, fault=None)

    def work(record: dict[str, object]) -> _Work:
        kind, values = _kind(context, record), dict(record)
        named = [name for name in values if name.lower() == "id"]
        if not named:
            raise ApiError(400, "MISSING_ARGUMENT", "Id not specified in an update call", [])
        target = str(values.pop(named[0]))
        fields = rows.body_values(values, kind, creating=False)
        return lambda: _update(context, bare, kind, target, fields)

    return _each(context, call, [work(record) for record in _records(body)], all_or_none=_all_or_none(body))


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE composite/sobjects?ids=`."""
    ids, bare = _ids(call.parameters("ids", "allOrNone").get("ids")), replace(call, fault=None)

    def work(text: str) -> _Work:
        return lambda: _delete(context, bare, text)

    return _each(context, call, [work(text) for text in ids], all_or_none=call.flag("allOrNone"))


def read(context: Context, call: Call) -> Answer:
    """This function will answer `GET composite/sobjects/X?ids=&fields=`; rows that are not there are null."""
    given = call.parameters("ids", "fields")
    kind = context.kind(call.groups["object"])
    fields = rows.selected(context, kind, given.get("fields") or "Id")
    found: list[object] = []
    for text in _ids(given.get("ids")):
        row = rows.readable(context, kind, normal(text))
        if row is None:
            found.append(None)
            continue
        link = {"type": kind.name, "url": f"{call.base}/sobjects/{kind.name}/{row[0]}"}
        found.append({"attributes": link, **{one.name: row[one.at] for one in fields}})
    return Answer(200, found)


def _body(call: Call) -> dict[str, object]:
    call.parameters()
    if "if-unmodified-since" in call.headers:
        raise ApiError(400, "INVALID_HEADER", "If-Unmodified-Since is not supported for collections")
    body = call.json()
    unknown = set(body) - {"allOrNone", "records"}
    if unknown:
        raise ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
    return body


def _records(body: dict[str, object]) -> list[dict[str, object]]:
    given = body.get("records")
    if not isinstance(given, list) or not all(isinstance(record, dict) for record in given):
        raise ApiError(400, "JSON_PARSER_ERROR", "records must be a list of objects")
    _check_count(len(given))
    chunks = sum(1 for _ in groupby(given, key=_type_name))
    if chunks > MAX_CHUNKS:
        message = (
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. Group records of one type."
        )
        raise ApiError(400, "INVALID_OPERATION", message)
    return given


def _all_or_none(body: dict[str, object]) -> bool:
    flag = body.get("allOrNone", False)
    if not isinstance(flag, bool):
        raise BodyError("boolean", "VALUE_STRING", str(flag))
    return flag


def _type_name(record: dict[str, object]) -> object:
    attributes = record.get("attributes")
    return attributes.get("type") if isinstance(attributes, dict) else None


def _kind(context: Context, record: dict[str, object]) -> ObjectType:
    name = _type_name(record)
    if not isinstance(name, str):
        raise ApiError(400, "INVALID_INPUT", "every record needs attributes with its type")
    kind = context.org.schema.find(name)
    if kind is None:
        raise ApiError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return kind


def _ids(text: str | None) -> list[str]:
    ids = [part.strip() for part in (text or "").split(",") if part.strip()]
    if not ids:
        raise ApiError(400, "MISSING_ARGUMENT", "ids is required")
    _check_count(len(ids))
    return ids


def _check_count(count: int) -> None:
    if count > MAX_ROWS:
        message = f"record limit reached. cannot submit more than {MAX_ROWS} records in a single call"
        raise ApiError(400, "EXCEEDED_MAX_SIZE_REQUEST", message)


def _update(context: Context, call: Call, kind: ObjectType, text: str, values: dict[str, object]) -> str:
    record = _record_id(text, kind)
    rows.update_row(context, call, kind, record, values)
    return record


def _delete(context: Context, call: Call, text: str) -> str:
    record = normal(text)
    kind = None if record is None else context.org.schema.by_prefix.get(record[:3])
    if record is None or kind is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {text}", [])
    rows.delete_row(context, call, kind, record)
    return record


def _record_id(text: str, kind: ObjectType) -> str:
    record = normal(text)
    if record is None or not record.startswith(kind.prefix):
        raise ApiError(400, "MALFORMED_ID", f"{kind.label} ID: id value of incorrect type: {text}", ["Id"])
    return record


def _each(context: Context, call: Call, works: Sequence[_Work], *, all_or_none: bool) -> Answer:
    """Do each row's work; a row that is refused undoes the others where all or none was asked for."""
    broken = -1 if call.fault is None else int(call.fault.number("row", 1)) - 1
    mark = context.ledger.mark()
    with context.org.transaction() as transaction:
        outcomes = [_outcome(call, work, broken=place == broken) for place, work in enumerate(works)]
        if all_or_none and any(not outcome["success"] for outcome in outcomes):
            transaction.undo()
            context.ledger.roll_back(mark)
            outcomes = _rolled_back(outcomes)
    return Answer(200, outcomes)


def _outcome(call: Call, work: _Work, *, broken: bool) -> dict[str, object]:
    try:
        if broken:
            raise rows.row_fault(call)
        return {"id": work(), "success": True, "errors": []}
    except BodyError:
        raise
    except ApiError as error:
        return error.as_row()


def _rolled_back(outcomes: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    message = (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    error = ApiError(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message)
    return [error.as_row() if outcome["success"] else outcome for outcome in outcomes]
