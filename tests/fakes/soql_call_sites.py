"""Where the product builds SOQL, read from the Salesforce adapter's own code."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ADAPTER = Path(__file__).parents[2] / "src" / "csops_sync" / "adapters" / "salesforce"
_BUILDERS = frozenset({"Select", "select", "in_chunks"})
"""The query itself, that of a table's columns, and the one that is cut into queries of so many values."""

_WRITTEN_OUT = re.compile(r"\s*SELECT\b")
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def call_sites(folder: Path = ADAPTER) -> Counter[str]:
    """This function will count the calls that build SOQL, or SOQL written out, by `module.function`."""
    found: Counter[str] = Counter()
    for file in sorted(folder.rglob("*.py")):
        found.update(_sites(ast.parse(file.read_text("utf-8")), file.stem))
    return found


def _sites(node: ast.AST, scope: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if _builds(child):
            yield scope
        yield from _sites(child, f"{scope}.{child.name}" if isinstance(child, _NAMED) else scope)


def _builds(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=called)) | ast.Call(func=ast.Attribute(attr=called)):
            return called in _BUILDERS
        case ast.Constant(value=str(text)):
            return _WRITTEN_OUT.match(text) is not None
        case _:
            return False
