"""New weights in the admin's own rules file: only the numbers change; comments, order and form stay as they are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path

from csops_sync.config.problems import Position, YamlPath, shown_path
from csops_sync.config.source import LINE_END, Document, parse
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import UNOPENED, UNRATED, Cell
from csops_sync.domain.forecast.term_state import RenewalType

_MATRIX: YamlPath = ("forecast", "matrix")
_NUMBER = re.compile(r"""["']?[0-9.eE+-]+["']?""")
_COMMENT = re.compile(r""" +#(?=[^"']*$)""")
_COLUMNS = ((UNOPENED, "unopened"), (UNRATED, "unrated"))
_PARTS = ("base", "expansion")
_BYTE_ORDER_MARK = "\ufeff"
_NO_NEWLINE = "\\ No newline at end of file"
_ONE_ROW = (
    "the matrix has one row for every type: write a row for each of upsell, flat and downsell (docs/rules.md), and ask "
    "again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reweighed:
    """A unified diff of a rules file, empty where nothing changes, and in words the weights that it could not place."""

    diff: str
    unplaced: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Edit:
    path: YamlPath
    text: str


def weighs_unrated(path: Path) -> bool:
    """This function will say whether the matrix of a rules file gives `unrated` a weight of its own."""
    return (*_MATRIX, "unrated") in _read(path).marks


def reweighed(path: Path, *, before: Mapping[Cell, Weights], after: Mapping[Cell, Weights]) -> Reweighed:
    """This function will write weights into the common base matrix of a rules file, and give what changes.

    Only weights that differ are touched. The file itself stays as it is. What segments and scenarios change stands.
    """
    content = path.read_bytes()
    document = parse(content, file=str(path))
    if (*_MATRIX, "every_type") in document.marks:
        return Reweighed(diff="", unplaced=(_ONE_ROW,))
    edits: list[_Edit] = []
    unplaced: list[str] = []
    for one in (*_rows(document, before, after), *_columns(document, before, after)):
        if isinstance(one, _Edit):
            edits.append(one)
        else:
            unplaced.append(one)
    placed, shared = _placed(document, edits)
    limits = _limits(document) if placed else ()
    diff = _diff(content.decode(), document.lines, _after(document, placed), path.name) if placed else ""
    return Reweighed(diff=diff, unplaced=(*unplaced, *shared, *limits))


def _after(document: Document, placed: Mapping[Position, str]) -> Sequence[str]:
    """Give the lines of a file with these numbers in their places."""
    lines = list(document.lines)
    for position, text in sorted(placed.items(), key=lambda one: (one[0].line, one[0].column), reverse=True):
        found = _number_at(lines, position)
        if found is not None:
            lines[position.line - 1] = found.string[: found.start()] + text + found.string[found.end() :]
    return [_aligned(*both) for both in zip(document.lines, lines, strict=True)]


def _diff(text: str, before: Sequence[str], after: Sequence[str], name: str) -> str:
    """Give what differs as `patch` reads it: its lines end with a newline alone, and every other end stays in them."""
    mark = text[: text.startswith(_BYTE_ORDER_MARK)]
    ends = (*LINE_END.findall(text), "")
    whole = [
        (mark + "".join(map("".join, zip(lines, ends, strict=True)))).split("\n") for lines in (before, after)
    ]
    was, now = ([f"{line}\n" for line in lines[:-1]] + [lines[-1]] * (lines[-1] != "") for lines in whole)
    diff = unified_diff(was, now, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n" for line in diff)


def _limits(document: Document) -> Iterator[str]:
    for name in ("floor", "cap"):
        if (*_MATRIX, name) in document.marks:
            yield f"the {name} of the matrix stays, so a weight beyond it does not count; look at it, too"


def _rows(
    document: Document, before: Mapping[Cell, Weights], after: Mapping[Cell, Weights]
) -> Iterator[_Edit | str]:
    for kind in dict.fromkeys(cell.type for cell in after if cell.type is not None):
        cells = [cell for cell in after if cell.type is kind]
        for part in _PARTS:
            changed = {
                str(cell.rank): _of(after[cell], part)
                for cell in cells
                if _of(after[cell], part) != _of(before[cell], part)
            }
            if changed:
                row = {str(cell.rank): _of(after[cell], part) for cell in cells}
                yield from _row(document, kind, part, changed, row)


def _row(
    document: Document,
    kind: RenewalType,
    part: str,
    changed: Mapping[str, Decimal],
    row: Mapping[str, Decimal],
) -> Iterator[_Edit | str]:
    """Change the weights of a row; where it has one weight for all ranks, or none, each rank gets its own."""
    path = (*_MATRIX, kind.value, part)
    whole = "{" + ", ".join(f"{rank}: {_text(weight)}" for rank, weight in row.items()) + "}"
    if path not in document.marks:
        yield f"{shown_path(path)} is not in the file; add it: {whole}"
        return
    ranks = {rank for rank in row if (*path, rank) in document.marks}
    if not ranks:
        yield _Edit(path, whole)
        return
    for rank, weight in changed.items():
        if rank in ranks:
            yield _Edit((*path, rank), _text(weight))
        else:
            yield f"{shown_path(path)} has no {rank}; add {rank}: {_text(weight)}"


def _columns(
    document: Document, before: Mapping[Cell, Weights], after: Mapping[Cell, Weights]
) -> Iterator[_Edit | str]:
    """Change what weighs the same at every type and rank; only its base is learned."""
    for cell, name in _COLUMNS:
        path = (*_MATRIX, name)
        if path in document.marks and after[cell].base != before[cell].base:
            inner = (*path, "base")
            yield _Edit(inner if inner in document.marks else path, _text(after[cell].base))


def _placed(document: Document, edits: Sequence[_Edit]) -> tuple[dict[Position, str], list[str]]:
    """Put edits to their places; what two of them share by an anchor, and want different, is left alone."""
    wanted: dict[Position, set[str]] = {}
    for one in edits:
        wanted.setdefault(document.marks[one.path].value, set()).add(one.text)
    placed = {
        position: next(iter(texts))
        for position, texts in wanted.items()
        if len(texts) == 1 and _number_at(document.lines, position) is not None
    }
    shared = [
        f"{shown_path(one.path)} is tied to another weight by an anchor; write {one.text} by hand"
        for one in edits
        if document.marks[one.path].value not in placed
    ]
    return placed, shared


def _number_at(lines: Sequence[str], position: Position) -> re.Match[str] | None:
    return _NUMBER.match(lines[position.line - 1], position.column - 1)


def _aligned(before: str, after: str) -> str:
    """Keep a comment in its column, as long as there is room for a space before it."""
    was, now = _COMMENT.search(before), _COMMENT.search(after)
    if before == after or was is None or now is None:
        return after
    content = after[: now.start()]
    return content.ljust(max(was.end() - 1, len(content) + 1)) + after[now.end() - 1 :]


def _of(weights: Weights, part: str) -> Decimal:
    return weights.base if part == "base" else weights.expansion


def _text(weight: Decimal) -> str:
    """Write `0.9`, and `1` instead of `1.00`."""
    return format(weight.normalize(), "f")


def _read(path: Path) -> Document:
    return parse(path.read_bytes(), file=str(path))
