"""getUpdated and getDeleted: what changed between two minutes, and up to when that is certain."""

from datetime import datetime, timedelta

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.request import Answer, Call, Context
from csops_sync.sandbox.salesforce.schema import ObjectType, Row
from csops_sync.sandbox.salesforce.stamps import instant_of, second, stamp

UPDATED_DAYS, DELETED_DAYS = 30, 15
_LEAST = timedelta(minutes=1)


def updated(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/updated?start=&end=`; seconds are ignored."""
    kind, start, end = _window(context, call, UPDATED_DAYS)
    rows = _changed(context.org, kind, start, end)
    deleted = kind.places.get("IsDeleted")
    ids = [row[0] for row in rows if deleted is None or not row[deleted]]
    return Answer(200, {"ids": ids, "latestDateCovered": _covered(context.org, kind, end)})


def deleted(context: Context, call: Call) -> Answer:
    """This function will answer `GET sobjects/X/deleted?start=&end=`; seconds are ignored."""
    kind, start, end = _window(context, call, DELETED_DAYS)
    at, modified = kind.places.get("IsDeleted"), kind.places["SystemModstamp"]
    rows = [row for row in _changed(context.org, kind, start, end) if at is not None and row[at]]
    earliest = second(context.org.now() - timedelta(days=DELETED_DAYS))
    body = {
        "deletedRecords": [{"id": row[0], "deletedDate": row[modified]} for row in rows],
        "earliestDateAvailable": earliest,
        "latestDateCovered": _covered(context.org, kind, end),
    }
    return Answer(200, body)


def _window(context: Context, call: Call, days: int) -> tuple[ObjectType, datetime, datetime]:
    kind = context.kind(call.groups["object"])
    given = call.parameters("start", "end")
    if kind.generated or not kind.has("SystemModstamp"):
        raise _unsupported(kind)
    if context.org.toggles.latest_date_covered == "error":
        message = f"getUpdated() and getDeleted() on {kind.name} are not allowed for this user"
        raise ApiError(403, "INSUFFICIENT_ACCESS", message)
    context.org.settle()
    start, end = _minute(given.get("start"), "start"), _minute(given.get("end"), "end")
    if end - start < _LEAST:
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", "startDate must be at least one minute before endDate"
        )
    if start < context.org.now() - timedelta(days=days, minutes=1):
        raise ApiError(400, "INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    return kind, start, end


def _minute(text: str | None, name: str) -> datetime:
    if not text:
        raise ApiError(400, "MISSING_ARGUMENT", f"{name} is required")
    try:
        return instant_of(text).replace(second=0, microsecond=0)
    except ValueError:
        message = f"Illegal argument {name}: {text}. Write it as 2026-01-31T23:59:00+00:00, URL-encoded."
        raise ApiError(400, "INVALID_REPLICATION_DATE", message) from None


def _changed(org: Org, kind: ObjectType, start: datetime, end: datetime) -> list[Row]:
    rows = org.tables[kind.name].by_stamp("SystemModstamp", stamp(start), stamp(end))
    return [row for row in rows if org.shared(kind, row)]


def _covered(org: Org, kind: ObjectType, end: datetime) -> str:
    """Give up to when the answer is whole: changes that began before the end may not have been committed yet."""
    covered = stamp(min(end, org.now().replace(microsecond=0)))
    if org.toggles.latest_date_covered == "off":
        return covered
    table = org.tables[kind.name]
    return min([covered, *(entry.started for entry in org.pending if entry.table is table)])


def _unsupported(kind: ObjectType) -> ApiError:
    message = f"sObject type {kind.name} does not support getUpdated() and getDeleted()"
    return ApiError(400, "INVALID_TYPE_FOR_OPERATION", message)
