"""What every Chat does, be it Slack over HTTP or the one in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from tests.fakes.chat import FakeChat
from tests.fakes.notices import HANAKO, covering, outgoing
from tests.fakes.slack_server import Fault, SlackServer, refusing
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import Chat, PostStatus


@dataclass(frozen=True)
class Workspace:
    """A Chat with the channels #renewals and #ops, and with #closed, whose history cannot be read."""

    chat: Chat
    clock: StoppedClock
    server: SlackServer | None

    def lose_answer(self) -> None:
        """Let the next post arrive and its answer be lost."""
        if self.server:
            self.server.faults.append(Fault(method="chat.postMessage", drop="after"))
        elif isinstance(self.chat, FakeChat):
            self.chat.lose_answer()

    def close_history(self) -> None:
        """Let the history of #closed be closed, once more."""
        if self.server:
            self.server.faults.append(refusing("conversations.history", "missing_scope"))

    def since(self) -> datetime:
        """An instant a little before the present."""
        return self.clock.now() - timedelta(minutes=1)


@pytest.fixture(params=["memory", "http"])
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """Either of the two, empty."""
    clock = StoppedClock()
    if request.param == "memory":
        chat = FakeChat(clock=clock, channels=("#renewals", "#ops", "#closed"), unreadable=("#closed",))
        yield Workspace(chat, clock, None)
        return
    with SlackServer() as server:
        for name in ("renewals", "ops", "closed"):
            server.add_channel(name)
        server.users.append({"id": "U1", "profile": {"email": HANAKO.email}})
        options = SlackOptions(token="xoxb-test", base_url=server.url, timeout_seconds=5)  # noqa: S106  # no secret
        yield Workspace(SlackChat(options, clock=clock), clock, server)


def test_a_post_is_found_again_by_its_key(workspace: Workspace) -> None:
    """By channel and timestamp, which delete it."""
    result = workspace.chat.post(outgoing(key="opened/1"))
    found = workspace.chat.find(keys=["opened/1"], channel="#renewals", since=workspace.since())

    assert result.status is PostStatus.POSTED
    assert (found.readable, found.channel_id, tuple(found.timestamps)) == (
        True,
        result.channel_id,
        (result.ts,),
    )


def test_only_the_key_asked_for_is_found_and_only_in_its_channel(workspace: Workspace) -> None:
    """Other messages of ours are none of it."""
    workspace.chat.post(outgoing(key="opened/1"))
    workspace.chat.post(outgoing(key="opened/2", channel="#ops"))

    for key, channel in (("opened/3", "#renewals"), ("opened/2", "#renewals"), ("opened/1", "#ops")):
        found = workspace.chat.find(keys=[key], channel=channel, since=workspace.since())
        assert (found.readable, tuple(found.timestamps)) == (True, ())


def test_a_renewal_told_in_a_group_is_found_by_its_own_key(workspace: Workspace) -> None:
    """A group covers the keys of what it tells."""
    result = workspace.chat.post(
        covering(outgoing(NoticeKind.OPENED_DAILY, key="daily/1"), "opened/1", "opened/2")
    )
    found = workspace.chat.find(keys=["opened/2"], channel="#renewals", since=workspace.since())

    assert tuple(found.timestamps) == (result.ts,)


def test_a_post_whose_answer_is_lost_is_unknown_and_can_be_found(workspace: Workspace) -> None:
    """It is not sent again by itself."""
    workspace.lose_answer()

    assert workspace.chat.post(outgoing()).status is PostStatus.UNKNOWN
    found = workspace.chat.find(keys=["opened/1"], channel="#renewals", since=workspace.since())
    assert len(found.timestamps) == 1


def test_duplicates_are_found_oldest_first_and_the_later_one_can_be_removed(workspace: Workspace) -> None:
    """Removing it twice is fine."""
    first, second = workspace.chat.post(outgoing()), workspace.chat.post(outgoing())
    found = workspace.chat.find(keys=["opened/1"], channel="#renewals", since=workspace.since())
    assert tuple(found.timestamps) == (first.ts, second.ts)

    for _ in range(2):
        workspace.chat.delete(channel_id=found.channel_id, ts=second.ts)
    left = workspace.chat.find(keys=["opened/1"], channel="#renewals", since=workspace.since())
    assert tuple(left.timestamps) == (first.ts,)


def test_a_channel_may_be_named_by_its_id(workspace: Workspace) -> None:
    """As private channels are, which the app may not list."""
    channel_id = workspace.chat.post(outgoing()).channel_id
    workspace.chat.post(outgoing(key="opened/2", channel=channel_id))

    found = workspace.chat.find(keys=["opened/2"], channel="#renewals", since=workspace.since())
    assert len(found.timestamps) == 1


def test_a_channel_that_is_not_there_is_refused_and_not_readable(workspace: Workspace) -> None:
    """The check at start says so too."""
    result = workspace.chat.post(outgoing(channel="#nowhere"))
    found = workspace.chat.find(keys=["opened/1"], channel="#nowhere", since=workspace.since())

    assert (result.status, result.code) == (PostStatus.REJECTED, "channel_not_found")
    assert "#nowhere" in result.message
    assert not found.readable
    assert any("#nowhere" in problem for problem in workspace.chat.check(["#renewals", "#nowhere"]))


def test_a_history_that_cannot_be_read_is_no_answer_and_is_said_at_start(workspace: Workspace) -> None:
    """It must not be taken for an empty one."""
    workspace.close_history()
    assert not workspace.chat.find(keys=["k"], channel="#closed", since=workspace.since()).readable

    workspace.close_history()
    (problem,) = workspace.chat.check(["#closed"])
    assert "#closed" in problem
    assert "history" in problem


def test_nothing_stands_in_the_way_of_readable_channels(workspace: Workspace) -> None:
    """No news is good news."""
    assert list(workspace.chat.check(["#renewals", "#ops"])) == []


def test_a_channels_older_messages_are_not_looked_at(workspace: Workspace) -> None:
    """Beyond the allowance for clocks that differ."""
    workspace.chat.post(outgoing())
    later = workspace.clock.now() + timedelta(hours=1)

    assert not workspace.chat.find(keys=["opened/1"], channel="#renewals", since=later).timestamps
