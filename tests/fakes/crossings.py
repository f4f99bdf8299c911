"""Every crossing between the product and the outside, counted: where a kill can leave something half done.

A commit has two (before it, and after it), and so has every request at both HTTP transports: before it is sent, and
after the answer has come. Transactions that only read cross nothing. Nothing of this is known to the product: it is
put around its transports.
"""

import logging
from collections.abc import Callable, Iterable
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
from tests.fakes.crossing_kinds import asked_of_salesforce, asked_of_slack, written

from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.store.engine import MODE_OPTION, Mode
from csops_sync.bootstrap import Transports

_SILENT = logging.Logger("crossings", level=logging.CRITICAL + 1)  # noqa: LOG001  # never configured from outside
_COMMITTED = "crossings_committed"
_WRITTEN = "crossings_written"

Cross = Callable[[str, Iterable[str]], None]
Watch = Callable[["Crossings", str], None]
"""Called at every crossing, after it was counted, with its name."""


def _nothing(_crossings: "Crossings", _name: str) -> None:
    """Let it pass."""


@dataclass
class Crossings:
    """Counts, names what it counts, and calls `watch` at each crossing; that may raise, or kill the process.

    `kinds` are of each its name with everything that is on its way there.
    """

    watch: Watch = _nothing
    names: list[str] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    _open: list[Callable[[], None]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were so far; the first one is number 1."""
        return len(self.names)

    def begin(self, watch: Watch = _nothing) -> None:
        """Count from 1 again, watched by `watch`."""
        self.names.clear()
        self.kinds.clear()
        self.watch = watch

    def cross(self, name: str, what: Iterable[str] = ()) -> None:
        """Count one; `what` is on its way."""
        self.names.append(name)
        self.kinds.append([f"{name}: {one}" for one in what] or [name])
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
        event.listen(engine, "before_cursor_execute", _note_written)
        event.listen(engine, "commit", self._before_commit)
        event.listen(engine, "checkin", self._after_commit)

    def _before_commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get(MODE_OPTION) is Mode.READ:
            return
        rows = sorted(connection.info.pop(_WRITTEN, ()))
        connection.info[_COMMITTED] = rows
        self.cross("before commit", rows)

    def _after_commit(self, _connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        """A connection goes back to its pool right after its commit, and nothing else comes between."""
        rows = entry.info.pop(_COMMITTED, None)
        if rows is not None:
            self.cross("after commit", rows)


def _note_written(  # as SQLAlchemy calls it
    connection: Connection,
    _cursor: object,
    statement: str,
    parameters: object,
    _context: object,
    _is_many: bool,  # noqa: FBT001  # as above
) -> None:
    connection.info.setdefault(_WRITTEN, set()).update(written(statement, parameters))


class _CountedAdapter(BaseAdapter):
    """Around the HTTP adapter of Salesforce."""

    def __init__(self, inner: BaseAdapter, cross: Cross) -> None:
        super().__init__()
        self._inner = inner
        self._cross = cross

    def send(  # type: ignore[override]  # the stubs name each option; they are passed through
        self,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401  # requests' own keyword arguments
    ) -> requests.Response:
        name = f"{request.method} {request.path_url.partition('?')[0]}"
        what = asked_of_salesforce(request)
        self._cross(f"request {name}", what)
        response = self._inner.send(request, **options)
        _ = (
            response.content
        )  # read now, as requests does next: who ends the process here leaves no open socket
        self._cross(f"response {name}", what)
        return response

    def close(self) -> None:
        self._inner.close()


class _CountedClient(WebClient):
    """slack_sdk's client; each of its calls is one HTTP request, for it never sends twice."""

    cross: Cross

    def api_call(self, api_method: str, **options: Any) -> SlackResponse:  # noqa: ANN401  # as above
        what = asked_of_slack(options)
        self.cross(f"request {api_method}", what)
        response = super().api_call(api_method, **options)
        self.cross(f"response {api_method}", what)
        return response


def _counted_client(options: SlackOptions, cross: Cross) -> WebClient:
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
