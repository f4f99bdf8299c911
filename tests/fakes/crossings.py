"""Every crossing between the product and the outside, counted: where a kill can leave something half done.

A commit has two (before it, and after it), and so has every request at both HTTP transports: before it is sent, and
after the answer has come. Transactions that only read cross nothing. Nothing of this is known to the product: it is
put around its transports.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import BaseAdapter
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from sqlalchemy import Connection, event
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.store.engine import MODE_OPTION, Mode
from csops_sync.bootstrap import Transports

_SILENT = logging.Logger("crossings", level=logging.CRITICAL + 1)  # noqa: LOG001  # never configured from outside
_COMMITTED = "crossings_committed"

Watch = Callable[["Crossings", str], None]
"""Called at every crossing, after it was counted, with its name."""


def _nothing(_crossings: "Crossings", _name: str) -> None:
    """Let it pass."""


@dataclass
class Crossings:
    """Counts, names what it counts, and calls `watch` at each crossing; that may raise, or kill the process."""

    watch: Watch = _nothing
    names: list[str] = field(default_factory=list)
    _open: list[Callable[[], None]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were so far; the first one is number 1."""
        return len(self.names)

    def begin(self, watch: Watch = _nothing) -> None:
        """Count from 1 again, watched by `watch`."""
        self.names.clear()
        self.watch = watch

    def cross(self, name: str) -> None:
        """Count one."""
        self.names.append(name)
        self.watch(self, name)

    def hang_up(self) -> None:
        """Close what a process that ended here would have left to the system to close."""
        for close in self._open:
            close()
        self._open.clear()

    def transports(self) -> Transports:
        """Give what stands between the product and its wires, with the counting around it."""
        return Transports(
            wrap_salesforce=self._around,
            slack_client=lambda options: _counted_client(options, self.cross),
            on_database=self._on_database,
        )

    def _around(self, adapter: BaseAdapter) -> BaseAdapter:
        self._open.append(adapter.close)
        return _CountedAdapter(adapter, self.cross)

    def _on_database(self, engine: SqlEngine) -> None:
        self._open.append(engine.dispose)
        event.listen(engine, "commit", self._before_commit)
        event.listen(engine, "checkin", self._after_commit)

    def _before_commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get(MODE_OPTION) is Mode.READ:
            return
        connection.info[_COMMITTED] = True
        self.cross("before commit")

    def _after_commit(self, _connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        """A connection goes back to its pool right after its commit, and nothing else comes between."""
        if entry.info.pop(_COMMITTED, False):
            self.cross("after commit")


class _CountedAdapter(BaseAdapter):
    """Around the HTTP adapter of Salesforce."""

    def __init__(self, inner: BaseAdapter, cross: Callable[[str], None]) -> None:
        super().__init__()
        self._inner = inner
        self._cross = cross

    def send(  # type: ignore[override]  # the stubs name each option; they are passed through
        self,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401  # requests' own keyword arguments
    ) -> requests.Response:
        name = f"{request.method} {request.path_url.partition('?')[0]}"
        self._cross(f"request {name}")
        response = self._inner.send(request, **options)
        _ = (
            response.content
        )  # read now, as requests does next: who ends the process here leaves no open socket
        self._cross(f"response {name}")
        return response

    def close(self) -> None:
        self._inner.close()


class _CountedClient(WebClient):
    """slack_sdk's client; each of its calls is one HTTP request, for it never sends twice."""

    cross: Callable[[str], None]

    def api_call(self, api_method: str, **options: Any) -> SlackResponse:  # noqa: ANN401  # as above
        self.cross(f"request {api_method}")
        response = super().api_call(api_method, **options)
        self.cross(f"response {api_method}")
        return response


def _counted_client(options: SlackOptions, cross: Callable[[str], None]) -> WebClient:
    client = _CountedClient(
        token=options.token,
        base_url=options.base_url,
        timeout=options.timeout_seconds,
        retry_handlers=[],
        logger=_SILENT,
    )
    client.proxy = None
    client.cross = cross
    return client
