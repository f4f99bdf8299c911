"""Modals: what the app opened for a person, as the API shows it, and what the person filled in."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.sandbox.slack.errors import SlackError
from csops_sync.sandbox.slack.identifying import identified
from csops_sync.sandbox.slack.model import APP_ID, BOT_ID, TEAM_ID, Json, View
from csops_sync.sandbox.slack.state import SlackState
from csops_sync.sandbox.slack.view_checks import INPUT_LENGTH, problems_of_view

VIEW_BYTES = 250_000

Filled = Mapping[tuple[str, str], Sequence[str]]
"""What a person filled in, by block and action id: a text, a date, or the values of the chosen options."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input block of a view."""

    block_id: str
    action_id: str
    optional: bool
    element: Mapping[str, Json]


def content_of(given: Json) -> dict[str, Json]:
    """This function will check a view that came in.

    SlackErrors: `view_too_large`, `invalid_arguments` with what is wrong.
    """
    view = _parsed(given)
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    problems = problems_of_view(view)
    if problems or not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=problems)
    return view


def opened(state: SlackState, user: str, content: dict[str, Json]) -> View:
    """This function will put a modal before a person, in the place of one that was there."""
    _check_external_id(state, content, None)
    surfaces = state.surfaces
    before = surfaces.view_of(user)
    if before is not None:
        del surfaces.views[before.id]
    surfaces.made += 1
    view = View(id=f"V{surfaces.made:010d}", user=user, content={}, hash="")
    surfaces.views[view.id] = view
    replace(state, view, content)
    return view


def replace(state: SlackState, view: View, content: dict[str, Json]) -> None:
    """This function will give a modal new content; what was typed is gone, and the hash another."""
    _check_external_id(state, content, view)
    blocks = content["blocks"]
    known = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    stored: list[Json] = [*identified(known, view.id[-4:])]
    view.content = {**content, "blocks": stored}
    view.hash = f"{int(state.clock.now().timestamp())}.{secrets.token_hex(4)}"
    view.values, view.errors = {}, {}


def named(state: SlackState, *, view_id: str | None, external_id: str | None) -> View:
    """This function will find an open modal; SlackError `not_found` where there is none."""
    for view in state.surfaces.views.values():
        if (view_id is not None and view.id == view_id) or (
            external_id is not None and view.content.get("external_id") == external_id
        ):
            return view
    raise SlackError("not_found")


def as_json(view: View) -> dict[str, Json]:
    """This function will write a modal as views.open answers it and as payloads carry it."""
    content = view.content
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": "modal",
        "title": content["title"],
        "submit": content.get("submit"),
        "close": content.get("close"),
        "blocks": content["blocks"],
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": content.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "root_view_id": view.id,
        "previous_view_id": None,
        "app_id": APP_ID,
        "bot_id": BOT_ID,
        "app_installed_team_id": TEAM_ID,
    }


def fields(view: View) -> list[Field]:
    """This function will give a modal's input blocks in their order."""
    blocks = view.content["blocks"]
    found = []
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("type") == "input" and isinstance(block["element"], dict):
            element = block["element"]
            optional = block.get("optional") is True
            found.append(Field(str(block["block_id"]), str(element["action_id"]), optional, element))
    return found


def state_values(view: View, filled: Filled) -> dict[str, Json]:
    """This function will give `state.values`; ValueError names a field or an option that the modal does not have."""
    known = {(field.block_id, field.action_id) for field in fields(view)}
    strange = sorted(set(filled) - known)
    if strange:
        raise ValueError(f"the view has no field {'/'.join(strange[0])}; it has {sorted(known)}")
    values: dict[str, Json] = {}
    for field in fields(view):
        given = [text for text in filled.get((field.block_id, field.action_id), ()) if text]
        values[field.block_id] = {field.action_id: _value(field.element, given)}
    return values


def missing(view: View, filled: Filled) -> dict[str, str]:
    """This function will name the fields that Slack itself does not let through, by block id: the page's own words."""
    found: dict[str, str] = {}
    for field in fields(view):
        given = [text for text in filled.get((field.block_id, field.action_id), ()) if text.strip()]
        if not given and not field.optional:
            found[field.block_id] = "required"
        elif given and not _fits(field.element, given[0]):
            found[field.block_id] = "unfit"
    return found


def _fits(element: Mapping[str, Json], text: str) -> bool:
    if element.get("type") == "datepicker":
        return _is_date(text)
    if element.get("type") != "plain_text_input":
        return True
    least, most = element.get("min_length", 0), element.get("max_length", INPUT_LENGTH)
    return isinstance(least, int) and isinstance(most, int) and least <= len(text) <= most


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _value(element: Mapping[str, Json], given: Sequence[str]) -> Json:
    kind = str(element["type"])
    first = given[0] if given else None
    if kind == "plain_text_input":
        return {"type": kind, "value": first}
    if kind == "datepicker":
        return {"type": kind, "selected_date": first}
    chosen: list[Json] = [_option(element, value) for value in given]
    if kind == "checkboxes":
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": chosen[0] if chosen else None}


def _option(element: Mapping[str, Json], value: str) -> Json:
    options = element.get("options")
    for option in options if isinstance(options, list) else ():
        if isinstance(option, dict) and option.get("value") == value:
            return option
    raise ValueError(f"there is no option {value!r}")


def _check_external_id(state: SlackState, content: Mapping[str, Json], own: View | None) -> None:
    wanted = content.get("external_id")
    for view in state.surfaces.views.values():
        if wanted and view is not own and view.content.get("external_id") == wanted:
            raise SlackError("duplicate_external_id")


def _parsed(given: Json) -> Json:
    if not isinstance(given, str):
        return given
    try:
        parsed: Json = json.loads(given)
    except ValueError:
        raise SlackError(
            "invalid_arguments", messages=["[ERROR] must be a JSON object [json-pointer:/view]"]
        ) from None
    return parsed
