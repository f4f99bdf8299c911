"""The digest beside targets and calls: in the figures, in a manager's thread, and not a word where there are none."""

from dataclasses import replace

import pytest
from tests.fakes.digest_facts import KEY, RULES, facts, renewal, team
from tests.fakes.landings import yen
from tests.fakes.reported import KNOWN_AT

from csops_sync.app.forecast.digest import compose
from csops_sync.app.forecast.digest_values import DigestFacts, DueRenewal
from csops_sync.app.forecast.report_values import RenewalCall
from csops_sync.ports.digests import DigestPicture, DigestPost


def called(amount: int) -> DueRenewal:
    """A renewal that 佐藤 calls."""
    plain = renewal(key="8000000000002-1")
    call = RenewalCall(amount=yen(amount), by="佐藤 美咲", at=KNOWN_AT, note="")
    return replace(plain, line=replace(plain.line, call=call), call=yen(amount))


def posts(found: DigestFacts, locale: str) -> list[DigestPost]:
    """Its messages."""
    items = compose(found, key=KEY, rules=replace(RULES, locale=locale))
    return [one for one in items if isinstance(one, DigestPost)]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("ja", "目標 ¥90,000,000（差 -¥2,000,000） · コール ¥91,000,000"),
        ("en", "target ¥90,000,000 (-¥2,000,000) · called at ¥91,000,000"),
    ],
)
def test_a_landing_is_held_against_its_target_and_what_is_called(locale: str, said: str) -> None:
    plain = facts()
    quarter = replace(plain.quarter, landing=yen(88_000_000), target=yen(90_000_000), call=yen(91_000_000))

    main = posts(replace(plain, quarter=quarter), locale)[0]

    assert main.figures[0].beside.endswith(said)
    assert not any(word in main.figures[1].beside for word in ("目標", "コール", "target", "called"))


@pytest.mark.parametrize(
    ("locale", "said", "label"),
    [("ja", "コール ¥700,000（佐藤 美咲）", "コール"), ("en", "called at ¥700,000 by 佐藤 美咲", "Called")],
)
def test_a_managers_thread_says_what_is_called_and_by_whom(locale: str, said: str, label: str) -> None:
    other = renewal()
    _, head, page = posts(facts(teams=(team([called(700_000), other]),)), locale)

    assert other.landing is not None
    figure = next(one for one in head.figures if one.label == label)
    assert figure.value == f"¥{700_000 + other.landing.to_minor():,}"
    first, second = page.sections[0].lines
    assert first.text.endswith(said)
    assert "コール" not in second.text
    assert "called" not in second.text


def test_a_team_that_called_nothing_has_no_such_figure() -> None:
    _, head, _ = posts(facts(teams=(team([renewal()]),)), "en")

    assert "Called" not in {one.label for one in head.figures}


def test_the_picture_shows_the_targets() -> None:
    plain = facts()
    lines = tuple(replace(one, target=yen(5)) for one in plain.forecast.lines)
    found = replace(plain, forecast=replace(plain.forecast, lines=lines))

    (picture,) = [one for one in compose(found, key=KEY, rules=RULES) if isinstance(one, DigestPicture)]

    assert {one.target for one in picture.chart.points} == {yen(5)}
