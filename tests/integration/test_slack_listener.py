"""The listener against the sandbox's Socket Mode: what people do becomes answers, kept before Slack hears of it."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from tests.fakes.card_faces import CARD_ID, CLOSED_LOST, post_card, reaction, sent
from tests.fakes.daemon import RecordingLog
from tests.fakes.inbox import Inbox
from tests.fakes.slack_workspace import APP_TOKEN, NOON, TOKEN, Workspace, running_workspace
from tests.fakes.socket_app import eventually
from tests.fakes.stopped_clock import StoppedClock

from csops_sync.adapters.slack.card_actions import (
    ACKNOWLEDGE,
    NOTE,
    NOTE_BLOCK,
    NOTE_INPUT,
    OPEN,
    REASON,
    SNOOZE,
)
from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.listener import SlackListener
from csops_sync.adapters.slack.workspace import Workspace as SlackWorkspace
from csops_sync.ports.cards import AnswerKind, Place
from csops_sync.sandbox.slack.acts import Place as Spot
from csops_sync.sandbox.slack.envelopes import Delivery, Fate

MISAKI, KEN = "U0000000001", "U0000000002"
OPEN_CALL = "apps.connections.open"


@dataclass(frozen=True)
class Stage:
    """A workspace in which a card asks Misaki and Ken for the reason of a loss, and a listener that is connected."""

    slack: Workspace
    listener: SlackListener
    inbox: Inbox
    log: RecordingLog
    place: Place
    cards: SlackCards

    @property
    def spot(self) -> Spot:
        """The card's message, as people see it."""
        return Spot(channel=self.place.channel_id, ts=self.place.ts)

    def click(self, action_id: str, value: str | None = None) -> Delivery:
        """Let Ken press a button of the card, or choose from a menu."""
        return self.slack.acts.click(KEN, self.spot, action_id, value=value)

    def counted(self, what: str, count: int) -> None:
        """Wait until the listener has counted so many."""
        eventually(lambda: self.listener.counts().get(what) == count, f"{what}: {self.listener.counts()}")


def options_for(slack: Workspace, **changes: object) -> SlackOptions:
    options = SlackOptions(token=TOKEN, app_token=APP_TOKEN, base_url=f"{slack.base}api/", timeout_seconds=5)
    return replace(options, **changes)  # type: ignore[arg-type]  # fields of the options


def listener_for(slack: Workspace, log: RecordingLog | None = None, **changes: object) -> SlackListener:
    options = options_for(slack, **changes)
    return SlackListener(options, clock=StoppedClock(NOON), log=log or RecordingLog())


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A workspace for one test."""
    with running_workspace() as workspace:
        yield workspace


@pytest.fixture
def stage(slack: Workspace) -> Iterator[Stage]:
    """The card is there, and the listener connected."""
    cards = SlackCards(SlackWorkspace(options_for(slack), clock=StoppedClock(NOON)))
    result = cards.tell(sent(post_card(CLOSED_LOST)))
    place = Place(channel_id=result.channel_id, ts=result.ts)
    log, inbox = RecordingLog(), Inbox()
    listener = listener_for(slack, log)
    listener.start(inbox.receive)
    try:
        eventually(lambda: listener.connected_since() is not None, str(listener.problem()))
        yield Stage(slack, listener, inbox, log, place, cards)
    finally:
        listener.stop()


def acknowledged(delivery: Delivery | None) -> None:
    """Wait until Slack has heard that a payload was taken."""
    assert delivery is not None
    eventually(lambda: delivery.fate is Fate.ACKNOWLEDGED, f"{delivery.fate}")


def test_it_says_since_when_it_is_connected(stage: Stage) -> None:
    """In business time; a problem there is none."""
    assert stage.listener.connected_since() == NOON
    assert stage.listener.problem() is None


def test_a_reaction_comes_with_its_emoji_its_person_and_its_place(stage: Stage) -> None:
    """The skin's tone is nobody's business."""
    delivery = stage.slack.acts.react(MISAKI, stage.spot, "+1::skin-tone-3")
    answer = stage.inbox.one()

    acknowledged(delivery)
    assert (answer.kind, answer.value, answer.slack_user) == (AnswerKind.REACTED, "+1", MISAKI)
    assert (answer.place, answer.at, answer.since) == (stage.place, NOON, None)
    assert answer.key.startswith("event/Ev")


@pytest.mark.parametrize(
    ("action_id", "value", "kind"),
    [
        (ACKNOWLEDGE, None, AnswerKind.ACKNOWLEDGED),
        (SNOOZE, "3", AnswerKind.SNOOZED),
        (REASON, "製品の不足", AnswerKind.REASONED),
    ],
)
def test_every_button_and_menu_of_a_card_becomes_an_answer(
    stage: Stage, action_id: str, value: str | None, kind: AnswerKind
) -> None:
    """With the card that it belongs to."""
    delivery = stage.click(action_id, value)
    answer = stage.inbox.one()

    acknowledged(delivery)
    assert (answer.kind, answer.value, answer.slack_user) == (kind, value or "", KEN)
    assert (answer.place, answer.card_id, answer.at) == (stage.place, CARD_ID, NOON)


def test_a_note_is_written_in_a_window_that_opens_at_once(stage: Stage) -> None:
    """What was typed comes whole, and the window closes."""
    acknowledged(stage.click(NOTE))
    eventually(lambda: stage.slack.state.surfaces.view_of(KEN) is not None, f"{stage.log.lines}")
    text = "先方の <予算> & 稟議\n次回 12/8"
    delivery = stage.slack.acts.submit(KEN, {(NOTE_BLOCK, NOTE_INPUT): (text,)})
    answer = stage.inbox.one()

    acknowledged(delivery)
    assert (answer.kind, answer.value, answer.slack_user) == (AnswerKind.NOTED, text, KEN)
    assert (answer.place, answer.card_id, answer.at) == (stage.place, CARD_ID, NOON)
    assert stage.slack.state.surfaces.view_of(KEN) is None
    assert stage.listener.counts() == {"notes": 1, "received": 1}


def test_an_answer_is_kept_before_slack_hears_that_it_came(stage: Stage) -> None:
    """While it is being kept, its envelope is not acknowledged."""
    fates: list[Fate] = []
    made: list[Delivery] = []
    there = threading.Event()

    def look() -> None:
        there.wait(5)
        fates.append(made[0].fate)

    stage.inbox.before = look
    made.append(stage.click(ACKNOWLEDGE))
    there.set()
    acknowledged(made[0])

    assert fates == [Fate.PENDING]


def test_what_could_not_be_kept_is_not_acknowledged_so_slack_sends_it_again(stage: Stage) -> None:
    """An event at once after its three seconds; the second time it is kept."""
    stage.inbox.down()
    delivery = stage.slack.acts.react(KEN, stage.spot, "eyes")
    stage.inbox.called(1)
    stage.slack.clock.advance(timedelta(seconds=4))
    answer = stage.inbox.one()

    acknowledged(delivery)
    assert answer.value == "eyes"
    assert stage.listener.counts() == {"failed": 1, "received": 1}
    assert [line["problem"] for line in stage.log.named("slack.answer_not_kept")] == ["the database is away"]


def test_a_bug_in_keeping_is_logged_as_one_and_not_acknowledged_either(stage: Stage) -> None:
    """And the listener goes on."""
    stage.inbox.raising.append(KeyError("oops"))
    delivery = stage.click(ACKNOWLEDGE)
    stage.counted("failed", 1)
    stage.slack.clock.advance(timedelta(seconds=4))

    eventually(lambda: delivery.fate is Fate.FAILED, f"{delivery.fate}")
    assert [name for level, name, _ in stage.log.lines if level == "bug"] == ["slack.answer_not_kept"]
    acknowledged(stage.click(SNOOZE, "1"))


def test_what_comes_twice_is_known_the_second_time(stage: Stage) -> None:
    """Slack does that where an acknowledgement got lost."""
    stage.slack.acts.sockets.twice(1)
    delivery = stage.slack.acts.react(KEN, stage.spot, "eyes")

    stage.counted("known", 1)
    acknowledged(delivery)
    assert len(stage.inbox.kept) == 1


def test_what_says_nothing_of_ours_is_acknowledged_and_counted(stage: Stage) -> None:
    """A reaction taken back, one to a person's message, our own, and the way to the record."""
    said = stage.slack.state.say(stage.slack.channel(), user=MISAKI, text="hello")
    acts = stage.slack.acts
    acknowledged(acts.react(KEN, Spot(channel=stage.place.channel_id, ts=said.ts), "wave"))
    stage.cards.tell(sent(reaction("eyes"), stage.place))
    acknowledged(stage.click(OPEN))
    stage.counted("ignored", 3)
    acknowledged(acts.react(KEN, stage.spot, "eyes"))
    acknowledged(acts.unreact(KEN, stage.spot, "eyes"))

    stage.counted("ignored", 4)
    assert [answer.slack_user for answer in stage.inbox.kept.values()] == [KEN]


def test_a_note_asked_for_too_late_is_logged(stage: Stage) -> None:
    """The click is acknowledged; the person clicks once more."""
    stage.slack.faults.add([{"service": "slack", "path": "views.open", "fault": "expired_trigger_id"}])
    acknowledged(stage.click(NOTE))

    stage.counted("failed", 1)
    (line,) = stage.log.named("slack.note_window_refused")
    assert line["code"] == "expired_trigger_id"
    assert "click once more" in str(line["problem"])


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_it_moves_to_a_new_connection_when_slack_asks_for_it(stage: Stage, reason: str) -> None:
    """And hears what comes afterwards."""
    before = numbers(stage.slack)
    eventually(lambda: stage.slack.acts.sockets.disconnect(reason) == 1, "one connection")
    eventually(lambda: bool(numbers(stage.slack) - before), f"{stage.log.lines}")
    eventually(lambda: stage.listener.connected_since() is not None, str(stage.listener.problem()))
    eventually(lambda: not numbers(stage.slack) & before, "the old connection is closed")

    acknowledged(stage.click(ACKNOWLEDGE))
    assert stage.inbox.one().kind is AnswerKind.ACKNOWLEDGED


def test_a_connection_that_breaks_is_made_again(stage: Stage) -> None:
    """Meanwhile it is said that there is none."""
    stage.slack.acts.sockets.drop()
    eventually(lambda: stage.listener.connected_since() is None, "it was noticed")
    assert stage.listener.problem() is not None
    eventually(lambda: stage.listener.connected_since() is not None, str(stage.listener.problem()))

    acknowledged(stage.click(ACKNOWLEDGE))


def test_where_socket_mode_is_switched_off_it_says_so_and_waits(stage: Stage) -> None:
    """It does not knock again and again."""
    stage.slack.acts.sockets.disconnect("link_disabled")
    eventually(lambda: "switched off" in str(stage.listener.problem()), str(stage.listener.problem()))
    eventually(lambda: not numbers(stage.slack), "closed")

    assert stage.slack.faults.report() == []
    assert "app settings" in str(stage.listener.problem())


@pytest.mark.parametrize(
    "word", ["token_revoked", "invalid_auth", "not_allowed_token_type", "forbidden_team"]
)
def test_a_token_that_is_refused_is_said_and_not_tried_in_a_loop(slack: Workspace, word: str) -> None:
    """A person must give another one, which is not the bot's."""
    slack.faults.add([{"service": "slack", "path": OPEN_CALL, "fault": "error", "code": word}])
    log = RecordingLog()
    listener = listener_for(slack, log)
    listener.start(Inbox().receive)
    eventually(lambda: word in str(listener.problem()), str(listener.problem()))

    assert "xapp-" in str(listener.problem())
    assert listener.connected_since() is None
    listener.stop()
    assert [rule["matched"] for rule in slack.faults.report()] == [1]
    assert [line["code"] for line in log.named("slack.listener_refused")] == [word]
    assert APP_TOKEN not in str(log.lines)


def test_where_slack_is_away_it_tries_again(slack: Workspace) -> None:
    """And is connected as soon as Slack is back."""
    slack.faults.add([{"service": "slack", "path": OPEN_CALL, "fault": "internal_error", "times": 1}])
    listener = listener_for(slack)
    listener.start(Inbox().receive)
    eventually(lambda: listener.connected_since() is not None, str(listener.problem()))
    listener.stop()


def test_without_an_app_token_it_says_what_is_missing(slack: Workspace) -> None:
    """And starts nothing."""
    listener = listener_for(slack, app_token="")
    before = threading.active_count()
    listener.start(Inbox().receive)

    assert "xapp-" in str(listener.problem())
    assert threading.active_count() == before
    listener.stop()


def test_it_stops_within_a_second_and_leaves_no_thread_behind(slack: Workspace) -> None:
    """However often it was started and stopped."""
    before = threading.active_count()
    for _ in range(3):
        listener = listener_for(slack)
        listener.start(Inbox().receive)
        eventually(partial(_is_connected, listener), "connected")
        began = time.monotonic()
        listener.stop()
        assert time.monotonic() - began < 1
        assert listener.connected_since() is None

    eventually(lambda: threading.active_count() <= before, f"{threading.enumerate()}")
    eventually(lambda: not numbers(slack), "no connection is left")


def test_it_stops_within_a_second_though_the_database_hangs(stage: Stage) -> None:
    """What is being kept then ends by itself."""
    hangs, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        goes_on.wait(10)

    stage.inbox.before = hang
    delivery = stage.click(ACKNOWLEDGE)
    assert hangs.wait(10)
    began = time.monotonic()
    stage.listener.stop()
    took = time.monotonic() - began
    goes_on.set()

    assert took < 1
    assert delivery.fate is not Fate.ACKNOWLEDGED
    assert stage.inbox.one().kind is AnswerKind.ACKNOWLEDGED


def _is_connected(listener: SlackListener) -> bool:
    return listener.connected_since() is not None


def numbers(slack: Workspace) -> set[int]:
    """The connections that are open."""
    connections = slack.acts.sockets.as_json()["connections"]
    assert isinstance(connections, list)
    return set(connections)
