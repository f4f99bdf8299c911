"""Templates fill texts in the org's locale, and cannot do anything else."""

import re
from datetime import date
from decimal import Decimal

import pytest

from csops_sync.config.templates import LONGEST_OUTPUT, LONGEST_SOURCE, CompiledTemplate, check_template
from csops_sync.config.vocabulary import Vocabulary

_VOCABULARY = Vocabulary(
    mapped={"account": frozenset({"name", "values", "tier"}), "contract": frozenset({"annual_amount"})}
)
_CONTEXT = {
    "account": {"name": "株式会社みなと商事", "values": "own", "tier": None},
    "contract": {"annual_amount": Decimal(6000000)},
    "renewal": {"date": date(2026, 10, 1), "notice_deadline": None},
}


def _render(source: str, *, locale: str = "ja", currency: str = "JPY") -> str:
    check_template(source, _VOCABULARY)
    return CompiledTemplate(source, locale, currency).render(_CONTEXT)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ account.name }} {{ renewal.date | date('yyyy-MM') }} 更新", "株式会社みなと商事 2026-10 更新"),
        ("{{ renewal.date | date('long') }}", "2026年10月1日"),
        ("{{ contract.annual_amount | money }}", "￥6,000,000"),
        ("{{ account.values }}", "own"),
        ("[{{ account.tier }}][{{ renewal.notice_deadline | date }}]", "[][]"),
        ("{% if account.tier %}tier{% else %}none{% endif %}", "none"),
        ("{{ account.tier | default('no tier', true) | upper }}", "NO TIER"),
        ("plain", "plain"),
    ],
)
def test_a_template_gives_its_text(source: str, text: str) -> None:
    """What is None becomes nothing; a field is never a Python method."""
    assert _render(source) == text


def test_dates_and_amounts_follow_the_locale_and_currency() -> None:
    """CLDR patterns in the language of the org."""
    source = "{{ renewal.date | date('MMMM y') }} {{ contract.annual_amount | money }}"

    assert _render(source, locale="en", currency="USD") == "October 2026 $6,000,000.00"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ account.name.__class__ }}", "names a part of account.name"),
        ("{{ account['name'] }}", "may not use `getitem`"),
        ("{{ account }}", "as a whole"),
        ("{% set x = 1 %}", "may not use `assign`"),
        ("{% include 'x' %}", "may not use `include`"),
        ("{{ 'a' * 99 }}", "may not use `mul`"),
        ("{{ range(9) }}", "may not use `call`"),
        ("{{ account.name | replace('a', 'b') }}", "filter 'replace', which there is not"),
        ("{{ self.x }}", "names 'self', which there is not"),
        ("{{ account.nam }}", "did you mean account.name?"),
        ("{{ }}", "broken template"),
        ("x" * (LONGEST_SOURCE + 1), "is longer than"),
    ],
)
def test_what_a_template_may_not_do_is_found_when_it_is_loaded(source: str, words: str) -> None:
    """No calls, loops, arithmetic, or ways into Python."""
    with pytest.raises(ValueError, match=re.escape(words)):
        check_template(source, _VOCABULARY)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ account.gone }}", "cannot be filled in"),
        ("{{ contract.annual_amount | date }}", "is not a date"),
        ("{{ account.name | money }}", "is not an amount"),
        ("{{ account.name | truncate('x') }}", "cannot be filled in"),
        ("y" * LONGEST_OUTPUT + "{{ account.name }}", "more than"),
    ],
)
def test_what_cannot_be_filled_in_is_a_value_error(source: str, words: str) -> None:
    """One kind of error, with the template in it."""
    with pytest.raises(ValueError, match=re.escape(words)):
        CompiledTemplate(source).render(_CONTEXT)


def test_templates_are_equal_where_their_text_and_locale_are() -> None:
    """So that two loads of one file are equal."""
    assert CompiledTemplate("x", "ja", "JPY") == CompiledTemplate("x", "ja", "JPY")
    assert CompiledTemplate("x", "ja", "JPY") != CompiledTemplate("x", "en", "JPY")
