"""The collections resources: up to 200 rows in one call, each with an outcome of its own. Reads are in `retrieving`.

Source: REST API guide, "sObject Collections"; SOAP API guide, "update()" (duplicate ids).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias

from csops_sync.sandbox.salesforce import finding, preconditions, rows, subrequests
from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType
from csops_sync.sandbox.salesforce.upserts import upsert_row

MAX_ROWS, MAX_CHUNKS, MAX_SAME = 200, 10, 12
Record: TypeAlias = Mapping[str, object]
Outcome: TypeAlias = dict[str, object]
_Work: TypeAlias = Callable[[], Outcome]


def create(context: Context, call: Call) -> Answer:
    """This function will answer `POST composite/sobjects`."""
    body, bare = _body(call), replace(call, fault=None)

    def work(record: Record) -> _Work:
        kind = _kind(context, record)
        return lambda: _saved(rows.create_row(context, bare, kind, rows.body_values(record, kind)))

    return _each(context, call, [work(record) for record in _records(body)], all_or_none=_all_or_none(body))


def update(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH composite/sobjects`."""
    body, bare, seen = _body(call), replace(call, fault=None), Counter[str]()

    def work(record: Record) -> _Work:
        kind = _kind(context, record)
        target = _named(record, "Id")
        rest = {name: value for name, value in record.items() if name.lower() != "id"}
        values = rows.body_values(rest, kind, creating=False)
        return lambda: _updated(target, kind, values)

    def _updated(target: object, kind: ObjectType, values: Mapping[str, object]) -> Outcome:
        record = _record_id(target, kind)
        seen[record] += 1
        if seen[record] > MAX_SAME:
            raise _too_often(record)
        rows.update_row(context, bare, kind, record, values)
        return _saved(record)

    return _each(context, call, [work(record) for record in _records(body)], all_or_none=_all_or_none(body))


def upsert(context: Context, call: Call) -> Answer:
    """This function will answer `PATCH composite/sobjects/X/{external id field}`: rows of X alone."""
    body, bare = _body(call), replace(call, fault=None)
    kind = context.kind(call.groups["object"])
    key = finding.key_field(context, kind, call.groups["field"])
    records = _records(body)
    counts = Counter(_key_of(record, key) for record in records)

    def work(record: Record) -> _Work:
        if _kind(context, record) is not kind:
            message = f"records of {_type_name(record)} cannot be upserted as {kind.name}"
            raise ApiError(400, "INVALID_TYPE", message)
        return lambda: _upserted(record)

    def _upserted(record: Record) -> Outcome:
        values, value = rows.body_values(record, kind), _key_of(record, key)
        if value is not None and counts[value] > 1:
            raise ApiError(400, "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key.name])
        done = upsert_row(context, bare, kind, key, values)
        return {**_saved(done.id), "created": done.created}

    return _each(context, call, [work(record) for record in records], all_or_none=_all_or_none(body))


def delete(context: Context, call: Call) -> Answer:
    """This function will answer `DELETE composite/sobjects?ids=`; the ids may be of several objects."""
    given = call.parameters("ids", "allOrNone")
    preconditions.refuse_all(call, "for collections")
    ids, bare = (
        [part.strip() for part in given.get("ids", "").split(",") if part.strip()],
        replace(call, fault=None),
    )
    if not ids:
        raise ApiError(400, "MISSING_ARGUMENT", "ids is required")
    _check_count(len(ids))

    def work(text: str) -> _Work:
        return lambda: _saved(_delete(context, bare, text))

    return _each(context, call, [work(text) for text in ids], all_or_none=call.flag("allOrNone"))


def _body(call: Call) -> dict[str, object]:
    call.parameters()
    preconditions.refuse_all(call, "for collections")
    body = call.json()
    subrequests.only_keys(body, "allOrNone", "records")
    return body


def _records(body: Mapping[str, object]) -> list[dict[str, object]]:
    given = body.get("records")
    if not isinstance(given, list) or not given or not all(isinstance(record, dict) for record in given):
        raise subrequests.malformed("records must be a list of objects")
    _check_count(len(given))
    chunks = sum(1 for _ in groupby(given, key=_type_name))
    if chunks > MAX_CHUNKS:
        message = (
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. Group records of one type."
        )
        raise ApiError(400, "INVALID_OPERATION", message)
    return given


def _all_or_none(body: Mapping[str, object]) -> bool:
    return subrequests.flag(body, "allOrNone")


def _type_name(record: Record) -> object:
    attributes = record.get("attributes")
    return attributes.get("type") if isinstance(attributes, dict) else None


def _kind(context: Context, record: Record) -> ObjectType:
    name = _type_name(record)
    if not isinstance(name, str):
        raise ApiError(400, "INVALID_INPUT", "every record needs attributes with its type")
    kind = context.org.find(name)
    if kind is None:
        raise ApiError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return kind


def _named(record: Record, name: str) -> object:
    """Give a value by its name, whatever the name's case: jsforce sends `id` where others send `Id`."""
    return next((value for key, value in record.items() if key.lower() == name.lower()), None)


def _key_of(record: Record, key: Field) -> object:
    value = _named(record, key.name)
    return value.lower() if isinstance(value, str) and not key.exact else value


def _check_count(count: int) -> None:
    if count > MAX_ROWS:
        message = f"record limit reached. cannot submit more than {MAX_ROWS} records into this call"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)


def _delete(context: Context, call: Call, text: str) -> str:
    record = normal(text)
    kind = None if record is None else context.org.schema.by_prefix.get(record[:3])
    if record is None or kind is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {text}", [])
    rows.delete_row(context, call, kind, record)
    return record


def _record_id(target: object, kind: ObjectType) -> str:
    if target is None:
        raise ApiError(400, "MISSING_ARGUMENT", "Id not specified in an update call", [])
    record = normal(str(target))
    if record is None or not record.startswith(kind.prefix):
        raise ApiError(400, "MALFORMED_ID", f"{kind.label} ID: id value of incorrect type: {target}", ["Id"])
    return record


def _too_often(record: str) -> ApiError:
    message = (
        f"Maximum number of duplicate updates in one batch ({MAX_SAME} allowed). Attempt to update Id more than once"
        f" in this Api call: {record[:15]}"
    )
    return ApiError(400, "DUPLICATE_VALUE", message, [])


def _saved(record: str) -> Outcome:
    return {"id": record, "success": True, "errors": []}


def _each(context: Context, call: Call, works: Sequence[_Work], *, all_or_none: bool) -> Answer:
    """Do each row's work; a row that is refused undoes the others where all or none was asked for."""
    broken = -1 if call.fault is None else int(call.fault.number("row", 1)) - 1
    mark = context.ledger.mark()
    try:
        with context.org.transaction() as transaction:
            outcomes = [_outcome(call, work, broken=place == broken) for place, work in enumerate(works)]
            if all_or_none and any(not outcome["success"] for outcome in outcomes):
                transaction.undo()
                context.ledger.roll_back(mark)
                outcomes = _rolled_back(outcomes)
    except BodyError:
        context.ledger.roll_back(mark)
        raise
    return Answer(200, outcomes)


def _outcome(call: Call, work: _Work, *, broken: bool) -> Outcome:
    try:
        if broken:
            raise rows.row_fault(call)
        return work()
    except BodyError:
        raise
    except ApiError as error:
        return error.as_row()


def _rolled_back(outcomes: Iterable[Outcome]) -> list[Outcome]:
    message = (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    error = ApiError(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message)
    return [error.as_row() if outcome["success"] else outcome for outcome in outcomes]
