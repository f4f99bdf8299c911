"""Reactions are emoji that Slack has, or that the workspace has made its own."""

from collections.abc import Iterator

import pytest
from tests.fakes.slack_workspace import Workspace, running_workspace, word

STANDARD = ["tada", "raised_hands", "white_check_mark", "+1", "thumbsup", "flag-jp", "jp", "melting_face"]
STANDARD += ["simple_smile", "face_with_peeking_eye", "man-raising-hand", "wave::skin-tone-4", "100"]
NONE = ["nope_emoji", "party-parrot", "party_popper", "tada2", "::skin-tone-2", "nope::skin-tone-2", "TADA"]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with running_workspace() as workspace:
        yield workspace


def test_slack_has_the_standard_emoji(slack: Workspace) -> None:
    for name in STANDARD:
        channel, ts = slack.channel().id, slack.post("card")
        slack.client.reactions_add(name=name, channel=channel, timestamp=ts)
        (shown,) = slack.client.reactions_get(channel=channel, timestamp=ts)["message"]["reactions"]
        assert shown["count"] == 1


@pytest.mark.parametrize("name", NONE)
def test_a_name_that_nobody_gave_an_emoji_is_none(slack: Workspace, name: str) -> None:
    item = {"channel": slack.channel().id, "timestamp": slack.post("card")}
    assert word(slack.client.reactions_add, name=name, **item) == "invalid_name"


def test_a_workspace_has_emoji_of_its_own_until_they_are_taken_away(slack: Workspace) -> None:
    slack.state.have_emoji(["party-parrot"])
    item = {"channel": slack.channel().id, "timestamp": slack.post("card")}
    slack.client.reactions_add(name="party-parrot", **item)
    saved = slack.state.snapshot()
    slack.state.have_emoji([])
    assert word(slack.client.reactions_add, name="party-parrot", **item) == "invalid_name"
    slack.state.restore(saved)
    assert word(slack.client.reactions_add, name="party-parrot", **item) == "already_reacted"


@pytest.mark.parametrize("limit", ["\uff11\uff10", "\u00b2", "1e2"])
def test_digits_of_other_scripts_are_no_number(slack: Workspace, limit: str) -> None:
    assert (
        word(slack.client.api_call, api_method="users.list", params={"limit": limit}) == "invalid_arguments"
    )
