"""From a body's JSON to a field's value: type, length, scale, picklist and id, refused with Salesforce's own texts.

An empty text empties a text, but it is no number and no time: JSON_PARSER_ERROR. A date is `yyyy-MM-dd` and nothing
more. Source: REST API guide, "Valid Date and DateTime Formats"; the texts were observed on real orgs.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import time

from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.schema import NUMBERS, Field, Json
from csops_sync.sandbox.salesforce.stamps import date_of, instant_of, stamp

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?Z?")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_PARSED = NUMBERS | {"date", "datetime", "time"}


def accept(field: Field, value: object, picklist: Sequence[str]) -> Json:
    """This function will give the value as the field keeps it.

    `picklist` are the values that a restricted picklist has. Raises BodyError for the wrong JSON type and ApiError
    for a value that the field refuses.
    """
    if field.type == "boolean":
        return _boolean(field, value)
    if value is None or (value == "" and field.type not in _PARSED):
        return None
    return _READERS.get(field.type, _text)(field, value, picklist)


def _boolean(field: Field, value: object) -> Json:
    if value is None:
        message = f"{field.label}: value not of required type: "
        raise ApiError(400, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, [field.name])
    if not isinstance(value, bool):
        raise _unreadable(field, value)
    return value


def _text(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    trimmed = value.strip() if field.type != "textarea" else value
    if field.length and len(trimmed) > field.length:
        message = f"{field.label}: data value too large: {trimmed} (max length={field.length})"
        raise ApiError(400, "STRING_TOO_LONG", message, [field.name])
    return trimmed or None


def _email(field: Field, value: object, picklist: Sequence[str]) -> Json:
    text = _text(field, value, picklist)
    if text is not None and not _EMAIL.fullmatch(str(text)):
        message = f"{field.label}: invalid email address: {text}"
        raise ApiError(400, "INVALID_EMAIL_ADDRESS", message, [field.name])
    return text


def _picklist(field: Field, value: object, picklist: Sequence[str]) -> Json:
    text = _text(field, value, picklist)
    if field.restricted and text is not None and text not in picklist:
        message = f"{field.label}: bad value for restricted picklist field: {text}"
        raise ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
    return text


def _number(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _unreadable(field, value)
    if field.type == "int":
        if value != int(value):
            raise _unreadable(field, value)
        return int(value)
    if abs(value) >= 10 ** (field.precision - field.scale):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    return float(round(value, field.scale))


def _date(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    try:
        return date_of(value).isoformat()
    except ValueError:
        raise _unreadable(field, value) from None


def _datetime(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    try:
        return stamp(instant_of(value))
    except ValueError:
        raise _unreadable(field, value) from None


def _time(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise _unreadable(field, value)
    return time.fromisoformat(value.removesuffix("Z")).isoformat("milliseconds") + "Z"


def _reference(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    found = normal(value)
    if found is None:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise ApiError(400, "MALFORMED_ID", message, [field.name])
    return found


def _unreadable(field: Field, value: object) -> BodyError:
    match value:
        case bool():
            return BodyError(field.type, f"VALUE_{str(value).upper()}", str(value).lower())
        case int():
            return BodyError(field.type, "VALUE_NUMBER_INT", str(value))
        case float():
            return BodyError(field.type, "VALUE_NUMBER_FLOAT", str(value))
        case list():
            return BodyError(field.type, "START_ARRAY", "[")
        case dict():
            return BodyError(field.type, "START_OBJECT", "{")
        case _:
            return BodyError(field.type, "VALUE_STRING", str(value))


_READERS: dict[str, Callable[[Field, object, Sequence[str]], Json]] = {
    "email": _email,
    "picklist": _picklist,
    "int": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "reference": _reference,
    "id": _reference,
}
