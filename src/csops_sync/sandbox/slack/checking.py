"""Block Kit's rules that every block and element shares: text objects, lengths, lists, keys, ids.

Limits of docs.slack.dev/reference/block-kit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from csops_sync.sandbox.slack.model import Json

MOST_OPTIONS, OPTION_LENGTH, PLACEHOLDER_LENGTH = 100, 75, 150
VALUE_LENGTH, OPTION_VALUE_LENGTH, ID_LENGTH = 2_000, 150, 255
URL_LENGTH = 3_000

Item = Mapping[str, Json]
Checker = Callable[["Check", Item, str], None]
PLAIN, ANY = ("plain_text",), ("plain_text", "mrkdwn")
_GROUPS = frozenset({"radio_buttons", "checkboxes"})
_SPACE = re.compile(r"\s")


@dataclass(slots=True)
class Check:
    """Gathers what is wrong, in Slack's words, each with the JSON pointer to the place."""

    problems: list[str] = field(default_factory=list)
    _block_ids: set[str] = field(default_factory=set)

    def say(self, problem: str, pointer: str) -> None:
        """Note a problem."""
        self.problems.append(f"[ERROR] {problem} [json-pointer:{pointer}]")

    def count(self, items: Sequence[Json], pointer: str, *, most: int) -> None:
        """Check that there are 1 to `most` items."""
        if not items:
            self.say("no fewer than 1 items allowed", pointer)
        if len(items) > most:
            self.say(f"no more than {most} items allowed", pointer)

    def blocks(
        self, blocks: Sequence[Json], pointer: str, *, most: int, known: Mapping[str, Checker]
    ) -> None:
        """Check a list of blocks, each by the checker of its type."""
        self.count(blocks, pointer, most=most)
        for index, block in enumerate(blocks):
            here = f"{pointer}/{index}"
            if isinstance(block, dict) and str(block.get("type")) in known:
                self._block_id(block, here)
            self.typed(block, here, known=known)

    def typed(self, item: Json, pointer: str, *, known: Mapping[str, Checker]) -> None:
        """Check a block or an element by the checker of its type; a type that is not known is a problem."""
        if not isinstance(item, dict):
            self.say("must be an object", pointer)
            return
        checker = known.get(str(item.get("type")))
        if checker is None:
            self.say(f"unsupported type: {item.get('type')}", f"{pointer}/type")
            return
        checker(self, item, pointer)

    def options(self, element: Item, pointer: str, *, most: int = MOST_OPTIONS) -> None:
        """Check the options of a menu or of a group of buttons."""
        kind = str(element.get("type"))
        for index, option in enumerate(self.items(element, "options", pointer, most=most)):
            self.option(option, f"{pointer}/options/{index}", kind=kind)

    def option(self, option: Json, pointer: str, *, kind: str) -> None:
        """Check one option of a `kind` of element: a text and a value; `mrkdwn` in groups of buttons alone."""
        if not isinstance(option, dict):
            self.say("must be an object", pointer)
            return
        texts = ANY if kind in _GROUPS else PLAIN
        optional = ("description", "url") if kind == "overflow" else ("description",)
        required = ("text", "value")
        self.keys(option, pointer, required=required, optional=optional, identified=False, typed=False)
        self.text(option.get("text"), f"{pointer}/text", most=OPTION_LENGTH, kinds=texts)
        self.string(option, "value", pointer, most=OPTION_VALUE_LENGTH)
        self.url(option, "url", pointer)
        if "description" in option:
            self.text(option["description"], f"{pointer}/description", most=OPTION_LENGTH, kinds=texts)

    def chosen(self, element: Item, initial: str, pointer: str) -> None:
        """Check that what is chosen at first is among the options; `initial_options` are a list of them."""
        given, options = element.get(initial), element.get("options")
        if initial not in element:
            return
        wanted = given if initial.endswith("s") and isinstance(given, list) else [given]
        for option in wanted:
            if not isinstance(options, list) or option not in options:
                self.say("must match exactly one of the provided options", f"{pointer}/{initial}")

    def url(self, item: Item, key: str, pointer: str) -> None:
        """Check an address that is there: http or https, with a host."""
        self.string(item, key, pointer, most=URL_LENGTH)
        value = item.get(key)
        if isinstance(value, str) and value and not _is_url(value):
            self.say("must be a valid URL", f"{pointer}/{key}")

    def placeholder(self, element: Item, pointer: str) -> None:
        """Check the text that stands in an empty field, where there is one."""
        if "placeholder" in element:
            self.text(element["placeholder"], f"{pointer}/placeholder", most=PLACEHOLDER_LENGTH, kinds=PLAIN)

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


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not _SPACE.search(text)
    except ValueError:  # brackets around no address
        return False
