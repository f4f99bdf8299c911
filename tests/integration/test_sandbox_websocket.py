"""The sandbox's WebSocket server, spoken to in bare bytes: the handshake, pings, and how it closes."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from tests.fakes.slack_workspace import Served

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\x00\x00\x00\x00"
HEADERS = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


async def echo(websocket: WebSocket) -> None:
    """Say everything again, until told to go."""
    await websocket.accept()
    try:
        while (text := await websocket.receive_text()) != "go":
            await websocket.send_text(text)
    except WebSocketDisconnect:
        return
    await websocket.close(4000, "gone")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with Served(Starlette(routes=[WebSocketRoute("/echo", echo)])) as served:
        yield served


@contextmanager
def asked(
    base: str, *, path: str = "/echo", headers: Mapping[str, str | None] | None = None
) -> Iterator[socket.socket]:
    """A connection that asked for a WebSocket with these headers."""
    host, _, port = base.removeprefix("http://").strip("/").partition(":")
    given = {**HEADERS, **(headers or {})}
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        plain.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
        yield plain


@contextmanager
def opened(base: str) -> Iterator[socket.socket]:
    """A connection that was granted one."""
    with asked(base) as plain:
        assert until(plain, b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        yield plain


def until(plain: socket.socket, end: bytes) -> bytes:
    """Read byte by byte, so that nothing behind the end is taken."""
    heard = b""
    while not heard.endswith(end):
        more = plain.recv(1)
        assert more, f"it ended after {heard!r}"
        heard += more
    return heard


def frame(first: int, payload: bytes) -> bytes:
    return bytes([first, 0x80 | len(payload)]) + MASK + payload


def closed_with(plain: socket.socket) -> int:
    """Read to the close frame at the end and give its code."""
    heard = b""
    while more := plain.recv(4096):
        heard += more
        if heard[:1] == b"\x88" and len(heard) >= 4:
            plain.sendall(frame(0x88, heard[2:4]))
    assert heard[0] == 0x88
    return int.from_bytes(heard[2:4])


def test_a_handshake_is_answered_as_the_rfc_has_it(base: str) -> None:
    with asked(base) as plain:
        answer = until(plain, b"\r\n\r\n").decode().split("\r\n")
    assert answer[0] == "HTTP/1.1 101 Switching Protocols"
    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-WebSocket-Version": "8"}, 426),
        ({"Sec-WebSocket-Version": None}, 426),
        ({"Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Key": None}, 400),
    ],
)
def test_a_handshake_that_is_none_is_refused(base: str, headers: dict[str, str | None], status: int) -> None:
    with asked(base, headers=headers) as plain:
        assert until(plain, b"\r\n").startswith(f"HTTP/1.1 {status} ".encode())


def test_a_place_without_a_websocket_is_forbidden(base: str) -> None:
    with asked(base, path="/nowhere") as plain:
        assert until(plain, b"\r\n\r\n").startswith(b"HTTP/1.1 403 ")
        assert plain.recv(1) == b""


def test_texts_go_back_and_forth_and_a_ping_is_answered(base: str) -> None:
    with opened(base) as plain:
        plain.sendall(frame(0x89, b"are you there") + frame(0x81, "更新".encode()))
        assert plain.recv(15) == b"\x8a\x0dare you there"
        assert plain.recv(8) == b"\x81\x06" + "更新".encode()


def test_a_client_that_closes_is_answered_with_its_own_code(base: str) -> None:
    with opened(base) as plain:
        plain.sendall(frame(0x88, b"\x03\xe9bye"))
        assert plain.recv(16) == b"\x88\x02\x03\xe9"
        assert plain.recv(1) == b""


def test_the_server_closes_with_its_code_and_reason(base: str) -> None:
    with opened(base) as plain:
        plain.sendall(frame(0x81, b"go"))
        assert closed_with(plain) == 4000


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x02hi", 1002),
        (frame(0x82, b"bytes"), 1003),
        (frame(0x81, b"\xff"), 1007),
        (b"\x81\xff" + (1 << 21).to_bytes(8), 1009),
        (frame(0x88, b"\x03"), 1002),
    ],
)
def test_what_a_client_may_not_send_closes_the_connection(base: str, sent: bytes, code: int) -> None:
    with opened(base) as plain:
        plain.sendall(sent)
        assert closed_with(plain) == code


def test_a_client_that_does_not_finish_the_close_is_cut_off(base: str) -> None:
    """After a second."""
    with opened(base) as plain:
        plain.sendall(frame(0x81, b"go"))
        heard = b""
        try:
            while more := plain.recv(64):
                heard += more
        except ConnectionResetError:
            pass
        assert heard.endswith(b"gone")
