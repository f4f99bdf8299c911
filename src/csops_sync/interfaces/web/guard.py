"""What stands before every page: the host name, the size of what is asked, and the headers of what is answered."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from csops_sync.config.addresses import is_loopback
from csops_sync.config.settings_dashboard import DashboardSettings

LONGEST_QUERY = 2_048
LARGEST_FORM = 65_536
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # under no-referrer a form's own Origin would be null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_NO_STORE = "no-store"
_HTTPS_ONLY = "max-age=31536000"
_MISDIRECTED, _TOO_LONG, _TOO_LARGE = 421, 414, 413
Refuse = Callable[[Scope, int], ASGIApp]
"""Gives the page that says a status."""


def allowed_host(settings: DashboardSettings, listen_host: str) -> Callable[[str], bool]:
    """This function will say which host names the dashboard answers to.

    Its public one, and this machine's own names where it listens there: another site's name that was made to point
    here (DNS rebinding) is neither.
    """
    own = {name for name in (settings.public_host, listen_host.lower()) if name}

    def allows(header: str) -> bool:
        try:
            name = (urlsplit(f"//{header}").hostname or "").lower()
        except ValueError:
            return False
        return name in own or is_loopback(name)

    return allows


class Guard:
    """An ASGI application around the dashboard's."""

    def __init__(
        self, app: ASGIApp, *, allows: Callable[[str], bool], refuse: Refuse, is_secure: bool = False
    ) -> None:
        self._app = app
        self._allows = allows
        self._refuse = refuse
        self._headers = dict(HEADERS)
        if is_secure:
            self._headers["Strict-Transport-Security"] = _HTTPS_ONLY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse before anything is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = self._wrong(Headers(scope=scope), scope)
        app = self._app if status is None else self._refuse(scope, status)
        await app(scope, receive, self._dressed(send))

    def _wrong(self, headers: Headers, scope: Scope) -> int | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._allows(hosts[0]):
            return _MISDIRECTED
        if len(scope["query_string"]) > LONGEST_QUERY or len(scope.get("raw_path") or b"") > LONGEST_QUERY:
            return _TOO_LONG
        return _TOO_LARGE if _is_large(headers.getlist("content-length")) else None

    def _dressed(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _NO_STORE)
            await send(message)

        return dressed


def _is_large(lengths: Iterable[str]) -> bool:
    return any(not one.isdecimal() or int(one) > LARGEST_FORM for one in lengths)
