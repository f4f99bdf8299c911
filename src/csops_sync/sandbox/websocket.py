"""WebSockets for uvicorn, served by our own `rfc6455`: no WebSocket library is needed beside it.

Handshake and frames are checked strictly; pings are answered, and sent every ten seconds, as Slack does: a client
that leaves three of them unanswered is dropped. Real time is meant throughout: a connection is a physical thing.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

import h11
from starlette.types import ASGIApp, Message, Scope
from uvicorn.config import Config
from uvicorn.server import ServerState

from csops_sync.sandbox.rfc6455 import (
    Closing,
    Frame,
    FrameError,
    Opcode,
    Reader,
    accept_key,
    close_code,
    closing,
    encoded,
    text_of,
)

PING_SECONDS: Final = 10.0
UNANSWERED: Final = 3
CLOSE_SECONDS: Final = 1.0
_NO_CODE, _ABNORMAL = 1005, 1006
_VERSION = b"13"
_REASONS = {400: "Bad Request", 403: "Forbidden", 426: "Upgrade Required"}


class WebSocketProtocol(asyncio.Protocol):
    """One connection: uvicorn hands it the upgrade request's bytes, then the transport."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        self._app: ASGIApp = config.loaded_app
        self._state, self._app_state = server_state, app_state
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._reader = Reader()
        self._key: str | None = None
        self._opened = self._ended = False
        self._unanswered = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a stream's transport
        """This method will take the connection over from HTTP."""
        self._transport = transport
        self._state.connections.add(self)  # type: ignore[arg-type]  # uvicorn's own set names its own protocols

    def connection_lost(self, _error: Exception | None) -> None:
        """This method will tell the application that nobody is there any more."""
        self._state.connections.discard(self)
        self._stop_timer()
        self._end(_ABNORMAL)

    def data_received(self, data: bytes) -> None:
        """This method will take the request's head first, and frames from then on."""
        if self._key is None:
            self._handshake(data)
            return
        try:
            for frame in self._reader.feed(data):
                self._heard(frame)
        except FrameError as error:
            self._close(error.code, str(error))

    def shutdown(self) -> None:
        """This method will end the connection because the server stops; uvicorn calls it."""
        self._close(Closing.GOING_AWAY, "the server stops")
        self._transport.close()

    def _handshake(self, data: bytes) -> None:
        request = _head(data)
        headers = {name.lower(): value for name, value in request.headers}
        if headers.get(b"sec-websocket-version") != _VERSION:
            self._refuse(426)
            return
        self._key = accept_key(headers.get(b"sec-websocket-key", b"").decode("ascii", "replace"))
        if self._key is None or request.method != b"GET":
            self._refuse(400)
            return
        self._start(_scope(request, self._app_state))

    def _start(self, scope: Scope) -> None:
        self._events.put_nowait({"type": "websocket.connect"})
        task = self._loop.create_task(self._run(scope))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    async def _run(self, scope: Scope) -> None:
        try:
            await self._app(scope, self._events.get, self._send)
        except Exception:
            self._close(Closing.UNEXPECTED, "the server failed")
            raise
        self._close(Closing.NORMAL, "")

    async def _send(self, message: Message) -> None:
        if self._ended:
            return
        match message:
            case {"type": "websocket.accept"}:
                self._accept()
            case {"type": "websocket.send", "text": str(text)}:
                self._transport.write(encoded(Opcode.TEXT, text.encode()))
            case {"type": "websocket.close", **given}:
                self._close(int(given.get("code") or Closing.NORMAL), str(given.get("reason") or ""))
            case _:
                raise ValueError(f"a WebSocket here cannot {message['type']}")

    def _accept(self) -> None:
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self._transport.write(f"{head}Sec-WebSocket-Accept: {self._key}\r\n\r\n".encode())
        self._opened = True
        self._later(PING_SECONDS, self._ping)

    def _heard(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT:
                self._events.put_nowait({"type": "websocket.receive", "text": text_of(frame.payload)})
            case Opcode.BINARY:
                raise FrameError("only text is taken here", Closing.NOT_TAKEN)
            case Opcode.PING:
                self._transport.write(encoded(Opcode.PONG, frame.payload))
            case Opcode.PONG:
                self._unanswered = 0
            case Opcode.CLOSE:
                self._answer_close(close_code(frame.payload))

    def _answer_close(self, code: int | None) -> None:
        if not self._ended:
            self._transport.write(encoded(Opcode.CLOSE, b"" if code is None else struct.pack("!H", code)))
        self._end(_NO_CODE if code is None else code)
        self._transport.close()

    def _ping(self) -> None:
        if self._unanswered >= UNANSWERED:
            self._transport.abort()
            return
        self._unanswered += 1
        self._transport.write(encoded(Opcode.PING, b"Ping from applink-sandbox"))
        self._later(PING_SECONDS, self._ping)

    def _close(self, code: int, reason: str) -> None:
        """Start the closing handshake; a client that does not finish it in a second is cut off."""
        if self._ended:
            return
        if not self._opened:
            self._refuse(403)
            return
        self._transport.write(closing(code, reason))
        self._end(code)
        self._later(CLOSE_SECONDS, self._transport.abort)

    def _refuse(self, status: int) -> None:
        version = f"Sec-WebSocket-Version: {_VERSION.decode()}\r\n"
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Length: 0\r\nConnection: close\r\n{version}\r\n"
        )
        self._transport.write(head.encode())
        self._end(_ABNORMAL)
        self._transport.close()

    def _end(self, code: int) -> None:
        if not self._ended:
            self._ended = True
            self._events.put_nowait({"type": "websocket.disconnect", "code": code})

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._loop.call_later(seconds, work)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _head(data: bytes) -> h11.Request:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    request = connection.next_event()
    if not isinstance(request, h11.Request):
        raise TypeError("uvicorn hands a connection over with its whole head")
    return request


def _scope(request: h11.Request, state: dict[str, Any]) -> Scope:
    raw_path, _, query = request.target.partition(b"?")
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": request.http_version.decode("ascii"),
        "scheme": "ws",
        "path": unquote(raw_path.decode("ascii")),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers],
        "subprotocols": [],
        "state": dict(state),
        "client": None,
        "server": None,
    }
