"""Interaction payloads (docs.slack.dev/reference/interaction-payloads), and what an app's answer to one does."""

from collections.abc import Mapping
from typing import Final

from csops_sync.sandbox.slack import views
from csops_sync.sandbox.slack.content import view as shown
from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.identifying import Control
from csops_sync.sandbox.slack.model import APP_ID, TEAM_ID, TEAM_NAME, Channel, Json, Message, View
from csops_sync.sandbox.slack.stamps import micros_at, ts_of
from csops_sync.sandbox.slack.state import SlackState
from csops_sync.sandbox.slack.triggers import new_response_url, new_trigger

WHOLE_VIEW: Final = ""
"""The key of an error that concerns no one field."""


def action(state: SlackState, control: Control, value: str | None) -> dict[str, Json]:
    """This function will write one entry of `actions`; SlackError `option_not_found` for an option that is none."""
    element = control.element
    entry: dict[str, Json] = {
        "type": element["type"],
        "action_id": control.action_id,
        "block_id": control.block_id,
        "action_ts": ts_of(micros_at(state.clock.now())),
    }
    if element["type"] == "button":
        return entry | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    options = element.get("options")
    for option in options if isinstance(options, list) else ():
        if isinstance(option, dict) and option.get("value") == value:
            return entry | {"selected_option": option}
    raise SlackError("option_not_found")


def block_actions(
    state: SlackState, channel: Channel, message: Message, *, user: str, action: Mapping[str, Json]
) -> dict[str, Json]:
    """This function will write the payload of a click on a message's button or menu."""
    container: dict[str, Json] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": False,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    return {
        **_common(state, "block_actions", user),
        "container": container,
        "trigger_id": new_trigger(state, user),
        "channel": {"id": channel.id, "name": channel.name},
        "message": shown(channel, message, with_metadata=True),
        "state": {"values": {}},
        "response_url": new_response_url(state, user=user, channel=channel.id, ts=message.ts),
        "actions": [dict(action)],
    }


def view_submission(state: SlackState, view: View) -> dict[str, Json]:
    """This function will write the payload of a modal that was submitted."""
    return {
        **_common(state, "view_submission", view.user),
        "trigger_id": new_trigger(state, view.user),
        "view": views.as_json(view),
        "response_urls": [],
    }


def view_closed(state: SlackState, view: View) -> dict[str, Json]:
    """This function will write the payload of a modal that was closed."""
    return {
        **_common(state, "view_closed", view.user),
        "view": views.as_json(view),
        "is_cleared": False,
    }


def follow(state: SlackState, view: View, answer: Mapping[str, Json]) -> None:
    """This function will do to a modal what the app's acknowledgement says: close it where it says nothing.

    SlackError `invalid_response_action` for an answer that Slack would show the person as "trouble connecting".
    """
    if state.surfaces.views.get(view.id) is not view:
        return
    asked, errors, content = answer.get("response_action"), answer.get("errors"), answer.get("view")
    if not answer or asked == "clear":
        del state.surfaces.views[view.id]
    elif asked == "errors" and isinstance(errors, dict):
        view.errors = {block: str(text) for block, text in errors.items()}
    elif asked == "update" and isinstance(content, dict):
        views.replace(state, view, views.content_of(content))
    else:
        view.errors = {WHOLE_VIEW: "invalid_response_action"}
        raise SlackError("invalid_response_action")


def _common(state: SlackState, kind: str, user: str) -> dict[str, Json]:
    person = state.users[user]
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": "sandbox",
        "team": {"id": TEAM_ID, "domain": TEAM_NAME.lower()},
        "enterprise": None,
        "is_enterprise_install": False,
    }
