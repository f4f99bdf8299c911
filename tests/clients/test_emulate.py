"""The product's Slack adapter against `emulate`: a second opinion on what it asks of a Slack, and with which scopes.

The contract of every Chat (tests/contract/test_chat.py) runs here once more, as far as emulate goes: it cannot lose an
answer, takes any blocks, and does not know `oldest`.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.contract.test_chat import (
    Workspace,
    test_a_channel_may_be_named_by_its_id,
    test_a_channel_that_is_not_there_is_refused_and_not_readable,
    test_a_post_is_found_again_by_its_key,
    test_a_renewal_told_in_a_group_is_found_by_its_own_key,
    test_duplicates_are_found_oldest_first_and_the_later_one_can_be_removed,
    test_nothing_stands_in_the_way_of_readable_channels,
    test_only_the_key_asked_for_is_found_and_only_in_its_channel,
)
from tests.fakes.emulate import BLIND, FULL, EmulatedSlack
from tests.fakes.notices import HANAKO, MINATO, TARO, outgoing
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.readiness import NEEDED_SCOPES
from csops_sync.domain.intents import NoticeKind
from csops_sync.ports.chat import PostStatus

__all__ = [
    "test_a_channel_may_be_named_by_its_id",
    "test_a_channel_that_is_not_there_is_refused_and_not_readable",
    "test_a_post_is_found_again_by_its_key",
    "test_a_renewal_told_in_a_group_is_found_by_its_own_key",
    "test_duplicates_are_found_oldest_first_and_the_later_one_can_be_removed",
    "test_nothing_stands_in_the_way_of_readable_channels",
    "test_only_the_key_asked_for_is_found_and_only_in_its_channel",
]


@pytest.fixture(scope="module")
def emulated(packages: None) -> Iterator[EmulatedSlack]:
    """One process for all; its token has exactly the scopes that the product names as needed."""
    del packages
    channels, email = ["renewals", "ops", "closed"], str(HANAKO.email)
    with EmulatedSlack(channels=channels, email=email, scopes=list(NEEDED_SCOPES)) as slack:
        yield slack


@pytest.fixture
def slack(emulated: EmulatedSlack) -> EmulatedSlack:
    """The same, empty."""
    emulated.empty()
    return emulated


@pytest.fixture
def workspace(slack: EmulatedSlack) -> Workspace:
    """What the contract's tests ask for."""
    clock = StoppedClock(slack.now())
    return Workspace(chat_on(slack, clock), clock, None)


def test_a_person_is_mentioned_by_e_mail_and_whoever_is_not_there_is_reported(workspace: Workspace) -> None:
    line = replace(MINATO, mentions=(HANAKO.id, TARO.id))
    result = workspace.chat.post(outgoing(NoticeKind.OPENED, line))
    assert result.status is PostStatus.POSTED
    (missing,) = workspace.chat.unreachable()
    assert TARO.name in missing


def test_a_history_that_the_scopes_close_is_no_answer_and_is_said_at_start(slack: EmulatedSlack) -> None:
    """It must not be taken for an empty one."""
    clock = StoppedClock(slack.now())
    chat = chat_on(slack, clock, token=BLIND)
    assert chat.post(outgoing()).status is PostStatus.POSTED
    assert not chat.find(keys=["opened/1"], channel="#renewals", since=clock.now()).readable
    (problem,) = chat.check(["#renewals"])
    assert "history" in problem


def chat_on(slack: EmulatedSlack, clock: StoppedClock, *, token: str = FULL) -> SlackChat:
    """The adapter as the product builds it."""
    return SlackChat(SlackOptions(token=token, base_url=slack.url, timeout_seconds=5), clock=clock)
