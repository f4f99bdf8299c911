"""What comes over a Socket Mode connection acknowledges what was sent over it, and nothing else."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.fakes.sandbox_applications import applications

from csops_sync.sandbox.slack.acknowledgements import SocketMisuse, read_acknowledgement
from csops_sync.sandbox.slack.envelopes import Delivery, Kind
from csops_sync.sandbox.slack.sockets import Socket, Sockets


@pytest.fixture
def sockets() -> Sockets:
    return applications().orders.acts.sockets


@pytest.fixture
def pair(sockets: Sockets) -> Iterator[tuple[Socket, Socket]]:
    """Two open connections."""
    loop = asyncio.new_event_loop()
    made = [Socket(number=number, outgoing=asyncio.Queue(), loop=loop) for number in (1, 2)]
    for socket in made:
        assert sockets.connect(socket, seconds=360)
    yield made[0], made[1]
    loop.close()


@pytest.mark.parametrize(
    "text", ["hello?", "", "[]", '{"envelope_id": 5}', '{"envelope_id": "x", "extra": 1}']
)
def test_what_is_no_acknowledgement_is_refused(text: str) -> None:
    with pytest.raises(SocketMisuse, match=r"what comes over a connection is JSON|an acknowledgement is"):
        read_acknowledgement(text)


def sent(sockets: Sockets, pair: tuple[Socket, Socket]) -> tuple[str, Socket, Socket]:
    """An envelope on its way: its id, the connection that it went over, and the other one."""
    attempt = sockets.deliver(Delivery(kind=Kind.EVENT, payload={"type": "event_callback"})).current
    assert attempt is not None
    own, other = sorted(pair, key=lambda socket: socket.number != attempt.connection)
    return attempt.envelope_id, own, other


def test_an_envelope_is_acknowledged_where_it_was_sent(sockets: Sockets, pair: tuple[Socket, Socket]) -> None:
    envelope, own, other = sent(sockets, pair)
    answer = f'{{"envelope_id": "{envelope}"}}'
    with pytest.raises(SocketMisuse):
        sockets.heard(other, answer)
    assert sockets.as_json()["misuses"] == [f"{envelope} was sent over another connection"]
    assert sockets.as_json()["pending"] == 1
    sockets.heard(own, answer)
    assert sockets.as_json()["pending"] == 0


def test_an_event_takes_no_payload_with_its_acknowledgement(
    sockets: Sockets, pair: tuple[Socket, Socket]
) -> None:
    envelope, own, _ = sent(sockets, pair)
    with pytest.raises(SocketMisuse):
        sockets.heard(own, f'{{"envelope_id": "{envelope}", "payload": {{"text": "thanks"}}}}')
    assert sockets.as_json()["misuses"] == [f"{envelope} takes no payload with its acknowledgement"]
    assert sockets.as_json()["pending"] == 1


@pytest.mark.parametrize("times", [0, 1])
def test_an_envelope_is_acknowledged_once(sockets: Sockets, pair: tuple[Socket, Socket], times: int) -> None:
    envelope, own, _ = sent(sockets, pair)
    answer = f'{{"envelope_id": "{envelope if times else "made-up"}"}}'
    for _ in range(times):
        sockets.heard(own, answer)
    with pytest.raises(SocketMisuse, match="is awaited: unknown, late, or a second one"):
        sockets.heard(own, answer)
