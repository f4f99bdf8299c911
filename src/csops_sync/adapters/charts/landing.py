"""The chart of landings: what falls due behind what lands, with its interval and the target."""

import altair as alt

from csops_sync.adapters.charts.look import Layers, Palette, amount_axis, hues, period_axis
from csops_sync.adapters.charts.scale import Scale, scale_for
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.ports.charts import LandingChart, LandingPoint

_DUE_WIDTH = 0.74
_LANDING_WIDTH = 0.44


def landing_layers(chart: LandingChart, *, words: ChartWords, colours: Palette) -> Layers:
    """This function will lay out the bars, the intervals and the targets."""
    scale = scale_for(
        (amount for point in chart.points for amount in (point.due, point.high)), language=words.locale
    )
    has_target = any(point.target for point in chart.points)
    base = alt.Chart(alt.InlineData(values=[_row(point, scale) for point in chart.points])).encode(
        x=period_axis(), tooltip=_tooltip(words, has_target=has_target)
    )
    coloured = hues(_series(words, colours, has_target=has_target))
    due = base.mark_bar(width=alt.RelativeBandSize(band=_DUE_WIDTH)).encode(y=amount_axis("due", scale.unit))
    landing = base.mark_bar(width=alt.RelativeBandSize(band=_LANDING_WIDTH)).encode(
        y=amount_axis("landing", scale.unit)
    )
    band = base.encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    layers = [
        coloured(due, words.due),
        coloured(landing, words.landing),
        band.mark_rule(strokeWidth=6, color=colours.halo),
        coloured(band.mark_rule(strokeWidth=2), words.band),
    ]
    if has_target:
        tick = base.mark_tick(thickness=3, width=alt.RelativeBandSize(band=_DUE_WIDTH), opacity=1)
        layers.append(coloured(tick.encode(y=amount_axis("target", scale.unit)), words.target))
    return layers


def _series(words: ChartWords, colours: Palette, *, has_target: bool) -> dict[str, str]:
    series = {words.due: colours.quiet, words.landing: colours.main, words.band: colours.text}
    return {**series, words.target: colours.mark} if has_target else series


def _tooltip(words: ChartWords, *, has_target: bool) -> list[alt.Tooltip]:
    shown = [("due_exact", words.due), ("landing_exact", words.landing), ("band_exact", words.band)]
    if has_target:
        shown.append(("target_exact", words.target))
    return [alt.Tooltip("name:N", title=words.period), *_titled(shown)]


def _titled(shown: list[tuple[str, str]]) -> list[alt.Tooltip]:
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
