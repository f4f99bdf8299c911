"""HTTP: two services in one process, their faults played on the wire, the sandbox's time as the only `Date`."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote_plus

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.faults import Fault, Faults
from csops_sync.sandbox.loopback import stranger
from csops_sync.sandbox.toxics import Wire, play
from csops_sync.sandbox.websocket import WebSocketProtocol

MAX_HEAD: Final = 1 << 18


class EndableProtocol(H11Protocol):
    """Lets the application end the connection: `scope["state"]["reset"]` at once, `["close"]` once all is sent."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own signature
        """This method will note the connection, so that a request can end it without an answer."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "reset": lambda: _reset(transport), "close": transport.close}


class Gate:
    """Around a service: reads the request, plays transport faults, answers one request at a time, sets `Date`.

    `prefix` is where the service's API is; faults concern nothing else, and `count` is told of nothing else. A request
    that has a fault on the wire goes on to the service as `state.faulted`, so that it has no second one. What lies
    beside it (pages, the control endpoint) asks for no token, so other sites' pages are kept out of it. What lies
    `apart` waits for an app's answer, and takes no turn: the app needs other requests answered meanwhile.
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
        apart: tuple[str, ...] = (),
    ) -> None:
        self._app = app
        self._service = service
        self._prefix = prefix
        self._faults = faults
        self._clock = clock
        self._turn = turn
        self._count = count
        self._apart = apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """This method will answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _with_single_slashes(scope)
        refused = None if str(scope["path"]).startswith(self._prefix) else stranger(Request(scope))
        if refused is not None:
            await refused(scope, receive, send)
            return
        body = await _read(receive)

        async def dated(message: Message) -> None:
            await send(self._dated(message))

        async def work() -> list[Message]:
            return await self._work(scope, body)

        state = scope["state"]
        wire = Wire(
            service=self._service, send=dated, receive=receive, reset=state["reset"], close=state["close"]
        )
        fault = self._fault(scope, body)
        state["faulted"] = fault is not None
        await play(fault, work, wire)

    def _fault(self, scope: Scope, body: bytes) -> Fault | None:
        path = str(scope["path"])
        if not path.startswith(self._prefix):
            return None
        method = str(scope["method"])
        self._count(method, path)
        query = unquote_plus(bytes(scope["query_string"]).decode("latin-1"))
        target = f"{path}?{query}" if query else path
        fault = self._faults.transport(self._service, method, target, body)
        if fault is not None and fault.kind == "duplicate":
            self._count(method, path)
        return fault

    async def _work(self, scope: Scope, body: bytes) -> list[Message]:
        messages: list[Message] = []
        parts = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(parts, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            messages.append(message)

        waits = str(scope["path"]).startswith(self._apart)
        async with nullcontext() if waits else self._turn:
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
        http=EndableProtocol,
        ws=WebSocketProtocol,
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


def _with_single_slashes(scope: Scope) -> Scope:
    """Read `//services` as `/services`: the Salesforce CLI joins an instance's address that ends in a slash."""
    path, raw = str(scope["path"]), bytes(scope["raw_path"])
    if not path.startswith("//"):
        return scope
    return {**scope, "path": "/" + path.lstrip("/"), "raw_path": b"/" + raw.lstrip(b"/")}


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _reset(transport: asyncio.Transport) -> None:
    """End a connection by RST: what is still on its way is lost, and the client's next read fails."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
