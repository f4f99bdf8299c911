"""Block Kit as the sandbox checks it: every limit from both sides, and nothing unknown let through."""

import pytest

from csops_sync.sandbox.slack.block_kit import problems_of, text_length
from csops_sync.sandbox.slack.model import Json


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> Json:
    """A section with a text."""
    return {"type": "section", "text": mrkdwn(text)}


def button(text: str = "Open", **keys: Json) -> Json:
    """A button."""
    return {"type": "button", "text": plain(text), **keys}


def actions(*elements: Json) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements)}


OPTION: dict[str, Json] = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}


def menu(value: str, *, description: Json = None, **keys: Json) -> Json:
    """A menu of one option."""
    option: dict[str, Json] = {**OPTION, "value": value}
    if description is not None:
        option["description"] = description
    return {"type": "static_select", "options": [option], **keys}


def header(text: str) -> Json:
    """A header."""
    return {"type": "header", "text": plain(text)}


def context(count: int) -> Json:
    """A context block with so many elements."""
    return {"type": "context", "elements": [mrkdwn("x")] * count}


def fields(count: int, length: int) -> Json:
    """A section with so many fields of a length."""
    return {"type": "section", "fields": [mrkdwn("x" * length)] * count}


WITHIN = {
    "a message as the product writes it": [
        header("更新商談を6件作成しました"),
        section("<@U1> *ひかり薬局株式会社*"),
        fields(10, 2_000),
        {"type": "divider"},
        actions(
            button(url="https://example.com", action_id="open", style="primary"), button("あとで", value="v")
        ),
        context(10),
    ],
    "50 blocks": [section("x")] * 50,
    "a section of 3,000 characters": [section("x" * 3_000)],
    "a header of 150 characters": [header("x" * 150)],
    "25 buttons": [actions(*(button(action_id=f"a{number}") for number in range(25)))],
    "a button of 75 characters": [actions(button("x" * 75))],
    "a url of 3,000 characters": [actions(button(url="https://a.example/".ljust(3_000, "u")))],
    "a value of 2,000 characters": [actions(button(value="v" * 2_000))],
    "a picture": [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "chart"}],
    "a picture beside a section": [
        {
            "type": "section",
            "text": mrkdwn("x"),
            "accessory": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
        }
    ],
    "a confirmed button": [
        actions(
            button(
                confirm={
                    "title": plain("Sure?"),
                    "text": mrkdwn("x"),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                }
            )
        )
    ],
    "a menu with a first choice": [actions(menu("a", initial_option=OPTION))],
    "an option's value of 150": [actions(menu("v" * 150))],
    "an overflow of five, one of them an address": [
        actions({"type": "overflow", "options": [*[OPTION] * 4, {**OPTION, "url": "https://example.com"}]})
    ],
    "a menu": [
        actions(
            {
                "type": "static_select",
                "placeholder": plain("p"),
                "options": [{"text": plain("A"), "value": "a"}],
            }
        )
    ],
}

BEYOND = {
    "51 blocks": ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "a section of 3,001": (
        [section("x" * 3_001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "an empty section": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "a section without anything": ([{"type": "section"}], "must define either `text` or `fields`"),
    "11 fields": ([fields(11, 1)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    "a field of 2,001": (
        [fields(1, 2_001)],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "a header of 151": (
        [header("x" * 151)],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "a header in mrkdwn": ([{"type": "header", "text": mrkdwn("x")}], "must be one of plain_text"),
    "11 in a context": ([context(11)], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    "an empty context": ([context(0)], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "26 buttons": (
        [actions(*(button(action_id=f"a{number}") for number in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "a button of 76": ([actions(button("x" * 76))], "must be less than 76 characters"),
    "a url of 3,001": ([actions(button(url="u" * 3_001))], "must be less than 3001 characters"),
    "a value of 2,001": ([actions(button(value="v" * 2_001))], "must be less than 2001 characters"),
    "an odd style": ([actions(button(style="loud"))], "must be a valid enum value"),
    "two equal action_ids": (
        [actions(button(action_id="a"), button(action_id="a"))],
        "`action_id` a already exists",
    ),
    "two equal block_ids": ([{"type": "divider", "block_id": "b"}] * 2, "`block_id` b already exists"),
    "an unknown block": ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
    "an unknown element": ([actions({"type": "slider"})], "unsupported type: slider"),
    "an unknown key of a block": (
        [{"type": "divider", "colour": "red"}],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "an unknown key of a text": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        "invalid additional property: emoji",
    ),
    "a text that is no object": ([{"type": "section", "text": "x"}], "must be a text object"),
    "a block that is no object": (["x"], "must be an object [json-pointer:/blocks/0]"),
    "a button without text": ([actions({"type": "button"})], "missing required field: text"),
    "a picture without words": (
        [{"type": "image", "image_url": "https://x"}],
        "missing required field: alt_text",
    ),
    "a confirmation cut short": (
        [actions(button(confirm={"title": plain("x")}))],
        "missing required field: deny",
    ),
    "an option without value": (
        [actions({"type": "static_select", "options": [{"text": plain("A")}]})],
        "missing required field: value",
    ),
    "a url that is none": (
        [actions(button(url="notaurl"))],
        "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
    ),
    "a url without a host": ([actions(button(url="https:///x"))], "must be a valid URL"),
    "a url of another scheme": ([actions(button(url="ftp://example.com"))], "must be a valid URL"),
    "a url with a space": ([actions(button(url="https://example.com/a b"))], "must be a valid URL"),
    "a picture from nowhere": (
        [{"type": "image", "image_url": "notaurl", "alt_text": "a"}],
        "must be a valid URL [json-pointer:/blocks/0/image_url]",
    ),
    "a picture in a context from nowhere": (
        [{"type": "context", "elements": [{"type": "image", "image_url": "notaurl", "alt_text": "a"}]}],
        "must be a valid URL [json-pointer:/blocks/0/elements/0/image_url]",
    ),
    "an initial option that is none": (
        [actions(menu("a", initial_option={"text": plain("B"), "value": "b"}))],
        "must match exactly one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    "an initial option of null": ([actions(menu("a", initial_option=None))], "must match exactly one"),
    "an option's value of 151": (
        [actions(menu("v" * 151))],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    "an option's description of 76": (
        [actions(menu("a", description=plain("d" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]",
    ),
    "an option in mrkdwn": (
        [actions({"type": "overflow", "options": [{"text": mrkdwn("A"), "value": "a"}]})],
        "must be one of plain_text",
    ),
    "a menu's option with an address": (
        [actions({"type": "static_select", "options": [{**OPTION, "url": "https://example.com"}]})],
        "invalid additional property: url",
    ),
    "six options of an overflow": (
        [actions({"type": "overflow", "options": [OPTION] * 6})],
        "no more than 5 items allowed",
    ),
    "an overflow with an initial option": (
        [actions({"type": "overflow", "options": [OPTION], "initial_option": OPTION})],
        "invalid additional property: initial_option",
    ),
    "elements that are no list": ([{"type": "actions", "elements": {}}], "must be an array"),
}


@pytest.mark.parametrize("blocks", WITHIN.values(), ids=WITHIN.keys())
def test_blocks_within_the_limits_are_taken(blocks: list[Json]) -> None:
    """The last value that Slack takes is taken here."""
    assert problems_of(blocks) == []


@pytest.mark.parametrize(("blocks", "problem"), BEYOND.values(), ids=BEYOND.keys())
def test_blocks_beyond_the_limits_are_named_with_their_place(blocks: list[Json], problem: str) -> None:
    """One more than the limit is refused, and the pointer leads to it."""
    problems = problems_of(blocks)
    assert any(problem in one for one in problems), problems
    assert all(one.startswith("[ERROR] ") for one in problems)


def test_the_length_of_a_message_counts_every_text_in_it() -> None:
    """Header, section, fields, context and buttons count; types and ids do not."""
    blocks: Json = [
        header("12345"),
        section("123"),
        fields(2, 10),
        context(4),
        actions(button("12", action_id="abc")),
    ]
    assert text_length(blocks) == 5 + 3 + 20 + 4 + 2
