"""What every table of one transaction shares: the connection, the org, and what the engines say differently."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TypeVar

import orjson
from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Text, any_, func, literal, select

CHUNK = 2000
"""How many ids one statement asks for."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_MILLISECOND = timedelta(milliseconds=1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Scope:
    """One transaction of one org."""

    connection: Connection
    org_id: str

    @property
    def postgres(self) -> bool:
        """Whether the other side is PostgreSQL; otherwise it is SQLite."""
        return self.connection.dialect.name == "postgresql"

    def among(self, column: Column[str], values: Collection[str]) -> ColumnElement[bool]:
        """Ask whether a column holds one of many values, as a single parameter: the statement's text never varies."""
        if self.postgres:
            return column == any_(literal(list(values), ARRAY(Text)))
        listed = func.json_each(literal(orjson.dumps(list(values)).decode())).table_valued("value")
        return column.in_(select(listed.c.value))


def chunks(items: Iterable[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cut a sequence into parts of at most `size`."""
    iterator = iter(items)
    while part := tuple(islice(iterator, size)):
        yield part


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware instant; what is finer is cut off."""
    return (instant - _EPOCH) // _MILLISECOND


@lru_cache(maxsize=CHUNK)
def from_ms(stamp: int) -> datetime:
    """The aware UTC instant of epoch milliseconds. Rows that are read together often share one."""
    return _EPOCH + stamp * _MILLISECOND


def maybe_ms(instant: datetime | None) -> int | None:
    """As `to_ms`, None for None."""
    return None if instant is None else to_ms(instant)


def maybe_instant(stamp: int | None) -> datetime | None:
    """As `from_ms`, None for None."""
    return None if stamp is None else from_ms(stamp)


def to_day(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def from_day(number: int) -> date:
    """The day of a number of days since 1970-01-01."""
    return date.fromordinal(number + _EPOCH_DAY)


def maybe_number(day: date | None) -> int | None:
    """As `to_day`, None for None."""
    return None if day is None else to_day(day)


def maybe_day(number: int | None) -> date | None:
    """As `from_day`, None for None."""
    return None if number is None else from_day(number)
