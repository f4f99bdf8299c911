"""Every sentence with a code that the sources say, as they are written: codes with the names of their values."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import csops_sync

_SOURCES = Path(csops_sync.__file__).parent
_VALUE = re.compile(r"\{(\w+)[^}]*\}")


def spoken() -> dict[str, frozenset[str]]:
    """The values that each code's English words name."""
    found: dict[str, set[str]] = {}
    for path in sorted(_SOURCES.rglob("*.py")):
        for code, values in _said(ast.parse(path.read_text("utf-8"))):
            found.setdefault(code, set()).update(values)
    return {code: frozenset(values) for code, values in found.items()}


def _said(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        if call.func.id == "Sentence" and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), {one.arg or "" for one in call.keywords}
        if call.func.id == "Wording" and isinstance(call.args[1], ast.Constant):
            yield str(call.args[0].value), set(_VALUE.findall(str(call.args[1].value)))  # type: ignore[attr-defined]
