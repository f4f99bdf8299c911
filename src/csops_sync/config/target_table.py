"""Targets from a CSV file beside `rules.yaml`: one row a period and scope, with the columns of `forecast: targets:`.

As a spreadsheet saves it: UTF-8 with or without a mark, one line a row. A cell that is empty is not given.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from csops_sync.config.models_targets import TargetSection
from csops_sync.config.problems import Position, Problem, did_you_mean, excerpt, one_of
from csops_sync.config.vocabulary import Vocabulary

MAX_BYTES = 1_000_000
MAX_ROWS = 10_000
COLUMNS = tuple(TargetSection.model_fields)


class TargetTable:
    """A file of targets as read: rows with their places, and what is wrong with it. Nothing is raised."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self._path = path
        self._vocabulary = vocabulary
        self._lines: tuple[str, ...] = ()
        self._head: Sequence[str] = ()
        self.problems: list[Problem] = []
        self.rows: list[tuple[int, TargetSection]] = []
        """Rows that hold, by the number of their line."""
        self._read()

    def problem(self, line: int, message: str, *, column: str = "") -> Problem:
        """This function will place a fault at a cell of a line, or where that has none, at the line."""
        place = self._head.index(column) if column in self._head else 0
        starts = _starts(self._lines[line - 1]) if 0 < line <= len(self._lines) else [1]
        position = Position(line, starts[place] if place < len(starts) else 1)
        return Problem(
            file=str(self._path),
            line=position.line,
            column=position.column,
            path=column,
            message=message,
            excerpt=excerpt(self._lines, position),
        )

    def _refuse(self, line: int, message: str, *, column: str = "") -> None:
        self.problems.append(self.problem(line, message, column=column))

    def _read(self) -> None:
        text = self._text()
        if text is None:
            return
        self._lines = tuple(text.splitlines())
        if not self._lines:
            self._refuse(1, f"is empty; its first line names the columns: {', '.join(COLUMNS)}")
        elif len(self._lines) > MAX_ROWS:
            self._refuse(1, f"has more than {MAX_ROWS:,} lines, which no plan needs")
        elif self._is_headed():
            for number, line in enumerate(self._lines[1:], 2):
                if line.strip(", \t"):
                    self._row(number)

    def _text(self) -> str | None:
        try:
            with self._path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            self._refuse(1, f"cannot be read: {error.strerror}; put the file beside rules.yaml")
            return None
        if len(content) > MAX_BYTES:
            self._refuse(1, f"is larger than {MAX_BYTES:,} bytes, which no plan needs")
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self._refuse(line, "is not UTF-8 text; save it as `CSV UTF-8`")
            return None

    def _is_headed(self) -> bool:
        """Say whether the first line names columns that are known, each once."""
        head = self._cells(1)
        if head is None:
            return False
        self._head = head
        for name in dict.fromkeys(head):
            if name not in COLUMNS:
                words = f"{name!r} is no column of targets{did_you_mean(name, COLUMNS)}; there are {one_of(COLUMNS)}"
                self._refuse(1, words, column=name)
            elif head.count(name) > 1:
                self._refuse(1, "this column is there twice; keep one of them", column=name)
        if "period" not in head:
            self._refuse(1, "has no column `period`")
        return not self.problems

    def _cells(self, number: int) -> Sequence[str] | None:
        """Split a line into its cells; None where it cannot be split, which is refused."""
        try:
            return [cell.strip() for cell in next(csv.reader([self._lines[number - 1]]), [])]
        except csv.Error as error:
            self._refuse(
                number, f"cannot be split into cells: {error}; keep a target on one line, and its cells short"
            )
            return None

    def _row(self, number: int) -> None:
        cells = self._cells(number)
        if cells is None:
            return
        if len(cells) > len(self._head):
            words = (
                f"has {len(cells)} cells under {len(self._head)} columns; put amounts with commas in quotes"
            )
            self._refuse(number, words)
            return
        given = {name: cell.strip() for name, cell in zip(self._head, cells, strict=False) if cell.strip()}
        try:
            section = TargetSection.model_validate(given, context=self._vocabulary)
        except ValidationError as error:
            for column, message in _told(error):
                self._refuse(number, message, column=column)
            return
        self.rows.append((number, section))


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    for one in error.errors(include_url=False):
        context: Mapping[str, object] = one.get("ctx", {})
        said = context.get("error")
        message = str(said) if said is not None else "is missing" if one["type"] == "missing" else one["msg"]
        yield str(one["loc"][0]) if one["loc"] else "", message


def _starts(line: str) -> list[int]:
    """Give the column, counted from 1, at which each cell of a line begins."""
    starts, is_quoted = [1], False
    for place, character in enumerate(line, 1):
        if character == '"':
            is_quoted = not is_quoted
        elif character == "," and not is_quoted:
            starts.append(place + 1)
    return starts
