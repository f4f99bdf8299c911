"""What is wrong with a configuration, said so that its author can mend it: place, path, words, excerpt with a caret."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

YamlPath = tuple[str | int, ...]

_LONGEST_EXCERPT = 160
_LONGEST_SEARCHED = 2_000
"""Lines up to so many characters are looked through for secrets; a longer one is not shown."""
_SECRETS = (
    re.compile(r"(?i)([\w-]*(?:secret|token|password|private_key|api_key)[\w-]*[\"']?\s*:\s*)\S.*"),
    re.compile(r"()\bxox[a-z]-[\w-]+"),
    re.compile(r"(-----BEGIN ).*"),
    re.compile(r"(://[^:/@\s]*:)[^@\s]+(?=@)"),
    re.compile(r"(?i)([?&]\w*password=)[^&\s\"']+"),
)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; `line` and `column` count from 1, columns in characters."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault. `line` is 0 where the fault is in the environment and not in a file."""

    file: str
    line: int
    column: int
    path: str
    message: str
    excerpt: str = ""

    @property
    def headline(self) -> str:
        """`file:line:column: path: what is wrong`, in one line."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message) if part)

    def __str__(self) -> str:
        return f"{self.headline}\n{self.excerpt}" if self.excerpt else self.headline


class ConfigRefusedError(Exception):
    """The configuration is not taken. `problems` holds every fault of all its files, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(problems, key=lambda each: (each.file, each.line, each.column, each.path))
        )
        count = len(self.problems)
        lines = [f"{count} problem{'' if count == 1 else 's'} in the configuration"]
        super().__init__("\n".join([*lines, *(str(problem) for problem in self.problems)]))


def shown_path(path: YamlPath) -> str:
    """This function will write a path as people read it: `renewals[0].open.before_renewal`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def excerpt(lines: tuple[str, ...], position: Position) -> str:
    """This function will show one line with a caret under the column; what looks like a secret is masked."""
    if not 1 <= position.line <= len(lines) or len(lines[position.line - 1]) > _LONGEST_SEARCHED:
        return ""
    line = _masked(lines[position.line - 1].rstrip("\r\n"))[:_LONGEST_EXCERPT]
    if not line.strip():
        return ""
    before = line[: position.column - 1]
    return f"    {line}\n    {''.join(map(_blank, before))}^"


def did_you_mean(wrong: object, candidates: Iterable[str], *, prefix: str = "") -> str:
    """This function will give ` (did you mean x?)` for the nearest candidate behind `prefix`, or nothing."""
    close = get_close_matches(str(wrong), sorted(set(candidates)), n=1, cutoff=0.6)
    return f" (did you mean {prefix}{close[0]}?)" if close else ""


def one_of(candidates: Iterable[str]) -> str:
    """This function will join words for people: `a, b or c`."""
    *head, last = list(candidates) or ["nothing"]
    return f"{', '.join(head)} or {last}" if head else last


def _masked(line: str) -> str:
    for secret in _SECRETS:
        line = secret.sub(r"\1***", line)
    return "".join(character if character.isprintable() or character == "\t" else "�" for character in line)


def _blank(character: str) -> str:
    """A blank as wide as the character, so that the caret stands under it in Japanese text too."""
    if character == "\t":
        return character
    return "　" if unicodedata.east_asian_width(character) in "WF" else " "
