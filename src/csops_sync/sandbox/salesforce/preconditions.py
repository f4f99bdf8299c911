"""Conditional requests: `If-Unmodified-Since` and its inverse on every row, entity tags on Account rows.

Source: REST API guide, "Conditional Request Headers". Times are whole seconds and compared with LastModifiedDate, so
that two edits within one second look alike; a tag is exact, but Account alone has one. Where a real org ignores a
condition (a tag on another object, any condition on DELETE), the sandbox refuses: the client believes itself guarded.
"""

import hashlib
import re
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.request import Call
from csops_sync.sandbox.salesforce.schema import ObjectType, Row
from csops_sync.sandbox.salesforce.stamps import instant_of

CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
_TAGGED = "Account"
_TAGS = re.compile(r'\s*"[^"]*"(\s*,\s*"[^"]*")*\s*')


def refuse_all(call: Call, where: str) -> None:
    """This function will refuse every condition; ApiError INVALID_HEADER. `where` says what they are not for."""
    for name in CONDITIONS:
        if name in call.headers:
            message = f"{name.title()} is not supported {where}; read the row first"
            raise ApiError(400, "INVALID_HEADER", message)


def unmet(call: Call, kind: ObjectType, row: Row) -> bool:
    """This function will say whether the answer is 304, nothing new; ApiError 412 where the row is another by now."""
    _check_unmodified(call, kind, row)
    return _known_by_tag(call, kind, row) or _unmodified(call, kind, row)


def tag(kind: ObjectType, row: Row) -> dict[str, str]:
    """This function will give the `ETag` header of a row, nothing for objects that have none."""
    if kind.name != _TAGGED:
        return {}
    return {"ETag": _tag(row)}


def http_date(text: str) -> datetime:
    """This function will read an HTTP date (whole seconds, UTC); ApiError 400 where it is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        raise ApiError(400, "INVALID_HEADER", f"{text!r} is not an HTTP date") from None


def _check_unmodified(call: Call, kind: ObjectType, row: Row) -> None:
    since = call.headers.get("if-unmodified-since")
    if since is not None and _modified(kind, row) > http_date(since):
        raise _failed("The record was modified after the given time")
    wanted = _tags(call, kind, "if-match")
    if wanted is not None and _tag(row) not in wanted:
        raise _failed("The record is not the one that the given ETag was read from")


def _known_by_tag(call: Call, kind: ObjectType, row: Row) -> bool:
    known = _tags(call, kind, "if-none-match")
    if known is None or _tag(row) not in known:
        return False
    if call.method == "PATCH":
        raise _failed("The record is still the one that the given ETag was read from")
    return True


def _unmodified(call: Call, kind: ObjectType, row: Row) -> bool:
    since = call.headers.get("if-modified-since")
    return since is not None and _modified(kind, row) <= http_date(since)


def _tags(call: Call, kind: ObjectType, name: str) -> list[str] | None:
    given = call.headers.get(name)
    if given is None:
        return None
    if kind.name != _TAGGED:
        message = f"{name.title()} works on {_TAGGED} rows only; use If-Unmodified-Since on {kind.name}"
        raise ApiError(400, "INVALID_HEADER", message)
    if not _TAGS.fullmatch(given):
        raise ApiError(400, "INVALID_HEADER", f"{name.title()} takes ETags in double quotes, not {given!r}")
    return re.findall(r'"[^"]*"', given)


def _tag(row: Row) -> str:
    return f'"{b64encode(hashlib.sha256(repr(row).encode()).digest()).decode()}"'


def _modified(kind: ObjectType, row: Row) -> datetime:
    name = "LastModifiedDate" if kind.has("LastModifiedDate") else "CreatedDate"
    return instant_of(str(row[kind.places[name]]))


def _failed(message: str) -> ApiError:
    return ApiError(412, "PRECONDITION_FAILED", message)
