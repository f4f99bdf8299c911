"""The sandbox's Slack on a port of its own, inside the test's process, so that a test sees its state too."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.types import ASGIApp
from tests.fakes.sandbox_here import listening_socket

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.faults import Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.pages.slack_pages import slack_routes
from csops_sync.sandbox.server import Gate, server
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.app import Tokens, build_slack
from csops_sync.sandbox.slack.model import Channel
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.state import SlackState

TOKEN = "xoxb-rehearsal"  # noqa: S105  # the sandbox's own, worth nothing elsewhere
APP_TOKEN = "xapp-rehearsal"  # noqa: S105  # as above
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PEOPLE = {"misaki@csops.example": "佐藤 美咲", "ken@csops.example": "田中 健"}
METADATA = {"event_type": "csops_sync", "event_payload": {"key": "outbox-1"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A running Slack with everything that a test looks at."""

    client: WebClient
    base: str
    acts: Acts
    state: SlackState
    clock: VirtualClock
    faults: Faults
    ledger: Ledger
    limits: Limits

    def channel(self, name: str = "renewals") -> Channel:
        """A channel by name."""
        found = self.state.channel_named(name)
        assert found is not None
        return found

    def post(self, text: str = "hello", **arguments: object) -> str:
        """Post to #renewals and give the ts."""
        body = {"channel": self.channel().id, "text": text, **arguments}
        answer = self.client.api_call("chat.postMessage", json=body)
        return str(answer["ts"])


class Served:
    """An application on a free port of loopback, in a thread, until the block ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._socket = listening_socket()
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._server = server(app)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    def __enter__(self) -> str:
        self._thread.start()
        return self.base

    def __exit__(self, *_error: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()


@contextmanager
def running_workspace(
    *, channels: Sequence[str] = ("general", "renewals"), people: Mapping[str, str] = PEOPLE
) -> Iterator[Workspace]:
    """Run a workspace with a private channel beside `channels`, its clock stopped at noon in Tokyo.

    `people` are names by e-mail; the first of them is in both user groups.
    """
    clock = VirtualClock(NOON, frozen=True)
    faults, ledger = Faults(), Ledger(clock)
    state = SlackState(clock=clock, channels=channels, users=people)
    state.add_channel("secret", is_private=True, joined=False)
    acts = Acts(state=state, sockets=Sockets(lock=state.lock, watch=state.watch))
    app = build_slack(
        faults=faults,
        ledger=ledger,
        acts=acts,
        tokens=Tokens(bot=TOKEN, app=APP_TOKEN),
        pages=slack_routes(acts),
    )
    with Served(_on_a_wire(app, faults, clock)) as base:
        state.home = base
        yield Workspace(
            client=client_for(base, TOKEN),
            base=base,
            acts=acts,
            state=state,
            clock=clock,
            faults=faults,
            ledger=ledger,
            limits=app.state.limits,
        )


def _on_a_wire(app: ASGIApp, faults: Faults, clock: VirtualClock) -> Gate:
    """Put the connection before an application, which may be dropped; requests are answered side by side."""
    return Gate(
        app,
        service="slack",
        prefix="/api/",
        faults=faults,
        clock=clock,
        turn=asyncio.Lock(),
        count=lambda _method, _path: None,
        apart=("/",),
    )


def client_for(base: str, token: str) -> WebClient:
    """Make the vendor's client, without retries and without a proxy."""
    client = WebClient(token=token, base_url=f"{base}api/", retry_handlers=[])
    client.proxy = None
    return client


def refused(call: Callable[..., object], **arguments: object) -> SlackApiError:
    """The error that a call raises."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value


def word(call: Callable[..., object], **arguments: object) -> str:
    """The error word of a refused call."""
    return str(refused(call, **arguments).response["error"])
