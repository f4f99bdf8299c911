"""How a value that was kept with a journal event is written for people. Pure."""

from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency

from csops_sync.domain.money import is_currency, minor_exponent

_WIDE_YEN = "\N{FULLWIDTH YEN SIGN}"


def whole_number(value: object) -> object:
    """This function will give a number that JSON brought as `883872.0` without places; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def said_value(name: str, value: object, *, language: str) -> str:
    """This function will write a value under its name: `amount`, kept as `1200000 JPY`, as `¥1,200,000`.

    Whatever is not kept so stays as it is.
    """
    digits, _, currency = str(value).partition(" ")
    if name != "amount" or not is_currency(currency):
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
