"""From the parser's tree to SOQL's own, with what can be checked without knowing the org."""

from collections.abc import Callable
from typing import TypeAlias

from lark import Token, Tree

from csops_sync.sandbox.salesforce.misuse import malformed, refuse
from csops_sync.sandbox.salesforce.soql_tree import (
    Call,
    Compare,
    Condition,
    Includes,
    InList,
    InQuery,
    Item,
    Junction,
    Like,
    Literal,
    Negation,
    Order,
    Path,
    Query,
    Subject,
)

MAX_STRING, MAX_OFFSET = 4_000, 2_000
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_CLAUSES = 6
Node: TypeAlias = Tree[Token]


def read_query(text: str, tree: Node) -> Query:
    """This function will read a `select` of the parser's tree; ApiError for what is out of bounds."""
    *items, source = tree.children[:-_CLAUSES]
    using, where, group_by, orders, limit, offset = tree.children[-_CLAUSES:]
    if not isinstance(source, Tree):
        raise TypeError("the grammar gives the object's name after the fields")
    groups, having = _group_by(text, group_by)
    return Query(
        text=text,
        items=tuple(_item(text, node) for node in items if isinstance(node, Tree)),
        source=_path(_trees(source)[0]),
        alias=_alias(source),
        scope=_path(using) if isinstance(using, Tree) else None,
        where=_condition(text, _trees(where)[0]) if isinstance(where, Tree) else None,
        groups=groups,
        having=having,
        orders=tuple(_order(node) for node in _trees(orders)),
        limit=_count(text, limit, "LIMIT"),
        offset=_count(text, offset, "OFFSET") or 0,
    )


def _trees(node: Node | Token | None) -> list[Node]:
    return [child for child in node.children if isinstance(child, Tree)] if isinstance(node, Tree) else []


def _tokens(node: Node) -> list[Token]:
    return [child for child in node.children if isinstance(child, Token)]


def _item(text: str, node: Node) -> Item | Query:
    if node.data == "select":
        return read_query(text, node)
    return Item(_subject(_trees(node)[0]), _alias(node))


def _alias(node: Node) -> str | None:
    tokens = _tokens(node)
    return str(tokens[0]) if tokens else None


def _subject(node: Node) -> Subject:
    if node.data == "path":
        return _path(node)
    name = _tokens(node)[0]
    arguments = tuple(_subject(child) for child in _trees(node))
    return Call(str(name).upper(), arguments, name.start_pos or 0, str(name))


def _path(node: Node) -> Path:
    tokens = _tokens(node)
    return Path(tuple(str(token) for token in tokens), tokens[0].start_pos or 0)


def _group_by(text: str, node: Node | Token | None) -> tuple[tuple[Subject, ...], Condition | None]:
    parts = _trees(node)
    if not parts:
        return (), None
    groups, *having = parts
    condition = _condition(text, _trees(having[0])[0]) if having else None
    return tuple(_subject(child) for child in _trees(groups)), condition


def _order(node: Node) -> Order:
    _, direction, place = node.children
    descending = str(direction or "").lower() == "desc"
    nulls_first = str(place or "first").lower() == "first"  # of DESC too
    return Order(_subject(_trees(node)[0]), descending, nulls_first)


def _count(text: str, node: Node | Token | None, word: str) -> int | None:
    if not isinstance(node, Tree):
        return None
    token = _tokens(node)[0]
    if not token.isdecimal():  # the grammar's digits are 0 to 9
        raise malformed(text, token.start_pos or 0, f"{word} must be a whole number")
    if word == "OFFSET" and int(token) > MAX_OFFSET:
        message = f"Maximum SOQL offset allowed is {MAX_OFFSET}"
        raise refuse(text, token.start_pos or 0, "NUMBER_OUTSIDE_VALID_RANGE", message)
    return int(token)


def _condition(text: str, node: Node) -> Condition:
    return _CONDITIONS[str(node.data)](text, node)


def _left(node: Node) -> Subject:
    return _subject(_trees(node)[0])


def _comparison(text: str, node: Node) -> Condition:
    operator, value = _tokens(node)
    written = "!=" if operator == "<>" else str(operator)
    return Compare(_left(node), written, _literal(text, value))


def _like(text: str, node: Node) -> Condition:
    return Like(_left(node), _unescape(text, _tokens(node)[0], keep="%_"))


def _in_list(text: str, node: Node) -> Condition:
    values = tuple(_literal(text, token) for token in _tokens(node))
    return InList(_left(node), node.data == "not_in_list", values)


def _in_query(text: str, node: Node) -> Condition:
    subject, select = _trees(node)
    return InQuery(_subject(subject), node.data == "not_in_query", read_query(text, select))


def _includes(text: str, node: Node) -> Condition:
    word, *values = _tokens(node)
    return Includes(
        _left(node), word.lower() == "excludes", tuple(_unescape(text, value) for value in values)
    )


def _junction(text: str, node: Node) -> Condition:
    return Junction(node.data == "all_of", tuple(_condition(text, child) for child in _trees(node)))


def _negation(text: str, node: Node) -> Condition:
    return Negation(_condition(text, _trees(node)[0]))


def _literal(text: str, token: Token) -> Literal:
    written = _unescape(text, token) if token.type == "STRING" else str(token)
    return Literal(token.type, written, token.start_pos or 0)


def _unescape(text: str, token: Token, keep: str = "") -> str:
    inner, out, at = str(token)[1:-1], list[str](), 0
    if len(inner) > MAX_STRING:
        message = f"a string in WHERE cannot be longer than {MAX_STRING} characters"
        raise malformed(text, token.start_pos or 0, message)
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
        raise malformed(text, token.start_pos or 0, message)
    return _ESCAPES[sign]


_CONDITIONS: dict[str, Callable[[str, Node], Condition]] = {
    "comparison": _comparison,
    "like": _like,
    "in_list": _in_list,
    "not_in_list": _in_list,
    "in_query": _in_query,
    "not_in_query": _in_query,
    "includes": _includes,
    "all_of": _junction,
    "any_of": _junction,
    "none_of": _negation,
}
