"""Where the sandbox refuses: the places of its source at which an error is raised, made, answered or noted."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

SANDBOX = Path(__file__).parents[2] / "src" / "csops_sync" / "sandbox"
NOTES = frozenset({"complain", "say"})
"""Methods by which what is wrong is gathered, to be told at once: of org files, and of Block Kit."""
_REFUSED = range(400, 600)
_Maker: TypeAlias = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place of the sandbox's source: its file, relative to the package, line and column (both from 1)."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Refusing:
    """An expression that refuses, and the function in which it stands."""

    site: Site
    function: str
    expression: ast.expr


def source_files() -> list[Path]:
    """Give the sandbox's source files."""
    return sorted(SANDBOX.rglob("*.py"))


def refusing(tree: ast.AST, file: str) -> Iterator[Refusing]:
    """Find what refuses in the tree of a file, whose name is relative to the package.

    That is: what is raised; an error that is made apart from its `raise`; an answer of a status from 400 on; and what
    is noted as wrong. A bare `raise` refuses nothing new.
    """
    for function, node in _within(tree, ""):
        raised = node.exc if isinstance(node, ast.Raise) else None
        if raised is not None:
            yield Refusing(_site(file, raised), function, raised)
        for made in ast.iter_child_nodes(node):
            if made is not raised and isinstance(made, ast.Call) and _refuses(made):
                yield Refusing(_site(file, made), function, made)


def _within(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Walk through a tree with the name of the function around each node."""
    yield function, node
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from _within(child, child.name if named else function)


def _site(file: str, node: ast.expr) -> Site:
    return Site(file, node.lineno, node.col_offset + 1)


def _refuses(call: ast.Call) -> bool:
    return _name(call.func) in makers() or _is_note(call.func) or any(map(_is_refused, _statuses(call)))


def _is_note(function: ast.expr) -> bool:
    """Say whether what is called is `check.say`; a workspace in which people `say` something is `state.say`."""
    own = isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Attribute)
    return own and _name(function) in NOTES


def _statuses(call: ast.Call) -> Iterable[ast.expr]:
    yield from call.args[:1]
    yield from (given.value for given in call.keywords if given.arg in {"status", "status_code"})


def _is_refused(status: ast.expr) -> bool:
    return isinstance(status, ast.Constant) and status.value in _REFUSED


def _name(node: ast.expr | None) -> str:
    """Give the last name of `errors.ApiError`, `"ApiError"` or `ApiError`."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Constant(value=str(name)):
            return name
        case _:
            return ""


@cache
def makers() -> frozenset[str]:
    """Give the names of the sandbox's exceptions, and of its functions that give one."""
    nodes = [node for path in source_files() for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef) and _is_error(node)}
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(classes | {one.name for one in functions if _name(one.returns) in classes})


def _is_error(node: ast.ClassDef) -> bool:
    bases = {_name(base) for base in node.bases}
    return any(name.endswith(("Error", "Exception", "Failure")) for name in bases)
