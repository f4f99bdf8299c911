"""Every word that a template asks for is there, in both languages; values of the domain have their names."""

import re
from importlib.resources import files
from typing import get_args, get_type_hints

import pytest

from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.telling import LogTask, SlackTelling
from csops_sync.domain.forecast.bridge import Cause
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.intents import IntentKind
from csops_sync.interfaces.web.error_pages import SAID
from csops_sync.interfaces.web.words import LANGUAGES, Words, keys
from csops_sync.interfaces.web.words_of_codes import CODES
from csops_sync.ports.digests import DigestPicture, DigestPost
from csops_sync.ports.store import OutboxStatus

_TEMPLATES = files("csops_sync.interfaces.web.templates")
PAGES = ("overview", "renewals", "bridge", "matrix", "accuracy", "operations")
"""In the order of the navigation."""
_ASKED = re.compile(r"""\bt\(\s*["']([a-z_0-9.]+)["']""")


def asked() -> set[str]:
    pages = [one for one in _TEMPLATES.iterdir() if one.name.endswith(".html")]
    return {key for page in pages for key in _ASKED.findall(page.read_text("utf-8"))}


def built() -> set[str]:
    """The keys that are put together from two parts."""
    return {
        *(f"page.{one}" for one in PAGES),
        *(f"span.{one}" for one in ("quarter", "year", "ahead")),
        *(
            f"col.{one}"
            for one in ("account", "due", "type", "rank", "csm", "prior", "landing", "risk", "new")
        ),
        *(f"filter.order.{one}" for one in ("asc", "desc")),
        *(f"done.{one}" for one in ("approve", "retry", "drop")),
        *(f"{one}.long" for one in ("nrr", "grr")),
        *(f"error.{one}" for one in SAID),
        *(f"call.period.{one}" for one in ("year", "quarter", "month")),
        *(f"rates.{one.value}" for one in RatePolicy),
        *("ops.retry", "ops.drop", "renewal.kept", "renewal.added", "nrr", "grr"),
    }


def test_every_word_that_is_asked_for_is_there() -> None:
    assert asked() | built() <= keys() | {
        "page.",
        "span.",
        "col.",
        "ops.",
        "rates.",
        "call.period.",
        "filter.order.",
    }


def test_the_pages_stand_in_the_order_that_people_read_them() -> None:
    base = (_TEMPLATES / "base.html").read_text("utf-8")

    assert tuple(re.findall(r'\("/[a-z]*", "([a-z]+)"\)', base)) == PAGES


def test_every_text_is_in_both_languages_and_takes_the_same_values() -> None:
    japanese, english = (Words(language) for language in LANGUAGES)
    for key in keys():
        names = {
            language: set(re.findall(r"\{(\w+)\}", words(key)))
            for language, words in (("ja", japanese), ("en", english))
        }
        assert japanese(key).strip(), key
        assert names["ja"] == names["en"], key


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("type", RenewalType),
        ("standing", TermStanding),
        ("kind", LandingKind),
        ("cause", Cause),
        ("status", OutboxStatus),
        ("card", CardState),
    ],
)
def test_every_value_of_the_domain_has_a_name(kind: str, values: type[RenewalType]) -> None:
    missing = [one.value for one in values if f"{kind}.{one.value}" not in CODES]

    assert missing == []


def test_everything_that_the_outbox_can_hold_has_a_name() -> None:
    tellings = (*get_args(SlackTelling), LogTask)
    kinds = {
        *(one.value for one in IntentKind),
        *(kind for one in (*tellings, DigestPost, DigestPicture) for kind in _kinds(one)),
    }

    assert {"digest", "digest_picture", "card", "task", "create"} <= kinds
    assert sorted(kind for kind in kinds if f"intent.{kind}" not in CODES) == []


def _kinds(item: type) -> tuple[str, ...]:
    return get_args(get_type_hints(item)["kind"])


@pytest.mark.parametrize(
    "name",
    [
        *("renewal", "notice", "budget season", "budget lock", "floor", "ceiling", "calendar"),
    ],
)
def test_every_line_under_an_open_date_has_a_name(name: str) -> None:
    assert f"bound.{name}" in CODES


def test_a_word_that_is_not_there_is_a_bug_and_a_value_that_is_new_shows_as_it_is() -> None:
    with pytest.raises(KeyError):
        Words("en")("no.such.word")
    assert Words("ja").code("cause", "brand_new") == "brand new"
