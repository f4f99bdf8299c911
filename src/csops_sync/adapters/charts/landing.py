"""The chart of landings: what falls due behind what lands, with its interval and the target."""

import altair as alt

from csops_sync.adapters.charts.look import Palette
from csops_sync.adapters.charts.scale import Scale, scale_for
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.ports.charts import LandingChart, LandingPoint

_DUE_WIDTH = 0.74
_LANDING_WIDTH = 0.44


def landing_layers(chart: LandingChart, *, words: ChartWords, colours: Palette) -> alt.LayerChart:
    """This function will lay out the bars, the intervals and the targets."""
    scale = scale_for(
        (amount for point in chart.points for amount in (point.due, point.high)), language=words.locale
    )
    data = alt.Data(values=[_row(point, scale) for point in chart.points])
    base = alt.Chart(data).encode(
        x=alt.X("name:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
        tooltip=_tooltip(words, has_target=any(point.target for point in chart.points)),
    )
    colour = alt.Color(
        "series:N",
        title=None,
        scale=alt.Scale(
            domain=[words.due, words.landing, words.band, words.target],
            range=[colours.quiet, colours.main, colours.text, colours.mark],
        ),
    )
    layers = [
        _bar(base, "due", words.due, colour, _DUE_WIDTH, scale.unit),
        _bar(base, "landing", words.landing, colour, _LANDING_WIDTH, scale.unit),
        base.transform_calculate(series=_constant(words.band))
        .mark_rule(strokeWidth=2)
        .encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=colour),
        base.transform_filter("datum.target !== null")
        .transform_calculate(series=_constant(words.target))
        .mark_tick(thickness=3, width=alt.RelativeBandSize(band=_DUE_WIDTH))
        .encode(y=alt.Y("target:Q"), color=colour),
    ]
    return alt.layer(*layers)


def _bar(  # noqa: PLR0913 - one mark is described by all of these
    base: alt.Chart, field: str, series: str, colour: alt.Color, width: float, unit: str
) -> alt.Chart:
    return (
        base.transform_calculate(series=_constant(series))
        .mark_bar(width=alt.RelativeBandSize(band=width))
        .encode(y=alt.Y(f"{field}:Q", title=unit), color=colour)
    )


def _constant(text: str) -> str:
    return f"'{text}'"


def _tooltip(words: ChartWords, *, has_target: bool) -> list[alt.Tooltip]:
    shown = [
        ("name", ""),
        ("due_exact", words.due),
        ("landing_exact", words.landing),
        ("band_exact", words.band),
        *([("target_exact", words.target)] if has_target else []),
    ]
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in shown]


def _row(point: LandingPoint, scale: Scale) -> dict[str, object]:
    return {
        "name": point.name,
        "due": scale.units(point.due),
        "landing": scale.units(point.landing),
        "low": scale.units(point.low),
        "high": scale.units(point.high),
        "target": None if point.target is None else scale.units(point.target),
        "due_exact": scale.exact(point.due),
        "landing_exact": scale.exact(point.landing),
        "band_exact": f"{scale.exact(point.low)} – {scale.exact(point.high)}",
        "target_exact": "" if point.target is None else scale.exact(point.target),
    }
