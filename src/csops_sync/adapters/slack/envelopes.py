"""What comes over Socket Mode, read: an answer, a wish to write a note, or nothing of ours. Pure.

Shapes: docs.slack.dev/apis/events-api/using-socket-mode, /reference/events/reaction_added,
/reference/interaction-payloads/block_actions-payload and /view-interactions-payload.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from csops_sync.adapters.slack.card_actions import (
    ACKNOWLEDGE,
    NOTE,
    NOTE_BLOCK,
    NOTE_INPUT,
    REASON,
    SNOOZE,
    card_of,
)
from csops_sync.adapters.slack.connection import Body, entries
from csops_sync.adapters.slack.reactions import bare_emoji, instant_of
from csops_sync.ports.cards import Answer, AnswerKind, Place

_CLICKS = {
    ACKNOWLEDGE: AnswerKind.ACKNOWLEDGED,
    SNOOZE: AnswerKind.SNOOZED,
    REASON: AnswerKind.REASONED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWish:
    """Somebody asks for the window in which a note is written. `trigger_id` opens it, once and within three seconds."""

    trigger_id: str
    card_id: str
    place: Place


def read_envelope(kind: str, payload: Body, *, now: datetime) -> Answer | NoteWish | None:
    """This function will read one envelope by its `type`; None where it says nothing of ours, or is garbled.

    `now` is business time (UTC), for what carries no time of its own.
    """
    try:
        if kind == "events_api":
            return _reaction(payload)
        if kind == "interactive":
            return _interaction(payload, now)
    except (KeyError, TypeError, ValueError):
        return None
    return None


def _reaction(payload: Body) -> Answer | None:
    """Read a reaction to a message of ours. Who reacts to their own message is nobody who answers: the app itself."""
    event = _part(payload, "event")
    if event.get("type") != "reaction_added" or event.get("user") == event.get("item_user"):
        return None
    item = _part(event, "item")
    if item.get("type") != "message" or not _is_ours(payload, event.get("item_user")):
        return None
    return Answer(
        key=f"event/{payload['event_id']}",
        kind=AnswerKind.REACTED,
        place=Place(channel_id=str(item["channel"]), ts=str(item["ts"])),
        slack_user=str(event["user"]),
        at=instant_of(str(event["event_ts"])),
        value=bare_emoji(str(event["reaction"])),
    )


def _is_ours(payload: Body, writer: object) -> bool:
    """Whether the app wrote the message, as far as the event tells who the app is and who wrote."""
    ourselves = {one.get("user_id") for one in entries(payload, "authorizations") if one.get("is_bot")}
    return not writer or not ourselves or writer in ourselves


def _interaction(payload: Body, now: datetime) -> Answer | NoteWish | None:
    if payload.get("type") == "view_submission":
        return _note(payload, now)
    actions = entries(payload, "actions")
    if payload.get("type") != "block_actions" or len(actions) != 1:
        return None
    return _click(payload, actions[0])


def _click(payload: Body, action: Body) -> Answer | NoteWish | None:
    action_id = action.get("action_id")
    container = _part(payload, "container")
    place = Place(channel_id=str(container["channel_id"]), ts=str(container["message_ts"]))
    card_id = str(action.get("value") or card_of(str(action.get("block_id", ""))))
    if action_id == NOTE:
        return NoteWish(trigger_id=str(payload["trigger_id"]), card_id=card_id, place=place)
    if action_id not in _CLICKS:
        return None
    user = str(_part(payload, "user")["id"])
    at = str(action["action_ts"])
    return Answer(
        key=f"click/{place.text}/{user}/{action_id}/{at}",
        kind=_CLICKS[str(action_id)],
        place=place,
        slack_user=user,
        at=instant_of(at),
        value=_chosen(action),
        card_id=card_id,
    )


def _note(payload: Body, now: datetime) -> Answer | None:
    view = _part(payload, "view")
    if view.get("callback_id") != NOTE:
        return None
    remembered = json.loads(str(view["private_metadata"]))
    values = _part(_part(view, "state"), "values")
    text = _part(_part(values, NOTE_BLOCK), NOTE_INPUT).get("value")
    if not text:
        return None
    return Answer(
        key=f"view/{view['id']}",
        kind=AnswerKind.NOTED,
        place=Place(channel_id=str(remembered["channel"]), ts=str(remembered["ts"])),
        slack_user=str(_part(payload, "user")["id"]),
        at=now,
        value=str(text),
        card_id=str(remembered["card_id"]),
    )


def _chosen(action: Body) -> str:
    """Give what was chosen from a menu; a button chooses nothing."""
    option = action.get("selected_option")
    return str(option["value"]) if isinstance(option, dict) else ""


def _part(body: Body, name: str) -> Mapping[str, object]:
    part = body[name]
    if not isinstance(part, dict):
        raise TypeError(f"{name} is no object")
    return part
