"""HTTP as we do it: timeouts on every call, https except on loopback, bounded answers, no proxy variables.

simple-salesforce always says `https://` and never gives a timeout; both are mended here, below it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from csops_sync.adapters.salesforce.budget import ApiBudget
from csops_sync.adapters.salesforce.clock import ServerTime
from csops_sync.adapters.salesforce.connection import SalesforceConnection, is_loopback

WrapAdapter = Callable[[BaseAdapter], BaseAdapter]
CLIENT_NAME = "csops-sync"


class AnswerTooLargeError(requests.RequestException):
    """An answer went beyond the limit; reading it on could take all memory."""


class Observer(Protocol):
    """Who is told of every call and every answer."""

    def sending(self, url: str) -> None:
        """This function will note that a request is about to be sent."""
        ...

    def answered(self, headers: Mapping[str, str]) -> None:
        """This function will note an answer's headers."""
        ...


@dataclass(frozen=True, slots=True)
class HeaderObserver:
    """Takes business time and API usage from every answer, and counts the calls that Salesforce counts.

    Logins and the list of versions are free (REST API guide: `/services/data` is not counted).
    """

    server_time: ServerTime
    budget: ApiBudget

    def sending(self, url: str) -> None:
        """This function will count a call to the REST API."""
        if urlsplit(url).path.startswith("/services/data/v"):
            self.budget.spend()

    def answered(self, headers: Mapping[str, str]) -> None:
        """This function will read `Date` and `Sforce-Limit-Info`."""
        self.server_time.observe(headers.get("Date"))
        self.budget.observe(headers.get("Sforce-Limit-Info"))


class BoundedBody:
    """A response body that stops at a limit of decoded bytes; all else is the body's own."""

    def __init__(self, raw: Any, limit: int) -> None:  # noqa: ANN401 (urllib3's response, or a test double's)
        self._raw = raw
        self._limit = limit

    def stream(self, amt: int, *, decode_content: bool | None = None) -> Iterator[bytes]:
        """This function will yield the body in chunks, or raise AnswerTooLargeError."""
        size = 0
        for chunk in self._raw.stream(max(amt, 65536), decode_content=decode_content):
            size += len(chunk)
            if size > self._limit:
                raise AnswerTooLargeError(f"Salesforce's answer is larger than {self._limit} bytes.")
            yield chunk

    def __getattr__(self, name: str) -> object:
        return getattr(self._raw, name)


class SalesforceAdapter(HTTPAdapter):
    """The one way out to Salesforce."""

    def __init__(self, *, timeout: tuple[float, float], limit: int, observer: Observer) -> None:
        super().__init__(pool_connections=4, pool_maxsize=8, max_retries=0)
        self._timeout = timeout
        self._limit = limit
        self._observer = observer

    def send(  # type: ignore[override]  # the stubs name each option; we pass them through
        self,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401 (requests' own keyword arguments)
    ) -> requests.Response:
        """This function will send one request, with our headers and our timeouts."""
        dressed = _dressed(request)
        self._observer.sending(dressed.url or "")
        response = super().send(dressed, **{**options, "timeout": self._timeout})
        self._observer.answered(response.headers)
        response.raw = BoundedBody(response.raw, self._limit)
        return response


class SalesforceSession(requests.Session):
    """A session that follows no redirect: a 3xx is an answer, and no token travels to another host."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """This function will say that there is nowhere to go."""


def open_session(
    connection: SalesforceConnection, *, observer: Observer, wrap: WrapAdapter
) -> requests.Session:
    """This function will build the session that everything here talks through."""
    adapter = wrap(
        SalesforceAdapter(
            timeout=(connection.connect_timeout, connection.read_timeout),
            limit=connection.max_answer_bytes,
            observer=observer,
        )
    )
    session = SalesforceSession()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": CLIENT_NAME, "Accept-Encoding": "gzip"})
    session.adapters.clear()
    session.mount("https://", adapter)
    for host in ("127.0.0.1", "localhost", "[::1]"):
        session.mount(f"http://{host}", adapter)
    return session


def never_sent(error: requests.RequestException) -> bool:
    """This function will say whether it is certain that no byte of the request left."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    if not isinstance(error, requests.ConnectionError) or not error.args:
        return False
    cause = error.args[0]
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _dressed(request: requests.PreparedRequest) -> requests.PreparedRequest:
    dressed = request.copy()
    dressed.headers.pop("X-PrettyPrint", None)  # a quarter more bytes for nobody
    dressed.headers["Sforce-Call-Options"] = f"client={CLIENT_NAME}"
    url = dressed.url or ""
    if url.startswith("https://") and is_loopback(url):
        dressed.url = "http://" + url.removeprefix("https://")
    return dressed
