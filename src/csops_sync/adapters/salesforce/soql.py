"""SOQL text from typed parts: names are checked, values are escaped, both here and nowhere else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

MOST_IN_LIST: Final = 200
MOST_URI_BYTES: Final = 16_000  # Salesforce answers 414 above 16,384, host and version included
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison, already written and safe; made by the functions below."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One query. `where` are conditions that all hold."""

    fields: Sequence[str]
    table: str
    where: Sequence[Condition] = ()
    order_by: Sequence[str] = ()
    limit: int | None = None

    def text(self) -> str:
        """This function will write the query; ValueError where a name is none."""
        columns = ", ".join(name(field) for field in self.fields)
        parts = ["SELECT", columns, "FROM", name(self.table)]
        if self.where:
            parts += ["WHERE", " AND ".join(condition.text for condition in self.where)]
        if self.order_by:
            parts += ["ORDER BY", ", ".join(name(field) for field in self.order_by)]
        if self.limit is not None:
            parts.append(f"LIMIT {self.limit:d}")
        return " ".join(parts)

    def query(self) -> str:
        """This function will write the query for a URL (`q=...`)."""
        return "q=" + quote(self.text(), safe="")


def name(identifier: str) -> str:
    """This function will give back an object, field or path, or raise ValueError: it comes from a mapping file."""
    if not _NAME.fullmatch(identifier):
        raise ValueError(
            f"{identifier!r} is no Salesforce name: write one such as Amount or RecordType.Name."
        )
    return identifier


def literal(value: str) -> str:
    """This function will write a quoted string."""
    return "'" + value.translate(_ESCAPES) + "'"


def instant(epoch_ms: int) -> str:
    """This function will write a datetime literal in UTC, never quoted: `2026-01-01T00:00:00.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=epoch_ms)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def at_or_after(field: str, epoch_ms: int) -> Condition:
    """This function will compare a datetime field, the instant itself included."""
    return Condition(f"{name(field)} >= {instant(epoch_ms)}")


def above(field: str, value: str) -> Condition:
    """This function will compare a text or id field."""
    return Condition(f"{name(field)} > {literal(value)}")


def equals(field: str, value: str) -> Condition:
    """This function will compare a text or id field for equality."""
    return Condition(f"{name(field)} = {literal(value)}")


def one_of(field: str, values: Sequence[str]) -> Condition:
    """This function will compare with a list; ValueError where it is empty, which SOQL has no way to write."""
    if not values:
        raise ValueError("An IN list needs a value.")
    return Condition(f"{name(field)} IN ({', '.join(literal(value) for value in values)})")


def in_chunks(select: Select, field: str, values: Sequence[str]) -> Iterator[Select]:
    """This function will write as many queries as it takes for a list: at most 200 values, and a URL that passes."""
    size = MOST_IN_LIST
    start = 0
    while start < len(values):
        chunk = values[start : start + size]
        candidate = _narrowed(select, one_of(field, chunk))
        if len(candidate.query()) > MOST_URI_BYTES and len(chunk) > 1:
            size = max(1, len(chunk) // 2)
            continue
        yield candidate
        start += len(chunk)


def _narrowed(select: Select, condition: Condition) -> Select:
    return Select(
        fields=select.fields,
        table=select.table,
        where=(*select.where, condition),
        order_by=select.order_by,
        limit=select.limit,
    )
