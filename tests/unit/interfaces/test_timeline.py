"""How the timeline of a renewal's page writes what happened."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.fakes.dashboard_book import FakeBook

from csops_sync.app.views import EventRow
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.formats import Formats
from csops_sync.interfaces.web.timeline import days_of

FORMATS = Formats(language="en", timezone="Asia/Tokyo")
AT = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def shown(text: str) -> str:
    """What the page is given of an event with this text."""
    page = FakeBook().renewal("8000000000003-1", None, language="en")
    assert page is not None
    assert page.renewal is not None
    event = EventRow(at=AT, name="figures", text=text)
    page = replace(page, told=(), renewal=replace(page.renewal, events=(event,)))
    ((_, (moment,)),) = days_of(page, FORMATS)
    assert moment.event is not None
    return moment.event.text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("delta amount -¥589,248, landing", "delta amount \N{MINUS SIGN}\N{WORD JOINER}¥589,248, landing"),
        ("- -> B, -$5.00", "- -> B, \N{MINUS SIGN}\N{WORD JOINER}$5.00"),
        (
            "now -CHF 5 and -US$5",
            "now \N{MINUS SIGN}\N{WORD JOINER}CHF 5 and \N{MINUS SIGN}\N{WORD JOINER}US$5",
        ),
        ("opens 2026-10-02 by rule everyone-else", "opens 2026-10-02 by rule everyone-else"),
        ("in #sales-(2 teams) and churn-/2026", "in #sales-(2 teams) and churn-/2026"),
    ],
)
def test_a_negative_amount_has_a_minus_sign_after_which_no_line_breaks(said: str, written: str) -> None:
    assert shown(said) == written


def test_a_sentence_stays_one_that_can_be_said_in_japanese() -> None:
    assert isinstance(shown(Sentence("nothing", "nothing")), Sentence)
