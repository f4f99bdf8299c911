"""A person's modal on the Slack page: how it is drawn, and how its form is read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.pages.slack_drawing import Drawing
from csops_sync.sandbox.slack.interactions import WHOLE_VIEW
from csops_sync.sandbox.slack.model import Json, View
from csops_sync.sandbox.slack.views import Filled, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """What the template needs. `typed` holds what was typed or is there to begin with, by block id."""

    id: str
    title: str
    submit: str
    close: str
    blocks: Sequence[object]
    typed: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    whole_error: str


def modal_of(drawing: Drawing, words: Mapping[str, str]) -> Modal | None:
    """This function will draw the viewer's modal; None where they have none before them."""
    view = drawing.state.surfaces.view_of(drawing.viewer)
    if view is None:
        return None
    content, blocks = view.content, view.content["blocks"]
    errors = {block: words.get(f"field_{text}", text) for block, text in view.errors.items()}
    whole = view.errors.get(WHOLE_VIEW, "")
    return Modal(
        id=view.id,
        title=_plain(content["title"]),
        submit=_plain(content.get("submit")),
        close=_plain(content.get("close")) or words["close"],
        blocks=drawing.blocks(blocks if isinstance(blocks, list) else []),
        typed={field.block_id: _there(view, field.block_id, field.element) for field in fields(view)},
        errors=errors,
        whole_error=words["no_answer"] if whole else "",
    )


def filled(pairs: Iterable[tuple[str, str]]) -> Filled:
    """This function will read a form's fields: each is named by the JSON list of its block and action id."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, text in pairs:
        if name.startswith("["):
            block, action = json.loads(name)
            found.setdefault((str(block), str(action)), []).append(text.replace("\r\n", "\n"))
    return found


def _there(view: View, block_id: str, element: Mapping[str, Json]) -> list[str]:
    submitted = view.values.get(block_id)
    if isinstance(submitted, dict):
        return [text for value in submitted.values() if isinstance(value, dict) for text in _texts(value)]
    initial = ("initial_value", "initial_date", "initial_option", "initial_options")
    return _texts({key: element[key] for key in initial if key in element})


def _texts(value: Mapping[str, Json]) -> list[str]:
    found: list[str] = []
    for key, given in value.items():
        if key == "type" or given is None:
            continue
        options = given if isinstance(given, list) else [given]
        found += [str(one["value"]) if isinstance(one, dict) else str(one) for one in options]
    return found


def _plain(text: Json) -> str:
    return str(text["text"]) if isinstance(text, dict) else ""
