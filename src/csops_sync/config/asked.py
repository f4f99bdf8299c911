"""`when:` blocks: what is asked of a value, as data."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from csops_sync.config.section import Money, Section
from csops_sync.domain.conditions import Between, Clause, Condition, OneOf, Present, Test


def read_scalar(value: object) -> str | int | bool:
    """This function will take a text, a whole number or true / false; ValueError says what to write else."""
    if isinstance(value, float):
        raise ValueError(  # noqa: TRY004 - pydantic collects ValueError only
            f'{value} is inexact; ask for a range in quotes, as in {{at_least: "{value}", at_most: "{value}"}}'
        )
    if not isinstance(value, str | int):
        raise ValueError("is empty; write a value, a list of values, or {present: false} for no value")  # noqa: TRY004 - pydantic collects ValueError only
    return value


Scalar = Annotated[
    str | int | bool,
    PlainValidator(read_scalar),
    WithJsonSchema({"type": ["string", "integer", "boolean"]}),
]


class Range(Section):
    """Bounds of a number, both inclusive."""

    at_least: Money | None = None
    """The smallest number that is accepted, in quotes."""
    at_most: Money | None = None
    """The largest number that is accepted, in quotes."""

    @model_validator(mode="after")
    def _some_bound(self) -> Self:
        low, high = self.at_least, self.at_most
        if low is None and high is None:
            raise ValueError("names no bound; write {at_least: …}, {at_most: …} or both")
        if low is not None and high is not None and low > high:
            raise ValueError("accepts nothing: at_least is above at_most")
        return self


class Presence(Section):
    """Whether there is any value at all."""

    present: bool
    """true asks for any value, false for none."""


def _form(value: object) -> str:
    if isinstance(value, list):
        return "~list"
    if isinstance(value, dict):
        return "~presence" if "present" in value else "~range"
    return "~one"


Asked = Annotated[
    Annotated[Scalar, Tag("~one")]
    | Annotated[tuple[Scalar, ...], Field(min_length=1), Tag("~list")]
    | Annotated[Range, Tag("~range")]
    | Annotated[Presence, Tag("~presence")],
    Discriminator(_form),
]


def condition(when: Mapping[str, object]) -> Condition:
    """This function will turn a validated `when:` block into a condition of the domain, clauses sorted by path."""
    return Condition(tuple(Clause(path, _test(asked)) for path, asked in sorted(when.items())))


def _test(asked: object) -> Test:
    match asked:
        case Range(at_least=low, at_most=high):
            return Between(at_least=low, at_most=high)
        case Presence(present=present):
            return Present(present)
        case tuple():
            return OneOf(tuple(_scalar(each) for each in asked))
        case _:
            return OneOf((_scalar(asked),))


def _scalar(value: object) -> str | int | bool | Decimal:
    return value if isinstance(value, str | int) else str(value)
