"""HTTP: two services in one process, their faults played on the wire, the sandbox's time as the only `Date`."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote_plus

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.faults import Fault, Faults

MAX_HEAD: Final = 1 << 18
_HTML = "<html><head><title>Service Unavailable</title></head><body>The service is unavailable.</body></html>"


class AbortableProtocol(H11Protocol):
    """Lets the application cut the connection: `scope["state"]["abort"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own signature
        """This method will note the connection, so that a request can end it without an answer."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


class Gate:
    """Around a service: reads the request, plays transport faults, answers one request at a time, sets `Date`.

    `prefix` is where the service's API is; faults concern nothing else, and `count` is told of nothing else.
    """

    def __init__(  # noqa: PLR0913  # everything that stands between the wire and a service
        self,
        app: ASGIApp,
        *,
        service: str,
        prefix: str,
        faults: Faults,
        clock: VirtualClock,
        turn: asyncio.Lock,
        count: Callable[[str, str], None],
    ) -> None:
        self._app = app
        self._service = service
        self._prefix = prefix
        self._faults = faults
        self._clock = clock
        self._turn = turn
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """This method will answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        fault = self._fault(scope, body)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.number("seconds", 1))
            fault = None
        messages = await self._messages(scope, body, fault)
        if messages is None:
            await _cut(scope, receive)
            return
        for message in messages:
            await send(self._dated(message))

    def _fault(self, scope: Scope, body: bytes) -> Fault | None:
        path = str(scope["path"])
        if not path.startswith(self._prefix):
            return None
        self._count(str(scope["method"]), path)
        query = unquote_plus(bytes(scope["query_string"]).decode("latin-1"))
        target = f"{path}?{query}" if query else path
        return self._faults.transport(self._service, str(scope["method"]), target, body)

    async def _messages(self, scope: Scope, body: bytes, fault: Fault | None) -> list[Message] | None:
        """Give the answer's messages; None where the connection is to be cut instead."""
        if fault is None:
            return await self._work(scope, body)
        if fault.kind == "drop_after" or fault.arguments.get("after"):
            await self._work(scope, body)
        return None if fault.kind.startswith("drop") else _asked_for(fault)

    async def _work(self, scope: Scope, body: bytes) -> list[Message]:
        messages: list[Message] = []
        parts = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(parts, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            messages.append(message)

        async with self._turn:
            await self._app(scope, receive, send)
        return messages

    def _dated(self, message: Message) -> Message:
        if message["type"] != "http.response.start":
            return message
        date = format_datetime(self._clock.now().replace(microsecond=0), usegmt=True).encode()
        return {**message, "headers": [*message["headers"], (b"date", date)]}


class Server(uvicorn.Server):
    """Leaves the process's signals to the sandbox, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """This method will listen, and then set `ready`."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """This method will not take over any signal."""
        yield


def server(app: ASGIApp) -> Server:
    """This function will make a server for an app; it serves on the sockets that it is given."""
    config = uvicorn.Config(
        app,
        http=AbortableProtocol,
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_level="warning",
        date_header=False,
        server_header=False,
        h11_max_incomplete_event_size=MAX_HEAD,
        timeout_keep_alive=300,
        timeout_graceful_shutdown=1,
    )
    return Server(config)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _cut(scope: Scope, receive: Receive) -> None:
    abort: Callable[[], None] = scope["state"]["abort"]
    abort()
    while (await receive())["type"] != "http.disconnect":
        continue


def _asked_for(fault: Fault) -> list[Message]:
    unavailable = fault.kind == "server_unavailable_html"
    text = _HTML if unavailable else fault.text("answer", "")
    kind = fault.text("content_type", "application/json" if text[:1] in {"[", "{"} else "text/html")
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(text.encode())).encode())]
    status = 503 if unavailable else int(fault.number("status", 500))
    return [
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": text.encode()},
    ]
