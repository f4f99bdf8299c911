"""WebSocket frames as RFC 6455 has them, the server's side, strict: what a client may not send is an error.

Without input or output: bytes go in, messages come out. No extensions, no subprotocols.
"""

import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha1

LONGEST_MESSAGE = 1 << 20
LONGEST_CONTROL = 125
KEY_BYTES = 16
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FIN, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _LENGTH, _MASK_BYTES = 0x80, 0x7F, 4
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})
_OWN_CODES = range(3000, 5000)


class Opcode(IntEnum):
    """What a frame carries (RFC 6455, 5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA

    @property
    def is_control(self) -> bool:
        """Whether it may stand between the fragments of a message."""
        return self >= Opcode.CLOSE


class Closing(IntEnum):
    """Why a connection ends (RFC 6455, 7.4.1): the reasons that a server gives."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    NOT_TAKEN = 1003
    NOT_UTF8 = 1007
    TOO_LONG = 1009
    UNEXPECTED = 1011


class FrameError(Exception):
    """A frame that RFC 6455 forbids; `code` is what the connection is to be closed with."""

    def __init__(self, text: str, code: Closing = Closing.PROTOCOL_ERROR) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, or a whole message once its fragments have been put together."""

    opcode: Opcode
    payload: bytes
    final: bool = True


def accept_key(key: str) -> str | None:
    """This function will answer a `Sec-WebSocket-Key` (RFC 6455, 4.2.2), or give None where it is none."""
    try:
        random = b64decode(key, validate=True)
    except (Base64Error, ValueError):
        return None
    if len(random) != KEY_BYTES:
        return None
    return b64encode(sha1(key.encode("ascii") + _GUID).digest()).decode()  # noqa: S324  # the RFC's own choice


def encoded(opcode: Opcode, payload: bytes) -> bytes:
    """This function will write one unfragmented frame as a server does: without a mask."""
    length = len(payload)
    head = bytes([_FIN | opcode])
    if length <= LONGEST_CONTROL:
        return head + bytes([length]) + payload
    if length < 1 << 16:
        return head + struct.pack("!BH", _TWO_BYTES, length) + payload
    return head + struct.pack("!BQ", _EIGHT_BYTES, length) + payload


def closing(code: int, reason: str = "") -> bytes:
    """This function will write a close frame; the reason is cut to what a control frame can hold."""
    return encoded(Opcode.CLOSE, struct.pack("!H", code) + _cut(reason.encode(), LONGEST_CONTROL - 2))


def close_code(payload: bytes) -> int | None:
    """This function will read a close frame's code, None where it has none; FrameError where it is forbidden."""
    if not payload:
        return None
    if len(payload) == 1:
        raise FrameError("a close code has two bytes")
    code = int(struct.unpack("!H", payload[:2])[0])
    if code not in _CLOSE_CODES and code not in _OWN_CODES:
        raise FrameError(f"{code} is no close code that may be sent")
    text_of(payload[2:])
    return code


def text_of(payload: bytes) -> str:
    """This function will read a text payload; FrameError 1007 where it is no UTF-8."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FrameError("text must be UTF-8", Closing.NOT_UTF8) from error


@dataclass(slots=True)
class Reader:
    """Puts a client's bytes together to messages and control frames, in the order in which they end."""

    _buffer: bytearray = field(default_factory=bytearray)
    _kind: Opcode | None = None
    _parts: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """This method will take bytes and give what they complete; FrameError at the first forbidden frame."""
        self._buffer += data
        while (frame := self._next()) is not None:
            whole = frame if frame.opcode.is_control else self._joined(frame)
            if whole is not None:
                yield whole

    def _next(self) -> Frame | None:
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004  # the two bytes that every frame begins with
            return None
        opcode, final = _checked_head(buffer[0], buffer[1])
        sized = _length(buffer)
        if sized is None:
            return None
        length, start = sized
        if length > LONGEST_MESSAGE:
            raise FrameError(f"a message has at most {LONGEST_MESSAGE} bytes", Closing.TOO_LONG)
        end = start + _MASK_BYTES + length
        if len(buffer) < end:
            return None
        mask = bytes(buffer[start : start + _MASK_BYTES])
        payload = _unmasked(bytes(buffer[start + _MASK_BYTES : end]), mask)
        del buffer[:end]
        return Frame(opcode, payload, final)

    def _joined(self, frame: Frame) -> Frame | None:
        if (frame.opcode is Opcode.CONTINUATION) != (self._kind is not None):
            raise FrameError("a fragment must follow the start of its message, and nothing else may")
        self._kind = self._kind or frame.opcode
        self._parts += frame.payload
        if len(self._parts) > LONGEST_MESSAGE:
            raise FrameError(f"a message has at most {LONGEST_MESSAGE} bytes", Closing.TOO_LONG)
        if not frame.final:
            return None
        whole = Frame(self._kind, bytes(self._parts))
        self._kind, self._parts = None, bytearray()
        return whole


def _checked_head(first: int, second: int) -> tuple[Opcode, bool]:
    if first & _RESERVED:
        raise FrameError("no extension was agreed on: the reserved bits must be 0")
    try:
        opcode = Opcode(first & _OPCODE)
    except ValueError:
        raise FrameError(f"there is no opcode {first & _OPCODE:#x}") from None
    if not second & _MASKED:
        raise FrameError("a client must mask its frames")
    final = bool(first & _FIN)
    if opcode.is_control and (not final or second & _LENGTH > LONGEST_CONTROL):
        raise FrameError("a control frame is whole and has at most 125 bytes")
    return opcode, final


def _length(buffer: bytearray) -> tuple[int, int] | None:
    """Give the payload's length and where the mask starts; None where that is not all there yet."""
    short = buffer[1] & _LENGTH
    if short < _TWO_BYTES:
        return short, 2
    layout, shortest = ("!H", _TWO_BYTES) if short == _TWO_BYTES else ("!Q", 1 << 16)
    start = 2 + struct.calcsize(layout)
    if len(buffer) < start:
        return None
    length = int(struct.unpack(layout, buffer[2:start])[0])
    if length < shortest:
        raise FrameError("a length must be written in as few bytes as it needs")
    return length, start


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    whole = (mask * (len(payload) // _MASK_BYTES + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(len(payload), "big")


def _cut(text: bytes, most: int) -> bytes:
    return text[:most].decode("utf-8", "ignore").encode()
