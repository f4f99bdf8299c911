"""The tables, examples and links of a Markdown page, for tests that compare a page with the code that it tells of."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
Line = Mapping[str, str]
"""A table's line: column to cell."""
_CODE = re.compile(r"`([^`]+)`")
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its text."""

    text: str

    def table(self, first: str) -> list[Line]:
        """Give the lines of all tables whose first column is called `first`; LookupError where there is none."""
        found: list[Line] = []
        for heads, lines in _tables(self._plain.splitlines()):
            if heads[0] == first:
                found += [dict(zip(heads, line, strict=True)) for line in lines]
        if not found:
            raise LookupError(f"no table of the page begins with the column {first!r}")
        return found

    def named(self, first: str) -> list[str]:
        """Give every name that stands in the first column of such tables, in their order."""
        return [name for line in self.table(first) for name in codes(line[first])]

    def blocks(self, language: str) -> list[str]:
        """Give the fenced blocks of a language."""
        return [block for name, block in _FENCED.findall(self.text) if name == language]

    def commands(self, program: str) -> list[Sequence[str]]:
        """Give the command lines of a program in the page's examples, as a shell would part them."""
        lines = [line for block in self.blocks("sh") for line in block.splitlines()]
        parted = [shlex.split(line, comments=True) for line in lines]
        return [words for words in parted if words and words[0] == program]

    @property
    def links(self) -> list[str]:
        """Where the page's links lead."""
        return _LINK.findall(self._plain)

    @property
    def anchors(self) -> set[str]:
        """The names by which its headings can be linked to."""
        return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in self._headings}

    @property
    def _headings(self) -> list[str]:
        return _HEADING.findall(self._plain)

    @property
    def _plain(self) -> str:
        return _FENCED.sub("", self.text)


def page(name: str) -> Page:
    """Read a page of docs/."""
    return Page((DOCS / name).read_text("utf-8"))


def codes(cell: str) -> list[str]:
    """Give what a cell writes as code."""
    return _CODE.findall(cell)


def words(cell: str) -> set[str]:
    """Give the parts of a cell between commas."""
    return {part.strip() for part in cell.split(",") if part.strip()}


def _tables(lines: Sequence[str]) -> list[tuple[Sequence[str], list[Sequence[str]]]]:
    tables: list[tuple[Sequence[str], list[Sequence[str]]]] = []
    inside = False
    for line in lines:
        if not line.startswith("|"):
            inside = False
        elif not inside:
            tables.append((_cells(line), []))
            inside = True
        elif not set(line) <= set("|- "):
            tables[-1][1].append(_cells(line))
    return tables


def _cells(line: str) -> Sequence[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
