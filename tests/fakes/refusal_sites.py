"""Where the sandbox refuses: the places of its source at which an error is raised, made, answered or noted."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SANDBOX = Path(__file__).parents[2] / "src" / "csops_sync" / "sandbox"
NOTES = frozenset({"complain", "say"})
"""Methods by which what is wrong is gathered, to be told at once: of org files, and of Block Kit."""
_APIS = ("salesforce/", "slack/")
_CODE = re.compile(r"[A-Z]{2,}(_?[A-Z]+)*|[a-z]+(_[a-z]+)+")
_REFUSED = range(400, 600)
_METHODS = frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"})


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

    @property
    def name(self) -> str:
        """File, function and error, which stay the same when lines move."""
        error = self.expression.func if isinstance(self.expression, ast.Call) else self.expression
        return f"{self.site.file} {self.function} {_name(error)}"


def everywhere() -> list[Refusing]:
    """Find what refuses in the whole sandbox."""
    return [one for path, tree in _trees() for one in refusing(tree, path.relative_to(SANDBOX).as_posix())]


def codes() -> dict[str, Site]:
    """Give the error codes that stand in the source of the two APIs, each with a place at which it does."""
    found: dict[str, Site] = {}
    for one in everywhere():
        call = one.expression
        if one.site.file.startswith(_APIS) and isinstance(call, ast.Call):
            found.update({code: one.site for given in call.args for code in _codes(given)})
    return found


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


def _codes(given: ast.expr) -> Iterator[str]:
    match given:
        case ast.Constant(value=str(text)) if _CODE.fullmatch(text) and text not in _METHODS:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _codes(one)
            yield from _codes(other)
        case _:
            pass


def _within(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Walk through a tree with the name of the function around each node."""
    yield function, node
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield from _within(child, inner)


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
def _trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in sorted(SANDBOX.rglob("*.py"))]


@cache
def makers() -> frozenset[str]:
    """Give the names of the sandbox's exceptions, and of its functions that give one."""
    nodes = [node for _, tree in _trees() for node in ast.walk(tree)]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef) and _is_error(node)}
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(classes | {one.name for one in functions if _name(one.returns) in classes})


def _is_error(node: ast.ClassDef) -> bool:
    bases = {_name(base) for base in node.bases}
    return any(name.endswith(("Error", "Exception", "Failure")) for name in bases)
