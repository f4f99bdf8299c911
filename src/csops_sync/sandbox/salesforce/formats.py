"""FORMAT(): a value as pages show it in the running user's locale and time zone."""

from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from csops_sync.sandbox.salesforce.currencies import Currencies
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.paths import Column, Getter, Scope
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import NUMBERS, Json, Row
from csops_sync.sandbox.salesforce.soql_tree import Call
from csops_sync.sandbox.salesforce.stamps import date_of, instant_of

_HUNDRED = 100


def formatted(scope: Scope, call: Call, column: Column) -> Getter:
    """This function will give how to get a column's value as text; ApiError where FORMAT does not take its type."""
    kind, reader, get = column.field.type, scope.reader, column.get
    if kind not in NUMBERS | {"date", "datetime"}:
        message = f"FORMAT() takes a number, a date, a time or a currency, not '{column.field.name}'"
        raise malformed(scope.text, call.at, message)
    converted = any(isinstance(one, Call) and one.name == "CONVERTCURRENCY" for one in call.arguments)
    iso = _currency(scope, column, converted=converted)

    def text(row: Row) -> Json:
        found = get(row)
        return None if found is None else _text(reader, kind, found, str(iso(row)))

    return text


def _currency(scope: Scope, column: Column, *, converted: bool) -> Getter:
    reader, currencies = scope.reader, Currencies(scope.reader.org)
    if converted or not currencies.several or column.field.type != "currency":
        return lambda _row: reader.currency
    return currencies.iso_of(scope, column)


def _text(reader: Reader, kind: str, value: Json, iso: str) -> str:
    locale = reader.locale
    match kind:
        case "date":
            return format_date(date_of(str(value)), "short", locale=locale)
        case "datetime":
            return format_datetime(instant_of(str(value)), "short", tzinfo=reader.zone, locale=locale)
        case "currency":
            return format_currency(Decimal(str(value)), iso, locale=locale)
        case "percent":
            return format_percent(Decimal(str(value)) / _HUNDRED, locale=locale, decimal_quantization=False)
        case _:
            return format_decimal(Decimal(str(value)), locale=locale, decimal_quantization=False)
