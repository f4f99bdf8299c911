"""What a reader is told instead of a page: in their language, why, what to do about it, and the way back."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from csops_sync.app.refusals import RefusedError
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.access import Identity, NotAllowedError, NotSignedInError
from csops_sync.interfaces.web.dashboard_data import NotReadyError
from csops_sync.interfaces.web.forms import TooLargeError
from csops_sync.interfaces.web.query_values import UnreadableError
from csops_sync.interfaces.web.rendering import Desk, Page

SAID = frozenset({400, 401, 403, 404, 405, 409, 413, 414, 421, 500, 503})
"""The statuses that have words of their own; any other is told as a 400."""
_SEE_OTHER, _UNREADABLE, _UNKNOWN, _FORBIDDEN, _BROKEN = 303, 400, 401, 403, 500
_BY_ERROR: Mapping[type[Exception], int] = {
    NotAllowedError: _FORBIDDEN,
    TooLargeError: 413,
    NotReadyError: 503,
    RefusedError: 409,
}
_IDENTITY = "identity"
Answer = Callable[[Request, Exception], Response]


def refusals(desk: Desk) -> dict[int | type[Exception], Answer]:
    """This function will give what answers each error of the dashboard."""

    def said(status: int) -> Answer:
        def handler(request: Request, error: Exception) -> Response:
            return error_page(_page(desk, request), status, _text(error))

        return handler

    def unreadable(request: Request, error: Exception) -> Response:
        page, text = _page(desk, request), _text(error)
        if not isinstance(text, Sentence):
            text = page.words("error.field", field=text)
        return error_page(page, _UNREADABLE, text, language=page.words.language)

    def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else _BROKEN
        return error_page(_page(desk, request), status, "")

    def not_signed_in(request: Request, _error: Exception) -> Response:
        if desk.sign_in and request.method == "GET" and "authorization" not in request.headers:
            return RedirectResponse("/sign-in", status_code=_SEE_OTHER)
        answer = error_page(_page(desk, request), _UNKNOWN, "")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    return {
        **{kind: said(status) for kind, status in _BY_ERROR.items()},
        NotSignedInError: not_signed_in,
        UnreadableError: unreadable,
        HTTPException: http,
        Exception: http,
    }


def remember(request: Request, identity: Identity) -> Identity:
    """This function will note who asks, so that they keep the way to other pages where this one cannot be shown."""
    setattr(request.state, _IDENTITY, identity)
    return identity


def error_page(page: Page, status: int, text: str, *, language: str = "en") -> Response:
    """This function will render what went wrong; `text` is what can be done about it, in `language`."""
    key = f"error.{status}" if status in SAID else f"error.{_UNREADABLE}"
    shown = {"title": page.words(key), "text": text, "language": language, "ways": _ways(page, status)}
    return page.render("error.html", shown, status=status)


def _ways(page: Page, status: int) -> list[tuple[str, str]]:
    """Give the ways on: the page that they came from, the overview, and to whom it may be shown: the sign-in."""
    ways = [("/", page.words("error.back"))]
    before = _before(page.request)
    if before is not None:
        ways.insert(0, (before, page.words("error.before")))
    if page.desk.sign_in and status in (_UNKNOWN, _FORBIDDEN):
        ways.append(("/sign-in", page.words("sign.in")))
    return ways


def _before(request: Request) -> str | None:
    """Give the address of the page of ours whose link or form led here; None where it is another site's, or this."""
    try:
        came = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # whatever a browser or somebody else calls an address
        return None
    if came.netloc != request.headers.get("host") or not came.path.startswith("/"):
        return None
    if came.path == request.url.path or came.path.startswith(("//", "/sign-in")):
        return None
    return f"{came.path}?{came.query}" if came.query else came.path


def _page(desk: Desk, request: Request) -> Page:
    return Page(request=request, desk=desk, identity=getattr(request.state, _IDENTITY, None))


def _text(error: Exception) -> str:
    """Give an error's text as it was raised: a sentence stays one."""
    text = error.args[0] if error.args else ""
    return text if isinstance(text, str) else str(error)
