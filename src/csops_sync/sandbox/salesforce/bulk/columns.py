"""From an upload's header to the fields and parents that its columns mean, and from a cell to a value.

Source: Bulk API 2.0 guide, "Prepare CSV Files", "Relationship Fields in a Header Row", "Valid Date Format in Records"
(a date is `yyyy-MM-dd`, without an offset). An empty cell changes nothing, `#N/A` empties the field.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.jobs.jobs import JobFailure
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import NUMBERS, Field, ObjectType
from csops_sync.sandbox.salesforce.stamps import date_of, instant_of

NULL = "#N/A"
_BOOLEANS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Column:
    """A field, or with `key` a parent that is named by its external id; `parent` is its object where that is open."""

    field: Field
    key: Field | None = None
    parent: str | None = None

    def put(self, values: dict[str, object], cell: str) -> None:
        """This method will add what a cell says to a row's values; ApiError where it cannot be read."""
        if cell == "":
            return
        if cell == NULL:
            values[self.field.name] = None
        elif self.key is None:
            values[self.field.name] = _READERS.get(self.field.type, _text)(self.field, cell)
        else:
            attributes = {} if self.parent is None else {"attributes": {"type": self.parent}}
            values[str(self.field.relationship)] = {**attributes, self.key.name: cell}


def read_header(org: Org, kind: ObjectType, header: Sequence[str]) -> list[Column]:
    """This function will read a header; JobFailure InvalidBatch for a column that means nothing, or one too many."""
    columns: list[Column] = []
    seen: set[str] = set()
    for name in header:
        if name.lower() in seen:
            raise JobFailure("InvalidBatch", f"Field name found more than once : {name}")
        seen.add(name.lower())
        columns.append(_parent(org, kind, name) if "." in name else _own(org, kind, name))
    return columns


def _own(org: Org, kind: ObjectType, name: str) -> Column:
    field = org.field(kind, name)
    if field is None:
        raise _not_found(name)
    return Column(field)


def _parent(org: Org, kind: ObjectType, name: str) -> Column:
    """Read `Account.Key__c`, or `User:Owner.Key__c` where the reference may lead to several objects."""
    path, _, key_name = name.rpartition(".")
    type_name, _, relationship = path.rpartition(":")
    field = kind.by_relationship.get(relationship.lower())
    if field is None or org.field(kind, field.name) is None:
        raise JobFailure("InvalidBatch", f"Unable to find relationship: {relationship}")
    several = len(field.to) > 1
    if several != bool(type_name):
        not_needed = "is needed for polymorphic" if several else "is not needed for non polymorphic"
        raise JobFailure("InvalidBatch", f"type {not_needed} foreign key references: {relationship}")
    parent = org.schema.find(type_name or field.to[0])
    key = None if parent is None or parent.name not in field.to else org.field(parent, key_name)
    if parent is None or key is None:
        raise _not_found(name)
    return Column(field, key, parent.name if several else None)


def _not_found(name: str) -> JobFailure:
    return JobFailure("InvalidBatch", f"Field name not found : {name}")


def _text(_field: Field, cell: str) -> object:
    return cell


def _boolean(field: Field, cell: str) -> object:
    value = _BOOLEANS.get(cell.strip().lower())
    if value is None:
        raise _unreadable(field, cell)
    return value


def _number(field: Field, cell: str) -> object:
    try:
        value = float(cell)
    except ValueError:
        raise _unreadable(field, cell) from None
    if not math.isfinite(value) or "_" in cell or (field.type == "int" and value != int(value)):
        raise _unreadable(field, cell)
    return int(value) if field.type == "int" else value


def _date(field: Field, cell: str) -> object:
    return _dated(field, cell, date_of)


def _datetime(field: Field, cell: str) -> object:
    return _dated(field, cell, instant_of)


def _dated(field: Field, cell: str, read: Callable[[str], object]) -> object:
    text = cell.strip()
    try:
        read(text)
    except ValueError:
        raise _unreadable(field, cell) from None
    return text


def _unreadable(field: Field, cell: str) -> ApiError:
    message = f"{field.label}: value not of required type: {cell}"
    return ApiError(400, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, [field.name])


_READERS: Mapping[str, Callable[[Field, str], object]] = {
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    **dict.fromkeys(NUMBERS, _number),
}
