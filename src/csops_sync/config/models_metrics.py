"""The definitions of metrics in `rules.yaml`, under `forecast: profiles:` and `forecast: rates:`."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from csops_sync.config.section import DurationText, Section, Text, read_money, text
from csops_sync.domain.dates import Duration
from csops_sync.domain.money import is_currency

_GRACE = re.compile(r"grace\s+(\d{1,3})\s+days?", re.ASCII)
_RETURNS = "churn_then_return"


def read_late(value: object) -> int:
    """This function will read `churn_then_return` (0) or `grace 30 days`; ValueError shows the forms."""
    given = text(value)
    found = _GRACE.fullmatch(given)
    if found is None and given != _RETURNS:
        raise ValueError(f"{given!r} is no policy; write `{_RETURNS}`, or `grace 30 days`")
    return int(found[1]) if found is not None else 0


def _gap(value: Duration) -> Duration:
    if value.months:
        raise ValueError("is a number of days, as in `30 days`")
    return value


def _currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError(f"{value!r} is no ISO 4217 code such as USD")
    return value


def _rate(value: object) -> Decimal:
    rate = read_money(value)
    if rate <= 0:
        raise ValueError(f"a rate is above zero, not {rate}")
    return rate


Currency = Annotated[Text, AfterValidator(_currency)]
Rate = Annotated[
    Decimal,
    PlainValidator(_rate),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^[\d,]+(\.\d+)?$", "examples": ["150.25"]}),
]
Late = Annotated[
    int,
    PlainValidator(read_late),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(churn_then_return|grace\s+\d+\s+days?)$",
            "examples": [_RETURNS, "grace 30 days"],
        }
    ),
]


class ProfileSection(Section):
    """A definition of retention; it is printed with every number."""

    nrr_boundary: Literal["close", "next_open"] = "close"
    """Whether a contract that ends on a period's last day has left by its close, or only the next morning."""
    due_by: Literal["end_date", "renewal_date"] = "end_date"
    """Which day puts a term into the period it is due in: its last day, or the first day of the next term."""
    early: Literal["effective", "signature"] = "effective"
    """From when an early renewal counts: its effective date, or the day it was signed."""
    late: Late = Field(default=_RETURNS, validate_default=True)
    """`churn_then_return`, or `grace 30 days`: so long a late renewal is taken to have stayed."""
    outside_expansion: bool = True
    """Whether growth outside of renewals counts."""
    reactivation_gap: Annotated[DurationText, AfterValidator(_gap)] = Duration(days=30)
    """Who returns within that time is late, and not reactivated."""
    customer: Literal["account", "top_parent"] = "account"
    """Who counts as one customer: each account, or all accounts below one top parent (`account.parent` mapped)."""
