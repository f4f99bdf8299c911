"""The arguments of a call: read from query, form or JSON, and checked against what the method knows."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl

from csops_sync.sandbox.slack.errors import SlackError, bad_argument
from csops_sync.sandbox.slack.model import Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_WHOLE = re.compile(r"[0-9]{1,15}")
_TRUE, _FALSE = frozenset({"1", "true"}), frozenset({"0", "false"})


class Kind(StrEnum):
    """What an argument is; `!` marks one that must be given."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DATA = "data"
    REQUIRED = "text!"
    REQUIRED_DATA = "data!"


_MUST = frozenset({Kind.REQUIRED, Kind.REQUIRED_DATA})
Known = Mapping[str, Kind]
Arguments = Mapping[str, Json]
EVERYWHERE: Known = {"team_id": Kind.TEXT}
"""What every method takes: slack_bolt names the workspace with each call, which changes nothing for its own token."""


def body_arguments(body: bytes, content_type: str, *, json_allowed: bool) -> dict[str, Json]:
    """This function will read a POST's body. Methods that only read take no JSON, as with the real Slack."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return {}
    if kind == FORM:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
    if kind != JSON:
        raise SlackError("invalid_post_type" if kind else "missing_post_type")
    if not json_allowed:
        raise bad_argument("this method takes no JSON body; send a form")
    try:
        given = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(given, dict):
        raise SlackError("json_not_object")
    return given


def checked(given: Arguments, known: Known) -> dict[str, Json]:
    """This function will give the arguments in their kinds; SlackError `invalid_arguments` for the first bad one."""
    allowed = {**EVERYWHERE, **known}
    for name in sorted(set(given) - set(allowed)):
        raise bad_argument(f"unknown argument: {name}")
    values = {
        name: _value(name, value, allowed[name]) for name, value in given.items() if value not in (None, "")
    }
    for name, kind in known.items():
        if kind in _MUST and name not in values:
            raise bad_argument(f"missing required field: {name}")
    return values


def text(arguments: Arguments, name: str) -> str | None:
    """This function will give a text argument, None where it was not given."""
    value = arguments.get(name)
    return value if isinstance(value, str) else None


def required(arguments: Arguments, name: str) -> str:
    """This function will give a text argument that `checked` has made sure of."""
    return str(arguments[name])


def flag(arguments: Arguments, name: str) -> bool:
    """This function will give a flag, False where it was not given."""
    return arguments.get(name) is True


def number(arguments: Arguments, name: str, default: int) -> int:
    """This function will give a whole number."""
    value = arguments.get(name)
    return value if isinstance(value, int) else default


def _value(name: str, value: Json, kind: Kind) -> Json:
    if kind in (Kind.DATA, Kind.REQUIRED_DATA):
        return value
    if kind is Kind.FLAG:
        return _flag(name, value)
    if kind is Kind.NUMBER:
        return _number(name, value)
    if not isinstance(value, str):
        raise bad_argument(f"must be a string: {name}")
    return value


def _flag(name: str, value: Json) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise bad_argument(f"must be a boolean: {name}")


def _number(name: str, value: Json) -> int:
    if isinstance(value, bool) or not _WHOLE.fullmatch(str(value)):
        raise bad_argument(f"must be an integer: {name}")
    return int(str(value))
