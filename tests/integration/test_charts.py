"""Charts: one definition for the page and for Slack, in both languages, in one currency, and only of what ties."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import altair as alt
import pytest

from csops_sync.adapters.charts.drawing import VegaCharts, page_script
from csops_sync.adapters.charts.fonts import draws_apart, draws_japanese
from csops_sync.adapters.charts.look import dressed, palette_of
from csops_sync.adapters.charts.scale import scale_for
from csops_sync.bootstrap.pictures import font_problems
from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.domain.money import Money
from csops_sync.ports.charts import (
    AccuracyChart,
    AccuracyPoint,
    AnyChart,
    BridgeChart,
    BridgeStep,
    DueChart,
    DuePoint,
    LandingChart,
    LandingPoint,
    Look,
    RetentionChart,
    RetentionPoint,
)

CHARTS = VegaCharts()
HOSTILE = """</script><img src=x onerror="alert(1)"> & '{{7*7}}' datum.due"""


def yen(amount: int) -> Money:
    return Money(Decimal(amount), "JPY")


def landing(locale: str = "ja", *, name: str = "FY2026 Q1", target: int | None = None) -> LandingChart:
    point = LandingPoint(
        name=name,
        due=yen(27_920_000),
        landing=yen(26_000_000),
        low=yen(22_813_247),
        high=yen(27_944_000),
        target=None if target is None else yen(target),
    )
    return LandingChart(locale=locale, points=(point,))


def bridge(end: int = 76_000_000) -> BridgeChart:
    return BridgeChart(
        locale="en",
        steps=(
            BridgeStep(name="8 Nov", amount=yen(82_000_000), is_total=True),
            BridgeStep(name="contract", amount=yen(3_000_000)),
            BridgeStep(name="confidence", amount=yen(-9_000_000)),
            BridgeStep(name="15 Nov", amount=yen(end), is_total=True),
        ),
    )


EVERY: tuple[AnyChart, ...] = (
    landing(target=27_000_000),
    RetentionChart(
        locale="ja",
        points=(
            RetentionPoint(name="FY2025", nrr=Fraction(1034, 1000), grr=Fraction(92, 100), predicted=False),
            RetentionPoint(
                name="FY2026",
                nrr=None,
                grr=Fraction(90, 100),
                predicted=True,
                grr_band=RatioBand(Fraction(85, 100), Fraction(94, 100)),
            ),
        ),
    ),
    DueChart(
        locale="ja",
        points=tuple(
            DuePoint(name="2026年4月", type=kind, due=yen(1_000_000)) for kind in (*RenewalType, None)
        ),
    ),
    bridge(),
    AccuracyChart(
        locale="ja", points=(AccuracyPoint(name="T-90", landing=yen(80), call=None, result=yen(85)),)
    ),
)


def text_of(chart: AnyChart, look: Look = Look.LIGHT) -> str:
    return json.dumps(CHARTS.spec(chart, look=look), ensure_ascii=False)


@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: type(chart).__name__)
def test_every_chart_is_drawn_for_slack_and_for_both_schemes_of_a_page(chart: AnyChart) -> None:
    assert CHARTS.png(chart).startswith(b"\x89PNG\r\n\x1a\n")
    for look in (Look.LIGHT, Look.DARK):
        spec = CHARTS.spec(chart, look=look)
        assert spec["width"] == "container"
        assert spec["$schema"] == "https://vega.github.io/schema/vega-lite/v6.4.1.json"
    assert "<svg" in CHARTS.svg(chart, look=Look.PICTURE)


@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: type(chart).__name__)
def test_a_chart_holds_its_data_and_no_address(chart: AnyChart) -> None:
    text = text_of(chart).replace("https://vega.github.io/schema", "")

    assert "http" not in text
    assert '"url"' not in text


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("ja", ("更新の着地見込み", "更新対象", "着地見込み", "80% の範囲", "目標", "万円")),
        ("en", ("Where renewals will land", "Due", "Landing", "80% interval", "Target", "million JPY")),
    ],
)
def test_titles_legends_and_units_are_in_the_charts_language(locale: str, words: tuple[str, ...]) -> None:
    text = text_of(landing(locale, target=27_000_000))

    assert [word for word in words if f'"{word}' not in text and word not in text] == []


def test_a_chart_without_targets_has_no_legend_of_them() -> None:
    assert "目標" not in text_of(landing())


def test_the_tooltip_has_the_exact_amounts() -> None:
    text = text_of(landing(target=27_000_000))

    assert [
        one for one in ("¥27,920,000", "¥22,813,247 – ¥27,944,000", "¥27,000,000") if one not in text
    ] == []


def test_what_is_predicted_of_retention_has_its_interval_and_what_is_known_has_none() -> None:
    known, predicted = _rows(EVERY[1])

    assert (predicted["grr_low"], predicted["grr_high"]) == (85, 94)
    assert (predicted["grr_band"], predicted["nrr_band"]) == ("85.0% – 94.0%", "–")
    assert (known["nrr_low"], known["grr_high"], known["grr_band"]) == (None, None, "–")
    assert "GRR 80% の範囲" in text_of(EVERY[1])


def test_the_periods_of_retention_stand_in_their_order_whatever_has_an_interval() -> None:
    """The first layer that has periods decides on the order; one without intervals would turn it round."""
    band = RatioBand(Fraction(95, 100), Fraction(99, 100))
    points = (
        RetentionPoint(name="FY2025", nrr=Fraction(1), grr=Fraction(1), predicted=False),
        RetentionPoint(name="FY2026", nrr=Fraction(97, 100), grr=None, predicted=True, nrr_band=band),
    )
    drawn = CHARTS.svg(RetentionChart(locale="ja", points=points), look=Look.PICTURE)

    assert drawn.index(">FY2025<") < drawn.index(">FY2026<")


def test_org_text_stays_text() -> None:
    """A name from Salesforce is data, never markup or an expression."""
    drawn = CHARTS.svg(landing(name=HOSTILE), look=Look.PICTURE)

    assert "<img" not in drawn
    assert "{{7*7}}" in drawn
    assert re.search(r"<script|onerror=\"", drawn) is None


def test_the_bars_of_a_bridge_stand_on_one_another() -> None:
    rows = _rows(bridge())

    assert [(one["start"], one["end"]) for one in rows] == [(0, 82), (82, 85), (85, 76), (0, 76)]
    assert [one["kind"] for one in rows] == ["Landing", "Up", "Down", "Landing"]


def test_movements_that_an_axis_from_zero_would_hide_are_shown_on_a_part_of_it_and_the_axis_says_so() -> None:
    drawn = CHARTS.spec(bridge(), look=Look.LIGHT)
    large = (
        BridgeStep(name="then", amount=yen(10_000_000), is_total=True),
        BridgeStep(name="rank", amount=yen(-6_000_000)),
        BridgeStep(name="now", amount=yen(4_000_000), is_total=True),
    )
    whole = CHARTS.spec(BridgeChart(locale="en", steps=large), look=Look.LIGHT)

    low, high = _axis(drawn)["scale"]["domain"]
    assert 0 < low < 76
    assert high > 85
    assert "does not start at 0" in _axis(drawn)["axis"]["title"]
    assert "scale" not in _axis(whole)
    assert "does not start at 0" not in _axis(whole)["axis"]["title"]


def test_a_bar_leads_to_its_link_and_none_has_one_where_none_is_given() -> None:
    linked = [replace(one, link=f"/bridge?cause={one.name}") for one in bridge().steps[1:3]]
    steps = (bridge().steps[0], *linked, bridge().steps[3])

    rows = _rows(BridgeChart(locale="en", steps=steps))

    assert [one.get("link") for one in rows] == [
        None,
        "/bridge?cause=contract",
        "/bridge?cause=confidence",
        None,
    ]
    assert "href" not in str(CHARTS.spec(bridge(), look=Look.LIGHT))


def test_a_bridge_that_does_not_tie_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="15 Nov is 75000000, and the bars before it lead to 76000000"):
        CHARTS.spec(bridge(end=75_000_000), look=Look.LIGHT)


def test_amounts_in_two_currencies_are_not_drawn_on_one_axis() -> None:
    with pytest.raises(ValueError, match=r"one currency, not \['JPY', 'USD'\]"):
        scale_for([yen(1), Money(Decimal(1), "USD")], language="ja")


@pytest.mark.parametrize(
    ("amount", "language", "unit"),
    [
        (99_999, "ja", "円"),
        (100_000, "ja", "万円"),
        (1_000_000_000, "ja", "億円"),
        (99_999, "en", "JPY"),
        (100_000, "en", "thousand JPY"),
        (10_000_000, "en", "million JPY"),
    ],
)
def test_the_axis_counts_in_the_unit_that_the_largest_amount_reads_best_in(
    amount: int, language: str, unit: str
) -> None:
    assert scale_for([yen(1), yen(-amount)], language=language).unit == unit


def test_a_locale_without_words_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="use one of ja, en"):
        CHARTS.spec(landing("fr"), look=Look.LIGHT)


def test_the_page_draws_without_the_network() -> None:
    script = page_script()

    assert "window.vegaEmbed" in script
    assert "cdn.jsdelivr" not in script


def test_this_machine_draws_japanese() -> None:
    """The start check says so where one does not: the pictures would show boxes."""
    assert draws_japanese()
    assert font_problems("ja") == ()


def test_characters_that_no_font_has_are_found_out() -> None:
    """Two of the private use area, which come out as the same box, or as nothing."""
    assert not draws_apart("\ue123", "\ue124")
    assert font_problems("en") == ()


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_what_is_read_stands_out_from_its_background(look: Look) -> None:
    """WCAG 1.4.11: 3:1 for the parts of a graphic."""
    colours = palette_of(look)
    background = "#ffffff" if look is Look.LIGHT else "#0d1117"

    for colour in (colours.text, colours.main, colours.second, colours.mark, colours.rise, colours.fall):
        assert _contrast(colour, background) >= 3, colour


@pytest.mark.parametrize("look", list(Look))
def test_layers_are_laid_over_one_another_as_altair_lays_them(look: Look) -> None:
    base = alt.Chart(alt.InlineData(values=[{"a": 1, "b": 2}])).encode(x=alt.X("a:Q"))
    other = alt.Chart(alt.InlineData(values=[{"whole": 100}])).mark_rule().encode(y=alt.Y("whole:Q"))
    turned = base.mark_line().transform_calculate(c="1")
    for layers in ([base.mark_bar()], [base.mark_bar(), turned], [base.mark_bar(), base.mark_text(), other]):
        plain = alt.LayerChart(layer=layers).to_dict()
        drawn = dressed(layers, title="title", look=look)
        theirs = {name: one for name, one in plain.items() if name != "config"}

        assert {name: one for name, one in drawn.items() if name in theirs} == theirs
        assert plain["config"]["view"].items() <= drawn["config"]["view"].items()


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _axis(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The amounts' axis of the bars."""
    found: Mapping[str, Any] = spec["layer"][0]["encoding"]["y"]
    return found


def _rows(chart: AnyChart) -> list[dict[str, object]]:
    every = _mapping(CHARTS.spec(chart, look=Look.LIGHT)["datasets"]).values()
    (rows,) = [rows for rows in every if isinstance(rows, list) and "whole" not in rows[0]]
    return rows


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("look", Look)
@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: type(chart).__name__)
def test_a_specification_holds_to_the_schema_though_nothing_holds_it_against_it_while_it_is_drawn(
    chart: AnyChart, look: Look
) -> None:
    drawn = dict(CHARTS.spec(chart, look=look))
    assert alt.LayerChart.from_dict(drawn, validate=True).to_dict(validate=True)["layer"]
