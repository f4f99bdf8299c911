"""A sentence is an English text to everybody, and a code with values to who says it in another language."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from csops_sync.domain.dates import Duration
from csops_sync.domain.sentences import ABOUT, JOINED, Sentence, Wording, about, joined, one_of, understood

QUIET = Wording("reason.quiet", "outside business hours, until {until:%Y-%m-%d %H:%M}Z")
OPENS = Wording(
    "intent.opens",
    "opens {day} less {span}",
    {"day": date.fromisoformat, "span": Duration.parse},
)
TOLD = Wording("reason.told", "told in {channels} ({rules})")


def test_a_sentence_is_the_text_that_its_words_and_values_make() -> None:
    said = Sentence(
        "call.over", "{period} was over on {last:%Y-%m-%d}", period="FY2025", last=date(2026, 3, 31)
    )

    assert said == "FY2025 was over on 2026-03-31"
    assert json.dumps([said]) == '["FY2025 was over on 2026-03-31"]'
    assert (said.code, said.values["last"]) == ("call.over", date(2026, 3, 31))


def test_several_names_are_listed_and_large_numbers_written_as_the_words_say() -> None:
    assert Sentence("x", "{n:,} of {names}", n=1200, names=("佐藤", "鈴木")) == "1,200 of 佐藤, 鈴木"


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert joined([about("{name}", "is {odd}"), "b"]) == "{name}: is {odd}; b"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_still_knows_its_code(copied: Callable[[Sentence], Sentence]) -> None:
    said = copied(about("00001", "late"))

    assert (said, said.code, said.values) == ("00001: late", ABOUT, {"name": "00001", "text": "late"})


def test_one_thing_said_alone_stays_itself_and_several_are_parted_by_semicolons() -> None:
    one = Sentence("a", "first")

    assert joined([one]) is one
    both = joined([one, "then {this}"])
    assert isinstance(both, Sentence)
    assert (both, both.code) == ("first; then {this}", JOINED)


def test_a_text_that_was_kept_is_understood_again_with_its_instants() -> None:
    until = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    kept = str(QUIET(until=until))

    heard = QUIET.heard(kept)

    assert heard is not None
    assert (heard, heard.code, heard.values) == (kept, "reason.quiet", {"until": until})


@pytest.mark.parametrize(
    "kept", ["outside business hours, until laterZ", "outside hours", "", "outside business hours, until Z"]
)
def test_a_text_in_other_words_is_not_understood(kept: str) -> None:
    assert QUIET.heard(kept) is None


def test_what_a_kept_list_names_stays_as_it_was_written() -> None:
    heard = TOLD.heard(str(TOLD(channels=("#a", "#b"), rules=("r.yaml:3",))))

    assert heard is not None
    assert heard.values == {"channels": "#a, #b", "rules": "r.yaml:3"}


def test_values_that_are_no_texts_are_what_they_were() -> None:
    day, span = date(2026, 11, 22), Duration(months=1, days=3)

    heard = understood(str(OPENS(day=day, span=span)), [TOLD, OPENS])

    assert isinstance(heard, Sentence)
    assert heard.values == {"day": day, "span": span}
    assert understood("opens soon less nothing", [TOLD, OPENS]) == "opens soon less nothing"
    assert not isinstance(understood("opens soon less nothing", [OPENS]), Sentence)


INVITE = Wording("advice.invite", "invite it: /invite")
SAYS = Wording("says", "Slack says {said}: {advice}", {"advice": one_of(INVITE)})


def test_a_value_that_holds_what_stands_between_values_is_understood() -> None:
    heard = SAYS.heard("Slack says no (needed: chat): invite it: /invite")

    assert heard is not None
    assert (heard.values["said"], heard.values["advice"]) == ("no (needed: chat)", "invite it: /invite")
    assert SAYS.heard("Slack says no: do as you like") is None


@pytest.mark.parametrize("text", ["Slack says : invite it: /invite", "invite it: /invite!", "Slack says"])
def test_a_sentence_is_understood_whole_and_with_all_its_values_or_not_at_all(text: str) -> None:
    assert understood(text, [SAYS, INVITE]) == text
    assert not isinstance(understood(text, [SAYS, INVITE]), Sentence)
