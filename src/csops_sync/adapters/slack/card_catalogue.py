"""What a language's catalogue of confidence cards holds. The texts are in `card_japanese.py` and `card_english.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

from csops_sync.adapters.slack.catalogue import Plural
from csops_sync.domain.confidence.face import ReplyKind
from csops_sync.domain.confidence.overflow import OverflowPart
from csops_sync.domain.confidence.ranks import Direction, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCatalogue:
    """All texts about confidence in one language, as templates for `str.format`.

    `moved` and `told` are by direction, None for a net zero: the first line of a card, and of a reply about a move.
    `goes_on` says on a card that its thread has the rest, `went_on` and `overflow` begin that there, `fits_now` stands
    where a rest is not needed any more; `new_card` leads from an old card to the one in its place.
    `called_later` names who is asleep.
    `{net}` is where a move led, `{way}` every step of it. `please` asks for an answer in the thread. Labels of buttons
    and of the window for a note are plain text.
    """

    instant_pattern: str
    time_pattern: str
    between: str
    closed: Mapping[Outcome, str]
    unrated: str
    arrow: str
    ellipsis: str

    moved: Mapping[Direction | None, str]
    told: Mapping[Direction | None, str]
    ask: Mapping[Direction | None, str]
    cheer: Mapping[Direction | None, str]
    please: str
    order_unknown: str

    confidence: str
    tier: str
    prior: str
    amount: str
    amount_before: str
    changed: str
    changed_by: str
    somebody: str
    more_people: Plural
    reason: str
    next_step: str
    note: str

    asking: str
    asking_nobody: str
    acknowledged: str
    acknowledged_plain: str
    snoozed: str
    snoozed_plain: str

    replies: Mapping[ReplyKind, str]
    called_later: str
    goes_on: str
    went_on: str
    fits_now: str
    overflow: Mapping[OverflowPart, str]
    new_card: str
    new_card_label: str
    summary: Plural
    summary_date: str

    acknowledge: str
    snooze: str
    snooze_days: Plural
    add_note: str
    choose_reason: str
    note_title: str
    note_label: str
    note_hint: str
    note_save: str
    note_cancel: str
