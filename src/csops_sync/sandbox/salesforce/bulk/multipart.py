"""A job and its data in one request: `multipart/form-data` with the parts `job` (JSON) and `content` (CSV).

Source: Bulk API 2.0 guide, "Bulk Insert with a Multipart Request": up to 100,000 characters of data.
"""

from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesParser

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.request import Call

MOST = 100_000
_KIND = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Parts:
    """The job's properties and its data."""

    job: dict[str, object]
    content: bytes


def is_multipart(call: Call) -> bool:
    """This function will say whether a call has several parts."""
    return call.headers.get("content-type", "").lower().startswith(_KIND)


def read_parts(call: Call) -> Parts:
    """This function will take a call apart; ApiError INVALIDMULTIPARTREQUEST."""
    parts = _parts(call)
    if set(parts) != {"job", "content"}:
        found = ", ".join(sorted(parts)) or "none"
        raise _invalid(f"a multipart request has the parts job and content, not {found}")
    if _kind(parts["job"]) != "application/json" or _kind(parts["content"]) != "text/csv":
        raise _invalid("the part job is application/json, the part content is text/csv")
    content = _bytes(parts["content"])
    if len(content.decode("utf-8", "replace")) > MOST:
        raise _invalid(f"the part content is longer than {MOST} characters; upload it with PUT")
    return Parts(replace(call, body=_bytes(parts["job"])).json(), content)


def _parts(call: Call) -> "dict[str, Message[str, str]]":
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode("latin-1")
    whole = BytesParser().parsebytes(head + call.body)
    if not whole.is_multipart():
        raise _invalid("the body has no parts by the boundary of its Content-Type")
    found: dict[str, Message[str, str]] = {}
    for part in whole.get_payload():
        if isinstance(part, Message):
            found[str(part.get_param("name", "", header="content-disposition"))] = part
    return found


def _kind(part: "Message[str, str]") -> str:
    return part.get_content_type()


def _bytes(part: "Message[str, str]") -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _invalid(message: str) -> ApiError:
    return ApiError(400, "INVALIDMULTIPARTREQUEST", message)
