"""The buttons and menus of a card, and the window for a note. What a click carries is read in `envelopes.py`."""

import hashlib
import json
from collections.abc import Sequence

from csops_sync.adapters.slack.blocks import BUTTON_LABEL_LIMIT, Block
from csops_sync.adapters.slack.card_texts import CardTexts
from csops_sync.adapters.slack.mrkdwn import plain, safe_url
from csops_sync.domain.confidence.face import CardFace, CardState
from csops_sync.ports.cards import Place

ACKNOWLEDGE = "confidence.acknowledge"
SNOOZE = "confidence.snooze"
NOTE = "confidence.note"
OPEN = "confidence.open"
REASON = "confidence.reason"
NOTE_BLOCK = "note"
NOTE_INPUT = "text"
SNOOZE_DAYS = (1, 3, 7)
NOTE_LIMIT = 3000
"""Characters of a note, as Slack lets a text field be (docs.slack.dev, plain-text input element)."""
_OPTION_LIMIT = 75
_VALUE_LIMIT = 150
"""Characters of an option's text and value (docs.slack.dev/reference/block-kit/composition-objects/option-object)."""
_MOST_REASONS = 100
_BLOCK_ID_LIMIT = 255
_BUTTON_VALUE_LIMIT = 2000
_ITERATION_LENGTH = 12


def card_actions(face: CardFace, *, card_id: str, key: str, url: str, texts: CardTexts) -> tuple[Block, ...]:
    """This function will give the actions of a card: all of them while it asks, always the way to its record.

    The block's id holds the card's, and differs for each `key`: a menu of the same id would keep what was chosen in it
    last. Reasons that are too long for a menu are left out of it.
    """
    value = card_id[:_BUTTON_VALUE_LIMIT]
    words = texts.words
    elements: list[Block] = []
    if face.state in {CardState.ASKING, CardState.SNOOZED}:
        elements.append({**_button(ACKNOWLEDGE, words.acknowledge, value), "style": "primary"})
    if face.state is CardState.ASKING:
        elements.append(_menu(SNOOZE, words.snooze, _days(texts)))
    if face.state is not CardState.QUIET:
        elements.append(_button(NOTE, words.add_note, value))
    if reasons := _reasons(face):
        elements.append(_menu(REASON, words.choose_reason, reasons))
    if safe_url(url):
        elements.append({**_button(OPEN, texts.plain.catalogue.open_deal, value), "url": safe_url(url)})
    if not elements:
        return ()
    return ({"type": "actions", "block_id": block_id(card_id, key), "elements": elements},)


def block_id(card_id: str, key: str) -> str:
    """This function will give the id of a card's actions in one message, from which `card_of` reads the card's."""
    iteration = hashlib.sha256(key.encode()).hexdigest()[:_ITERATION_LENGTH]
    return f"{card_id[: _BLOCK_ID_LIMIT - _ITERATION_LENGTH - 1]}|{iteration}"


def card_of(block_id: str) -> str:
    """This function will read the card's id out of a block's."""
    return block_id.rpartition("|")[0]


def note_window(texts: CardTexts, *, card_id: str, place: Place) -> Block:
    """This function will give the window in which a person writes a note; it remembers the card and its place."""
    words = texts.words
    remembered = {"card_id": card_id, "channel": place.channel_id, "ts": place.ts}
    field = {
        "type": "plain_text_input",
        "action_id": NOTE_INPUT,
        "multiline": True,
        "max_length": NOTE_LIMIT,
    }
    return {
        "type": "modal",
        "callback_id": NOTE,
        "private_metadata": json.dumps(remembered, ensure_ascii=False),
        "title": _plain(words.note_title),
        "submit": _plain(words.note_save),
        "close": _plain(words.note_cancel),
        "blocks": [
            {
                "type": "input",
                "block_id": NOTE_BLOCK,
                "label": _plain(words.note_label),
                "hint": _plain(words.note_hint),
                "element": field,
            }
        ],
    }


def _reasons(face: CardFace) -> list[tuple[str, str]]:
    """Give the reasons that a menu can offer, where one is asked for and none is given."""
    if face.reason:
        return []
    named = [(plain(reason, limit=_OPTION_LIMIT), reason) for reason in dict.fromkeys(face.reasons)]
    return [(label, value) for label, value in named if label and len(value) <= _VALUE_LIMIT][:_MOST_REASONS]


def _days(texts: CardTexts) -> list[tuple[str, str]]:
    return [(texts.plain.counted(texts.words.snooze_days, days), str(days)) for days in SNOOZE_DAYS]


def _button(action_id: str, label: str, value: str) -> Block:
    button: Block = {"type": "button", "action_id": action_id, "text": _plain(label)}
    return {**button, "value": value} if value else button


def _menu(action_id: str, label: str, options: Sequence[tuple[str, str]]) -> Block:
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": _plain(label),
        "options": [{"text": _plain(text), "value": value} for text, value in options],
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": plain(text, limit=BUTTON_LABEL_LIMIT)}
