"""The socket of Socket Mode at its worst: the other side ends it, or the address that Slack names is no good."""

import socket
import threading
from collections.abc import Iterator

import pytest
from tests.fakes.slack_server import Fault, SlackServer

from csops_sync.adapters.slack.connection import SlackOptions, make_client
from csops_sync.adapters.slack.socket_client import AT_ONCE, MOST_AT_ONCE, DaemonSocketClient, EndingSocket
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError

OPEN_CALL = "apps.connections.open"


@pytest.fixture
def ends() -> Iterator[tuple[EndingSocket, socket.socket]]:
    """Two ends of a connection, one of them ours."""
    ours, theirs = socket.socketpair()
    try:
        yield EndingSocket(ours), theirs
    finally:
        ours.close()
        theirs.close()


def test_the_end_of_a_connection_is_an_error_and_no_empty_message(
    ends: tuple[EndingSocket, socket.socket],
) -> None:
    """Else slack_sdk reads it again and again."""
    ours, theirs = ends
    theirs.sendall(b"hello")
    assert ours.recv(100) == b"hello"
    theirs.close()

    with pytest.raises(ConnectionResetError):
        ours.recv(100)


def test_whoever_waits_for_a_message_comes_back_when_the_socket_is_interrupted(
    ends: tuple[EndingSocket, socket.socket],
) -> None:
    """Interrupting it twice is fine."""
    ours, _ = ends
    raised: list[OSError] = []

    def wait() -> None:
        try:
            ours.recv(100)
        except OSError as error:
            raised.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    ours.interrupt()
    ours.interrupt()
    waiting.join(5)
    assert [type(error) for error in raised] == [ConnectionResetError]


@pytest.fixture
def server() -> Iterator[SlackServer]:
    """A Slack whose answers are scripted."""
    with SlackServer() as slack:
        yield slack


@pytest.fixture
def client(server: SlackServer) -> Iterator[DaemonSocketClient]:
    """A client whose time stands still."""
    options = SlackOptions(token="xoxb-test", base_url=server.url, timeout_seconds=2)  # noqa: S106  # no secret
    made = DaemonSocketClient(
        make_client(options),
        app_token="xapp-test",  # noqa: S106  # no secret
        monotonic=lambda: 100.0,
        on_text=lambda *_: None,
    )
    yield made
    made.end()


def naming(url: str) -> Fault:
    """Let Slack name this address."""
    return Fault(method=OPEN_CALL, body={"ok": True, "url": url})


@pytest.mark.parametrize(
    "url",
    [
        "wss://wss-primary.slack.com/link/?ticket=1",
        "wss://wss.slack.com:443/link/",
        "ws://127.0.0.1:8080/link/",
    ],
)
def test_an_address_that_is_encrypted_or_on_this_machine_is_taken(
    server: SlackServer, client: DaemonSocketClient, url: str
) -> None:
    """The latter is the sandbox's."""
    server.faults.append(naming(url))

    assert client.issue_new_wss_url() == url


@pytest.mark.parametrize(
    "url", ["ws://wss.slack.com/link/", "wss://wss.slack.com:8443/link/", "https://slack.com/", ""]
)
def test_an_address_to_which_slack_sdk_would_speak_in_the_clear_is_refused(
    server: SlackServer, client: DaemonSocketClient, url: str
) -> None:
    """It encrypts on port 443 alone."""
    server.faults.append(naming(url))

    with pytest.raises(PermanentError, match="not encrypted"):
        client.issue_new_wss_url()


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (
            Fault(method=OPEN_CALL, status=429, headers={"Retry-After": "7"}),
            TransientError,
            "ratelimited",
        ),
        (Fault(method=OPEN_CALL, status=503), TransientError, "http_503"),
        (Fault(method=OPEN_CALL, drop="before"), TransientError, "no_answer"),
        (
            Fault(method=OPEN_CALL, body={"ok": False, "error": "token_revoked"}),
            AuthFailedError,
            "token_revoked",
        ),
    ],
)
def test_a_refusal_is_an_error_at_once_and_slack_is_asked_once(
    server: SlackServer, client: DaemonSocketClient, fault: Fault, kind: type[Exception], code: str
) -> None:
    """slack_sdk itself would sleep where Slack asks to wait."""
    server.faults.append(fault)

    with pytest.raises(kind) as caught:
        client.issue_new_wss_url()
    assert getattr(caught.value, "code", "") == code
    assert server.calls[OPEN_CALL] == 1


def test_an_app_that_is_sent_away_at_once_waits_before_it_comes_again(
    server: SlackServer, client: DaemonSocketClient
) -> None:
    """Three times within ten seconds is enough."""
    server.faults += [naming("ws://127.0.0.1:1/link/")] * 4
    for _ in range(MOST_AT_ONCE):
        client.issue_new_wss_url()

    with pytest.raises(TransientError) as caught:
        client.issue_new_wss_url()
    assert caught.value.retry_after == AT_ONCE
    assert server.calls[OPEN_CALL] == MOST_AT_ONCE


def test_a_connection_that_cannot_be_opened_is_no_connection(
    server: SlackServer, client: DaemonSocketClient
) -> None:
    """Nobody listens there."""
    server.faults.append(naming("ws://127.0.0.1:1/link/?ticket=1"))
    client.connect_to_new_endpoint()

    assert not client.is_connected()
