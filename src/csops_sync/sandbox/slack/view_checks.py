"""Modal views, checked: their keys and limits, and the input blocks that only they have here.

Limits of docs.slack.dev/reference/views and /reference/block-kit/blocks/input-block. Buttons and menus outside of
input blocks are not known in views here: what the sandbox does not know is an error.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial

from csops_sync.sandbox.slack.block_kit import context, divider, header, image, section
from csops_sync.sandbox.slack.checking import ID_LENGTH, PLAIN, Check, Checker, Item
from csops_sync.sandbox.slack.model import Json

MOST_VIEW_BLOCKS = 100
TITLE_LENGTH, METADATA_LENGTH = 24, 3_000
LABEL_LENGTH, HINT_LENGTH, INPUT_LENGTH = 2_000, 2_000, 3_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OPTIONAL = (
    "submit",
    "close",
    "callback_id",
    "external_id",
    "private_metadata",
    "clear_on_close",
    "notify_on_close",
)


def problems_of_view(view: Json) -> list[str]:
    """This function will list what is wrong with a modal, in Slack's words; none means that it is valid."""
    check = Check()
    if not isinstance(view, dict):
        check.say("must be an object", "/view")
        return check.problems
    check.keys(view, "/view", required=("title", "blocks"), optional=_OPTIONAL, identified=False)
    if view.get("type") != "modal":
        check.say(f"unsupported type: {view.get('type')}", "/view/type")
    _frame(check, view)
    if isinstance(view.get("blocks"), list):
        check.blocks(_list(view["blocks"]), "/view/blocks", most=MOST_VIEW_BLOCKS, known=_BLOCKS)
    elif "blocks" in view:
        check.say("must be an array", "/view/blocks")
    return check.problems


def _frame(check: Check, view: Item) -> None:
    for key in ("title", "submit", "close"):
        if key in view:
            check.text(view[key], f"/view/{key}", most=TITLE_LENGTH, kinds=PLAIN)
    lengths = {"callback_id": ID_LENGTH, "external_id": ID_LENGTH, "private_metadata": METADATA_LENGTH}
    for key, most in lengths.items():
        if view.get(key) != "":
            check.string(view, key, "/view", most=most)
    _flags(check, view, "/view", "clear_on_close", "notify_on_close")
    kinds = [block.get("type") for block in _list(view.get("blocks")) if isinstance(block, dict)]
    if "input" in kinds and "submit" not in view:
        check.say("missing required field: submit", "/view")


def _section(check: Check, block: Item, pointer: str) -> None:
    section(check, block, pointer)
    accessory = block.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") != "image":
        check.say(f"unsupported type: {accessory.get('type')}", f"{pointer}/accessory/type")


def _input(check: Check, block: Item, pointer: str) -> None:
    check.keys(block, pointer, required=("label", "element"), optional=("hint", "optional"))
    check.text(block.get("label"), f"{pointer}/label", most=LABEL_LENGTH, kinds=PLAIN)
    if "hint" in block:
        check.text(block["hint"], f"{pointer}/hint", most=HINT_LENGTH, kinds=PLAIN)
    _flags(check, block, pointer, "optional")
    check.typed(block.get("element"), f"{pointer}/element", known=_INPUTS)


def _text_input(check: Check, element: Item, pointer: str) -> None:
    optional = (
        "action_id",
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "placeholder",
        "focus_on_load",
    )
    check.keys(element, pointer, optional=optional, identified=False)
    check.string(element, "action_id", pointer, most=ID_LENGTH)
    check.string(element, "initial_value", pointer, most=INPUT_LENGTH)
    check.placeholder(element, pointer)
    _flags(check, element, pointer, "multiline", "focus_on_load")
    for key in ("min_length", "max_length"):
        given = element.get(key, 1)
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= INPUT_LENGTH:
            check.say(f"must be a number from 0 to {INPUT_LENGTH}", f"{pointer}/{key}")


def _choice(check: Check, element: Item, pointer: str, *, initial: str) -> None:
    placed = ("placeholder",) if element.get("type") == "static_select" else ()
    optional = ("action_id", "focus_on_load", initial, *placed)
    check.keys(element, pointer, required=("options",), optional=optional, identified=False)
    check.string(element, "action_id", pointer, most=ID_LENGTH)
    check.placeholder(element, pointer)
    check.options(element, pointer)
    check.chosen(element, initial, pointer)


def _date(check: Check, element: Item, pointer: str) -> None:
    optional = ("action_id", "initial_date", "placeholder", "focus_on_load")
    check.keys(element, pointer, optional=optional, identified=False)
    check.string(element, "action_id", pointer, most=ID_LENGTH)
    if "initial_date" in element and not _is_day(element["initial_date"]):
        check.say("must be a valid date as YYYY-MM-DD", f"{pointer}/initial_date")
    check.placeholder(element, pointer)


def _flags(check: Check, item: Item, pointer: str, *names: str) -> None:
    for name in names:
        if not isinstance(item.get(name, False), bool):
            check.say("must be a boolean", f"{pointer}/{name}")


def _is_day(given: Json) -> bool:
    try:
        return isinstance(given, str) and bool(_DAY.fullmatch(given)) and bool(date.fromisoformat(given))
    except ValueError:
        return False


def _list(given: Json) -> list[Json]:
    return given if isinstance(given, list) else []


_BLOCKS: Mapping[str, Checker] = {
    "section": _section,
    "header": header,
    "divider": divider,
    "context": context,
    "image": image,
    "input": _input,
}
_INPUTS: Mapping[str, Checker] = {
    "plain_text_input": _text_input,
    "static_select": partial(_choice, initial="initial_option"),
    "radio_buttons": partial(_choice, initial="initial_option"),
    "checkboxes": partial(_choice, initial="initial_options"),
    "datepicker": _date,
}
