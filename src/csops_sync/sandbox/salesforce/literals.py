"""A literal of a query as the rows of a field hold it, refused where it is of another type."""

import math

from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.misuse import invalid_field, invalid_operator, malformed
from csops_sync.sandbox.salesforce.schema import LARGEST_INT, NUMBERS, TEXTS, Field, Json
from csops_sync.sandbox.salesforce.soql_tree import Literal
from csops_sync.sandbox.salesforce.stamps import date_of, instant_of, known_day, known_instant, stamp

_UNQUOTED = "and should not be enclosed in quotes"
_WANTED = {
    "boolean": ({"TRUE", "FALSE"}, f"boolean {_UNQUOTED}"),
    "date": ({"DATE"}, f"date {_UNQUOTED}"),
    "datetime": ({"DATETIME"}, f"dateTime {_UNQUOTED}"),
    "int": ({"NUMBER"}, f"int {_UNQUOTED}"),
}
_NUMBER = ({"NUMBER"}, f"double {_UNQUOTED}")
_TEXT = ({"STRING"}, "string and should be enclosed in quotes")


def is_text(field: Field) -> bool:
    """This function will say whether a field's literals stand in quotes."""
    return field.type in TEXTS or field.type == "multipicklist"


def literal_value(field: Field, literal: Literal, text: str) -> Json:
    """This function will give a literal as the field's rows hold it; ApiError where it is of another type.

    A checkbox is never empty: null is false.
    """
    if literal.kind == "NULL":
        return False if field.type == "boolean" else None
    wanted, name = _TEXT if is_text(field) else _WANTED.get(field.type, _NUMBER)
    if literal.kind not in wanted or (field.type == "int" and "." in literal.text):
        message = f"value of filter criterion for field '{field.name}' must be of type {name}"
        raise invalid_field(text, literal.at, message)
    if field.type in {"id", "reference"}:
        return _id(literal, text)
    if field.type in NUMBERS:
        return _number(field, literal, text)
    return _plain(literal, text)


def _number(field: Field, literal: Literal, text: str) -> float:
    number = float(literal.text)
    if math.isinf(number) or (field.type == "int" and abs(number) > LARGEST_INT):
        raise malformed(text, literal.at, f"invalid number: {literal.text}")
    return number


def _plain(literal: Literal, text: str) -> Json:
    try:
        match literal.kind:
            case "DATE":
                return known_day(date_of(literal.text)).isoformat()
            case "DATETIME":
                return stamp(known_instant(instant_of(literal.text)))
            case "TRUE" | "FALSE":
                return literal.kind == "TRUE"
            case _:
                return literal.text
    except ValueError:
        raise malformed(text, literal.at, f"invalid date: {literal.text}") from None


def _id(literal: Literal, text: str) -> str:
    found = normal(literal.text)
    if found is None:
        raise invalid_operator(text, literal.at, f"invalid ID field: {literal.text}")
    return found
