"""A pytest plugin that writes down at which places the sandbox refused: `-p tests.fakes.refusals_seen`.

It has the sandbox's modules compiled with a mark around each refusing expression, so that nothing else is slowed down;
what they do is the same. The places are written as JSON to `--refusals-seen` when the session ends.
"""

import ast
import json
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import TypeVar

import pytest
from tests.fakes.refusal_sites import SANDBOX, Site, refusing

PACKAGE = "csops_sync.sandbox"
_MARK = "__refused__"
_FILE = "--refusals-seen"
T = TypeVar("T")


class Seen:
    """The places at which something was refused, with the functions that they are in."""

    def __init__(self) -> None:
        self.sites: set[Site] = set()

    def mark(self, line: int, column: int, file: str, refusal: T) -> T:
        """Note a place and give what stands there."""
        self.sites.add(Site(file, line, column))
        return refusal


class _Marker(ast.NodeTransformer):
    """Puts the mark around the refusing expressions of a file."""

    def __init__(self, tree: ast.AST, file: str) -> None:
        self._sites = {id(one.expression): one.site for one in refusing(tree, file)}

    def visit(self, node: ast.AST) -> ast.AST:
        """Mark a node where it refuses, and look into it."""
        site = self._sites.get(id(node))
        visited: ast.AST = self.generic_visit(node)
        if site is None or not isinstance(visited, ast.expr):
            return visited
        place: list[ast.expr] = [ast.Constant(value) for value in (site.line, site.column, site.file)]
        marked = ast.Call(ast.Name(_MARK, ast.Load()), [*place, visited], [])
        return ast.fix_missing_locations(ast.copy_location(marked, visited))


class _Loader(SourceFileLoader):
    """Loads a module from its source, never from a compiled file, with the marks in it."""

    def __init__(self, name: str, path: str, seen: Seen) -> None:
        super().__init__(name, path)
        self._seen = seen

    def get_code(self, fullname: str) -> CodeType:
        """Compile the module."""
        path = Path(self.get_filename(fullname))
        tree = ast.parse(decode_source(path.read_bytes()))
        marked = _Marker(tree, path.relative_to(SANDBOX).as_posix()).visit(tree)
        assert isinstance(marked, ast.Module)
        return compile(marked, str(path), "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its mark and run it."""
        module.__dict__[_MARK] = self._seen.mark
        super().exec_module(module)


class _Finder(MetaPathFinder):
    """Finds the sandbox's modules before others do."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of the sandbox; None for any other."""
        if fullname != PACKAGE and not fullname.startswith(f"{PACKAGE}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self._seen)
        return spec


class _Plugin:
    def __init__(self, path: Path) -> None:
        assert PACKAGE not in sys.modules
        self._path, self._seen = path, Seen()
        sys.meta_path.insert(0, _Finder(self._seen))

    def pytest_sessionfinish(self) -> None:
        """Write the places down."""
        sites = [[one.file, one.line, one.column] for one in sorted(self._seen.sites)]
        self._path.write_text(json.dumps(sites), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says where the places go."""
    parser.addoption(_FILE, type=Path, required=True)


def pytest_configure(config: pytest.Config) -> None:
    """Have the sandbox marked from here on."""
    config.pluginmanager.register(_Plugin(config.getoption(_FILE)))
