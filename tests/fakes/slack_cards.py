"""A card with buttons and a modal, as tests of the sandbox's Slack post and open them."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action: str, text: str, **more: object) -> Json:
    return {"type": "button", "action_id": action, "text": plain(text), **more}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


def card(*elements: Json) -> list[Json]:
    """A section, and an actions block `answer` with the elements, or with two buttons and a menu."""
    menu = {"type": "static_select", "action_id": "snooze", "options": [option("1"), option("3")]}
    given = elements or (button("ack", "I'm on it", value="006-1"), button("note", "Add note"), menu)
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Kitano* A → C"}},
        {"type": "actions", "block_id": "answer", "elements": list(given)},
    ]


def modal(**more: object) -> Json:
    """A modal with a note that must be given, a reason to choose, a date and two boxes."""
    inputs = [
        _input(
            "note", {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 20}
        ),
        _input("reason", {"type": "static_select", "action_id": "pick", "options": [option("price")]}),
        _input("when", {"type": "datepicker", "action_id": "day"}),
        _input("how", {"type": "checkboxes", "action_id": "boxes", "options": [option("a"), option("b")]}),
    ]
    for block in inputs[1:]:
        block["optional"] = True
    return {
        "type": "modal",
        "callback_id": "note",
        "private_metadata": "006-1",
        "title": plain("Add note"),
        "submit": plain("Save"),
        "blocks": inputs,
        **more,
    }


def _input(name: str, element: Json) -> Json:
    return {"type": "input", "block_id": name, "label": plain(name), "element": element}
