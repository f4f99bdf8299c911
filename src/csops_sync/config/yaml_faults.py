"""Why a file is no YAML, and where its author must look: the reader gives up long after the place of the mistake."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tokens import ScalarToken

from csops_sync.config.problems import START, Position

_HINTS = (
    ("'@'", "put the value in quotes: @ begins nothing in YAML"),
    ("'%'", "put the value in quotes: % begins nothing in YAML"),
    ("'`'", "put the value in quotes: ` begins nothing in YAML"),
    ("'\\t'", "indent with spaces, never with tabs"),
    ("mapping values are not allowed", "a text that holds `: ` needs quotes; else check the indentation"),
    ("undefined alias", "the anchor must be defined (`&name`) above its first use (`*name`)"),
    ("another document", "keep one document in the file and remove the line `---`"),
    ("flow mapping", "close the `{` that begins here with `}`, and put commas between its entries"),
    ("flow sequence", "close the `[` that begins here with `]`, and put commas between its items"),
    ("quoted scalar", "close the quote that begins here"),
)
_BEGINS_EARLIER = ("flow mapping", "flow sequence", "quoted scalar", "simple key")
_WIDE_KEY = re.compile(r"""\s*(?:-\s+)?[^\s#"':：{\[][^"':：]*(：)""")
_COMMENT = re.compile(r"""(?:^|[\s{\[,])(#)""")
_KEY_INSIDE = re.compile(r"\n\s*(?:-\s+)?[\w.-]+:(?:\s|$)")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")


def explained(error: YAMLError, *, text: str, lines: Sequence[str]) -> tuple[str, Position]:
    """This function will say where and why YAML itself is broken, with a hint where the cause is a common one."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        position = Position(before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
        return "holds a control character; remove it", position
    if not isinstance(error, MarkedYAMLError):
        return f"is not YAML: {error}", START
    words = " ".join(part for part in (error.context, error.problem) if part)
    known = _wide_colon(error, lines) or _open_quote(error, text) or _comment(error, lines)
    if known is not None:
        advice, position = known
        return f"is not YAML: {advice}", position
    hint = next((f"; {advice}" for sign, advice in _HINTS if sign in words), "")
    return f"is not YAML: {words}{hint}", _position(_cause(error))


def _cause(error: MarkedYAMLError) -> StreamMark | None:
    """Give the place where what was never closed begins; what is at fault within one line is at its own place."""
    problem: StreamMark | None = error.problem_mark
    context: StreamMark | None = error.context_mark
    earlier = any(sign in (error.context or "") for sign in _BEGINS_EARLIER)
    if context is not None and problem is not None and earlier and context.line < problem.line:
        return context
    return problem or context


def _position(mark: StreamMark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark is not None else START


def _wide_colon(error: MarkedYAMLError, lines: Sequence[str]) -> tuple[str, Position] | None:
    """Find the colon of a Japanese keyboard behind a key, from where the reader began up to where it gave up."""
    last = error.problem_mark
    if last is None:
        return None
    first = error.context_mark.line if "simple key" in (error.context or "") else last.line - 1
    for number in range(max(first, 0), min(last.line + 1, len(lines))):
        found = _WIDE_KEY.match(lines[number])
        if found:
            advice = "the colon is a full-width one (：); write `:` and a space behind the key"
            return advice, Position(number + 1, found.start(1) + 1)
    return None


def _comment(error: MarkedYAMLError, lines: Sequence[str]) -> tuple[str, Position] | None:
    """Find the # that made a comment of the rest of a line, brackets and all."""
    mark = error.context_mark
    if mark is None or "flow" not in (error.context or "") or mark.line >= len(lines):
        return None
    line = _QUOTED.sub(lambda quoted: "." * len(quoted[0]), lines[mark.line])
    found = _COMMENT.search(line, mark.column)
    if found is None or _is_closed(line[mark.column : found.start(1)]):
        return None
    advice = "a text that begins with # needs quotes: without them the rest of the line is a comment"
    return advice, Position(mark.line + 1, found.start(1) + 1)


def _is_closed(flow: str) -> bool:
    return sum(map(flow.count, "{[")) <= sum(map(flow.count, "}]"))


def _open_quote(error: MarkedYAMLError, text: str) -> tuple[str, Position] | None:
    """Find the quote that swallowed whole lines of keys and was closed by the opening of the next one."""
    mark = error.problem_mark
    if mark is None:
        return None
    for token in _scalars(text):
        if token.start_mark.index >= mark.index:
            return None
        inside = text[token.start_mark.index : token.end_mark.index]
        if not token.plain and token.style in ('"', "'") and _KEY_INSIDE.search(inside):
            line = token.end_mark.line + 1
            advice = f"the quote that begins here is closed in line {line} only; close it where the text ends"
            return advice, _position(token.start_mark)
    return None


def _scalars(text: str) -> Iterator[ScalarToken]:
    """Give the scalars up to where the reader gives up."""
    with suppress(YAMLError):
        yield from (
            token
            for token in YAML(typ="safe", pure=True).scan(StringIO(text))
            if isinstance(token, ScalarToken)
        )
