"""How Slack is called: one WebClient, no retries of its own, every failure turned into a verdict."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from csops_sync.adapters.slack.verdicts import LOST_CURSOR, TRANSPORT_ERRORS, as_error, judge
from csops_sync.ports.clock import Clock
from csops_sync.ports.errors import OutsideError, PermanentError

T = TypeVar("T")
Call = Callable[..., SlackResponse]
Body = Mapping[str, object]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MAX_PAGES = 1000
PER_PAGE = 999
"""The most that Slack gives: lists are Tier 2 and 3, some 20 or 50 pages a minute."""
_RESUME_WITHIN = timedelta(minutes=10)
SILENT = logging.Logger("csops_sync.slack_sdk", level=logging.CRITICAL + 1)  # noqa: LOG001  # never configured from outside
"""slack_sdk logs whole answers and texts of customers; what is worth knowing stands in our verdicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOptions:
    """How to reach Slack and how to speak there.

    `overrides` map a Salesforce user id, an e-mail or a `@handle` to a Slack member id (`U...`), another e-mail
    or `@handle`. `fallback` is who is told where a person cannot be found, written the same way. `timezone` and
    `locale` (`ja` or `en`) are the org's. `cache_seconds` is how long people and channels are remembered.
    `app_token` (`xapp-...`) opens the connection through which answers come; without it nobody listens.
    """

    token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    base_url: str = "https://slack.com/api/"
    timeout_seconds: int = 10
    locale: str = "ja"
    timezone: str = "Asia/Tokyo"
    overrides: Mapping[str, str] = field(default_factory=dict)
    fallback: str | None = None
    cache_seconds: float = 3600.0


class ClientFactory(Protocol):
    """Makes the WebClient; tests and tracing put their own in."""

    def __call__(self, options: SlackOptions) -> WebClient:
        """This function will make a client that never sends twice by itself."""
        ...


def make_client(options: SlackOptions) -> WebClient:
    """This function will make slack_sdk's client with its retries off.

    By default slack_sdk sends a request again after a lost connection, which posts a message twice.

    Raises:
        ValueError: the token or the address cannot be used; the text says what to do and holds no secret.
    """
    if not options.token.isascii() or not options.token.isprintable() or " " in options.token:
        raise ValueError("the Slack bot token holds a space or a line break: store it again, without them")
    parts = urlsplit(options.base_url)
    if parts.scheme != "https" and (parts.scheme, parts.hostname in LOOPBACK) != ("http", True):
        raise ValueError("slack.base_url must begin with https:// (http:// only on this machine)")
    client = WebClient(
        token=options.token,
        base_url=options.base_url,
        timeout=options.timeout_seconds,
        retry_handlers=[],
        logger=SILENT,
    )
    if parts.hostname in LOOPBACK:
        client.proxy = None  # slack_sdk takes HTTPS_PROXY for every address, whatever NO_PROXY says
    return client


def read(call: Call, /, **arguments: object) -> Body:
    """This function will make a call that may be made again, and give its body.

    Raises:
        TransientError, PermanentError, AuthFailedError: by the table of verdicts.
    """
    return _body(answer(call, **arguments))


def answer(call: Call, /, **arguments: object) -> SlackResponse:
    """This function will do as `read`, and give the whole answer, headers too."""
    try:
        return call(**arguments)
    except TRANSPORT_ERRORS as error:
        raise as_error(judge(error)) from None


def pages(call: Call, /, first: str = "", **arguments: object) -> Iterator[Body]:
    """This function will follow `next_cursor` from `first` to the end, page by page; raises as `read` does."""
    cursor = first
    for _ in range(_MAX_PAGES):
        body = read(call, limit=PER_PAGE, **arguments, **({"cursor": cursor} if cursor else {}))
        yield body
        following = next_cursor(body)
        if not following or following == cursor:
            return
        cursor = following


def next_cursor(body: Body) -> str:
    """This function will give the cursor of the next page, empty at the end."""
    extra = body.get("response_metadata")
    return str(extra.get("next_cursor") or "") if isinstance(extra, dict) else ""


class Listing(Generic[T]):
    """A list that is read page by page, and goes on where it stood after Slack asked to wait.

    Each page is turned into what is needed of it at once. What was read is dropped at the end of the list, when another
    list is asked for, and where nothing was added to it for `keep`: it may not be true any more.
    """

    def __init__(
        self, take: Callable[[Body], Iterable[T]], *, clock: Clock, keep: timedelta = _RESUME_WITHIN
    ) -> None:
        self._take = take
        self._clock = clock
        self._keep = keep
        self._about: object = None
        self._read_at = clock.now()
        self._arguments: Mapping[str, object] = {}
        self._found: list[T] = []
        self._cursor = ""

    def read(self, call: Call, /, about: object = None, **arguments: object) -> list[T]:
        """This function will give all of the list; raises as `read` does, and goes on from there the next time.

        `about` tells one list from another; the arguments of the first page are kept for the following ones.
        """
        if self._about != about or self._clock.now() - self._read_at >= self._keep:
            self._begin(about)
        self._arguments = self._arguments or arguments
        try:
            for page in pages(call, first=self._cursor, **self._arguments):
                self._found.extend(self._take(page))
                self._cursor = next_cursor(page)
                self._read_at = self._clock.now()
        except OutsideError as error:
            if isinstance(error, PermanentError) or error.code == LOST_CURSOR:
                self._begin(None)
            raise
        found = self._found
        self._begin(None)
        return found

    def _begin(self, about: object) -> None:
        self._about = about
        self._read_at = self._clock.now()
        self._arguments = {}
        self._found = []
        self._cursor = ""


def entries(body: Body, name: str) -> list[Body]:
    """This function will give the objects of a list in a body; what is no object is left out."""
    found = body.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _body(response: SlackResponse) -> Body:
    return response.data if isinstance(response.data, dict) else {}
