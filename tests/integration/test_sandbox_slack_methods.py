"""Reactions, people, groups, channels and edits in the sandbox's Slack: answers, scopes, refusals, tiers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.slack_workspace import Workspace, refused, running_workspace, word

from csops_sync.sandbox.slack.acts import Place
from csops_sync.sandbox.slack.app import METHODS
from csops_sync.sandbox.slack.model import BOT_USER_ID, SCOPES
from csops_sync.sandbox.slack.pace import PER_MINUTE

MISAKI, KEN = "U0000000001", "U0000000002"


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


def test_reactions_are_given_read_and_taken_back(slack: Workspace) -> None:
    """An emoji has one name: thumbsup is +1."""
    channel, ts = slack.channel().id, slack.post("card")
    item = {"channel": channel, "timestamp": ts}
    slack.client.reactions_add(name="thumbsup", **item)
    slack.acts.react(KEN, Place(channel=channel, ts=ts), "+1")
    slack.acts.react(KEN, Place(channel=channel, ts=ts), "+1::skin-tone-2")
    answer = slack.client.reactions_get(channel=channel, timestamp=ts, full=True)
    assert (answer["type"], answer["channel"]) == ("message", channel)
    assert answer["message"]["reactions"] == [
        {"name": "+1", "users": [BOT_USER_ID, KEN], "count": 2},
        {"name": "+1::skin-tone-2", "users": [KEN], "count": 1},
    ]
    assert answer["message"]["permalink"].endswith(f"/archives/{channel}/p{ts.replace('.', '')}")
    assert word(slack.client.reactions_add, name="+1", **item) == "already_reacted"
    slack.client.reactions_remove(name="+1", **item)
    assert word(slack.client.reactions_remove, name="+1", **item) == "no_reaction"
    assert [
        one["count"]
        for one in slack.client.reactions_get(channel=channel, timestamp=ts)["message"]["reactions"]
    ] == [1, 1]


def test_a_reaction_to_nothing_or_by_no_emoji_is_refused(slack: Workspace) -> None:
    channel, ts = slack.channel().id, slack.post("card")
    add, get = slack.client.reactions_add, slack.client.reactions_get
    assert word(add, channel=channel, timestamp=ts, name="Two Words") == "invalid_name"
    assert word(add, channel=channel, timestamp="1.0", name="eyes") == "message_not_found"
    assert word(add, channel=channel, timestamp="soon", name="eyes") == "bad_timestamp"
    assert word(add, channel="C404", timestamp=ts, name="eyes") == "channel_not_found"
    assert word(get) == "no_item_specified"
    slack.channel().is_archived = True
    assert word(add, channel=channel, timestamp=ts, name="eyes") == "is_archived"


def test_a_message_takes_23_different_emoji(slack: Workspace) -> None:
    item = {"channel": slack.channel().id, "timestamp": slack.post("card")}
    slack.state.have_emoji(["one_more", *(f"emoji{number}" for number in range(23))])
    for number in range(23):
        slack.client.reactions_add(name=f"emoji{number}", **item)
    assert word(slack.client.reactions_add, name="one_more", **item) == "too_many_emoji"


def test_a_person_has_a_time_zone_whose_offset_changes_with_daylight_saving(slack: Workspace) -> None:
    person = slack.state.add_user(email="amy@csops.example", name="Amy", timezone="America/New_York")
    winter = slack.client.users_info(user=person.id, include_locale=True)["user"]
    slack.clock.set(datetime(2026, 7, 1, tzinfo=UTC))
    summer = slack.client.users_info(user=person.id)["user"]
    tokyo = slack.client.users_lookupByEmail(email="ken@csops.example")["user"]
    assert (winter["tz"], winter["tz_offset"], summer["tz_offset"]) == ("America/New_York", -18_000, -14_400)
    assert (winter["tz_label"], summer["tz_label"]) == ("Eastern Standard Time", "Eastern Daylight Time")
    assert (tokyo["tz"], tokyo["tz_offset"]) == ("Asia/Tokyo", 32_400)
    assert winter["locale"] == "ja-JP"
    assert "locale" not in summer


def test_a_groups_members_are_listed(slack: Workspace) -> None:
    leads = next(group for group in slack.state.groups.values() if group.handle == "cs-leads")
    assert slack.client.usergroups_users_list(usergroup=leads.id)["users"] == [MISAKI]
    assert word(slack.client.usergroups_users_list, usergroup="S404") == "no_such_subteam"


def test_a_channels_members_come_page_by_page(slack: Workspace) -> None:
    channel = slack.channel().id
    first = slack.client.conversations_members(channel=channel, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = slack.client.conversations_members(channel=channel, limit=2, cursor=cursor)
    assert [*first["members"], *second["members"]] == [MISAKI, KEN, BOT_USER_ID]
    assert second["response_metadata"]["next_cursor"] == ""
    assert word(slack.client.conversations_members, channel="C404") == "channel_not_found"


def test_private_channels_have_scopes_of_their_own(slack: Workspace) -> None:
    """Those for public ones do not open them, nor the other way round; a hidden one stays hidden."""
    secret = slack.channel("secret")
    secret.members.add(BOT_USER_ID)
    history = slack.client.conversations_history
    slack.state.grant(SCOPES - {"groups:history"})
    history(channel=slack.channel().id)
    error = refused(history, channel=secret.id)
    assert (error.response["error"], error.response["needed"]) == ("missing_scope", "groups:history")
    slack.state.grant(SCOPES - {"channels:history"})
    history(channel=secret.id)
    assert refused(history, channel=slack.channel().id).response["needed"] == "channels:history"
    slack.state.grant(SCOPES - {"channels:history", "groups:history"})
    assert refused(history, channel=secret.id).response["needed"] == "channels:history,groups:history"
    secret.members.discard(BOT_USER_ID)
    slack.state.grant(SCOPES - {"groups:history"})
    assert word(history, channel=secret.id) == "channel_not_found"


def test_listing_a_kind_of_channel_needs_the_scope_of_that_kind(slack: Workspace) -> None:
    slack.state.grant(SCOPES - {"groups:read"})
    slack.client.conversations_list(types="public_channel")
    for kinds, needed in (("public_channel,private_channel", "groups:read"), ("im", "im:read")):
        error = refused(slack.client.conversations_list, types=kinds)
        assert (error.response["error"], error.response["needed"]) == ("missing_scope", needed)


@pytest.mark.parametrize(
    ("method", "scope"),
    sorted((name, method.scope) for name, method in METHODS.items() if method.scope is not None),
)
def test_every_method_names_the_scope_that_it_lacks(slack: Workspace, method: str, scope: str) -> None:
    slack.state.grant(())
    error = refused(slack.client.api_call, api_method=method)
    assert error.response["error"] == "missing_scope"
    assert scope in error.response["needed"].split(",")


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_can_be_made_to_fail(slack: Workspace, method: str) -> None:
    """Before it looks at its arguments."""
    slack.faults.add([{"service": "slack", "path": f"{method}$", "fault": "ratelimited", "retry_after": 9}])
    client = slack.client
    token = {"Authorization": "Bearer xapp-rehearsal"} if METHODS[method].app_level else {}
    error = refused(client.api_call, api_method=method, headers=token)
    assert (error.response.status_code, error.response.headers["Retry-After"]) == (429, "9")


def test_tiers_are_those_of_the_methods_pages() -> None:
    """docs.slack.dev/reference/methods, May 2026; posting has a limit of its own."""
    tiers = {name: method.tier for name, method in METHODS.items()}
    assert tiers == {
        "apps.connections.open": 3,
        "auth.test": 4,
        "chat.delete": 3,
        "chat.getPermalink": 4,
        "chat.postMessage": 4,
        "chat.update": 3,
        "conversations.history": 3,
        "conversations.info": 3,
        "conversations.join": 3,
        "conversations.list": 2,
        "conversations.members": 4,
        "conversations.replies": 3,
        "files.completeUploadExternal": 4,
        "files.getUploadURLExternal": 4,
        "files.info": 4,
        "reactions.add": 3,
        "reactions.get": 3,
        "reactions.remove": 2,
        "usergroups.list": 2,
        "usergroups.users.list": 2,
        "users.info": 4,
        "users.list": 2,
        "users.lookupByEmail": 3,
        "views.open": 4,
        "views.update": 4,
    }
    assert set(tiers.values()) <= set(PER_MINUTE)


def test_a_message_is_changed_within_the_workspaces_window(slack: Workspace) -> None:
    channel, ts = slack.channel().id, slack.post("card")
    slack.state.limit_edits(60)
    slack.client.chat_update(channel=channel, ts=ts, text="changed")
    slack.clock.advance(timedelta(seconds=61))
    assert word(slack.client.chat_update, channel=channel, ts=ts, text="again") == "edit_window_closed"
    slack.state.limit_edits(None)
    slack.client.chat_update(channel=channel, ts=ts, text="again")
    slack.channel().is_archived = True
    assert word(slack.client.chat_update, channel=channel, ts=ts, text="x") == "is_inactive"


def test_an_update_takes_a_tenth_of_the_text_that_a_post_takes(slack: Workspace) -> None:
    """The one method says 4,000 characters in its error list, the other 40,000."""
    channel, ts = slack.channel().id, slack.post("x" * 40_000)
    slack.client.chat_update(channel=channel, ts=ts, text="x" * 4_000)
    assert word(slack.client.chat_update, channel=channel, ts=ts, text="x" * 4_001) == "msg_too_long"
