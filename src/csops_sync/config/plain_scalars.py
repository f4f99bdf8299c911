"""One YAML scalar to one plain value, by the core schema of YAML 1.2; dates stay text."""

import math

_PREFIX = "tag:yaml.org,2002:"
_LONGEST_NUMBER = 40
_BASES = {"0x": 16, "0o": 8, "0b": 2}


class BadScalarError(ValueError):
    """The scalar is nothing that a configuration may hold; the text says why and what to write."""


def plain_scalar(*, tag: str, text: str) -> str | int | float | bool | None:
    """This function will give the value of a scalar by its resolved tag.

    Raises:
        BadScalarError: a tag of one's own, a number that is none, or text that is no Unicode.
    """
    kind = tag.removeprefix(_PREFIX)
    if kind in ("str", "timestamp", "merge"):
        return _text(text)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float"):
        return _number(kind, text)
    raise BadScalarError(f"the tag {tag} is not understood; remove it")


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadScalarError("this text holds half a character; write the character itself") from None
    return text


def _number(kind: str, text: str) -> int | float:
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_NUMBER:
        raise BadScalarError(f"a number has at most {_LONGEST_NUMBER} digits")
    try:
        value = (
            _integer(digits)
            if kind == "int"
            else float(digits.lower().replace(".inf", "inf").replace(".nan", "nan"))
        )
    except ValueError:
        raise BadScalarError(f"{text} is not a number; put it in quotes if it is text") from None
    if not math.isfinite(value):
        raise BadScalarError(f"{text} is not a finite number")
    return value


def _integer(digits: str) -> int:
    sign = -1 if digits.startswith("-") else 1
    bare = digits.lstrip("+-").lower()
    base = _BASES.get(bare[:2], 10)
    return sign * int(bare if base == 10 else bare[2:], base)  # noqa: PLR2004 - ten is the base of plain digits
