"""The chart of a bridge: a waterfall from one landing to another."""

from collections.abc import Iterator, Sequence

import altair as alt

from csops_sync.adapters.charts.look import Palette, amount_axis, period_axis
from csops_sync.adapters.charts.scale import Scale, scale_for
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.domain.money import Money
from csops_sync.ports.charts import BridgeChart, BridgeStep


def bridge_layers(chart: BridgeChart, *, words: ChartWords, colours: Palette) -> alt.LayerChart:
    """This function will let each bar begin where the one before it ended; totals stand on zero.

    Raises:
        ValueError: a total is not where the bars before it lead; the bridge does not tie.
    """
    levels = [level for ends in _ends(chart.steps) for level in ends]
    scale = scale_for(levels, language=words.locale)
    rows = [
        _row(step, ends, scale, words) for step, ends in zip(chart.steps, _ends(chart.steps), strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=period_axis(),
        tooltip=[
            alt.Tooltip("name:N", title=words.cause),
            alt.Tooltip("exact:N", title=words.amount),
        ],
    )
    bars = base.mark_bar().encode(
        y=amount_axis("start", scale.unit),
        y2=alt.Y2("end:Q"),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(
                domain=[words.total, words.rise, words.fall],
                range=[colours.main, colours.rise, colours.fall],
            ),
        ),
    )
    labels = base.mark_text(baseline="bottom", dy=-4, fontSize=12, color=colours.text).encode(
        y=alt.Y("top:Q"), text=alt.Text("short:N")
    )
    return alt.LayerChart(layer=[bars, labels])


def _ends(steps: Sequence[BridgeStep]) -> Iterator[tuple[Money, Money]]:
    """Give where each bar begins and ends."""
    zero = steps[0].amount - steps[0].amount if steps else None
    reached: Money | None = None
    for step in steps:
        if step.is_total and zero is not None:
            if reached is not None and step.amount != reached:
                raise ValueError(
                    f"{step.name} is {step.amount.amount}, and the bars before it lead to {reached.amount}; "
                    "draw a bridge whose bars add up"
                )
            yield zero, step.amount
            reached = step.amount
        else:
            before = reached or step.amount - step.amount
            reached = before + step.amount
            yield before, reached


def _row(step: BridgeStep, ends: tuple[Money, Money], scale: Scale, words: ChartWords) -> dict[str, object]:
    start, end = (scale.units(level) for level in ends)
    kind = words.total if step.is_total else words.rise if step.amount.amount >= 0 else words.fall
    sign = "" if step.is_total or step.amount.amount <= 0 else "+"
    return {
        "name": step.name,
        "kind": kind,
        "start": start,
        "end": end,
        "top": max(start, end),
        "short": f"{sign}{scale.units(step.amount):,.0f}",
        "exact": f"{sign}{scale.exact(step.amount)}",
    }
