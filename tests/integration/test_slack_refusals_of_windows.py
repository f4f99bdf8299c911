"""Every refusal of Slack where nobody can wait: a note's window, which must open at once, and the connection itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.fakes.card_faces import CLOSED_LOST, post_card, sent
from tests.fakes.daemon import RecordingLog
from tests.fakes.inbox import Inbox
from tests.fakes.slack_office import named
from tests.fakes.slack_refusals import REFERENCE
from tests.fakes.slack_workspace import APP_TOKEN, NOON, TOKEN, Workspace, running_workspace
from tests.fakes.socket_app import eventually
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.card_actions import ACKNOWLEDGE, NOTE
from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.listener import SlackListener
from csops_sync.adapters.slack.workspace import Workspace as SlackWorkspace
from csops_sync.sandbox.slack.acts import Place

KEN = "U0000000002"
WINDOW, CONNECTION = "views.open", "apps.connections.open"
EVERY = [word for words in REFERENCE.values() for word in words]
LEAST_WORDS = 30
WAITED_FOR = {*REFERENCE["wait"], *REFERENCE["uncertain"]}


@dataclass(frozen=True)
class Ear:
    """A listener on a workspace, and what it logged and received."""

    slack: Workspace
    listener: SlackListener
    inbox: Inbox
    log: RecordingLog

    def refuse(self, method: str, word: str, *, times: int) -> None:
        """Let Slack refuse a method so many times, 0 for ever."""
        rule = {"service": "slack", "path": f"/{method}", "times": times, **named(word)}
        self.slack.faults.add([rule])  # type: ignore[list-item]  # as the sandbox's control endpoint takes them


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    with running_workspace() as made:
        yield made


def options(slack: Workspace) -> SlackOptions:
    return SlackOptions(token=TOKEN, app_token=APP_TOKEN, base_url=f"{slack.base}api/", timeout_seconds=5)


@pytest.fixture
def ear(slack: Workspace) -> Iterator[Ear]:
    """Not started yet."""
    slack.faults.clear()
    log = RecordingLog()
    listener = SlackListener(options(slack), clock=StoppedClock(NOON), log=log)
    yield Ear(slack, listener, Inbox(), log)
    listener.stop()


def test_a_window_that_slack_does_not_open_is_logged_and_the_next_click_is_heard(ear: Ear) -> None:
    """The trigger of a click is good for three seconds: the person clicks once more, whatever it was."""
    cards = SlackCards(SlackWorkspace(options(ear.slack), clock=StoppedClock(NOON)))
    told = cards.tell(sent(post_card(CLOSED_LOST)))
    spot = Place(channel=told.channel_id, ts=told.ts)
    ear.listener.start(ear.inbox.receive)
    eventually(lambda: ear.listener.connected_since() is not None, str(ear.listener.problem()))
    for count, word in enumerate(EVERY, start=1):
        ear.refuse(WINDOW, word, times=1)
        ear.slack.acts.click(KEN, spot, NOTE)
        eventually(lambda: ear.listener.counts().get("failed") == count, f"{word}: {ear.listener.counts()}")  # noqa: B023  # asked within this turn

    refusals = ear.log.named("slack.note_window_refused")
    assert len(refusals) == len(EVERY)
    assert all(one["code"] and len(str(one["problem"])) > LEAST_WORDS for one in refusals)
    assert TOKEN not in str(ear.log.lines)
    ear.slack.acts.click(KEN, spot, ACKNOWLEDGE)
    assert ear.inbox.one().slack_user == KEN


@pytest.mark.parametrize("word", EVERY)
def test_a_connection_that_slack_refuses_is_said_in_words_and_never_asked_for_in_a_loop(
    ear: Ear, word: str
) -> None:
    ear.refuse(CONNECTION, word, times=0)
    ear.listener.start(ear.inbox.receive)
    eventually(lambda: bool(ear.log.named("slack.listener_refused")), str(ear.listener.problem()))

    problem = str(ear.listener.problem())
    assert "not heard" in problem
    assert len(problem) > len(word) + 40, "it says what to do"
    assert ear.listener.connected_since() is None
    asked = sum(int(str(one["fired"])) for one in ear.slack.faults.report())
    assert asked <= (3 if word in WAITED_FOR else 1)
