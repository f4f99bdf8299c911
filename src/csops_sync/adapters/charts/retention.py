"""The chart of retention: NRR and GRR by period, what is predicted with hollow points."""

from fractions import Fraction

import altair as alt

from csops_sync.adapters.charts.look import Palette, hues, period_axis
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.ports.charts import RetentionChart, RetentionPoint

_HUNDRED = 100
_POINT_SIZE = 90


def retention_layers(chart: RetentionChart, *, words: ChartWords, colours: Palette) -> alt.LayerChart:
    """This function will lay out two lines with their points, and the line of 100 %."""
    base = alt.Chart(alt.InlineData(values=[_row(point, words) for point in chart.points])).encode(
        x=period_axis(), tooltip=_tooltip(words)
    )
    coloured = hues({words.nrr: colours.main, words.grr: colours.second})
    shape = alt.Shape(
        "known:N",
        title=None,
        legend=alt.Legend(symbolFillColor=colours.text, symbolStrokeColor=colours.text),
        scale=alt.Scale(domain=[words.actual, words.predicted], range=["circle", "diamond"]),
    )
    layers: list[alt.Chart] = [
        alt.Chart(alt.InlineData(values=[{"whole": _HUNDRED}]))
        .mark_rule(strokeDash=[4, 4], color=colours.unknown)
        .encode(y=alt.Y("whole:Q"))
    ]
    for field, word in (("nrr", words.nrr), ("grr", words.grr)):
        height = alt.Y(f"{field}:Q", title="%", scale=alt.Scale(zero=False, nice=True), axis=_percent_axis())
        drawn = coloured(base.encode(y=height), word)
        layers.append(drawn.mark_line(strokeWidth=2))
        layers.append(drawn.mark_point(filled=True, size=_POINT_SIZE, opacity=1).encode(shape=shape))
    return alt.LayerChart(layer=layers)


def _percent_axis() -> alt.Axis:
    return alt.Axis(titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8, titleX=-30)


def _tooltip(words: ChartWords) -> list[alt.Tooltip]:
    shown = (
        ("name", words.period),
        ("known", words.known),
        ("nrr_exact", words.nrr),
        ("grr_exact", words.grr),
    )
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in shown]


def _row(point: RetentionPoint, words: ChartWords) -> dict[str, object]:
    return {
        "name": point.name,
        "known": words.predicted if point.predicted else words.actual,
        "nrr": _percent(point.nrr),
        "grr": _percent(point.grr),
        "nrr_exact": _written(point.nrr),
        "grr_exact": _written(point.grr),
    }


def _percent(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio * _HUNDRED)


def _written(ratio: Fraction | None) -> str:
    return "–" if ratio is None else f"{float(ratio * _HUNDRED):.1f}%"
