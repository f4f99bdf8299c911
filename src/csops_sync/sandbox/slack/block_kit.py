"""Block Kit, checked: the blocks and elements of a message. Numbers and their sources stand beside them.

Limits of docs.slack.dev/reference/block-kit; the total of 13,200 characters is not documented but observed
(slackapi/bolt-js issue 2509).
"""

from collections.abc import Mapping, Sequence

from csops_sync.sandbox.slack.checking import ANY, ID_LENGTH, PLAIN, VALUE_LENGTH, Check, Checker, Item
from csops_sync.sandbox.slack.model import Json

MOST_BLOCKS = 50
MOST_FIELDS, FIELD_LENGTH = 10, 2_000
MOST_CONTEXT_ELEMENTS = 10
MOST_ACTIONS = 25
MOST_OVERFLOW = 5
SECTION_LENGTH, HEADER_LENGTH, CONTEXT_LENGTH = 3_000, 150, 3_000
BUTTON_LENGTH = 75
ALT_TEXT_LENGTH = 2_000
CONFIRM_TITLE_LENGTH, CONFIRM_TEXT_LENGTH, CONFIRM_BUTTON_LENGTH = 100, 300, 30
WHOLE_LENGTH = 13_200


def problems_of(blocks: Sequence[Json]) -> list[str]:
    """This function will list what is wrong with a message's blocks, in Slack's words; none means they are valid."""
    check = Check()
    check.blocks(blocks, "/blocks", most=MOST_BLOCKS, known=BLOCKS)
    return check.problems


def text_length(blocks: Json) -> int:
    """This function will add up the characters of all texts in blocks."""
    if isinstance(blocks, list):
        return sum(text_length(item) for item in blocks)
    if isinstance(blocks, dict):
        own = blocks.get("text")
        length = len(own) if isinstance(own, str) else 0
        return length + sum(text_length(item) for item in blocks.values())
    return 0


def section(check: Check, block: Item, pointer: str) -> None:
    """This function will check a section: a text, or up to ten fields, or both, and an element beside them."""
    check.keys(block, pointer, optional=("text", "fields", "accessory", "expand"))
    if "text" not in block and "fields" not in block:
        check.say("must define either `text` or `fields`", pointer)
    if "text" in block:
        check.text(block["text"], f"{pointer}/text", most=SECTION_LENGTH)
    if "fields" in block:
        for index, item in enumerate(check.items(block, "fields", pointer, most=MOST_FIELDS)):
            check.text(item, f"{pointer}/fields/{index}", most=FIELD_LENGTH)
    if "accessory" in block:
        _element(check, block["accessory"], f"{pointer}/accessory")


def header(check: Check, block: Item, pointer: str) -> None:
    """This function will check a header: one plain text."""
    check.keys(block, pointer, required=("text",))
    check.text(block.get("text"), f"{pointer}/text", most=HEADER_LENGTH, kinds=PLAIN)


def divider(check: Check, block: Item, pointer: str) -> None:
    """This function will check a divider, which holds nothing."""
    check.keys(block, pointer)


def context(check: Check, block: Item, pointer: str) -> None:
    """This function will check a context: up to ten texts and pictures."""
    check.keys(block, pointer, required=("elements",))
    items = check.items(block, "elements", pointer, most=MOST_CONTEXT_ELEMENTS)
    for index, item in enumerate(items):
        here = f"{pointer}/elements/{index}"
        if isinstance(item, dict) and item.get("type") == "image":
            _picture(check, item, here)
        else:
            check.text(item, here, most=CONTEXT_LENGTH)


def image(check: Check, block: Item, pointer: str) -> None:
    """This function will check a picture that stands by itself."""
    check.keys(block, pointer, required=("image_url", "alt_text"), optional=("title",))
    check.url(block, "image_url", pointer)
    check.string(block, "alt_text", pointer, most=ALT_TEXT_LENGTH)


def _actions(check: Check, block: Item, pointer: str) -> None:
    check.keys(block, pointer, required=("elements",))
    seen: set[str] = set()
    for index, item in enumerate(check.items(block, "elements", pointer, most=MOST_ACTIONS)):
        here = f"{pointer}/elements/{index}"
        _element(check, item, here)
        name = item.get("action_id") if isinstance(item, dict) else None
        if isinstance(name, str) and name in seen:
            check.say(f"`action_id` {name} already exists", here)
        seen.add(str(name))


def _element(check: Check, element: Json, pointer: str) -> None:
    check.typed(element, pointer, known=_ELEMENTS)
    if isinstance(element, dict) and str(element.get("type")) in _ELEMENTS and "confirm" in element:
        _confirm(check, element["confirm"], f"{pointer}/confirm")


def _picture(check: Check, element: Item, pointer: str) -> None:
    check.keys(element, pointer, required=("image_url", "alt_text"), identified=False)
    check.url(element, "image_url", pointer)
    check.string(element, "alt_text", pointer, most=ALT_TEXT_LENGTH)


def _button(check: Check, element: Item, pointer: str) -> None:
    optional = ("action_id", "url", "value", "style", "confirm", "accessibility_label")
    check.keys(element, pointer, required=("text",), optional=optional, identified=False)
    check.text(element.get("text"), f"{pointer}/text", most=BUTTON_LENGTH, kinds=PLAIN)
    lengths = {
        "action_id": ID_LENGTH,
        "value": VALUE_LENGTH,
        "accessibility_label": BUTTON_LENGTH,
    }
    for key, most in lengths.items():
        check.string(element, key, pointer, most=most)
    check.url(element, "url", pointer)
    if element.get("style", "primary") not in ("primary", "danger"):
        check.say("must be a valid enum value", f"{pointer}/style")


def _select(check: Check, element: Item, pointer: str) -> None:
    optional = ("action_id", "placeholder", "initial_option", "confirm", "focus_on_load")
    check.keys(element, pointer, required=("options",), optional=optional, identified=False)
    check.string(element, "action_id", pointer, most=ID_LENGTH)
    check.placeholder(element, pointer)
    check.options(element, pointer)
    check.chosen(element, "initial_option", pointer)


def _overflow(check: Check, element: Item, pointer: str) -> None:
    optional = ("action_id", "confirm")
    check.keys(element, pointer, required=("options",), optional=optional, identified=False)
    check.string(element, "action_id", pointer, most=ID_LENGTH)
    check.options(element, pointer, most=MOST_OVERFLOW)


def _confirm(check: Check, confirm: Json, pointer: str) -> None:
    if not isinstance(confirm, dict):
        check.say("must be an object", pointer)
        return
    required = ("title", "text", "confirm", "deny")
    check.keys(confirm, pointer, required=required, optional=("style",), identified=False, typed=False)
    lengths = (CONFIRM_TITLE_LENGTH, CONFIRM_TEXT_LENGTH, CONFIRM_BUTTON_LENGTH, CONFIRM_BUTTON_LENGTH)
    for key, most in zip(required, lengths, strict=True):
        kinds = ANY if key == "text" else PLAIN
        check.text(confirm.get(key), f"{pointer}/{key}", most=most, kinds=kinds)


BLOCKS: Mapping[str, Checker] = {
    "section": section,
    "header": header,
    "divider": divider,
    "context": context,
    "actions": _actions,
    "image": image,
}
"""The blocks of a message."""
_ELEMENTS: Mapping[str, Checker] = {
    "button": _button,
    "image": _picture,
    "overflow": _overflow,
    "static_select": _select,
}
