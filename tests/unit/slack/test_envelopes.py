"""What comes over Socket Mode, read: answers, wishes for a note, and everything that is none of ours."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.card_faces import CARD_ID

from csops_sync.adapters.slack.card_actions import ACKNOWLEDGE, NOTE, OPEN, SNOOZE, block_id
from csops_sync.adapters.slack.envelopes import NoteWish, read_envelope
from csops_sync.ports.cards import Answer, AnswerKind, Place

NOW = datetime(2025, 12, 1, 1, 0, tzinfo=UTC)
PLACE = Place(channel_id="C0000000001", ts="1764547200.000100")
BOT, KEN = "U0BOT", "U2"
REACTION: dict[str, Any] = {
    "type": "event_callback",
    "event_id": "Ev0PV52K21",
    "authorizations": [{"user_id": BOT, "is_bot": True}],
    "event": {
        "type": "reaction_added",
        "user": KEN,
        "reaction": "eyes",
        "item": {"type": "message", "channel": PLACE.channel_id, "ts": PLACE.ts},
        "item_user": BOT,
        "event_ts": "1764548000.000200",
    },
}
CLICK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": KEN},
    "container": {"type": "message", "channel_id": PLACE.channel_id, "message_ts": PLACE.ts},
    "trigger_id": "1.2.abc",
    "actions": [
        {
            "type": "button",
            "action_id": ACKNOWLEDGE,
            "block_id": block_id(CARD_ID, "card/1"),
            "value": CARD_ID,
            "action_ts": "1764548000.000200",
        }
    ],
}
SUBMISSION: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": KEN},
    "view": {
        "id": "V1",
        "callback_id": NOTE,
        "private_metadata": json.dumps({"card_id": CARD_ID, "channel": PLACE.channel_id, "ts": PLACE.ts}),
        "state": {"values": {"note": {"text": {"type": "plain_text_input", "value": "called them"}}}},
    },
}


def changed(payload: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A payload with another value at a path such as `event.user`; None takes it away."""
    copy = deepcopy(payload)
    at: Any = copy
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    for step in steps:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return copy


def test_a_reaction_to_our_message_is_an_answer() -> None:
    """Its key is that of the event, so that a retry is the same answer."""
    assert read_envelope("events_api", REACTION, now=NOW) == Answer(
        key="event/Ev0PV52K21",
        kind=AnswerKind.REACTED,
        place=PLACE,
        slack_user=KEN,
        at=datetime(2025, 12, 1, 0, 13, 20, 200, tzinfo=UTC),
        value="eyes",
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("event.type", "reaction_removed"),
        ("event.user", BOT),
        ("event.item_user", "U9"),
        ("event.item.type", "file"),
        ("event.item", None),
        ("event.event_ts", "yesterday"),
        ("event_id", None),
        ("event", None),
    ],
)
def test_other_events_and_reactions_to_others_messages_are_none_of_ours(path: str, value: object) -> None:
    """Nor what is garbled."""
    assert read_envelope("events_api", changed(REACTION, path, value), now=NOW) is None


@pytest.mark.parametrize("path", ["authorizations", "event.item_user"])
def test_where_slack_does_not_say_whose_message_it_is_the_reaction_counts(path: str) -> None:
    """The inbox knows where cards stand."""
    assert read_envelope("events_api", changed(REACTION, path, None), now=NOW) is not None


def test_a_click_is_known_by_who_clicked_where_and_when() -> None:
    """So that a second delivery is the same answer, and a second click another."""
    assert read_envelope("interactive", CLICK, now=NOW) == Answer(
        key=f"click/{PLACE.text}/{KEN}/{ACKNOWLEDGE}/1764548000.000200",
        kind=AnswerKind.ACKNOWLEDGED,
        place=PLACE,
        slack_user=KEN,
        at=datetime(2025, 12, 1, 0, 13, 20, 200, tzinfo=UTC),
        card_id=CARD_ID,
    )


def test_a_menu_says_what_was_chosen_and_its_block_says_which_card() -> None:
    """A menu has no value of its own."""
    menu = changed(changed(CLICK, "actions.0.value", None), "actions.0.action_id", SNOOZE)
    answer = read_envelope("interactive", changed(menu, "actions.0.selected_option", {"value": "3"}), now=NOW)

    assert isinstance(answer, Answer)
    assert (answer.kind, answer.value, answer.card_id) == (AnswerKind.SNOOZED, "3", CARD_ID)


def test_the_button_for_a_note_asks_for_a_window() -> None:
    """By the click's trigger."""
    wish = read_envelope("interactive", changed(CLICK, "actions.0.action_id", NOTE), now=NOW)

    assert wish == NoteWish(trigger_id="1.2.abc", card_id=CARD_ID, place=PLACE)


def test_a_note_comes_whole_with_the_card_that_its_window_remembered() -> None:
    """Slack gives it no time, so ours counts."""
    assert read_envelope("interactive", SUBMISSION, now=NOW) == Answer(
        key="view/V1",
        kind=AnswerKind.NOTED,
        place=PLACE,
        slack_user=KEN,
        at=NOW,
        value="called them",
        card_id=CARD_ID,
    )


@pytest.mark.parametrize(
    ("payload", "path", "value"),
    [
        (CLICK, "actions.0.action_id", OPEN),
        (CLICK, "actions.0.action_id", "somebody.elses"),
        (CLICK, "actions", []),
        (CLICK, "container.message_ts", None),
        (CLICK, "type", "shortcut"),
        (CLICK, "user", "U2"),
        (SUBMISSION, "view.callback_id", "somebody.elses"),
        (SUBMISSION, "view.private_metadata", "no JSON"),
        (SUBMISSION, "view.private_metadata", "[]"),
        (SUBMISSION, "view.state.values", {}),
        (SUBMISSION, "view.state.values.note.text.value", ""),
        (SUBMISSION, "type", "view_closed"),
    ],
)
def test_other_interactions_are_none_of_ours(payload: dict[str, Any], path: str, value: object) -> None:
    """Nor what is garbled."""
    assert read_envelope("interactive", changed(payload, path, value), now=NOW) is None


def test_kinds_of_envelopes_that_nobody_knows_are_none_of_ours() -> None:
    """Commands of other features, say."""
    assert read_envelope("slash_commands", {"command": "/x"}, now=NOW) is None
