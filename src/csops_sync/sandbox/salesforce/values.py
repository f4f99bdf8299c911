"""From a body's JSON to a field's value: type, length, scale, picklist and id, refused with Salesforce's own texts.

An empty text empties a text, but it is no number and no time: JSON_PARSER_ERROR. A date is `yyyy-MM-dd` and nothing
more, from 1700 to 4000. A number is rounded half up to the field's decimals before its range is looked at. Source:
REST API guide, "Valid Date and DateTime Formats"; the texts were observed on real orgs.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import time
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from csops_sync.sandbox.salesforce.errors import ApiError, BodyError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.schema import INT_DIGITS, NUMBERS, Field, Json
from csops_sync.sandbox.salesforce.stamps import (
    UnknownDayError,
    date_of,
    instant_of,
    known_day,
    known_instant,
    stamp,
)

Number: TypeAlias = int | float | Decimal
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?Z?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
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
    number = _finite(field, value)
    digits = INT_DIGITS if field.type == "int" else field.precision - field.scale
    if number != int(number):
        if field.type == "int":
            raise _unreadable(field, value)
        number = _rounded(number, field.scale) if abs(number) < 10**digits else number
    if abs(number) >= 10**digits or _is_beyond(field, number):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    return int(number) if field.type == "int" else float(number)


def _finite(field: Field, value: object) -> Number:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _unreadable(field, value)
    return value


def _rounded(number: Number, scale: int) -> Decimal:
    """Round half up by the digits that were written: 1.005 is no less than that."""
    return Decimal(str(number)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


def _is_beyond(field: Field, number: Number) -> bool:
    return (field.least is not None and number < field.least) or (
        field.most is not None and number > field.most
    )


def _date(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    try:
        return known_day(date_of(value)).isoformat()
    except UnknownDayError:
        raise _unknown_day(field, value) from None
    except ValueError:
        raise _unreadable(field, value) from None


def _datetime(field: Field, value: object, _picklist: Sequence[str]) -> Json:
    if not isinstance(value, str):
        raise _unreadable(field, value)
    try:
        return stamp(known_instant(instant_of(value)))
    except UnknownDayError:
        raise _unknown_day(field, value) from None
    except ValueError:
        raise _unreadable(field, value) from None


def _unknown_day(field: Field, value: str) -> ApiError:
    return ApiError(400, "FIELD_INTEGRITY_EXCEPTION", f"{field.label}: invalid date: {value}", [field.name])


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
            token, shown = f"VALUE_{str(value).upper()}", str(value).lower()
        case int():
            token, shown = "VALUE_NUMBER_INT", str(value)
        case float():
            token, shown = "VALUE_NUMBER_FLOAT", str(value)
        case list():
            token, shown = "START_ARRAY", "["
        case dict():
            token, shown = "START_OBJECT", "{"
        case _:
            token, shown = "VALUE_STRING", str(value)
    return BodyError(field.type, token, shown, field=field.name)


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
