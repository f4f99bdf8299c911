"""Block Kit, checked: block types, keys and limits. Numbers and their sources stand beside them.

Limits of docs.slack.dev/reference/block-kit; the total of 13,200 characters is not documented but observed
(slackapi/bolt-js issue 2509).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from csops_sync.sandbox.slack.state import Json

MOST_BLOCKS = 50
MOST_FIELDS, FIELD_LENGTH = 10, 2_000
MOST_CONTEXT_ELEMENTS = 10
MOST_ACTIONS = 25
SECTION_LENGTH, HEADER_LENGTH, CONTEXT_LENGTH = 3_000, 150, 3_000
BUTTON_LENGTH, VALUE_LENGTH, URL_LENGTH, ID_LENGTH = 75, 2_000, 3_000, 255
ALT_TEXT_LENGTH = 2_000
CONFIRM_TITLE_LENGTH, CONFIRM_TEXT_LENGTH, CONFIRM_BUTTON_LENGTH = 100, 300, 30
MOST_OPTIONS, OPTION_LENGTH, PLACEHOLDER_LENGTH = 100, 75, 150
WHOLE_LENGTH = 13_200

Item = Mapping[str, Json]
PLAIN, ANY = ("plain_text",), ("plain_text", "mrkdwn")


def problems_of(blocks: Sequence[Json]) -> list[str]:
    """This function will list what is wrong with a message's blocks, in Slack's words; none means they are valid."""
    check = _Check()
    check.count(blocks, "/blocks", most=MOST_BLOCKS)
    for index, block in enumerate(blocks):
        check.block(block, f"/blocks/{index}")
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


@dataclass(slots=True)
class _Check:
    problems: list[str] = field(default_factory=list)
    _block_ids: set[str] = field(default_factory=set)

    def say(self, problem: str, pointer: str) -> None:
        self.problems.append(f"[ERROR] {problem} [json-pointer:{pointer}]")

    def count(self, items: Sequence[Json], pointer: str, *, most: int) -> None:
        if not items:
            self.say("no fewer than 1 items allowed", pointer)
        if len(items) > most:
            self.say(f"no more than {most} items allowed", pointer)

    def block(self, block: Json, pointer: str) -> None:
        if not isinstance(block, dict):
            self.say("must be an object", pointer)
            return
        checker = _BLOCKS.get(str(block.get("type")))
        if checker is None:
            self.say(f"unsupported type: {block.get('type')}", f"{pointer}/type")
            return
        self._block_id(block, pointer)
        checker(self, block, pointer)

    def section(self, block: Item, pointer: str) -> None:
        self.keys(block, pointer, optional=("text", "fields", "accessory", "expand"))
        if "text" not in block and "fields" not in block:
            self.say("must define either `text` or `fields`", pointer)
        if "text" in block:
            self.text(block["text"], f"{pointer}/text", most=SECTION_LENGTH)
        if "fields" in block:
            for index, item in enumerate(self.items(block, "fields", pointer, most=MOST_FIELDS)):
                self.text(item, f"{pointer}/fields/{index}", most=FIELD_LENGTH)
        if "accessory" in block:
            self.element(block["accessory"], f"{pointer}/accessory")

    def header(self, block: Item, pointer: str) -> None:
        self.keys(block, pointer, required=("text",))
        self.text(block.get("text"), f"{pointer}/text", most=HEADER_LENGTH, kinds=PLAIN)

    def divider(self, block: Item, pointer: str) -> None:
        self.keys(block, pointer)

    def context(self, block: Item, pointer: str) -> None:
        self.keys(block, pointer, required=("elements",))
        items = self.items(block, "elements", pointer, most=MOST_CONTEXT_ELEMENTS)
        for index, item in enumerate(items):
            here = f"{pointer}/elements/{index}"
            if isinstance(item, dict) and item.get("type") == "image":
                self.picture(item, here)
            else:
                self.text(item, here, most=CONTEXT_LENGTH)

    def actions(self, block: Item, pointer: str) -> None:
        self.keys(block, pointer, required=("elements",))
        seen: set[str] = set()
        for index, item in enumerate(self.items(block, "elements", pointer, most=MOST_ACTIONS)):
            here = f"{pointer}/elements/{index}"
            self.element(item, here)
            name = item.get("action_id") if isinstance(item, dict) else None
            if isinstance(name, str) and name in seen:
                self.say(f"`action_id` {name} already exists", here)
            seen.add(str(name))

    def image(self, block: Item, pointer: str) -> None:
        self.keys(block, pointer, required=("image_url", "alt_text"), optional=("title",))
        self.string(block, "image_url", pointer, most=URL_LENGTH)
        self.string(block, "alt_text", pointer, most=ALT_TEXT_LENGTH)

    def picture(self, element: Item, pointer: str) -> None:
        self.keys(element, pointer, required=("image_url", "alt_text"), identified=False)
        self.string(element, "image_url", pointer, most=URL_LENGTH)
        self.string(element, "alt_text", pointer, most=ALT_TEXT_LENGTH)

    def element(self, element: Json, pointer: str) -> None:
        if not isinstance(element, dict):
            self.say("must be an object", pointer)
            return
        checker = _ELEMENTS.get(str(element.get("type")))
        if checker is None:
            self.say(f"unsupported type: {element.get('type')}", f"{pointer}/type")
            return
        checker(self, element, pointer)
        if "confirm" in element:
            self.confirm(element["confirm"], f"{pointer}/confirm")

    def button(self, element: Item, pointer: str) -> None:
        optional = ("action_id", "url", "value", "style", "confirm", "accessibility_label")
        self.keys(element, pointer, required=("text",), optional=optional, identified=False)
        self.text(element.get("text"), f"{pointer}/text", most=BUTTON_LENGTH, kinds=PLAIN)
        lengths = {
            "action_id": ID_LENGTH,
            "url": URL_LENGTH,
            "value": VALUE_LENGTH,
            "accessibility_label": BUTTON_LENGTH,
        }
        for key, most in lengths.items():
            self.string(element, key, pointer, most=most)
        if element.get("style", "primary") not in ("primary", "danger"):
            self.say("must be a valid enum value", f"{pointer}/style")

    def select(self, element: Item, pointer: str) -> None:
        optional = ("action_id", "placeholder", "initial_option", "confirm", "focus_on_load")
        self.keys(element, pointer, required=("options",), optional=optional, identified=False)
        self.string(element, "action_id", pointer, most=ID_LENGTH)
        if "placeholder" in element:
            self.text(element["placeholder"], f"{pointer}/placeholder", most=PLACEHOLDER_LENGTH, kinds=PLAIN)
        for index, option in enumerate(self.items(element, "options", pointer, most=MOST_OPTIONS)):
            self.option(option, f"{pointer}/options/{index}")

    def option(self, option: Json, pointer: str) -> None:
        if not isinstance(option, dict):
            self.say("must be an object", pointer)
            return
        self.keys(
            option,
            pointer,
            required=("text", "value"),
            optional=("description", "url"),
            identified=False,
            typed=False,
        )
        self.text(option.get("text"), f"{pointer}/text", most=OPTION_LENGTH)
        self.string(option, "value", pointer, most=VALUE_LENGTH)

    def confirm(self, confirm: Json, pointer: str) -> None:
        if not isinstance(confirm, dict):
            self.say("must be an object", pointer)
            return
        required = ("title", "text", "confirm", "deny")
        self.keys(confirm, pointer, required=required, optional=("style",), identified=False, typed=False)
        lengths = (CONFIRM_TITLE_LENGTH, CONFIRM_TEXT_LENGTH, CONFIRM_BUTTON_LENGTH, CONFIRM_BUTTON_LENGTH)
        for key, most in zip(required, lengths, strict=True):
            kinds = ANY if key == "text" else PLAIN
            self.text(confirm.get(key), f"{pointer}/{key}", most=most, kinds=kinds)

    def text(self, text: Json, pointer: str, *, most: int, kinds: Sequence[str] = ANY) -> None:
        """Check a text object: its type, its keys and its length."""
        if not isinstance(text, dict):
            self.say("must be a text object", pointer)
            return
        kind = text.get("type")
        if kind not in kinds:
            self.say(f"must be one of {', '.join(kinds)}", f"{pointer}/type")
        extra = ("emoji",) if kind == "plain_text" else ("verbatim",)
        self.keys(text, pointer, required=("text",), optional=extra, identified=False)
        if "text" in text:
            self.string(text, "text", pointer, most=most)

    def string(self, item: Item, key: str, pointer: str, *, most: int) -> None:
        """Check a string that is there: not empty, not longer than `most`."""
        if key not in item:
            return
        value, here = item[key], f"{pointer}/{key}"
        if not isinstance(value, str):
            self.say("must be a string", here)
        elif not value:
            self.say("must be more than 0 characters", here)
        elif len(value) > most:
            self.say(f"must be less than {most + 1} characters", here)

    def items(self, item: Item, key: str, pointer: str, *, most: int) -> Sequence[Json]:
        """Give a list that must hold 1 to `most` items; an empty one where it is no list."""
        value = item.get(key)
        if not isinstance(value, list):
            self.say("must be an array", f"{pointer}/{key}")
            return ()
        self.count(value, f"{pointer}/{key}", most=most)
        return value

    def keys(
        self,
        item: Item,
        pointer: str,
        *,
        required: Sequence[str] = (),
        optional: Sequence[str] = (),
        identified: bool = True,
        typed: bool = True,
    ) -> None:
        """Check that all required keys are there, and none that Slack does not know."""
        for key in required:
            if key not in item:
                self.say(f"missing required field: {key}", pointer)
        known = {*required, *optional, *(("block_id",) if identified else ()), *(("type",) if typed else ())}
        for key in sorted(set(item) - known):
            self.say(f"invalid additional property: {key}", pointer)

    def _block_id(self, block: Item, pointer: str) -> None:
        self.string(block, "block_id", pointer, most=ID_LENGTH)
        name = block.get("block_id")
        if isinstance(name, str):
            if name in self._block_ids:
                self.say(f"`block_id` {name} already exists", pointer)
            self._block_ids.add(name)


_Checker = Callable[[_Check, Item, str], None]
_BLOCKS: Mapping[str, _Checker] = {
    "section": _Check.section,
    "header": _Check.header,
    "divider": _Check.divider,
    "context": _Check.context,
    "actions": _Check.actions,
    "image": _Check.image,
}
_ELEMENTS: Mapping[str, _Checker] = {
    "button": _Check.button,
    "image": _Check.picture,
    "overflow": _Check.select,
    "static_select": _Check.select,
}
