"""How Slack is called: one WebClient, no retries of its own, every failure turned into a verdict."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from csops_sync.adapters.slack.verdicts import TRANSPORT_ERRORS, as_error, judge

Call = Callable[..., SlackResponse]
Body = Mapping[str, object]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MAX_PAGES = 1000
_SILENT = logging.Logger("csops_sync.slack_sdk", level=logging.CRITICAL + 1)  # noqa: LOG001  # never configured from outside
"""slack_sdk logs whole answers and texts of customers; what is worth knowing stands in our verdicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOptions:
    """How to reach Slack and how to speak there.

    `overrides` map a Salesforce user id, an e-mail or a `@handle` to a Slack member id (`U...`), another e-mail
    or `@handle`. `fallback` is who is told where a person cannot be found, written the same way. `timezone` and
    `locale` (`ja` or `en`) are the org's. `cache_seconds` is how long people and channels are remembered.
    """

    token: str = field(repr=False)
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
    if parts.scheme != "https" and (parts.scheme, parts.hostname in _LOOPBACK) != ("http", True):
        raise ValueError("slack.base_url must begin with https:// (http:// only on this machine)")
    client = WebClient(
        token=options.token,
        base_url=options.base_url,
        timeout=options.timeout_seconds,
        retry_handlers=[],
        logger=_SILENT,
    )
    if parts.hostname in _LOOPBACK:
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


def pages(call: Call, /, **arguments: object) -> Iterator[Body]:
    """This function will follow `next_cursor` to the end, page by page; raises as `read` does."""
    cursor = ""
    for _ in range(_MAX_PAGES):
        body = read(call, **arguments, **({"cursor": cursor} if cursor else {}))
        yield body
        extra = body.get("response_metadata")
        following = str(extra.get("next_cursor") or "") if isinstance(extra, dict) else ""
        if not following or following == cursor:
            return
        cursor = following


def entries(body: Body, name: str) -> list[Body]:
    """This function will give the objects of a list in a body; what is no object is left out."""
    found = body.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _body(response: SlackResponse) -> Body:
    return response.data if isinstance(response.data, dict) else {}
