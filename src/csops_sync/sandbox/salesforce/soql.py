"""Parsing SOQL: the text against the grammar, and what a text that does not fit is told."""

import re
from functools import cache, lru_cache
from importlib import resources

from lark import Lark, Token, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.misuse import malformed
from csops_sync.sandbox.salesforce.soql_reading import read_query
from csops_sync.sandbox.salesforce.soql_tree import Query

MAX_QUERY = 100_000
_HINTS = {
    "typeof": "the sandbox does not do TYPEOF: ask for Id, Name and Type of the parent",
    "for": "FOR UPDATE, FOR VIEW and FOR REFERENCE belong to Apex and to pages, the sandbox does not do them",
    "with": "WITH belongs to Apex and to article search: over REST the user's own permissions always apply",
    "all": "ALL ROWS belongs to Apex: over REST deleted rows are read by queryAll",
    "update": "UPDATE TRACKING and UPDATE VIEWSTAT are for articles, which the sandbox does not have",
}


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """This function will read a query; ApiError MALFORMED_QUERY where it is none."""
    if len(text) > MAX_QUERY:
        message = f"SOQL statements cannot be longer than {MAX_QUERY} characters."
        raise ApiError(400, "MALFORMED_QUERY", message)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    select = tree.children[0]
    if isinstance(select, Token):
        raise TypeError("the grammar gives a query's select")
    return read_query(text, select)


@cache
def _parser() -> Lark:
    grammar = resources.files("csops_sync.sandbox.salesforce").joinpath("soql.lark").read_text("utf-8")
    return Lark(grammar, start="query", parser="lalr", maybe_placeholders=True, propagate_positions=True)


def _unexpected(text: str, error: UnexpectedInput) -> ApiError:
    match error:
        case UnexpectedToken(token=Token(type="$END")) | UnexpectedEOF():
            return malformed(text, len(text), "unexpected token: '<EOF>'")
        case _:
            at = error.pos_in_stream or 0
            return malformed(text, at, f"unexpected token: {_shown(text, at)}")


def _shown(text: str, at: int) -> str:
    """Give the token at a place, and where it is of a clause that is not done, what to do instead."""
    if text[at] == "'":
        return "line breaks or end in a string"
    word = re.compile(r"\w+|.", re.DOTALL).match(text, at)
    found = word[0] if word else text[at]
    hint = _HINTS.get(found.lower())
    return f"'{found}'" if hint is None else f"'{found}' ({hint})"
