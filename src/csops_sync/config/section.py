"""What every block of the YAML files is made of: strict models, and the scalars that read like people write them."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema

from csops_sync.config.problems import did_you_mean, one_of
from csops_sync.domain.dates import Duration

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_INTERVAL = re.compile(r"(\d{1,6})\s*(second|minute|hour)s?", re.ASCII)
_SHARE = re.compile(r"(-?\d{1,4}(?:\.\d{1,6})?)\s*%", re.ASCII)
_MONEY = re.compile(r"-?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.\d{1,6})?", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_MONTH_NUMBER = re.compile(r"(\d{1,2})月?")
_HUNDRED = Decimal(100)


class Section(BaseModel):
    """A block of keys. Unknown keys are refused, nothing is converted silently, nothing changes afterwards."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        use_attribute_docstrings=True,
        validate_by_alias=True,
        arbitrary_types_allowed=True,
    )


def text(value: object) -> str:
    """This function will insist on text, and say what YAML made of it otherwise.

    Raises:
        ValueError: the value is no text, or is empty.
    """
    if value is None:
        raise ValueError("is empty; a text that begins with # needs quotes, or YAML takes it for a comment")
    if not isinstance(value, str):
        raise ValueError("must be a text; put it in quotes")  # noqa: TRY004 - pydantic collects ValueError only
    if not value.strip():
        raise ValueError("is empty")
    return value.strip()


def read_duration(value: object) -> Duration:
    """This function will read `180 days` or `6 months`; ValueError shows the forms."""
    if isinstance(value, float):
        raise ValueError(f"needs a whole number and its unit; write `{round(value)} days`")  # noqa: TRY004 - as above
    if isinstance(value, int):
        raise ValueError(f"needs its unit; write `{value} days` or `{value} months`")  # noqa: TRY004 - as above
    return Duration.parse(text(value))


def read_interval(value: object) -> timedelta:
    """This function will read `60 seconds`, `5 minutes` or `1 hour`; ValueError shows the forms."""
    found = _INTERVAL.fullmatch(text(value) if not isinstance(value, int) else str(value))
    if found is None or not int(found[1]):
        raise ValueError(f"{value!r} is not an interval; write it like `60 seconds`, `5 minutes` or `1 hour`")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def read_share(value: object) -> Decimal:
    """This function will read `3 %` as 0.03; ValueError shows the form."""
    found = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is not a share; write it like `3 %`")
    return Decimal(found[1]) / _HUNDRED


def read_money(value: object) -> Decimal:
    """This function will read an amount in quotes or a whole number, never a YAML float; ValueError says why."""
    if isinstance(value, float):
        raise ValueError(  # noqa: TRY004 - as above
            f'must stand in quotes, as in "{value}": YAML numbers with a point are inexact, money is not'
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str) or _MONEY.fullmatch(value.strip()) is None:
        raise ValueError(
            f'{value!r} is not an amount; write it like "3000000" or "1,250.50", without a currency'
        )
    return Decimal(value.strip().replace(",", ""))


def read_weight(value: object) -> Decimal:
    """This function will read a weight from 0 to 1; ValueError where it is not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{value!r} is not a weight; write a number from 0 to 1, as in 0.95")
    return Decimal(str(value))


def read_month(value: object) -> int:
    """This function will read `April`, `4月` or 4 as the month 1-12; ValueError shows the forms."""
    if isinstance(value, str):
        named = [
            number
            for number, name in enumerate(_MONTHS, 1)
            if value.strip().lower() in (name.lower(), name[:3].lower())
        ]
        found = _MONTH_NUMBER.fullmatch(value.strip())
        number = named[0] if named else int(found[1]) if found else 0
    else:
        number = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if not 1 <= number <= len(_MONTHS):
        raise ValueError(f"{value!r} is not a month; write April, 4月 or 4{did_you_mean(value, _MONTHS)}")
    return number


def read_weekday(value: object) -> int:
    """This function will read `Saturday` as `date.weekday()` counts, Monday is 0; ValueError lists the days."""
    named = [number for number, name in enumerate(_WEEKDAYS) if str(value).strip().lower() == name.lower()]
    if not named:
        raise ValueError(
            f"{value!r} is not a weekday; write {one_of(_WEEKDAYS)}{did_you_mean(value, _WEEKDAYS)}"
        )
    return named[0]


def read_clock(value: object) -> time:
    """This function will read `"03:00"`; ValueError shows the form."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{value!r} is not a time of day; write it in quotes, as in "03:00"')
    return time(int(found[1]), int(found[2]))


def read_hours(value: object) -> tuple[time, time]:
    """This function will read `"09:00-18:00"` as opening and closing time; ValueError shows the form."""
    opens, dash, closes = text(value).partition("-")
    if not dash:
        raise ValueError(f'{value!r} are no business hours; write them in quotes, as in "09:00-18:00"')
    hours = read_clock(opens), read_clock(closes)
    if hours[0] >= hours[1]:
        raise ValueError("business hours must open before they close")
    return hours


def read_day(value: object) -> date:
    """This function will read `2026-12-30`; ValueError shows the form."""
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a date; write it like 2026-12-30") from None


def read_timezone(value: object) -> str:
    """This function will check the name of a time zone, `Asia/Tokyo`; ValueError suggests one."""
    name = text(value)
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        suggestion = did_you_mean(name, available_timezones())
        raise ValueError(f"{name!r} is not a time zone; write it like Asia/Tokyo{suggestion}") from None


Text = Annotated[str, PlainValidator(text), WithJsonSchema({"type": "string", "minLength": 1})]
DurationText = Annotated[
    Duration,
    PlainValidator(read_duration),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\s*\d+\s*(day|week|month|year)s?", "examples": ["180 days"]}
    ),
]
IntervalText = Annotated[
    timedelta,
    PlainValidator(read_interval),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d+\s*(second|minute|hour)s?$", "examples": ["60 seconds"]}
    ),
]
Share = Annotated[
    Decimal,
    PlainValidator(read_share),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?\s*%$", "examples": ["3 %"]}),
]
Money = Annotated[
    Decimal,
    PlainValidator(read_money),
    WithJsonSchema(
        {"type": ["string", "integer"], "pattern": r"^-?[\d,]+(\.\d+)?$", "examples": ["3000000"]}
    ),
]
Weight = Annotated[
    Decimal, PlainValidator(read_weight), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]
Month = Annotated[
    int,
    PlainValidator(read_month),
    WithJsonSchema({"anyOf": [{"enum": [*_MONTHS, *(f"{n}月" for n in range(1, 13))]}, {"type": "integer"}]}),
]
Weekday = Annotated[int, PlainValidator(read_weekday), WithJsonSchema({"enum": list(_WEEKDAYS)})]
ClockTime = Annotated[
    time,
    PlainValidator(read_clock),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$", "examples": ["03:00"]}),
]
BusinessHours = Annotated[
    tuple[time, time],
    PlainValidator(read_hours),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$", "examples": ["09:00-18:00"]}),
]
Timezone = Annotated[
    str, PlainValidator(read_timezone), WithJsonSchema({"type": "string", "examples": ["Asia/Tokyo"]})
]
