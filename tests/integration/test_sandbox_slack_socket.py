"""Socket Mode of the sandbox's Slack, by the vendor's own client: greetings, envelopes, acknowledgements, retries."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
import requests
from tests.fakes.slack_workspace import APP_TOKEN, TOKEN, Workspace, client_for, running_workspace, word
from tests.fakes.socket_app import SocketApp, connected, eventually

from csops_sync.sandbox.slack.acts import Place
from csops_sync.sandbox.slack.envelopes import Fate
from csops_sync.sandbox.slack.model import BOT_USER_ID

MISAKI, KEN = "U0000000001", "U0000000002"


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


@pytest.fixture
def app(slack: Workspace) -> Iterator[SocketApp]:
    """An app that is connected and acknowledges."""
    with connected(slack.base, APP_TOKEN) as made:
        yield made


def connections(slack: Workspace) -> set[int]:
    """The numbers of the open connections; 0 stands for none."""
    found = slack.acts.sockets.as_json()["connections"]
    assert isinstance(found, list)
    return set(found) or {0}


def path_of(slack: Workspace, url: str) -> str:
    """What stands behind the host and port of a WebSocket address."""
    return url.removeprefix(slack.base.replace("http:", "ws:").removesuffix("/"))


def opened(slack: Workspace, path: str) -> socket.socket:
    """A plain connection that asked for a WebSocket."""
    host, _, port = slack.base.removeprefix("http://").strip("/").partition(":")
    plain = socket.create_connection((host, int(port)), timeout=5)
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    plain.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    return plain


def place(slack: Workspace, ts: str) -> Place:
    return Place(channel=slack.channel().id, ts=ts)


def test_a_connection_is_greeted_with_how_many_there_are(slack: Workspace, app: SocketApp) -> None:
    assert json.loads(app.frame("hello"))["num_connections"] == 1
    with connected(slack.base, APP_TOKEN) as second:
        hello = json.loads(second.frame("hello"))
    assert hello["num_connections"] == 2
    assert hello["debug_info"]["approximate_connection_time"] == 18_060
    assert hello["connection_info"] == {"app_id": "A0CSOPSSYNC"}


def test_only_the_app_level_token_opens_a_connection_and_it_opens_nothing_else(slack: Workspace) -> None:
    bot, app = slack.client, client_for(slack.base, APP_TOKEN)
    other = client_for(slack.base, "xapp-other")
    assert word(bot.apps_connections_open, app_token=TOKEN) == "not_allowed_token_type"
    assert word(app.auth_test) == "not_allowed_token_type"
    assert word(other.apps_connections_open, app_token="xapp-other") == "invalid_auth"  # noqa: S106  # no secret
    headers = {"Authorization": f"Bearer {APP_TOKEN}"}
    got = requests.get(f"{slack.base}api/apps.connections.open", headers=headers, timeout=5)
    assert got.json()["error"] == "insecure_request"


def test_an_address_is_good_for_one_connection(slack: Workspace) -> None:
    """The second attempt is refused at the handshake."""
    url = slack.client.apps_connections_open(app_token=APP_TOKEN)["url"]
    path = path_of(slack, url)
    with opened(slack, path) as first, opened(slack, path) as second:
        assert first.recv(12) == b"HTTP/1.1 101"
        assert second.recv(12) == b"HTTP/1.1 403"
    with opened(slack, "/link/?ticket=made-up") as third:
        assert third.recv(12) == b"HTTP/1.1 403"


def test_a_connection_is_warned_before_its_time_is_over_and_then_refreshed(slack: Workspace) -> None:
    """Its address can ask for a short life."""
    slack.acts.sockets.debug_lifetime, slack.acts.sockets.warning = 1.2, 0.3
    url = slack.client.apps_connections_open(app_token=APP_TOKEN)["url"]
    heard = b""
    with opened(slack, f"{path_of(slack, url)}&debug_reconnects=true") as plain:
        while more := plain.recv(4096):
            heard += more
    assert b'"approximate_connection_time": 1' in heard
    assert heard.index(b'"reason": "warning"') < heard.index(b'"reason": "refresh_requested"')


def test_a_reaction_is_told_as_the_events_api_tells_it(slack: Workspace, app: SocketApp) -> None:
    ts = slack.post("card")
    slack.acts.react(MISAKI, place(slack, ts), "thumbsup")
    slack.acts.unreact(MISAKI, place(slack, ts), "+1")
    added, removed = app.wait(2)
    assert (added.type, added.accepts_response_payload, added.retry_attempt) == ("events_api", False, 0)
    event = added.payload["event"]
    assert event == {
        "type": "reaction_added",
        "user": MISAKI,
        "reaction": "+1",
        "item": {"type": "message", "channel": slack.channel().id, "ts": ts},
        "item_user": BOT_USER_ID,
        "event_ts": event["event_ts"],
    }
    assert added.payload["type"] == "event_callback"
    assert added.payload["team_id"] == "T0SANDBOX0"
    assert added.payload["event_time"] == int(slack.clock.now().timestamp())
    assert removed.payload["event"]["type"] == "reaction_removed"
    assert added.payload["event_id"] != removed.payload["event_id"]


def test_reactions_where_the_bot_is_not_or_may_not_read_are_not_told(
    slack: Workspace, app: SocketApp
) -> None:
    secret = slack.channel("secret")
    said = slack.state.say(secret, user=MISAKI, text="among us")
    assert slack.acts.react(KEN, Place(channel=secret.id, ts=said.ts), "eyes") is None
    ts = slack.post("card")
    slack.state.grant(slack.state.scopes - {"reactions:read"})
    assert slack.acts.react(KEN, place(slack, ts), "eyes") is None
    assert app.heard == []


def test_the_bots_own_reaction_is_told_too(slack: Workspace, app: SocketApp) -> None:
    ts = slack.post("card")
    slack.client.reactions_add(channel=slack.channel().id, timestamp=ts, name="tada")
    (request,) = app.wait(1)
    assert request.payload["event"]["user"] == BOT_USER_ID


def test_exactly_one_of_several_connections_gets_each_event(slack: Workspace, app: SocketApp) -> None:
    with connected(slack.base, APP_TOKEN) as second:
        posted = [slack.post(f"card {number}") for number in range(8)]
        for ts in posted:
            slack.acts.react(MISAKI, place(slack, ts), "eyes")
        eventually(lambda: len(app.heard) + len(second.heard) >= 8, "not all came")
        eventually(lambda: slack.acts.sockets.as_json()["pending"] == 0, "not all were acknowledged")
    every = [request.payload["event"]["item"]["ts"] for request in [*app.heard, *second.heard]]
    assert sorted(every) == sorted(posted)
    assert app.heard
    assert second.heard


def test_what_is_not_acknowledged_in_three_seconds_goes_to_another_connection(
    slack: Workspace, app: SocketApp
) -> None:
    """Virtual seconds count; the same event_id says that it is the same event."""
    app.silent = True
    ts = slack.post("card")
    slack.acts.react(MISAKI, place(slack, ts), "eyes")
    (first,) = app.wait(1)
    with connected(slack.base, APP_TOKEN) as second:
        slack.clock.advance(timedelta(seconds=3))
        (again,) = second.wait(1)
    assert again.payload == first.payload
    assert again.envelope_id != first.envelope_id
    assert (again.retry_attempt, again.retry_reason) == (1, "timeout")
    assert len(app.heard) == 1


def test_three_real_seconds_count_on_a_frozen_clock(slack: Workspace, app: SocketApp) -> None:
    app.silent = True
    ts = slack.post("card")
    slack.acts.react(MISAKI, place(slack, ts), "eyes")
    first, again = app.wait(2)[:2]
    assert again.payload["event_id"] == first.payload["event_id"]
    assert slack.clock.now().second == 0


def test_a_late_acknowledgement_counts_for_nothing(slack: Workspace, app: SocketApp) -> None:
    app.silent = True
    delivery = slack.acts.react(MISAKI, place(slack, slack.post("card")), "eyes")
    assert delivery is not None
    (first,) = app.wait(1)
    slack.clock.advance(timedelta(seconds=3))
    app.wait(2)
    app.acknowledge(first)
    eventually(lambda: slack.acts.sockets.as_json()["misuses"] != [], "the late one was not noted")
    assert delivery.fate is Fate.PENDING


def test_an_event_is_tried_four_times_and_then_gone(slack: Workspace, app: SocketApp) -> None:
    """At once, after a minute, after five."""
    app.silent = True
    delivery = slack.acts.react(MISAKI, place(slack, slack.post("card")), "eyes")
    assert delivery is not None
    app.wait(1)
    for count, seconds in ((2, 3), (3, 3 + 60), (4, 3 + 300)):
        slack.clock.advance(timedelta(seconds=seconds))
        assert [request.retry_attempt for request in app.wait(count)] == list(range(count))
    slack.clock.advance(timedelta(seconds=3))
    eventually(lambda: delivery.fate is Fate.FAILED, "it is still tried")


def test_what_happens_while_nobody_is_connected_is_retried_and_then_lost(slack: Workspace) -> None:
    """A connection within the minute hears the second retry; one after all of them hears nothing."""
    ts = slack.post("card")
    slack.acts.react(MISAKI, place(slack, ts), "eyes")
    slack.clock.advance(timedelta(seconds=30))
    with connected(slack.base, APP_TOKEN) as app:
        assert app.heard == []
        slack.clock.advance(timedelta(seconds=31))
        (request,) = app.wait(1)
        assert (request.retry_attempt, request.retry_reason) == (2, "connection_failed")
    eventually(lambda: slack.acts.sockets.as_json()["connections"] == [], "the connection stayed")
    lost = slack.acts.react(KEN, place(slack, ts), "eyes")
    assert lost is not None
    slack.clock.advance(timedelta(minutes=7))
    with connected(slack.base, APP_TOKEN) as app:
        assert app.heard == []
    assert lost.fate is Fate.FAILED


def test_a_refresh_moves_the_client_to_a_new_connection(slack: Workspace, app: SocketApp) -> None:
    slack.acts.sockets.disconnect("refresh_requested")
    assert json.loads(app.frame("disconnect"))["reason"] == "refresh_requested"
    eventually(lambda: connections(slack).isdisjoint({0, 1}), "no new connection")
    slack.acts.react(MISAKI, place(slack, slack.post("card")), "eyes")
    app.wait(1)


def test_a_warning_leaves_the_old_connection_open_for_a_while(slack: Workspace, app: SocketApp) -> None:
    """The client opens another, and closes the old one itself."""
    slack.acts.sockets.disconnect("warning")
    eventually(lambda: connections(slack).isdisjoint({0, 1}), "the client did not move")
    assert json.loads(app.frame("disconnect"))["debug_info"] == {"host": "applink-sandbox"}


def test_a_dropped_connection_is_noticed_and_made_anew(slack: Workspace, app: SocketApp) -> None:
    assert slack.acts.sockets.drop() == 1
    eventually(lambda: connections(slack).isdisjoint({0, 1}), "no new connection")
    slack.acts.react(MISAKI, place(slack, slack.post("card")), "eyes")
    app.wait(1)


def test_an_event_in_flight_on_a_dropped_connection_goes_to_another(slack: Workspace, app: SocketApp) -> None:
    app.silent = True
    slack.acts.react(MISAKI, place(slack, slack.post("card")), "eyes")
    app.wait(1)
    with connected(slack.base, APP_TOKEN) as second:
        app.close()
        (request,) = second.wait(1)
    assert (request.retry_attempt, request.retry_reason) == (1, "connection_failed")


def test_the_next_event_can_be_lost_and_the_next_told_twice(slack: Workspace, app: SocketApp) -> None:
    first, second, third = slack.post("one"), slack.post("two"), slack.post("three")
    slack.acts.sockets.lose(1)
    slack.acts.react(MISAKI, place(slack, first), "eyes")
    slack.acts.sockets.twice(1)
    slack.acts.react(MISAKI, place(slack, second), "eyes")
    app.wait(2)
    slack.acts.react(MISAKI, place(slack, third), "eyes")
    heard = app.wait(3)
    assert [request.payload["event"]["item"]["ts"] for request in heard] == [second, second, third]
    assert heard[0].payload["event_id"] == heard[1].payload["event_id"]


def test_an_eleventh_connection_is_told_that_it_is_one_too_many(slack: Workspace) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connected(slack.base, APP_TOKEN))
        url = slack.client.apps_connections_open(app_token=APP_TOKEN)["url"]
        late = stack.enter_context(opened(slack, path_of(slack, url)))
        heard = b""
        while more := late.recv(4096):
            heard += more
        assert b'"reason": "too_many_websockets"' in heard
        assert b'"hello"' not in heard
        assert slack.acts.sockets.as_json()["connections"] == list(range(1, 11))


def test_what_is_no_acknowledgement_is_noted(slack: Workspace, app: SocketApp) -> None:
    """Slack passes over it; a test can look."""
    for text in (
        "hello?",
        "[]",
        '{"envelope_id": 5}',
        '{"envelope_id": "x", "extra": 1}',
        '{"envelope_id": "x"}',
    ):
        app.client.send_message(text)
    eventually(lambda: len(slack.acts.sockets.as_json()["misuses"]) == 5, "not all were noted")  # type: ignore[arg-type]  # a list
    slack.acts.react(MISAKI, place(slack, slack.post("card")), "eyes")
    app.wait(1)


def test_the_address_can_be_refused_by_a_fault(slack: Workspace) -> None:
    """Any method can be; an app sees Slack's word."""
    slack.faults.add([{"service": "slack", "path": "apps.connections.open", "fault": "invalid_auth"}])
    app = client_for(slack.base, APP_TOKEN)
    assert word(app.apps_connections_open, app_token=APP_TOKEN) == "invalid_auth"
    assert app.apps_connections_open(app_token=APP_TOKEN)["url"].startswith("ws://127.0.0.1:")
