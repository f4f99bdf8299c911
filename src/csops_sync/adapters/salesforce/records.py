"""From Salesforce's records to `Row`, fast: one compiled function a role."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Final

from csops_sync.adapters.salesforce.answers import JsonObject, JsonValue
from csops_sync.adapters.salesforce.tables import RoleTable
from csops_sync.ports.crm import Json, Row
from csops_sync.ports.errors import PermanentError, TransientError

Extractor = Callable[[JsonObject], Row]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_CHECKSUM: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT, _LONG = 15, 18


def stamp_ms(text: object) -> int:
    """This function will read `2026-01-01T00:00:00.000+0000` (or `Z`, or `+09:00`) as epoch milliseconds."""
    if not isinstance(text, str):
        raise TransientError(f"Salesforce gave {text!r} where a time was expected.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TransientError(f"Salesforce gave {text!r} where a time was expected.") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def long_id(record_id: str) -> str:
    """This function will give the 18-character form of an id: 15 characters plus one checksum letter per 5."""
    if len(record_id) != _SHORT:
        return record_id
    return record_id + "".join(_letter(record_id[start : start + 5]) for start in range(0, _SHORT, 5))


def extractor(table: RoleTable) -> Extractor:
    """This function will compile the reading of one role; PermanentError where the answer lacks a column."""
    fixed = ["Id", table.stamp, "IsDeleted" if table.has_deletions else "Id"]
    flat = {ours: path for ours, path in table.columns.items() if "." not in path}
    nested = tuple((ours, tuple(path.split("."))) for ours, path in table.columns.items() if "." in path)
    pick = itemgetter(*fixed, *flat.values())
    names = tuple(flat)
    role, parent, tracked, deletable = table.role, table.parent, table.tracked, table.has_deletions

    def extract(record: JsonObject) -> Row:
        try:
            record_id, stamp, deleted, *cells = pick(record)
        except KeyError as missing:
            raise PermanentError(
                f"Salesforce's {table.object} came without {missing}: write the field as describe spells it.",
                code="INVALID_FIELD",
            ) from None
        values: dict[str, Json] = dict(zip(names, cells, strict=True))
        for ours, path in nested:
            values[ours] = _walk(record, path)
        if tracked:
            _rename(values, tracked)
        parent_id = values.get(parent) if parent else None
        return Row(
            role,
            record_id if len(record_id) == _LONG else long_id(record_id),
            long_id(parent_id) if isinstance(parent_id, str) and parent_id else None,
            stamp_ms(stamp),
            deletable and deleted is True,
            values,
        )

    return extract


def rows_of(extract: Extractor, records: Sequence[JsonObject]) -> list[Row]:
    """This function will read a page of records."""
    return [extract(record) for record in records]


def _rename(values: dict[str, Json], tracked: Mapping[str, str]) -> None:
    field = values.get("field")
    values["field"] = tracked.get(field, field) if isinstance(field, str) else field


def _walk(record: JsonObject, path: Sequence[str]) -> Json:
    value: JsonValue = record
    for step in path:
        if not isinstance(value, dict):
            return None  # an empty lookup has no fields
        value = value.get(step)
    return value if not isinstance(value, dict | list) else None


def _letter(chunk: str) -> str:
    return _CHECKSUM[sum(1 << place for place, char in enumerate(chunk) if "A" <= char <= "Z")]
