"""`--json`: every view as one JSON object, keys sorted, the same for the same view. `docs/json.md` lists the keys.

Dates are ISO 8601, instants UTC with a `Z`, money is `{"amount": "6000000", "currency": "JPY"}` with an exact text.
The values of fields to be written stand as they are sent: numbers as JSON numbers, dates as text.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal

from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_values import instant_text


def json_text(view: object) -> str:
    """This function will write a view (any dataclass of `app.views`, or a list of them) as JSON and a newline.

    Raises:
        TypeError: the view holds a value of a kind that has no place in JSON output.
    """
    return json.dumps(_plain(view), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def sent_number(value: Decimal) -> int | float | str:
    """This function will give a decimal as the JSON number that is sent; as text where a float would change it."""
    if value == value.to_integral_value():
        return int(value)
    nearest = float(value)
    return nearest if Decimal(repr(nearest)) == value else str(value)


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return sent_number(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON output; give the view a plain value")
