"""The chart of what falls due: periods, stacked by renewal type."""

import altair as alt

from csops_sync.adapters.charts.look import Layers, Palette, amount_axis, period_axis
from csops_sync.adapters.charts.scale import scale_for
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.ports.charts import DueChart

_STACK = (RenewalType.UPSELL, RenewalType.FLAT, None, RenewalType.DOWNSELL, RenewalType.LOST)


def due_layers(chart: DueChart, *, words: ChartWords, colours: Palette) -> Layers:
    """This function will stack the amounts of each period by type, from growth to loss."""
    scale = scale_for((point.due for point in chart.points), language=words.locale)
    rows = [
        {
            "name": point.name,
            "type": words.types[point.type],
            "order": _STACK.index(point.type),
            "due": scale.units(point.due),
            "exact": scale.exact(point.due),
        }
        for point in chart.points
    ]
    shades = {
        RenewalType.UPSELL: colours.rise,
        RenewalType.FLAT: colours.main,
        None: colours.quiet,
        RenewalType.DOWNSELL: colours.mark,
        RenewalType.LOST: colours.fall,
    }
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            x=period_axis(),
            y=amount_axis("due", scale.unit),
            color=alt.Color(
                "type:N",
                title=None,
                scale=alt.Scale(
                    domain=[words.types[kind] for kind in _STACK],
                    range=[shades[kind] for kind in _STACK],
                ),
            ),
            order=alt.Order("order:Q", sort="descending"),
            tooltip=[
                alt.Tooltip("name:N", title=words.period),
                alt.Tooltip("type:N", title=words.type),
                alt.Tooltip("exact:N", title=words.due),
            ],
        )
    )
    return [bars]
