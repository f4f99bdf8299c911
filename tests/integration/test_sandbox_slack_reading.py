"""The sandbox's Slack tells what was said, page by page, and who is there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from tests.fakes.slack_workspace import (
    METADATA,
    Workspace,
    running_workspace,
    word,
)


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


def test_history_pages_backwards_though_more_is_posted_meanwhile(slack: Workspace) -> None:
    """A cursor is a time: a new message shifts nothing."""
    posted = []
    for number in range(5):
        posted.append(slack.post(f"m{number}"))
        slack.clock.advance(timedelta(seconds=1))
    channel = slack.channel().id
    page = slack.client.conversations_history(channel=channel, limit=2)
    seen = [message["ts"] for message in page["messages"]]
    slack.post("later")
    while page["has_more"]:
        cursor = page["response_metadata"]["next_cursor"]
        page = slack.client.conversations_history(channel=channel, limit=2, cursor=cursor)
        seen += [message["ts"] for message in page["messages"]]
    assert seen == posted[::-1]


def test_a_window_leaves_its_ends_out_unless_told(slack: Workspace) -> None:
    """Both ends are exclusive by default."""
    times = []
    for _ in range(3):
        times.append(slack.post())
        slack.clock.advance(timedelta(seconds=1))
    channel, (oldest, _, latest) = slack.channel().id, times
    history = slack.client.conversations_history
    inside = history(channel=channel, oldest=oldest, latest=latest)["messages"]
    whole = history(channel=channel, oldest=oldest, latest=latest, inclusive=True)["messages"]
    assert [message["ts"] for message in inside] == [times[1]]
    assert [message["ts"] for message in whole] == times[::-1]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"cursor": "bogus"}, "invalid_cursor"),
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1_000}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "now"}, "invalid_ts_latest"),
    ],
)
def test_a_bad_page_or_window_is_refused(slack: Workspace, arguments: dict[str, Any], error: str) -> None:
    """Each in Slack's own word."""
    assert word(slack.client.conversations_history, channel=slack.channel().id, **arguments) == error


def test_replies_stay_out_of_the_channel_and_are_read_with_their_parent(slack: Workspace) -> None:
    """The parent says how many; a reply cannot be answered in a thread of its own."""
    parent = slack.post("parent")
    reply = slack.post("reply", thread_ts=parent, metadata=METADATA)
    channel = slack.channel().id
    shown = slack.client.conversations_history(channel=channel)["messages"]
    thread = slack.client.conversations_replies(channel=channel, ts=parent, include_all_metadata=True)[
        "messages"
    ]
    assert [(message["ts"], message["reply_count"]) for message in shown] == [(parent, 1)]
    assert [message["ts"] for message in thread] == [parent, reply]
    assert thread[1]["metadata"] == METADATA
    assert word(slack.client.conversations_replies, channel=channel, ts="1.000000") == "thread_not_found"
    assert (
        word(slack.client.chat_postMessage, channel=channel, text="x", thread_ts=reply)
        == "cannot_reply_to_message"
    )


def test_a_permalink_opens_the_page_at_the_message(slack: Workspace) -> None:
    """What a person clicks shows the message, marked."""
    ts = slack.post("see me")
    link = slack.client.chat_getPermalink(channel=slack.channel().id, message_ts=ts)["permalink"]
    page = requests.get(link, timeout=5)
    assert page.status_code == 200
    assert f'class="msg marked" id="p{ts.replace(".", "")}"' in page.text


def test_people_are_found_by_email_unless_they_left(slack: Workspace) -> None:
    """users_not_found for strangers and for the deactivated."""
    slack.state.add_user(email="gone@csops.example", name="Gone", deleted=True)
    found = slack.client.users_lookupByEmail(email="Misaki@csops.example")["user"]
    assert found["real_name"] == "佐藤 美咲"
    assert slack.client.users_info(user=found["id"])["user"]["profile"]["email"] == "misaki@csops.example"
    assert word(slack.client.users_lookupByEmail, email="gone@csops.example") == "users_not_found"
    assert word(slack.client.users_lookupByEmail, email="nobody@csops.example") == "users_not_found"
    assert word(slack.client.users_info, user="U404") == "user_not_found"
    assert len(slack.client.users_list()["members"]) == 4


def test_channels_and_groups_are_listed_page_by_page(slack: Workspace) -> None:
    """Private channels without the bot are not there."""
    first = slack.client.conversations_list(limit=1, types="public_channel,private_channel")
    second = slack.client.conversations_list(limit=1, cursor=first["response_metadata"]["next_cursor"])
    assert [page["channels"][0]["name"] for page in (first, second)] == ["general", "renewals"]
    assert second["response_metadata"]["next_cursor"] == ""
    groups = slack.client.usergroups_list(include_users=True)["usergroups"]
    assert [(group["handle"], group["users"]) for group in groups] == [
        ("cs-ops", ["U0000000001"]),
        ("cs-leads", ["U0000000001"]),
    ]
    info = slack.client.conversations_info(channel=slack.channel().id, include_num_members=True)["channel"]
    assert (info["name"], info["num_members"]) == ("renewals", 3)


def test_a_snapshot_can_be_gone_back_to_more_than_once(slack: Workspace) -> None:
    """What was posted after it is gone, each time."""
    kept = slack.post("kept")
    saved = slack.state.snapshot()
    for _ in range(2):
        slack.post("lost")
        slack.state.restore(saved)
        assert list(slack.channel().messages) == [kept]
    with pytest.raises(TypeError, match="snapshot"):
        slack.state.restore({})
