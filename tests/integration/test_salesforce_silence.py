"""A Salesforce that takes the request and never answers: every call ends by its own timeout, and says what it knows."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.fakes.salesforce_org import connected, secret_connection

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.ports.crm import Insert, Patch, Role, WriteStatus
from csops_sync.ports.errors import TransientError

SECONDS = 0.2
INSERT = Insert(key="k-1", values={"name": "n", "renewal_key": "k-1"})
PATCH = Patch(
    key="p-1",
    id="006000000000001AAA",
    values={"name": "n"},
    unmodified_since=datetime(2026, 4, 1, tzinfo=UTC),
)
WRITES: dict[str, Callable[[Salesforce], WriteStatus]] = {
    "insert": lambda org: org.writer.insert([INSERT])[0].status,
    "patch": lambda org: org.writer.patch([PATCH])[0].status,
}


class Silent:
    """A server on loopback that answers logins, unless `mute_at_login`, and nothing else until it is let go."""

    def __init__(self, *, mute_at_login: bool) -> None:
        self.mute_at_login = mute_at_login
        self.heard: list[str] = []
        self._over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def end(self) -> None:
        """Let everybody go."""
        self._over.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # http.server's name
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.heard.append(self.path)
                if "oauth2" in self.path and not server.mute_at_login:
                    self._grant()
                    return
                server._over.wait(60)  # its own handler
                self.close_connection = True

            do_GET = do_POST  # noqa: N815  # http.server's name

            def _grant(self) -> None:
                body = f'{{"access_token": "t", "instance_url": "{server.url}", "token_type": "Bearer"}}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        return Handler


@pytest.fixture
def servers() -> Iterator[list[Silent]]:
    """The servers that a test started."""
    started: list[Silent] = []
    yield started
    for server in started:
        server.end()


def _org(servers: list[Silent], *, mute_at_login: bool = False) -> Salesforce:
    servers.append(Silent(mute_at_login=mute_at_login))
    connection = replace(secret_connection(servers[0].url), read_timeout=SECONDS, connect_timeout=SECONDS)
    return connected(connection)


@pytest.mark.timeout(20)
def test_a_login_without_an_answer_passes(servers: list[Silent]) -> None:
    """It is tried again by whoever needs it."""
    with pytest.raises(TransientError):
        _org(servers, mute_at_login=True).reader.fetch(Role.USER, ["005000000000001AAA"])
    assert all("oauth2" in path for path in servers[0].heard)


@pytest.mark.timeout(20)
def test_a_read_without_an_answer_is_tried_three_times(servers: list[Silent]) -> None:
    """Nothing is lost by that."""
    with pytest.raises(TransientError, match="before the answer came"):
        _org(servers).reader.fetch(Role.USER, ["005000000000001AAA"])
    assert len([path for path in servers[0].heard if "oauth2" not in path]) == 3


@pytest.mark.timeout(20)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_without_an_answer_is_unknown_and_sent_once(servers: list[Silent], write: str) -> None:
    """It may have been done."""
    assert WRITES[write](_org(servers)) is WriteStatus.UNKNOWN
    assert len([path for path in servers[0].heard if "oauth2" not in path]) == 1
