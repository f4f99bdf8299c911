"""Reading SOQL: from text to a tree, with the places of its parts for the error messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TypeAlias

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from csops_sync.sandbox.salesforce.errors import ApiError

MAX_QUERY, MAX_STRING, MAX_OFFSET = 100_000, 4_000, 2_000
_WINDOW = 30
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_Node: TypeAlias = Tree[Token]


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a field of a parent: `("Account", "Name")`; `at` is its offset in the query."""

    names: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """The path as it is written."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written: `kind` is STRING (unescaped), NUMBER, DATE, DATETIME, NULL, TRUE, FALSE or NAME."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """`path operator literal`."""

    path: Path
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Like:
    """`path LIKE 'pattern'`; the pattern keeps its escapes of % and _."""

    path: Path
    pattern: str


@dataclass(frozen=True, slots=True)
class InList:
    """`path [NOT] IN (…)`."""

    path: Path
    negated: bool
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Operands joined by AND (`every`) or OR."""

    every: bool
    operands: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`NOT operand`."""

    operand: "Condition"


Condition: TypeAlias = Compare | Like | InList | Junction | Negation


@dataclass(frozen=True, slots=True)
class Order:
    """One ORDER BY term; nulls come first unless it says otherwise (also with DESC they come last by default)."""

    path: Path
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query. No `fields` means COUNT()."""

    text: str
    fields: tuple[Path, ...]
    kind: str
    kind_at: int
    where: Condition | None
    orders: tuple[Order, ...]
    limit: int | None
    offset: int


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """This function will read a query; ApiError MALFORMED_QUERY where it is none."""
    if len(text) > MAX_QUERY:
        raise ApiError(
            400, "MALFORMED_QUERY", f"SOQL statements cannot be longer than {MAX_QUERY} characters."
        )
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    return _query(text, tree)


def refuse(text: str, at: int, code: str, message: str) -> ApiError:
    """This function will make an error that shows the place in the query, as Salesforce does."""
    row, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
    start = max(0, at - _WINDOW)
    shown = text[start : at + _WINDOW].replace("\n", " ")
    place = f"\n{shown}\n{' ' * (at - start)}^\nERROR at Row:{row}:Column:{column}\n"
    return ApiError(400, code, place + message)


@cache
def _parser() -> Lark:
    grammar = resources.files("csops_sync.sandbox.salesforce").joinpath("soql.lark").read_text("utf-8")
    return Lark(grammar, start="query", parser="lalr", maybe_placeholders=True, propagate_positions=True)


def _unexpected(text: str, error: UnexpectedInput) -> ApiError:
    match error:
        case UnexpectedToken(token=Token(type="$END")) | UnexpectedEOF():
            return refuse(text, len(text), "MALFORMED_QUERY", "unexpected token: '<EOF>'")
        case UnexpectedToken(token=Token() as token):
            return refuse(text, token.start_pos or 0, "MALFORMED_QUERY", f"unexpected token: '{token}'")
        case UnexpectedCharacters(pos_in_stream=int() as at):
            what = "line breaks or end in a string" if text[at] == "'" else f"'{text[at]}'"
            return refuse(text, at, "MALFORMED_QUERY", f"unexpected token: {what}")
        case _:
            return refuse(text, 0, "MALFORMED_QUERY", "unexpected token")


def _query(text: str, tree: _Node) -> Query:
    *selected, kind, where, orders, limit, offset = tree.children
    if not isinstance(kind, Token):
        raise TypeError("the grammar gives the object's name after the fields")
    return Query(
        text=text,
        fields=tuple(_path(node) for node in selected if isinstance(node, Tree) and node.data == "path"),
        kind=str(kind),
        kind_at=kind.start_pos or 0,
        where=_condition(text, _only(where)) if isinstance(where, Tree) else None,
        orders=tuple(_order(node) for node in _trees(orders)),
        limit=_count(text, limit, "LIMIT"),
        offset=_count(text, offset, "OFFSET") or 0,
    )


def _trees(node: _Node | Token | None) -> list[_Node]:
    return [child for child in node.children if isinstance(child, Tree)] if isinstance(node, Tree) else []


def _tokens(node: _Node) -> list[Token]:
    return [child for child in node.children if isinstance(child, Token)]


def _only(node: _Node) -> _Node:
    return _trees(node)[0]


def _path(node: _Node) -> Path:
    tokens = _tokens(node)
    return Path(tuple(str(token) for token in tokens), tokens[0].start_pos or 0)


def _order(node: _Node) -> Order:
    _, direction, place = node.children
    descending = str(direction or "").lower() == "desc"
    nulls_first = str(place).lower() == "first" if place is not None else not descending
    return Order(_path(_only(node)), descending, nulls_first)


def _count(text: str, node: _Node | Token | None, word: str) -> int | None:
    if not isinstance(node, Tree):
        return None
    token = _tokens(node)[0]
    if not token.isdigit():
        raise refuse(text, token.start_pos or 0, "MALFORMED_QUERY", f"{word} must be a whole number")
    if word == "OFFSET" and int(token) > MAX_OFFSET:
        message = f"Maximum SOQL offset allowed is {MAX_OFFSET}"
        raise refuse(text, token.start_pos or 0, "NUMBER_OUTSIDE_VALID_RANGE", message)
    return int(token)


def _condition(text: str, node: _Node) -> Condition:
    return _CONDITIONS[str(node.data)](text, node)


def _comparison(text: str, node: _Node) -> Condition:
    operator, value = _tokens(node)
    written = "!=" if operator == "<>" else str(operator)
    return Compare(_path(_only(node)), written, _literal(text, value))


def _like(text: str, node: _Node) -> Condition:
    return Like(_path(_only(node)), _unescape(text, _tokens(node)[0], keep="%_"))


def _in_list(text: str, node: _Node) -> Condition:
    values = tuple(_literal(text, token) for token in _tokens(node))
    return InList(_path(_only(node)), node.data == "not_in_list", values)


def _junction(text: str, node: _Node) -> Condition:
    return Junction(node.data == "all_of", tuple(_condition(text, child) for child in _trees(node)))


def _negation(text: str, node: _Node) -> Condition:
    return Negation(_condition(text, _only(node)))


def _literal(text: str, token: Token) -> Literal:
    written = _unescape(text, token) if token.type == "STRING" else str(token)
    return Literal(token.type, written, token.start_pos or 0)


def _unescape(text: str, token: Token, keep: str = "") -> str:
    inner, out, at = str(token)[1:-1], list[str](), 0
    if len(inner) > MAX_STRING:
        message = f"a string in WHERE cannot be longer than {MAX_STRING} characters"
        raise refuse(text, token.start_pos or 0, "MALFORMED_QUERY", message)
    while at < len(inner):
        sign = inner[at]
        if sign != "\\":
            out.append(sign)
            at += 1
            continue
        out.append(_escape(text, token, inner[at + 1], keep))
        at += 2
    return "".join(out)


def _escape(text: str, token: Token, sign: str, keep: str) -> str:
    if sign in "%_":
        return f"\\{sign}" if sign in keep else sign
    if sign == "\\" and keep:
        return "\\\\"
    if sign not in _ESCAPES:
        message = f"Invalid string literal. Illegal character sequence '\\{sign}' in string literal."
        raise refuse(text, token.start_pos or 0, "MALFORMED_QUERY", message)
    return _ESCAPES[sign]


_CONDITIONS: dict[str, Callable[[str, _Node], Condition]] = {
    "comparison": _comparison,
    "like": _like,
    "in_list": _in_list,
    "not_in_list": _in_list,
    "all_of": _junction,
    "any_of": _junction,
    "none_of": _negation,
}


def paths_of(condition: Condition | None) -> Sequence[Path]:
    """This function will give every path that a condition names."""
    match condition:
        case None:
            return ()
        case Junction(operands=operands):
            return [path for operand in operands for path in paths_of(operand)]
        case Negation(operand=operand):
            return paths_of(operand)
        case _:
            return (condition.path,)
