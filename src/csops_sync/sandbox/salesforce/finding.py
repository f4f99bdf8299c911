"""Which rows a REST call may see: by id, or by the value of an external id."""

from csops_sync.sandbox.salesforce import errors, values
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.request import Context
from csops_sync.sandbox.salesforce.schema import Field, ObjectType, Row


def readable(context: Context, kind: ObjectType, record: str | None) -> Row | None:
    """This function will give a row that the user may see and that is not deleted."""
    context.org.settle()
    row = None if record is None else context.org.tables[kind.name].get(record)
    if row is None or not context.org.shared(kind, row):
        return None
    return None if kind.has("IsDeleted") and row[kind.places["IsDeleted"]] else row


def by_id(context: Context, kind: ObjectType, text: str) -> Row:
    """This function will give the row of an id in a path; ApiError NOT_FOUND where it is none, hidden or gone."""
    row = readable(context, kind, written_id(text))
    if row is None:
        raise errors.not_found()
    return row


def written_id(text: str) -> str:
    """This function will read an id in a path. One segment behind an object that is no id names no field either."""
    record = normal(text)
    if record is None:
        raise no_key(text)
    return record


def key_field(context: Context, kind: ObjectType, name: str) -> Field:
    """This function will find an external id field that the user may read; ApiError NOT_FOUND."""
    one = context.org.field(kind, name)
    if one is None or not one.external_id:
        raise no_key(name)
    return one


def by_key(context: Context, kind: ObjectType, key: Field, value: object) -> list[Row]:
    """This function will give the rows that carry a value in an external id field; ApiError for no value."""
    wanted = values.accept(key, value, ())
    if wanted is None:
        raise ApiError(400, "MISSING_ARGUMENT", f"{key.name} not specified", [])
    context.org.settle()
    found = context.org.tables[kind.name].find(key.name, wanted)
    return [row for row in found if readable(context, kind, str(row[0])) is not None]


def no_key(name: str) -> ApiError:
    """This function will say that a path's segment is neither an id nor an external id field."""
    return errors.not_found(f"Provided external ID field does not exist or is not accessible: {name}")
