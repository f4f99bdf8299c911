"""WebSocket frames: what comes whole, in pieces or in fragments is read; what RFC 6455 forbids is refused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csops_sync.sandbox.rfc6455 import (
    LONGEST_MESSAGE,
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

MASK = b"\x37\xfa\x21\x3d"


def masked(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A frame as a client sends it."""
    head = bytes([(0x80 if final else 0) | opcode])
    if len(payload) <= 125:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 1 << 16:
        head += struct.pack("!BH", 0x80 | 126, len(payload))
    else:
        head += struct.pack("!BQ", 0x80 | 127, len(payload))
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def read(data: bytes) -> list[Frame]:
    return list(Reader().feed(data))


def test_the_example_of_the_rfc_is_answered_as_the_rfc_answers_it() -> None:
    """Section 1.3."""
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZQ==", "dGhlIHNhbXBsZSBub25jZQ==\n", "日本語"])
def test_what_is_no_key_of_sixteen_bytes_is_not_answered(key: str) -> None:
    assert accept_key(key) is None


def test_the_masked_hello_of_the_rfc_is_read() -> None:
    """Section 5.7."""
    assert read(bytes.fromhex("818537fa213d7f9f4d5158")) == [Frame(Opcode.TEXT, b"Hello")]


def test_a_message_comes_together_from_fragments_with_a_ping_between() -> None:
    data = masked(1, "更".encode(), final=False) + masked(9, b"?") + masked(0, "新".encode())
    assert read(data) == [Frame(Opcode.PING, b"?"), Frame(Opcode.TEXT, "更新".encode())]


@given(st.lists(st.binary(max_size=400), max_size=4), st.integers(1, 50))
def test_bytes_may_come_in_any_pieces(payloads: list[bytes], size: int) -> None:
    data = b"".join(masked(2, payload) for payload in payloads)
    reader, found = Reader(), list[Frame]()
    for start in range(0, len(data), size):
        found += reader.feed(data[start : start + size])
    assert [frame.payload for frame in found] == payloads


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_every_length_is_written_and_read(length: int) -> None:
    payload = b"x" * length
    assert read(masked(2, payload)) == [Frame(Opcode.BINARY, payload)]
    assert encoded(Opcode.TEXT, payload).endswith(payload)
    assert len(encoded(Opcode.TEXT, payload)) - length == (
        2 if length < 126 else 4 if length < 65_536 else 10
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(encoded(Opcode.TEXT, b"x"), id="no mask"),
        pytest.param(b"\xc1\x80" + MASK, id="a reserved bit"),
        pytest.param(b"\x83\x80" + MASK, id="an opcode that is none"),
        pytest.param(masked(9, b"x", final=False), id="a control frame in fragments"),
        pytest.param(b"\x89\xfe\x00\x7e", id="a control frame of 126 bytes"),
        pytest.param(b"\x81\xfe\x00\x05", id="a length in more bytes than it needs"),
        pytest.param(b"\x81\xff" + struct.pack("!Q", 65_535), id="eight bytes for what fits in two"),
        pytest.param(masked(0, b"x"), id="a continuation of nothing"),
        pytest.param(masked(1, b"a", final=False) + masked(1, b"b"), id="a message within a message"),
    ],
)
def test_what_the_rfc_forbids_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(FrameError) as caught:
        read(data)
    assert caught.value.code is Closing.PROTOCOL_ERROR


def test_a_message_that_is_too_long_is_refused_before_it_is_there() -> None:
    """Whole or in fragments."""
    head = b"\x81\xff" + struct.pack("!Q", LONGEST_MESSAGE + 1)
    half = masked(1, b"x" * LONGEST_MESSAGE, final=False)
    for data in (head, half + masked(0, b"x")):
        with pytest.raises(FrameError) as caught:
            read(data)
        assert caught.value.code is Closing.TOO_LONG


def test_text_must_be_utf8() -> None:
    with pytest.raises(FrameError) as caught:
        text_of(b"\xff")
    assert caught.value.code is Closing.NOT_UTF8


def test_a_close_frame_says_why_in_at_most_125_bytes() -> None:
    """A reason is cut between characters."""
    frame = closing(1001, "あ" * 60)
    assert frame[0] == 0x88
    assert frame[1] <= 125
    assert close_code(frame[2:]) == 1001
    assert frame[4:].decode() == "あ" * 41
    assert close_code(b"") is None


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xed", b"\x03\xee", b"\x00\x01", b"\x03\xe8\xff"])
def test_a_close_code_that_may_not_be_sent_is_refused(payload: bytes) -> None:
    """One byte, 1005, 1006, 1, and a reason that is no text."""
    with pytest.raises(FrameError):
        close_code(payload)
