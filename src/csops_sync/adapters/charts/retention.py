"""The chart of retention: NRR and GRR by period; what is predicted with other points and its intervals."""

from fractions import Fraction

import altair as alt

from csops_sync.adapters.charts.look import Layers, Palette, hues, period_axis
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.ports.charts import RetentionChart, RetentionPoint

_HUNDRED = 100
_POINT_SIZE = 90
_BAND_WIDTH = 6
_BAND_OPACITY = 0.45
_BESIDE = {"nrr": -6, "grr": 6}
"""By so many pixels the two intervals stand beside their points: side by side where they overlap."""


def retention_layers(chart: RetentionChart, *, words: ChartWords, colours: Palette) -> Layers:
    """This function will lay out two lines with their points and intervals, and the line of 100 %."""
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
    whole = alt.Chart(alt.InlineData(values=[{"whole": _HUNDRED}]))
    lines, intervals, marks = [], [], []
    for field, word in (("nrr", words.nrr), ("grr", words.grr)):
        height = alt.Y(f"{field}:Q", title="%", scale=alt.Scale(zero=False, nice=True), axis=_percent_axis())
        drawn = coloured(base.encode(y=height), word)
        lines.append(drawn.mark_line(strokeWidth=2))
        intervals.append(coloured(_interval(base, field), word))
        marks.append(drawn.mark_point(filled=True, size=_POINT_SIZE, opacity=1).encode(shape=shape))
    layers: list[alt.Chart] = [
        whole.mark_rule(strokeDash=[4, 4], color=colours.unknown).encode(y=alt.Y("whole:Q")),
        *lines,  # first of those with periods, since it has them all, in their order
        *intervals,
        *marks,
    ]
    return layers


def _interval(base: alt.Chart, field: str) -> alt.Chart:
    """A bar beside the point, from low to high; none where the ratio is known."""
    bar = base.encode(y=alt.Y(f"{field}_low:Q"), y2=alt.Y2(f"{field}_high:Q"))
    drawn: alt.Chart = bar.mark_rule(strokeWidth=_BAND_WIDTH, opacity=_BAND_OPACITY, xOffset=_BESIDE[field])
    return drawn


def _percent_axis() -> alt.Axis:
    return alt.Axis(titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8, titleX=-30)


def _tooltip(words: ChartWords) -> list[alt.Tooltip]:
    shown = (
        ("name", words.period),
        ("known", words.known),
        ("nrr_exact", words.nrr),
        ("nrr_band", f"{words.nrr} {words.band}"),
        ("grr_exact", words.grr),
        ("grr_band", f"{words.grr} {words.band}"),
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
        **_ends("nrr", point.nrr_band),
        **_ends("grr", point.grr_band),
    }


def _ends(field: str, band: RatioBand | None) -> dict[str, object]:
    low, high = (None, None) if band is None else band
    return {
        f"{field}_low": _percent(low),
        f"{field}_high": _percent(high),
        f"{field}_band": "–" if band is None else f"{_written(low)} – {_written(high)}",
    }


def _percent(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio * _HUNDRED)


def _written(ratio: Fraction | None) -> str:
    return "–" if ratio is None else f"{float(ratio * _HUNDRED):.1f}%"
