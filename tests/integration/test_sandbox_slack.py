"""The sandbox's Slack takes posts from the vendor's own client, and refuses each in Slack's words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from tests.fakes.slack_workspace import (
    METADATA,
    NOON,
    TOKEN,
    Workspace,
    client_for,
    refused,
    running_workspace,
    word,
)

from csops_sync.sandbox.slack.model import BOT_USER_ID, SCOPES


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


def test_the_bot_knows_who_it_is(slack: Workspace) -> None:
    """auth.test names the bot and the workspace's address."""
    answer = slack.client.auth_test()
    assert (answer["user_id"], answer["url"]) == (BOT_USER_ID, slack.base)
    assert answer.headers["x-oauth-scopes"] == ",".join(sorted(SCOPES))


def test_a_wrong_token_and_none_are_told_apart(slack: Workspace) -> None:
    """invalid_auth and not_authed."""
    other = client_for(slack.base, "xoxb-other")
    assert word(other.auth_test) == "invalid_auth"
    assert requests.post(f"{slack.base}api/auth.test", timeout=5).json() == {
        "ok": False,
        "error": "not_authed",
    }


def test_a_missing_scope_is_named(slack: Workspace) -> None:
    """What is needed and what there is."""
    slack.state.grant(SCOPES - {"channels:history"})
    error = refused(slack.client.conversations_history, channel=slack.channel().id)
    assert error.response["error"] == "missing_scope"
    assert error.response["needed"] == "channels:history"
    assert "channels:history" not in error.response["provided"]


def test_a_message_is_posted_and_found_with_its_metadata_only_when_asked(slack: Workspace) -> None:
    """The key in the metadata is what unknown outcomes are resolved by."""
    ts = slack.post("更新", metadata=METADATA)
    without = slack.client.conversations_history(channel=slack.channel().id)["messages"]
    with_it = slack.client.conversations_history(channel=slack.channel().id, include_all_metadata=True)[
        "messages"
    ]
    assert [message["ts"] for message in without] == [ts]
    assert "metadata" not in without[0]
    assert with_it[0]["metadata"] == METADATA
    assert with_it[0]["bot_id"]


def test_two_posts_in_one_instant_have_their_own_ts(slack: Workspace) -> None:
    """A ts is unique in its channel and says the sandbox's time."""
    first, second = slack.post(), slack.post()
    assert first != second
    assert {ts.split(".")[0] for ts in (first, second)} == {str(int(NOON.timestamp()))}


def test_json_and_form_bodies_are_both_taken(slack: Workspace) -> None:
    """A form carries metadata and blocks as JSON text."""
    blocks = '[{"type": "divider"}]'
    metadata = '{"event_type": "e", "event_payload": {}}'
    answer = requests.post(
        f"{slack.base}api/chat.postMessage",
        data={"channel": slack.channel().id, "text": "form", "blocks": blocks, "metadata": metadata},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
    ).json()
    assert answer["ok"], answer
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert answer["message"]["metadata"]["event_type"] == "e"


@pytest.mark.parametrize(
    ("name", "data", "content_type", "error"),
    [
        ("chat.postMessage", b"{", "application/json", "invalid_json"),
        ("chat.postMessage", b"[1]", "application/json", "json_not_object"),
        ("chat.postMessage", b"<a/>", "text/xml", "invalid_post_type"),
        ("conversations.history", b'{"channel": "C1"}', "application/json", "invalid_arguments"),
        ("chat.whisper", b"", "application/json", "unknown_method"),
    ],
)
def test_a_body_that_cannot_be_read_is_named(
    slack: Workspace, name: str, data: bytes, content_type: str, error: str
) -> None:
    """Each in Slack's own word."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content_type}
    answer = requests.post(f"{slack.base}api/{name}", data=data, headers=headers, timeout=5).json()
    assert (answer["ok"], answer["error"]) == (False, error)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "banner"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "nonsense"}, "invalid_blocks_format"),
        (
            {
                "text": "x",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_700}}] * 5,
            },
            "msg_blocks_too_long",
        ),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "e", "event_payload": {"k": "v" * 17_000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "1700000000.000000"}, "thread_not_found"),
        ({"text": "x", "colour": "red"}, "invalid_arguments"),
        ({"text": 7}, "invalid_arguments"),
        ({"text": "x", "channel": "C404"}, "channel_not_found"),
        ({"text": "x", "channel": "#nowhere"}, "channel_not_found"),
    ],
)
def test_a_post_that_slack_would_refuse_is_refused(
    slack: Workspace, arguments: dict[str, Any], error: str
) -> None:
    """The word, and nothing posted."""
    channel = arguments.pop("channel", slack.channel().id)
    assert (
        word(slack.client.api_call, api_method="chat.postMessage", json={"channel": channel, **arguments})
        == error
    )
    assert slack.channel().messages == {}


def test_invalid_blocks_say_where(slack: Workspace) -> None:
    """response_metadata.messages holds a pointer."""
    error = refused(
        slack.client.chat_postMessage, channel=slack.channel().id, text="x", blocks=[{"type": "banner"}]
    )
    messages = error.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] unsupported type: banner [json-pointer:/blocks/0/type]"]


def test_a_channel_without_the_bot_an_archived_and_a_hidden_one_are_told_apart(slack: Workspace) -> None:
    """not_in_channel, is_archived, channel_not_found."""
    slack.channel("general").members.discard(BOT_USER_ID)
    slack.channel("renewals").is_archived = True
    post = slack.client.chat_postMessage
    assert word(post, channel=slack.channel("general").id, text="x") == "not_in_channel"
    assert word(slack.client.conversations_history, channel=slack.channel("general").id) == "not_in_channel"
    assert word(post, channel=slack.channel("renewals").id, text="x") == "is_archived"
    assert word(post, channel=slack.channel("secret").id, text="x") == "channel_not_found"


def test_the_bot_joins_a_public_channel_twice_without_harm(slack: Workspace) -> None:
    """The second time it is only warned."""
    slack.channel("general").members.discard(BOT_USER_ID)
    channel = slack.channel("general").id
    assert slack.client.conversations_join(channel=channel)["channel"]["is_member"]
    assert slack.client.conversations_join(channel=channel)["warning"] == "already_in_channel"


def test_an_update_keeps_what_slack_keeps(slack: Workspace) -> None:
    """Text alone takes the blocks away; metadata stays; the mark of an edit comes without blocks only."""
    ts = slack.post("one", blocks=[{"type": "divider"}], metadata=METADATA)
    channel = slack.channel()
    slack.client.chat_update(channel=channel.id, ts=ts, blocks=[{"type": "divider"}], text="two")
    assert channel.messages[ts].edited is None
    slack.client.chat_update(channel=channel.id, ts=ts, text="three")
    message = channel.messages[ts]
    assert (message.text, list(message.blocks), message.metadata) == ("three", [], METADATA)
    assert message.edited is not None


def test_only_its_own_messages_can_the_bot_change_or_delete(slack: Workspace) -> None:
    """cant_update_message, cant_delete_message; message_not_found once it is gone."""
    channel = slack.channel()
    person = slack.state.user_by_email("KEN@csops.example")
    assert person is not None
    theirs = slack.state.say(channel, user=person.id, text="mine")
    assert word(slack.client.chat_update, channel=channel.id, ts=theirs.ts, text="x") == "cant_update_message"
    assert word(slack.client.chat_delete, channel=channel.id, ts=theirs.ts) == "cant_delete_message"
    ours = slack.post()
    slack.client.chat_delete(channel=channel.id, ts=ours)
    assert word(slack.client.chat_delete, channel=channel.id, ts=ours) == "message_not_found"


def test_a_reaction_is_given_once(slack: Workspace) -> None:
    """already_reacted the second time."""
    ts = slack.post()
    where = {"channel": slack.channel().id, "timestamp": ts}
    slack.client.reactions_add(**where, name="tada")
    assert word(slack.client.reactions_add, **where, name="tada") == "already_reacted"
    assert word(slack.client.reactions_add, **where, name="No Emoji!") == "invalid_name"
    assert (
        word(slack.client.reactions_add, **{**where, "timestamp": "1.000000"}, name="tada")
        == "message_not_found"
    )


def test_beyond_the_burst_posts_wait_for_the_time_that_the_answer_names(slack: Workspace) -> None:
    """HTTP 429 with Retry-After, by channel; after that much of the sandbox's time the post is taken."""
    slack.limits.burst = 3
    for _ in range(3):
        slack.post()
    error = refused(slack.client.chat_postMessage, channel=slack.channel().id, text="x")
    assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
    assert error.response.headers["Retry-After"] == "1"
    slack.client.chat_postMessage(channel=slack.channel("general").id, text="another channel is free")
    slack.clock.advance(timedelta(seconds=1))
    slack.post()
    slack.limits.on = False
    slack.post()


def test_tiers_count_calls_where_they_are_switched_on(slack: Workspace) -> None:
    """conversations.list is tier 2: 20 a minute."""
    for _ in range(25):
        slack.client.conversations_list()
    slack.limits.tiers = True
    for _ in range(20):
        slack.client.conversations_list()
    assert word(slack.client.conversations_list) == "ratelimited"


def test_a_fault_refuses_before_or_after_the_work(slack: Workspace) -> None:
    """After: the message is there though the answer says otherwise; the ledger knows both."""
    slack.faults.add(
        [
            {"service": "slack", "path": "chat.postMessage", "fault": "ratelimited", "retry_after": 7},
            {"service": "slack", "path": "chat.postMessage", "fault": "fatal_error", "after": True},
            {"service": "slack", "path": "chat.postMessage", "fault": "is_archived"},
        ]
    )
    limited = refused(slack.client.chat_postMessage, channel=slack.channel().id, text="one")
    assert (limited.response.status_code, limited.response.headers["Retry-After"]) == (429, "7")
    assert slack.channel().messages == {}
    assert word(slack.client.chat_postMessage, channel=slack.channel().id, text="two") == "fatal_error"
    assert [message.text for message in slack.channel().messages.values()] == ["two"]
    assert word(slack.client.chat_postMessage, channel=slack.channel().id, text="three") == "is_archived"
    assert [line.outcome for line in slack.ledger.writes()] == ["ratelimited", "ok", "is_archived"]


def test_the_ledger_notes_each_write_with_its_message(slack: Workspace) -> None:
    """Reads are not in it."""
    ts = slack.post("noted", metadata=METADATA)
    slack.client.conversations_history(channel=slack.channel().id)
    (line,) = slack.ledger.writes()
    assert (line.service, line.operation, line.target, line.id) == (
        "slack",
        "chat.postMessage",
        slack.channel().id,
        ts,
    )
    assert line.values["metadata"] == METADATA
