"""YAML 1.2 text to plain values, with the place of every key and value.

Nothing is taken that a reader could misread: duplicate keys, tags, several documents, other YAML versions and numbers
that are none are problems. Size, nesting and what aliases expand to are bounded, so that no file can exhaust memory.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import DocumentStartEvent, MappingStartEvent, NodeEvent, SequenceStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from csops_sync.config.plain_scalars import BadScalarError, plain_scalar
from csops_sync.config.problems import START, Position, Problem, YamlPath, excerpt, shown_path
from csops_sync.config.yaml_faults import explained

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]

MAX_BYTES = 1_000_000
MAX_DEPTH = 24
MAX_NODES = 20_000
LINE_END = re.compile("\r\n|[\n\r]")  # as the YAML reader counts lines, by YAML 1.2
_MERGE = "tag:yaml.org,2002:merge"
_NO_PLAIN_KEY = "a key must be a plain word; put {{ templates }} and texts with {} in quotes"


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a value's key and the value itself begin; for items of a list both are the item.

    `block` is where the value first stood: an alias has the key of its anchor.
    """

    key: Position
    value: Position
    block: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as read. `readable` is False where it could not be taken apart; then `value` is None."""

    file: str
    lines: tuple[str, ...]
    value: Plain
    marks: Mapping[YamlPath, Marks]
    problems: tuple[Problem, ...]
    readable: bool = True

    def problem(self, *, path: YamlPath, message: str, at_key: bool = False) -> Problem:
        """This function will place a fault at a value (or its key), or at the nearest parent that is in the file."""
        position = self.place(path, at_key=at_key)
        return _problem(self.file, self.lines, position, path, message)

    def place(self, path: YamlPath, *, at_key: bool = False) -> Position:
        """This function will give the place of a value or key; where it is absent, of the block that lacks it."""
        found = self.marks.get(path)
        if found is not None:
            return found.key if at_key else found.value
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks[path].block if path else START


class _UnreadableError(Exception):
    """The file cannot be taken apart any further."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


def read(path: Path) -> Document:
    """This function will read a YAML file; whatever is wrong is in `problems`, nothing is raised."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(
            str(path), (), f"cannot be read: {error.strerror}; check the path and its permissions", START
        )
    return parse(content, file=str(path))


def parse(content: bytes, *, file: str) -> Document:
    """This function will take YAML content apart; whatever is wrong is in `problems`, nothing is raised."""
    if len(content) > MAX_BYTES:
        return _unreadable(file, (), f"is larger than {MAX_BYTES:,} bytes, which no rule file needs", START)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _unreadable(file, (), "is not UTF-8 text; save it with that encoding", Position(line, 1))
    lines = tuple(LINE_END.split(text))
    try:
        _measure(text)
        root = YAML(typ="safe", pure=True).compose(StringIO(text))
        tree = _Tree(file=file, lines=lines)
        value = tree.take(root)
    except _UnreadableError as error:
        return _unreadable(file, lines, str(error), error.position)
    except YAMLError as error:
        return _unreadable(file, lines, *explained(error, text=text, lines=lines))
    return Document(file=file, lines=lines, value=value, marks=tree.marks, problems=tuple(tree.problems))


def _unreadable(file: str, lines: tuple[str, ...], message: str, position: Position) -> Document:
    problem = _problem(file, lines, position, (), message)
    return Document(file=file, lines=lines, value=None, marks={}, problems=(problem,), readable=False)


def _problem(file: str, lines: tuple[str, ...], position: Position, path: YamlPath, message: str) -> Problem:
    return Problem(
        file=file,
        line=position.line,
        column=position.column,
        path=shown_path(path),
        message=message,
        excerpt=excerpt(lines, position),
    )


def _measure(text: str) -> None:
    """Refuse by events, before anything is built, what would be too deep or too large to build."""
    depth = 0
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(StringIO(text))):
        position = _position(event)
        if isinstance(event, DocumentStartEvent) and event.version not in (None, (1, 2)):
            raise _UnreadableError("is declared as another YAML version; remove the line `%YAML`", position)
        if count > MAX_NODES:
            raise _UnreadableError(
                f"holds more than {MAX_NODES:,} values, which no rule file needs", position
            )
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth += 1
        elif not isinstance(event, NodeEvent) and type(event).__name__ in (
            "MappingEndEvent",
            "SequenceEndEvent",
        ):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _UnreadableError(f"is nested deeper than {MAX_DEPTH} levels", position)


def _position(marked: NodeEvent | Node) -> Position:
    mark = marked.start_mark
    return Position(mark.line + 1, mark.column + 1)


def _is_blank(node: Node) -> bool:
    """Whether nothing at all stands behind a key; its mark is somewhere below then."""
    return isinstance(node, ScalarNode) and node.value == "" and node.style is None


@dataclass(slots=True, kw_only=True)
class _Tree:
    """Builds values and marks from composed nodes, aliases written out, within the limits."""

    file: str
    lines: tuple[str, ...]
    marks: dict[YamlPath, Marks] = field(default_factory=dict)
    blocks: dict[int, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, root: Node | None) -> Plain:
        if not isinstance(root, MappingNode):
            position = _position(root) if root is not None else START
            raise _UnreadableError("is empty or no block of `key: value` lines; see docs/rules.md", position)
        return self._value(root, (), _position(root))

    def _value(self, node: Node, path: YamlPath, key: Position) -> Plain:
        position = key if _is_blank(node) else _position(node)
        self.marks[path] = Marks(key=key, value=position, block=self.blocks.setdefault(id(node), key))
        if len(self.marks) > MAX_NODES:
            raise _UnreadableError("aliases expand to more values than any rule file needs", position)
        if len(path) > MAX_DEPTH:
            raise _UnreadableError("an alias is nested in itself, or far too deep", position)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [
                self._value(item, (*path, index), _position(item)) for index, item in enumerate(node.value)
            ]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: YamlPath) -> Plain:
        taken: dict[str, Plain] = {}
        for key, value in self._pairs(node, path):
            if not isinstance(key, ScalarNode):
                place = node if node.flow_style else key
                self._refuse(place, path, _NO_PLAIN_KEY)
            elif key.value in taken:
                first = self.marks[*path, key.value].key.line
                self._refuse(
                    key, (*path, key.value), f"this key is already there in line {first}; keep one of them"
                )
            else:
                taken[key.value] = self._value(value, (*path, key.value), _position(key))
        return taken

    def _pairs(self, node: MappingNode, path: YamlPath, depth: int = 0) -> list[tuple[Node, Node]]:
        """The entries of a block, those merged in by `<<` last and only where the block has none of its own."""
        if depth > MAX_DEPTH:
            raise _UnreadableError("a block is merged into itself", _position(node))
        own = [(key, value) for key, value in node.value if str(key.tag) != _MERGE]
        merged = [value for key, value in node.value if str(key.tag) == _MERGE]
        names = {key.value for key, _ in own if isinstance(key, ScalarNode)}
        for source in merged:
            for part in source.value if isinstance(source, SequenceNode) else [source]:
                if not isinstance(part, MappingNode):
                    self._refuse(part, path, "`<<` merges a block or a list of blocks, as in `<<: *anchor`")
                    continue
                extra = [pair for pair in self._pairs(part, path, depth + 1) if pair[0].value not in names]
                names |= {key.value for key, _ in extra}
                own += extra
        return own

    def _scalar(self, node: Node, path: YamlPath) -> Plain:
        try:
            return plain_scalar(tag=str(node.tag), text=str(node.value))
        except BadScalarError as error:
            self._refuse(node, path, str(error))
            return None

    def _refuse(self, node: Node, path: YamlPath, message: str) -> None:
        self.problems.append(_problem(self.file, self.lines, _position(node), path, message))
