"""Forms that change something: read within a limit, and only from our own pages (CSRF)."""

import hmac
import secrets
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.access import NotAllowedError
from csops_sync.interfaces.web.guard import LARGEST_FORM
from csops_sync.interfaces.web.query_values import refuse_nul

FIELD = "csrf"
_SESSION_KEY = "csrf"
_MOST_FIELDS = 300
_FORM = "application/x-www-form-urlencoded"
_STALE = Sentence(
    "form.stale",
    "this page is too old to act on, or the order came from another site: open the page again and repeat it",
)


class TooLargeError(Exception):
    """A form is larger than any of ours."""


def csrf_token(request: Request) -> str:
    """This function will give the session's token, which every form carries; a session without one gets it here."""
    token = request.session.get(_SESSION_KEY)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(32)
        request.session[_SESSION_KEY] = token
    return token


async def read_form(request: Request) -> dict[str, list[str]]:
    """This function will read a form that one of our pages sent.

    Raises NotAllowedError where the token or the origin is not ours, TooLargeError beyond the limits, UnreadableError
    where a field holds a NUL, which no database takes.
    """
    if not request.headers.get("content-type", "").startswith(_FORM):
        raise NotAllowedError(Sentence("form.foreign", "only the forms of these pages are taken"))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise TooLargeError
    try:
        fields = parse_qs(body.decode(), max_num_fields=_MOST_FIELDS, keep_blank_values=True)
    except ValueError as error:
        raise TooLargeError from error
    _check(request, fields.get(FIELD, [""])[0])
    for name, values in fields.items():
        refuse_nul(name.replace("\x00", ""), name, *values)
    return fields


def _check(request: Request, given: str) -> None:
    expected = request.session.get(_SESSION_KEY)
    same = isinstance(expected, str) and hmac.compare_digest(given.encode(), expected.encode())
    if not same or not _is_ours(request):
        raise NotAllowedError(_STALE)


def _is_ours(request: Request) -> bool:
    """Say whether a browser names our own origin; what names none (no browser) is judged by the token alone."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == request.headers["host"]
