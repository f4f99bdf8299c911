"""slack_sdk's Socket Mode client, made fit for a daemon.

What differs from slack_sdk as it is (3.47): a new connection is asked for through our verdicts, without a sleep inside
and not too often; the old one is given up only when the new one stands; a connection that the other side
ended without a word ends here too, where slack_sdk goes on reading its end; closing waits for nothing that Slack does.
"""

import logging
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from ssl import SSLSocket
from threading import Lock
from typing import cast
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState

from csops_sync.adapters.slack.connection import LOOPBACK, SILENT, read
from csops_sync.ports.errors import PermanentError, TransientError

MOST_AT_ONCE = 3
AT_ONCE = 10.0
"""Connections within so many seconds: an app that is switched off would be sent away again and again."""
_TLS_PORTS = frozenset({None, 443})
_PING_SECONDS = 5.0
_BUFFER_BYTES = 16_384
"""slack_sdk nests a call for every buffer of a message."""


class EndingSocket:
    """A socket whose end is an error: slack_sdk takes an empty read for no news, and reads again at once."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner

    def recv(self, size: int) -> bytes:
        """This function will receive at least a byte; ConnectionResetError where the other side has ended."""
        received = self._inner.recv(size)
        if not received:
            raise ConnectionResetError("the other side ended the connection")
        return received

    def send(self, data: bytes) -> int:
        """This function will send, and say how many bytes were."""
        return self._inner.send(data)

    def interrupt(self) -> None:
        """This function will end the connection, so that whoever waits in `recv` comes back."""
        with suppress(OSError):  # it has ended already
            socket.socket.shutdown(self._inner, socket.SHUT_RDWR)

    def close(self) -> None:
        """This function will let go of the socket."""
        self._inner.close()


class EndingConnection(Connection):
    """A WebSocket connection that can be closed from any thread, at once and as often as one likes."""

    def __init__(self, url: str, *, client: SocketModeClient, on_message: Callable[[str], None]) -> None:
        super().__init__(
            url=url,
            logger=client.logger,
            proxy=client.proxy,
            ping_interval=client.ping_interval,
            receive_buffer_size=client.receive_buffer_size,
            on_message_listener=on_message,
            ssl_context=client.web_client.ssl,
        )
        self._closing = Lock()

    def connect(self) -> None:
        """This function will connect; where that fails, `is_active` says so."""
        super().connect()
        if self.sock is not None:
            self.sock = cast("SSLSocket", EndingSocket(self.sock))

    def disconnect(self) -> None:
        """This function will close the connection; one that is closed already stays so."""
        with self._closing:
            if isinstance(self.sock, EndingSocket):
                self.sock.interrupt()
            super().disconnect()


class DaemonSocketClient(SocketModeClient):
    """One connection, replaced when Slack asks for it. `connect_to_new_endpoint` raises OutsideError.

    `on_text` sees every text that comes, with the id of its connection, before it is handled.
    """

    def __init__(
        self,
        web_client: WebClient,
        *,
        app_token: str,
        monotonic: Callable[[], float],
        on_text: Callable[[str | None, str], None],
        logger: logging.Logger = SILENT,
    ) -> None:
        super().__init__(
            app_token=app_token,
            web_client=web_client,
            logger=logger,
            auto_reconnect_enabled=False,  # the listener reconnects, and says why it cannot
            ping_interval=_PING_SECONDS,
            receive_buffer_size=_BUFFER_BYTES,
        )
        self._on_text = on_text
        self._monotonic = monotonic
        self._swapping = Lock()
        self._asked: deque[float] = deque(maxlen=MOST_AT_ONCE)
        if urlsplit(web_client.base_url).hostname in LOOPBACK:
            self.proxy = None

    def issue_new_wss_url(self) -> str:
        """This function will ask Slack where to connect.

        Raises:
            TransientError, PermanentError, AuthFailedError: as the table of verdicts says.
        """
        now = self._monotonic()
        if len(self._asked) == MOST_AT_ONCE and now - self._asked[0] < AT_ONCE:
            raise TransientError("Slack ends every connection at once", code="too_often", retry_after=AT_ONCE)
        self._asked.append(now)
        body = read(self.web_client.apps_connections_open, app_token=self.app_token)
        return _checked(str(body.get("url", "")))

    def connect(self) -> None:
        """This function will put a new connection in the place of the old one, unless it fails."""
        session = EndingConnection(str(self.wss_uri), client=self, on_message=self._take)
        session.connect()
        if not session.is_active():
            return
        with self._swapping:
            before = session if self.closed else self._replaced_by(session)
        if before is not None:
            before.close()

    def end(self) -> None:
        """This function will close for good, and wait for what is being handled."""
        with self._swapping:
            self.closed = True
        self.message_queue.put(None)  # wakes the thread that waits for messages
        self.close()

    def _replaced_by(self, session: EndingConnection) -> Connection | None:
        before = self.current_session
        self.current_session_state.terminated = True
        self.current_session = session
        self.current_session_state = ConnectionState()  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
        if not self.current_app_monitor_started:
            self.current_app_monitor_started = True
            self.current_app_monitor.start()
        return before

    def _take(self, text: str) -> None:
        self._on_text(self.session_id(), text)
        self.enqueue_message(text)


def _checked(url: str) -> str:
    """Take an address only where slack_sdk encrypts what goes there, which it does on port 443 alone."""
    parts = urlsplit(url)
    if parts.scheme == "wss" and parts.port in _TLS_PORTS:
        return url
    if parts.scheme in {"ws", "wss"} and parts.hostname in LOOPBACK:
        return url
    raise PermanentError(
        f"Slack names {parts.scheme}://{parts.netloc} to connect to, which is not encrypted: nothing is sent there; "
        "look at slack.api_url",
        code="not_encrypted",
    )
