"""Long lists of Slack: read in large pages, gone on with after Slack asked to wait, and never begun again for that."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fakes.notices import KITA, outgoing
from tests.fakes.slack_server import SlackServer, refusing
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import PostStatus
from csops_sync.ports.errors import TransientError

LIST, MEMBERS, HISTORY = "conversations.list", "users.list", "conversations.history"
PAGES_A_MINUTE = 3


@pytest.fixture
def server() -> Iterator[SlackServer]:
    """A workspace that answers a few pages of ten a minute."""
    with SlackServer() as slack:
        slack.page_size = 10
        yield slack


@pytest.fixture
def clock() -> StoppedClock:
    """Business time."""
    return StoppedClock()


@pytest.fixture
def chat(server: SlackServer, clock: StoppedClock) -> SlackChat:
    """The adapter on this server."""
    return SlackChat(SlackOptions(token="xoxb-test", base_url=server.url), clock=clock)  # noqa: S106  # no secret


def minute(server: SlackServer, clock: StoppedClock, method: str) -> None:
    """Let a minute pass, and Slack answer some more pages."""
    clock.forward(minutes=1)
    server.allowed[method] = PAGES_A_MINUTE


def test_a_list_of_channels_that_is_longer_than_a_minute_allows_is_read_to_its_end(
    server: SlackServer, clock: StoppedClock, chat: SlackChat
) -> None:
    """Eight pages, three of them a minute."""
    for number in range(80):
        server.add_channel(f"c{number}")
    statuses = []
    for _ in range(3):
        minute(server, clock, LIST)
        statuses.append(chat.post(outgoing(channel="#c79")).status)

    assert statuses == [PostStatus.RETRY, PostStatus.RETRY, PostStatus.POSTED]
    answered = [arguments.get("cursor") for method, arguments in server.arguments if method == LIST]
    assert answered == [None, "10", "20", "30", "30", "40", "50", "60", "60", "70"]


def test_public_channels_alone_are_gone_on_with_too(
    server: SlackServer, clock: StoppedClock, chat: SlackChat
) -> None:
    """Without `groups:read`; the next whole reading asks for private ones again."""
    for number in range(40):
        server.add_channel(f"c{number}")
    server.faults.append(refusing(LIST, "missing_scope", needed="groups:read"))
    for _ in range(2):
        minute(server, clock, LIST)
        result = chat.post(outgoing(channel="#c39"))

    assert result.status is PostStatus.POSTED
    asked = [arguments["types"] for method, arguments in server.arguments if method == LIST]
    assert asked == ["public_channel,private_channel", *["public_channel"] * 5]
    server.allowed.clear()
    clock.forward(hours=2)
    chat.post(outgoing(channel="#c39"))
    again = [arguments["types"] for method, arguments in server.arguments if method == LIST][len(asked) :]
    assert again == ["public_channel,private_channel"] * 4


def test_what_was_read_too_long_ago_is_read_again(
    server: SlackServer, clock: StoppedClock, chat: SlackChat
) -> None:
    """Channels are made and archived meanwhile."""
    for number in range(40):
        server.add_channel(f"c{number}")
    minute(server, clock, LIST)
    chat.post(outgoing(channel="#c39"))
    clock.forward(minutes=10)
    server.allowed.clear()
    server.channels[0]["name"] = "renamed"

    assert chat.post(outgoing(channel="#renamed")).status is PostStatus.POSTED


def test_a_cursor_that_slack_no_longer_knows_begins_the_list_again(
    server: SlackServer, clock: StoppedClock, chat: SlackChat
) -> None:
    """The message is not refused for ever."""
    for number in range(40):
        server.add_channel(f"c{number}")
    minute(server, clock, LIST)
    chat.post(outgoing(channel="#c39"))
    server.allowed.clear()
    server.faults.append(refusing(LIST, "invalid_cursor"))
    statuses = [chat.post(outgoing(channel="#c39")).status for _ in range(2)]

    assert statuses == [PostStatus.RETRY, PostStatus.POSTED]
    assert [arguments.get("cursor") for method, arguments in server.arguments if method == LIST][-4:] == [
        None,
        "10",
        "20",
        "30",
    ]


def test_a_list_of_members_goes_on_where_it_stood(
    server: SlackServer, clock: StoppedClock, chat: SlackChat
) -> None:
    """A `@handle` that is no user group is looked for among them all."""
    server.add_channel("renewals")
    server.users = [{"id": f"U{number}", "name": f"user{number}", "profile": {}} for number in range(60)]
    sent = outgoing(NoticeKind.OPENED, replace(KITA, mentions=("@user59",)))
    for _ in range(2):
        minute(server, clock, MEMBERS)
        result = chat.post(sent)

    assert result.status is PostStatus.POSTED
    assert server.messages[0]["text"].startswith("<@U59>")
    assert server.calls[MEMBERS] == 7


def test_a_history_goes_on_where_it_stood(server: SlackServer, clock: StoppedClock, chat: SlackChat) -> None:
    """Although the instant to look from moves on between two attempts."""
    server.add_channel("renewals")
    since = clock.now()
    chat.post(outgoing())
    for number in range(50):
        server.messages.append({"channel": "C00000001", "ts": f"1764550{number:03d}.0"})
    minute(server, clock, HISTORY)
    with pytest.raises(TransientError):
        chat.find(keys=["opened/1"], channel="#renewals", since=since)
    minute(server, clock, HISTORY)
    found = chat.find(keys=["opened/1"], channel="#renewals", since=clock.now())

    assert len(found.timestamps) == 1
    assert server.calls[HISTORY] == 7


def test_every_list_is_asked_for_in_the_largest_pages(server: SlackServer, chat: SlackChat) -> None:
    """At a hundred a page a large workspace would take an hour."""
    server.add_channel("renewals")
    chat.post(outgoing(NoticeKind.OPENED, replace(KITA, mentions=("@nobody",))))
    chat.find(keys=["opened/1"], channel="#renewals", since=StoppedClock().now())

    limits = {method: arguments["limit"] for method, arguments in server.arguments if "limit" in arguments}
    assert limits == {LIST: "999", MEMBERS: "999", HISTORY: "999"}


def test_a_message_of_another_app_with_our_key_is_not_ours(
    server: SlackServer, clock: StoppedClock, chat: SlackChat
) -> None:
    """A rehearsal posts in the same workspace, of the same contracts: what it told is not ours to remove."""
    server.add_channel("renewals")
    chat.post(outgoing())
    server.messages.append({**server.messages[0], "bot_id": "B2", "ts": "1764547300.000001"})
    found = chat.find(keys=["opened/1"], channel="#renewals", since=clock.now())

    assert found.timestamps == (server.messages[0]["ts"],)
