"""Columns that stand straight, whatever script their cells are written in. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

_WIDE = frozenset("WF")
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})
_HOSTILE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How wide a column is at least, and how far from the next. A minimum keeps columns still from run to run."""

    minimum: int = 0
    gap: int = 3
    right: bool = False


def display_width(text: str) -> int:
    """This function will count the cells that a text takes on a terminal: two for a wide character (UAX 11)."""
    return sum(_character_width(character) for character in text)


def clean(text: str) -> str:
    """This function will make org text safe for a terminal: one line, no control or direction characters."""
    return "".join(
        " " if unicodedata.category(character) in _HOSTILE else character
        for character in text
        if character not in _BIDI
    )


def pad(text: str, width: int, *, right: bool = False) -> str:
    """This function will fill a text with spaces to a width in cells."""
    filling = " " * max(0, width - display_width(text))
    return filling + text if right else text + filling


def table(rows: Sequence[Sequence[str]], columns: Sequence[Column], *, indent: int = 4) -> list[str]:
    """This function will lay rows out in columns, without spaces at the ends of lines; cells are cleaned."""
    cells = [[clean(cell) for cell in row] for row in rows]
    widest = [max(map(display_width, column)) for column in zip_longest(*cells, fillvalue="")]
    lines = []
    for row in cells:
        placed = [_cell(*each) for each in zip(row, columns, widest, strict=False)]
        lines.append((" " * indent + "".join(placed)).rstrip())
    return lines


def block_width(lines: Sequence[str]) -> int:
    """This function will give the width of the widest line, in cells."""
    return max(map(display_width, lines), default=0)


def _cell(text: str, column: Column, widest: int) -> str:
    aligned = pad(text, widest, right=True) if column.right else text
    return pad(aligned, max(column.minimum, widest + column.gap))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
