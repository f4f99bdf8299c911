"""A renewal whose last day is over and whose end nobody knows is marked wherever it is shown, from the next day on."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.digest import compose
from csops_sync.app.forecast.digest_facts import digest_facts
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.domain.dates import Duration
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.interfaces.web.words import Words
from csops_sync.ports.digests import DigestItem, DigestPost

LAST = date(2026, 7, 5)
RULES = replace(ruleset(confidence=RATED), forecast=built())


@pytest.fixture
def shop() -> Workshop:
    """One open renewal that nobody rated, whose term ends on 5 July 2026: that is today."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), end=LAST, auto_renews=False)
    shop.sync()
    shop.day((LAST - shop.office().today).days)
    return shop


def risks(shop: Workshop) -> list[bool]:
    """Whether each of the overview's biggest risks is marked."""
    return [one.overdue for one in overview_of(shop.office(), span=Span.YEAR).risks]


def digest(shop: Workshop, locale: str) -> str:
    """All lines of today's digest."""
    rules = DigestRules(channel="#leads", locale=locale, due_within=Duration(days=60))
    with shop.store.reading() as tx:
        facts = digest_facts(tx, shop.office(), due_within=rules.due_within)
    items = compose(facts, key="digest/2026-W28", rules=rules)
    return "\n".join(line for one in items for line in lines(one))


def lines(item: DigestItem) -> list[str]:
    if not isinstance(item, DigestPost):
        return []
    return [line.text for section in item.sections for line in section.lines]


def test_the_biggest_risks_of_the_overview_are_marked_from_the_day_after_the_last(shop: Workshop) -> None:
    assert risks(shop) == [False]

    shop.day()

    assert risks(shop) == [True]


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_digests_lists_say_the_same_word_as_the_pages(shop: Workshop, locale: str) -> None:
    word = Words(locale)("overdue").lower()
    assert word not in digest(shop, locale)

    shop.day()

    told = digest(shop, locale)
    assert told.count(word) == 2, told  # among the risks, and in the list of its manager's team
