"""What stands in an address, read strictly: a value that cannot be meant is refused, and never guessed."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import Request

_Kind = TypeVar("_Kind", bound=StrEnum)
_LONGEST_TEXT = 200
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""The days that an address may name."""
_HIGHEST_PAGE = 100_000
PAGE = "page"
"""The field that says which page of a list is shown."""


class UnreadableError(ValueError):
    """The address asks for something that there is none of. The text names the field."""


def single(params: QueryParams, known: frozenset[str]) -> Mapping[str, str]:
    """This function will give each field's value, trimmed.

    Raises UnreadableError for a field that is unknown, given twice, or too long.
    """
    given: dict[str, str] = {}
    for name, value in params.multi_items():
        if name not in known or name in given or len(value) > _LONGEST_TEXT or "\x00" in value:
            raise UnreadableError(name[:_LONGEST_TEXT])
        given[name] = value.strip()
    return given


def refuse_nul(name: str, *texts: str) -> None:
    """This function will raise UnreadableError under a field's name where a text holds a NUL: no database takes it."""
    if any("\x00" in text for text in texts):
        raise UnreadableError(name[:_LONGEST_TEXT])


def path_key(request: Request) -> str:
    """This function will give the key that stands in an address's path; UnreadableError where it can be none."""
    key = str(request.path_params["key"])
    refuse_nul("key", key)
    return key


def one_of(kind: type[_Kind], value: str, name: str) -> _Kind:
    """This function will give the choice that a field's value names; UnreadableError where there is none."""
    try:
        return kind(value)
    except ValueError as error:
        raise UnreadableError(name) from error


def day_in(given: Mapping[str, str], name: str) -> date | None:
    """This function will give the day of a field, None where it is empty; UnreadableError where it is no day."""
    text = given.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UnreadableError(name) from error
    if day is not None and not EARLIEST <= day <= LATEST:
        raise UnreadableError(name)
    return day


def page_in(given: Mapping[str, str]) -> int:
    """This function will give the number of the page, 1 where none is named; UnreadableError where it is none."""
    text = given.get(PAGE, "")
    if text and not (
        text.isascii() and text.isdecimal() and len(text) <= len(str(_HIGHEST_PAGE)) and int(text)
    ):
        raise UnreadableError(PAGE)
    return int(text or 1)
