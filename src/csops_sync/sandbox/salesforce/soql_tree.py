"""SOQL as a tree: what a query says, with the places of its parts for the error messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a field of a parent: `("Account", "Name")`; `at` is its offset in the query."""

    names: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """The path as it is written."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of fields or of other calls: `CALENDAR_YEAR(CloseDate)`; `name` is in upper case."""

    name: str
    arguments: tuple["Subject", ...]
    at: int
    written: str

    @property
    def text(self) -> str:
        """The call as it is written, without spaces."""
        return f"{self.written}({', '.join(argument.text for argument in self.arguments)})"


Subject: TypeAlias = Path | Call
"""What is selected, compared, grouped by or sorted by."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written.

    `kind` is STRING (unescaped), NUMBER, DATE, DATETIME, RELATIVE (`LAST_N_DAYS:3`), NULL, TRUE, FALSE or NAME
    (`TODAY`, `USD5000`).
    """

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """`subject operator literal`."""

    subject: Subject
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Like:
    """`subject LIKE 'pattern'`; the pattern keeps its escapes of % and _."""

    subject: Subject
    pattern: str


@dataclass(frozen=True, slots=True)
class InList:
    """`subject [NOT] IN (…)`."""

    subject: Subject
    negated: bool
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class InQuery:
    """`subject [NOT] IN (SELECT …)`: a semi-join or an anti-join."""

    subject: Subject
    negated: bool
    query: "Query"


@dataclass(frozen=True, slots=True)
class InSet:
    """An InQuery whose inner query has been run: `ids` are what it found."""

    subject: Subject
    negated: bool
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Includes:
    """`subject INCLUDES ('a;b', 'c')`: a and b, or c; negated it is EXCLUDES."""

    subject: Subject
    negated: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Operands joined by AND (`every`) or OR."""

    every: bool
    operands: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`NOT operand`."""

    operand: "Condition"


Condition: TypeAlias = Compare | Like | InList | InQuery | InSet | Includes | Junction | Negation


@dataclass(frozen=True, slots=True)
class Order:
    """One ORDER BY term; nulls come first unless it says otherwise (also with DESC they come last by default)."""

    subject: Subject
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing selected, with its alias."""

    subject: Subject
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query, or a subquery. `source` is the object, in a child subquery the relationship; `at` its offset."""

    text: str
    items: tuple["Item | Query", ...]
    source: Path
    alias: str | None = None
    scope: Path | None = None
    where: Condition | None = None
    groups: tuple[Subject, ...] = ()
    having: Condition | None = None
    orders: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def fields(self) -> tuple[Item, ...]:
        """What is selected beside child subqueries."""
        return tuple(item for item in self.items if isinstance(item, Item))

    @property
    def children(self) -> tuple["Query", ...]:
        """The child subqueries."""
        return tuple(item for item in self.items if isinstance(item, Query))


def subjects_of(condition: Condition | None) -> Sequence[Subject]:
    """This function will give every subject that a condition names, not those within a semi-join's query."""
    match condition:
        case None:
            return ()
        case Junction(operands=operands):
            return [subject for operand in operands for subject in subjects_of(operand)]
        case Negation(operand=operand):
            return subjects_of(operand)
        case _:
            return (condition.subject,)


def paths_of(query: Query) -> list[Path]:
    """This function will give every path that a query names, without its subqueries."""
    subjects = [item.subject for item in query.fields]
    subjects += [*subjects_of(query.where), *query.groups, *subjects_of(query.having)]
    subjects += [order.subject for order in query.orders]
    return [path for subject in subjects for path in _paths(subject)]


def _paths(subject: Subject) -> Sequence[Path]:
    if isinstance(subject, Path):
        return (subject,)
    return [path for argument in subject.arguments for path in _paths(argument)]
