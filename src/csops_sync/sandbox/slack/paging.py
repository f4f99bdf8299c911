"""Cursors and time windows of the methods that list things."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import TypeVar

from csops_sync.sandbox.slack.arguments import Arguments, flag, number, text
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.model import Message
from csops_sync.sandbox.slack.stamps import micros_of

T = TypeVar("T")
_START, _BEFORE = "next:", "next_ts:"


def page(items: Sequence[T], arguments: Arguments, *, default: int, most: int) -> tuple[Sequence[T], str]:
    """This function will give a page and the cursor of the next one, empty at the end.

    SlackErrors: `invalid_limit`, `invalid_cursor`.
    """
    limit = number(arguments, "limit", default)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    cursor = text(arguments, "cursor")
    start = 0 if cursor is None else _decoded(cursor, _START)
    if start > len(items):
        raise SlackError("invalid_cursor")
    following = start + limit
    return items[start:following], _cursor(_START, following) if following < len(items) else ""


def earlier(
    newest_first: Sequence[Message], arguments: Arguments, *, most: int
) -> tuple[Sequence[Message], str]:
    """This function will give a page of history; its cursor is a time, so that posts in between move nothing.

    SlackErrors: `invalid_limit`, `invalid_cursor`.
    """
    cursor = text(arguments, "cursor")
    before = None if cursor is None else _decoded(cursor, _BEFORE)
    rest = [message for message in newest_first if before is None or _micros(message) < before]
    shown, more = page(rest, {"limit": number(arguments, "limit", 100)}, default=100, most=most)
    return shown, _cursor(_BEFORE, _micros(shown[-1])) if more else ""


def window(messages: Sequence[Message], arguments: Arguments) -> list[Message]:
    """This function will keep messages between `oldest` and `latest`, both excluded unless `inclusive`.

    SlackErrors: `invalid_ts_oldest`, `invalid_ts_latest`.
    """
    oldest, latest = _bound(arguments, "oldest"), _bound(arguments, "latest")
    slack = 1 if flag(arguments, "inclusive") else 0
    return [
        message
        for message in messages
        if (oldest is None or _micros(message) > oldest - slack)
        and (latest is None or _micros(message) < latest + slack)
    ]


def _bound(arguments: Arguments, name: str) -> int | None:
    given = text(arguments, name)
    if given is None:
        return None
    micros = micros_of(given)
    if micros is None:
        raise SlackError(f"invalid_ts_{name}")
    return micros


def _micros(message: Message) -> int:
    return micros_of(message.ts) or 0


def _cursor(kind: str, at: int) -> str:
    return urlsafe_b64encode(f"{kind}{at}".encode()).decode()


def _decoded(cursor: str, kind: str) -> int:
    try:
        decoded = urlsafe_b64decode(cursor).decode()
    except (Base64Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    digits = decoded.removeprefix(kind)
    if not (digits.isascii() and digits.isdecimal()) or decoded == digits:
        raise SlackError("invalid_cursor")
    return int(digits)
