"""The chart of accuracy: what was expected at several distances, beside what came of it."""

import altair as alt

from csops_sync.adapters.charts.look import Layers, Palette, amount_axis, period_axis
from csops_sync.adapters.charts.scale import scale_for
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.domain.money import Money
from csops_sync.ports.charts import AccuracyChart, AccuracyPoint

_BAR_WIDTH = 32


def accuracy_layers(chart: AccuracyChart, *, words: ChartWords, colours: Palette) -> Layers:
    """This function will draw result, landing and call of each distance side by side."""
    scale = scale_for(
        (money for point in chart.points for _, money in _amounts(point, words)), language=words.locale
    )
    rows = [
        {"name": point.name, "series": series, "amount": scale.units(money), "exact": scale.exact(money)}
        for point in chart.points
        for series, money in _amounts(point, words)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=period_axis(),
        y=amount_axis("amount", scale.unit),
        tooltip=[
            alt.Tooltip("name:N", title=words.period),
            alt.Tooltip("series:N", title=words.known),
            alt.Tooltip("exact:N", title=words.amount),
        ],
    )
    order = [words.result, words.landing, words.call]
    shades = [colours.quiet, colours.main, colours.mark]
    bars = base.mark_bar(size=_BAR_WIDTH).encode(
        xOffset=alt.XOffset("series:N", sort=order),
        color=alt.Color("series:N", title=None, scale=alt.Scale(domain=order, range=shades)),
    )
    return [bars]


def _amounts(point: AccuracyPoint, words: ChartWords) -> list[tuple[str, Money]]:
    found = [(words.result, point.result), (words.landing, point.landing)]
    return [*found, (words.call, point.call)] if point.call is not None else found
