"""A column of a query's rows as the texts of CSV cells, quotes doubled.

Nulls are empty, booleans `true` and `false`, datetimes end in `Z` (REST writes `+0000`), and doubles are written as
Java does: `1200.0`, and `8.0E7` from ten million on. Source: results of real orgs quoted in the issue trackers of
Salesforce's own Data Loader and CLI.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache

from csops_sync.sandbox.salesforce.schema import Field, Json

_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7
_OFFSET = len("+0000")


def texts(field: Field, values: Sequence[Json]) -> list[str]:
    """This function will write a column's values."""
    return _WRITERS.get(field.type, _strings)(values)


@lru_cache(maxsize=65_536)
def double(value: float) -> str:
    """This function will write a double as Java's Double.toString does."""
    if value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_TO:
        return repr(float(value))
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    figures = "".join(map(str, digits))
    power = len(figures) - 1 + int(exponent)
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{power}"


def _strings(values: Sequence[Json]) -> list[str]:
    written = ["" if value is None else str(value) for value in values]
    if any('"' in text for text in written):
        return [text.replace('"', '""') for text in written]
    return written


def _booleans(values: Sequence[Json]) -> list[str]:
    return ["" if value is None else "true" if value else "false" for value in values]


def _doubles(values: Sequence[Json]) -> list[str]:
    return ["" if value is None else double(float(value)) for value in values]


def _instants(values: Sequence[Json]) -> list[str]:
    return ["" if value is None else f"{str(value)[:-_OFFSET]}Z" for value in values]


def _any(values: Sequence[Json]) -> list[str]:
    return _strings([_one(value) for value in values])


def _one(value: Json) -> Json:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return double(value)
        case _:
            return value


_WRITERS: dict[str, Callable[[Sequence[Json]], list[str]]] = {
    "boolean": _booleans,
    "double": _doubles,
    "currency": _doubles,
    "percent": _doubles,
    "datetime": _instants,
    "anyType": _any,
}
