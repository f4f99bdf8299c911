"""Who is mentioned, over HTTP: looked up by e-mail or handle, overridden, stood in for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fakes.notices import HANAKO, KITA, TARO, outgoing
from tests.fakes.slack_server import Fault, SlackServer, refusing
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.posting import PREPARE_WITHIN
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import PostStatus
from csops_sync.ports.errors import AuthFailedError

TOKEN = "xoxb-1234-secret"  # noqa: S105  # a made-up one, to be looked for
POST = "chat.postMessage"


@pytest.fixture
def server() -> Iterator[SlackServer]:
    """A workspace with one channel and two people."""
    with SlackServer() as slack:
        slack.add_channel("renewals")
        slack.users += [
            {"id": "U1", "name": "hanako", "profile": {"email": HANAKO.email}},
            {"id": "U2", "name": "taro", "profile": {"email": TARO.email, "display_name": "たろう"}},
        ]
        yield slack


@pytest.fixture
def clock() -> StoppedClock:
    """Business time."""
    return StoppedClock()


def slack_chat(server: SlackServer, clock: StoppedClock, **changes: object) -> SlackChat:
    """The adapter on this server."""
    options = SlackOptions(token=TOKEN, base_url=server.url, timeout_seconds=2)
    return SlackChat(replace(options, **changes), clock=clock)  # type: ignore[arg-type]  # fields of the options


def test_a_person_is_looked_up_once_an_hour_without_the_suffix_of_sandboxes(
    server: SlackServer, clock: StoppedClock
) -> None:
    """Salesforce appends `.invalid` to the e-mails of a refreshed sandbox."""
    chat = slack_chat(server, clock)
    sent = outgoing()
    sent = replace(sent, people={HANAKO.id: replace(HANAKO, email="hanako@example.com.invalid")})
    for _ in range(2):
        chat.post(sent)
    assert server.calls["users.lookupByEmail"] == 1

    clock.forward(minutes=61)
    chat.post(sent)
    assert server.calls["users.lookupByEmail"] == 2
    assert all(message["text"].startswith("<@U1>") for message in server.messages)


@pytest.mark.parametrize(
    "overrides",
    [
        {HANAKO.id: "U77"},
        {HANAKO.id[:15]: "U77"},
        {"Hanako@Example.com": "U77"},
        {HANAKO.id: "boss@example.com"},
        {HANAKO.id: "@boss"},
    ],
)
def test_an_override_comes_first(server: SlackServer, clock: StoppedClock, overrides: dict[str, str]) -> None:
    """By user id of either length or by e-mail; to a member id, an e-mail or a handle."""
    server.users.append({"id": "U77", "name": "boss", "profile": {"email": "boss@example.com"}})
    slack_chat(server, clock, overrides=overrides).post(outgoing())

    assert server.messages[0]["text"].startswith("<@U77> さん")


@pytest.mark.parametrize("deleted", [True, False])
def test_whom_slack_does_not_know_the_fallback_is_told_for_and_the_operator_once(
    server: SlackServer, clock: StoppedClock, *, deleted: bool
) -> None:
    """Deactivated or never there is the same."""
    server.users[0] |= {"deleted": True} if deleted else {"profile": {"email": "other@example.com"}}
    chat = slack_chat(server, clock, fallback="@たろう")
    for _ in range(2):
        chat.post(outgoing())

    assert server.messages[0]["text"].startswith("<@U2> さん")
    assert "佐藤 花子 さんが Slack で見つからなかったため" in server.messages[0]["text"]
    (told,) = chat.unreachable()
    assert "佐藤 花子（hanako@example.com）" in told
    assert HANAKO.id in told
    assert list(chat.unreachable()) == []


def test_a_handle_is_a_user_group_or_else_a_member(server: SlackServer, clock: StoppedClock) -> None:
    """User groups win, as in Slack itself."""
    server.groups.append({"id": "S1", "handle": "cs-leads"})
    chat = slack_chat(server, clock)
    line = replace(KITA, mentions=("@cs-leads", "@taro"))
    chat.post(outgoing(NoticeKind.OPENED, line))

    assert server.messages[0]["text"].startswith("<!subteam^S1>、<@U2>")


def test_without_the_scope_for_groups_a_handle_may_still_be_a_member(
    server: SlackServer, clock: StoppedClock
) -> None:
    """And the operator hears why groups are not found."""
    server.faults.append(refusing("usergroups.list", "missing_scope", needed="usergroups:read"))
    chat = slack_chat(server, clock)
    chat.post(outgoing(NoticeKind.OPENED, replace(KITA, mentions=("@taro",))))

    assert server.messages[0]["text"].startswith("<@U2>")
    (told,) = chat.unreachable()
    assert "usergroups:read" in told


def test_a_look_up_that_fails_holds_the_message_back(server: SlackServer, clock: StoppedClock) -> None:
    """Nothing was sent, so it can be tried again; nobody is taken for missing."""
    chat = slack_chat(server, clock)
    server.faults.append(Fault(method="users.lookupByEmail", status=429, headers={"Retry-After": "9"}))
    result = chat.post(outgoing())

    assert (result.status, result.retry_after) == (PostStatus.RETRY, 9.0)
    server.faults.append(refusing("users.lookupByEmail", "missing_scope", needed="users:read.email"))
    with pytest.raises(AuthFailedError, match=r"\(needed: users:read.email\)"):
        chat.post(outgoing())
    assert server.messages == []
    assert list(chat.unreachable()) == []


def test_whoever_looked_people_up_for_too_long_does_not_post(
    server: SlackServer, clock: StoppedClock
) -> None:
    """The claim on the message may have gone to another process meanwhile."""
    readings = iter([0.0, PREPARE_WITHIN + 1, 100.0, 100.0])
    options = SlackOptions(token=TOKEN, base_url=server.url)
    chat = SlackChat(options, clock=clock, monotonic=lambda: next(readings))

    assert chat.post(outgoing()).code == "slow"
    assert chat.post(outgoing()).status is PostStatus.POSTED
    assert len(server.messages) == 1
