"""Functions of a field: parts of dates, labels, formats and currencies.

Source: SOQL reference, "Date Functions", "toLabel()", "FORMAT()", "convertCurrency()", "convertTimezone()". Parts of a
datetime are those of UTC unless it is wrapped in convertTimezone().
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from csops_sync.sandbox.salesforce.currencies import Currencies
from csops_sync.sandbox.salesforce.date_literals import Calendar
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.formats import formatted
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.paths import Column, Scope
from csops_sync.sandbox.salesforce.reader import Reader
from csops_sync.sandbox.salesforce.schema import Field, Json, Row
from csops_sync.sandbox.salesforce.soql_tree import Call, Path, Subject
from csops_sync.sandbox.salesforce.stamps import instant_of

_QUARTER, _YEAR, _WEEK = 3, 12, 7
_LABELLED = frozenset({"picklist", "multipicklist", "combobox"})


def _fiscal_month(day: date, calendar: Calendar) -> int:
    return (day.month - calendar.fiscal_start) % _YEAR + 1


def _fiscal_year(day: date, calendar: Calendar) -> int:
    starts = day.year - (day.month < calendar.fiscal_start)
    return starts if calendar.named_by_start or calendar.fiscal_start == 1 else starts + 1


_PARTS: Mapping[str, Callable[[date, Calendar], int]] = {
    "CALENDAR_MONTH": lambda day, _: day.month,
    "CALENDAR_QUARTER": lambda day, _: (day.month - 1) // _QUARTER + 1,
    "CALENDAR_YEAR": lambda day, _: day.year,
    "DAY_IN_MONTH": lambda day, _: day.day,
    "DAY_IN_WEEK": lambda day, _: day.isoweekday() % _WEEK + 1,
    "DAY_IN_YEAR": lambda day, _: day.timetuple().tm_yday,
    "FISCAL_MONTH": _fiscal_month,
    "FISCAL_QUARTER": lambda day, calendar: (_fiscal_month(day, calendar) - 1) // _QUARTER + 1,
    "FISCAL_YEAR": _fiscal_year,
    "WEEK_IN_MONTH": lambda day, _: (day.day - 1) // _WEEK + 1,
    "WEEK_IN_YEAR": lambda day, _: (day.timetuple().tm_yday - 1) // _WEEK + 1,
}
DATE_FUNCTIONS = frozenset({*_PARTS, "DAY_ONLY", "HOUR_IN_DAY"})
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
SHOWN = frozenset({"TOLABEL", "FORMAT", "CONVERTCURRENCY"})
"""Functions that may be selected without grouping; of these only toLabel may be filtered by, none sorted by."""


def column_of(scope: Scope, subject: Subject) -> Column:
    """This function will resolve a field or a function of one; ApiError where the function does not take it."""
    if isinstance(subject, Path):
        return scope.column(subject)
    if subject.name not in DATE_FUNCTIONS | SHOWN:
        raise unknown(scope, subject)
    return applied(scope, subject, _inner(scope, subject))


def check_filter(scope: Scope, subject: Subject, column: Column) -> None:
    """This function will refuse in a WHERE the functions that only show a value, and labels that are not searched."""
    if isinstance(subject, Path) or subject.name in DATE_FUNCTIONS:
        return
    if subject.name != "TOLABEL" or column.field.type != "picklist" or column.field.name == "CurrencyIsoCode":
        raise malformed(scope.text, subject.at, f"{subject.text} cannot be used in WHERE")


def argument_of(scope: Scope, call: Call) -> Subject:
    """This function will give a call's one argument; ApiError where there is none or more."""
    if len(call.arguments) != 1:
        raise malformed(scope.text, call.at, f"{call.written}() takes one field")
    return call.arguments[0]


def unknown(scope: Scope, call: Call) -> ApiError:
    """This function will say that a function cannot stand where it does, or is not known at all."""
    if call.name in AGGREGATES or call.name == "GROUPING":
        return malformed(scope.text, call.at, f"aggregate function {call.name} is not allowed here")
    return malformed(scope.text, call.at, f"unknown or unsupported function: {call.written}")


def applied(scope: Scope, call: Call, inner: Column) -> Column:
    """This function will apply a function to what its argument resolved to."""
    match call.name:
        case "TOLABEL":
            return _labelled(scope, call, inner)
        case "CONVERTCURRENCY":
            return _in_user_currency(scope, call, inner)
        case "FORMAT":
            return replace(inner, get=formatted(scope, call, inner), field=_text(inner.field))
        case _:
            return _dated(scope, call, inner)


def _inner(scope: Scope, call: Call) -> Column:
    argument = argument_of(scope, call)
    if isinstance(argument, Call) and argument.name == "CONVERTTIMEZONE" and call.name in DATE_FUNCTIONS:
        return _in_user_zone(scope, argument)
    if isinstance(argument, Call) and (call.name, argument.name) != ("FORMAT", "CONVERTCURRENCY"):
        raise malformed(scope.text, argument.at, f"{call.written}() takes a field, not {argument.text}")
    return column_of(scope, argument)


def _in_user_zone(scope: Scope, call: Call) -> Column:
    column = column_of(scope, argument_of(scope, call))
    if column.field.type != "datetime":
        message = f"convertTimezone() takes a dateTime field, not '{column.field.name}'"
        raise malformed(scope.text, call.at, message)
    get, zone = column.get, scope.reader.zone

    def local(row: Row) -> Json:
        found = get(row)
        return None if found is None else instant_of(str(found)).astimezone(zone).isoformat()

    return replace(column, get=local)


def _dated(scope: Scope, call: Call, inner: Column) -> Column:
    wanted = {"datetime"} if call.name in {"DAY_ONLY", "HOUR_IN_DAY"} else {"date", "datetime"}
    if inner.field.type not in wanted:
        words = "a dateTime field" if len(wanted) == 1 else "a date or dateTime field"
        raise malformed(scope.text, call.at, f"{call.name}() takes {words}, not '{inner.field.name}'")
    get, part = inner.get, _part(call.name, scope.reader.calendar)
    kind = "date" if call.name == "DAY_ONLY" else "int"
    field = Field(name=call.text, label=call.text, type=kind)
    return replace(inner, field=field, get=lambda row: part(get(row)))


def _part(name: str, calendar: Calendar) -> Callable[[Json], Json]:
    if name == "DAY_ONLY":
        return lambda value: None if value is None else str(value)[:10]
    if name == "HOUR_IN_DAY":
        return lambda value: None if value is None else int(str(value)[11:13])
    of = _PARTS[name]
    return lambda value: None if value is None else of(date.fromisoformat(str(value)[:10]), calendar)


def _labelled(scope: Scope, call: Call, inner: Column) -> Column:
    named = inner.kind.name == "RecordType" and inner.field.name == "Name"
    if inner.field.type not in _LABELLED and not named:
        message = f"toLabel() takes a picklist or a record type's name, not '{inner.field.name}'"
        raise malformed(scope.text, call.at, message)
    labels, get = _labels(scope.reader, inner), inner.get

    def label(row: Row) -> Json:
        value = get(row)
        return labels.get(value, value)

    return replace(inner, get=label)


def _labels(reader: Reader, inner: Column) -> Mapping[Json, Json]:
    """Give the labels that are not the values themselves: those of stages, and of fields in a history."""
    if inner.kind.name.endswith("History") and inner.field.name == "Field":
        parents = (one.to[0] for one in inner.kind.fields if one.indexed and one.to)
        return {one.name: one.label for name in parents for one in reader.org.schema[name].fields}
    if inner.field.values_from != "OpportunityStage":
        return {}
    kind = reader.org.schema[inner.field.values_from]
    return {row["ApiName"]: row["MasterLabel"] for row in map(kind.record, reader.org.tables[kind.name])}


def _in_user_currency(scope: Scope, call: Call, inner: Column) -> Column:
    currencies = Currencies(scope.reader.org)
    if inner.field.type != "currency":
        message = f"convertCurrency() takes a currency field, not '{inner.field.name}'"
        raise malformed(scope.text, call.at, message)
    if not currencies.several:
        message = "convertCurrency() needs an org with several currencies, and this one has one"
        raise malformed(scope.text, call.at, message)
    return replace(inner, get=currencies.converted(scope, inner, scope.reader.currency))


def _text(field: Field) -> Field:
    return replace(field, type="string")
