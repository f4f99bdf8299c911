"""How a value that was kept with a journal event is written for people. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency

from csops_sync.domain.money import is_currency, minor_exponent

_WIDE_YEN = "\N{FULLWIDTH YEN SIGN}"
_AMOUNTS = frozenset({"amount", "prior_amount", "delta_amount", "landing_amount"})


def whole_number(value: object) -> object:
    """This function will give a number that JSON brought as `883872.0` without places; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def in_currency(values: Mapping[str, object], currency: str | None) -> Mapping[str, object]:
    """This function will give the values of fields, those that are amounts with their currency: `4212000 JPY`.

    Where the currency is not known, they stay numbers.
    """
    if currency is None:
        return values
    return {
        name: f"{whole_number(value)} {currency}" if name in _AMOUNTS and is_number(value) else value
        for name, value in values.items()
    }


def is_number(value: object) -> bool:
    """This function will say whether JSON brought a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def said_value(name: str, value: object, *, language: str) -> str:
    """This function will write a value under its name: `amount`, kept as `1200000 JPY`, as `¥1,200,000`.

    Other numbers get their thousands separated; whatever else is kept stays as it is.
    """
    if is_number(value):
        return f"{whole_number(value):,}"
    digits, _, currency = str(value).partition(" ")
    if name not in _AMOUNTS or not is_currency(currency):
        return str(value)
    try:
        amount = Decimal(digits)
    except InvalidOperation:
        return str(value)
    if not amount.is_finite():
        return str(value)
    exact = minor_exponent(currency) > 0
    text = format_currency(amount, currency, locale=language, decimal_quantization=exact)
    return str(text).replace(_WIDE_YEN, "¥")
