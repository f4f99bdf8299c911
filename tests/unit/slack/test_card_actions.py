"""The buttons and menus of a card by its state, and the window for a note."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.card_faces import CARD_ID, CHEERED, CLOSED_LOST, WORSENED
from tests.fakes.notices import URL

from csops_sync.adapters.slack.card_actions import (
    ACKNOWLEDGE,
    NOTE,
    OPEN,
    REASON,
    SNOOZE,
    block_id,
    card_actions,
    card_of,
    note_window,
)
from csops_sync.adapters.slack.card_texts import card_texts_for
from csops_sync.domain.confidence.face import CardFace, CardState
from csops_sync.ports.cards import Place
from csops_sync.sandbox.slack.view_checks import problems_of_view

JAPANESE = card_texts_for("ja", zone="Asia/Tokyo")
ENGLISH = card_texts_for("en", zone="Asia/Tokyo")


def actions(face: CardFace, *, key: str = "card/1", url: str = URL, card_id: str = CARD_ID) -> list[Any]:
    """The elements of a card's actions."""
    blocks = card_actions(face, card_id=card_id, key=key, url=url, texts=JAPANESE)
    return [element for block in blocks for element in block["elements"]]  # type: ignore[attr-defined]  # JSON


def ids(face: CardFace, *, url: str = URL) -> list[str]:
    return [element["action_id"] for element in actions(face, url=url)]


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (CardState.ASKING, [ACKNOWLEDGE, SNOOZE, NOTE, OPEN]),
        (CardState.SNOOZED, [ACKNOWLEDGE, NOTE, OPEN]),
        (CardState.ACKNOWLEDGED, [NOTE, OPEN]),
        (CardState.QUIET, [OPEN]),
    ],
)
def test_what_can_be_done_follows_the_state_of_the_question(state: CardState, offered: list[str]) -> None:
    """The way to the record is always open."""
    assert ids(replace(WORSENED, state=state)) == offered


def test_a_reason_is_asked_for_until_one_is_given() -> None:
    """By a menu of those that the rules list."""
    assert ids(CLOSED_LOST) == [ACKNOWLEDGE, SNOOZE, NOTE, REASON, OPEN]
    assert REASON not in ids(replace(CLOSED_LOST, reason="価格"))
    menu = actions(CLOSED_LOST)[3]
    assert [option["value"] for option in menu["options"]] == ["価格", "製品の不足", "担当者の異動"]


def test_reasons_that_a_menu_cannot_hold_are_left_out() -> None:
    """Too long to come back, empty, or given twice; and no more than a hundred."""
    face = replace(CLOSED_LOST, reasons=("x" * 151, "", " ", "価格", "価格", "y" * 150))
    menu = actions(face)[3]
    assert [option["value"] for option in menu["options"]] == ["価格", "y" * 150]
    assert len(menu["options"][1]["text"]["text"]) == 75

    many = replace(CLOSED_LOST, reasons=tuple(f"reason {number}" for number in range(120)))
    assert len(actions(many)[3]["options"]) == 100


def test_a_button_carries_the_card_and_a_menu_has_it_in_its_block() -> None:
    """So that a click says which card it is about."""
    (block,) = card_actions(WORSENED, card_id=CARD_ID, key="card/1", url=URL, texts=JAPANESE)

    assert [element.get("value") for element in actions(WORSENED)] == [CARD_ID, None, CARD_ID, CARD_ID]
    assert card_of(str(block["block_id"])) == CARD_ID


def test_each_version_of_a_card_has_its_own_block_so_that_its_menu_is_fresh() -> None:
    """Slack keeps what was chosen in a menu of the same block."""
    assert block_id(CARD_ID, "card/1") != block_id(CARD_ID, "card/1/2")
    assert block_id(CARD_ID, "card/1") == block_id(CARD_ID, "card/1")
    assert len(block_id("x" * 400, "k")) <= 255


def test_the_way_to_the_record_needs_an_address() -> None:
    """A card that offers nothing has no actions at all."""
    assert ids(CHEERED, url="javascript:alert(1)") == []
    assert card_actions(CHEERED, card_id=CARD_ID, key="k", url="", texts=JAPANESE) == ()


def test_labels_are_in_the_orgs_language() -> None:
    """Of buttons, and of the days of a snooze."""
    (block,) = card_actions(WORSENED, card_id=CARD_ID, key="k", url=URL, texts=ENGLISH)
    elements: list[Any] = block["elements"]  # type: ignore[assignment]  # JSON

    assert [actions(WORSENED)[0]["text"]["text"], elements[0]["text"]["text"]] == ["対応します", "I'm on it"]
    assert [option["text"]["text"] for option in elements[1]["options"]] == ["1 day", "3 days", "7 days"]
    assert [option["value"] for option in elements[1]["options"]] == ["1", "3", "7"]


@pytest.mark.parametrize("texts", [JAPANESE, ENGLISH])
def test_the_window_for_a_note_is_one_that_slack_takes(texts: Any) -> None:  # noqa: ANN401  # the two of above
    """And it remembers the card and its place."""
    window = note_window(texts, card_id=CARD_ID, place=Place(channel_id="C1", ts="1.2"))

    assert problems_of_view(window) == []  # type: ignore[arg-type]  # JSON by another name
    assert json.loads(str(window["private_metadata"])) == {"card_id": CARD_ID, "channel": "C1", "ts": "1.2"}
