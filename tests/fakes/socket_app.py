"""An app on Socket Mode: the vendor's own client, that notes what it hears and answers as the test says."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from tests.fakes.slack_workspace import client_for

PATIENCE = 10.0
"""Seconds of real time for which a test waits for something that comes from another thread."""

Payload = dict[str, Any]
Answer = Callable[[SocketModeRequest], Payload | None]


class SocketApp:
    """Acknowledges what it hears, with `answer`'s payload where there is one; not at all while `silent`."""

    def __init__(self, base: str, token: str, *, ping_interval: float = 0.5) -> None:
        self.heard: list[SocketModeRequest] = []
        self.frames: list[str] = []
        self.silent = False
        self.answer: Answer = lambda _request: None
        self.on_request: Callable[[SocketModeRequest], None] = lambda _request: None
        self._came = threading.Condition()
        web = client_for(base, token)
        self.client = SocketModeClient(app_token=token, web_client=web, ping_interval=ping_interval)
        self.client.proxy = None
        self.client.on_message_listeners.append(self._frame)
        self.client.socket_mode_request_listeners.append(self._request)

    def wait(self, count: int) -> list[SocketModeRequest]:
        """Wait until so many requests came, and give them all."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.heard) >= count, PATIENCE), (
                f"{len(self.heard)} requests came, not {count}"
            )
            return list(self.heard)

    def frame(self, kind: str) -> str:
        """Wait for a frame of a type (`hello`, `disconnect`) and give the newest."""
        with self._came:
            assert self._came.wait_for(lambda: self._of(kind) != [], PATIENCE), (
                f"no {kind} among {self.frames}"
            )
            return self._of(kind)[-1]

    def acknowledge(self, request: SocketModeRequest, payload: Payload | None = None) -> None:
        """Acknowledge a request by hand."""
        self.client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    def close(self) -> None:
        """End the client."""
        close(self.client)

    def _of(self, kind: str) -> list[str]:
        return [frame for frame in self.frames if f'"type": "{kind}"' in frame]

    def _frame(self, text: str) -> None:
        with self._came:
            self.frames.append(text)
            self._came.notify_all()

    def _request(self, _client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        if not self.silent:
            self.acknowledge(request, self.answer(request))
        self.on_request(request)
        with self._came:
            self.heard.append(request)
            self._came.notify_all()


def close(client: SocketModeClient) -> None:
    """End a client; a last ping wakes its reader, which would else sleep for three seconds."""
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    client.current_session_state.terminated = True
    session = client.current_session
    if session is not None and session.is_active():
        session.ping("bye")
    client.close()


@contextmanager
def connected(base: str, token: str) -> Iterator[SocketApp]:
    """Run an app until the block ends; it has been greeted when the block starts."""
    app = SocketApp(base, token)
    app.client.connect()
    try:
        app.frame("hello")
        yield app
    finally:
        app.close()


def eventually(check: Callable[[], bool], what: str) -> None:
    """Wait until something is so that no thread here is told of."""
    until = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < until, what
        time.sleep(0.02)
