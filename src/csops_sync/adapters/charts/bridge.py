"""The chart of a bridge: a waterfall from one landing to another."""

from collections.abc import Iterator, Sequence

import altair as alt

from csops_sync.adapters.charts.look import Layers, Palette, amount_axis, period_axis
from csops_sync.adapters.charts.scale import Scale, scale_for
from csops_sync.adapters.charts.words import ChartWords
from csops_sync.domain.money import Money
from csops_sync.ports.charts import BridgeChart, BridgeStep

_SEEN_FROM_ZERO = 0.25
"""Movements of this share of the level are seen well enough on an axis that begins at zero."""
_WHOLE_FROM = 100
_BELOW, _ABOVE = 0.6, 0.15
"""How much room, in spans of the movements, is left under them for the totals and over them for labels."""


def bridge_layers(chart: BridgeChart, *, words: ChartWords, colours: Palette) -> Layers:
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
    shown = _domain([scale.units(end) for _, end in _ends(chart.steps)])
    axis = amount_axis("start", scale.unit + (words.not_from_zero if shown is not None else ""))
    links = {"href": alt.Href("link:N")} if any(step.link for step in chart.steps) else {}
    bars = base.mark_bar(clip=True).encode(
        y=axis if shown is None else axis.scale(domain=shown, nice=True),
        y2=alt.Y2("end:Q"),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(
                domain=[words.total, words.rise, words.fall],
                range=[colours.main, colours.rise, colours.fall],
            ),
        ),
        **links,
    )
    labels = base.mark_text(baseline="bottom", dy=-4, fontSize=12, color=colours.text).encode(
        y=alt.Y("top:Q"), text=alt.Text("short:N")
    )
    return [bars, labels]


def _domain(levels: Sequence[float]) -> list[float] | None:
    """Cut the axis where the movements would be too small to see on one from zero; their lengths stay comparable."""
    if not levels:
        return None
    low, high = min(levels), max(levels)
    span = high - low
    if low <= 0 or span == 0 or span > high * _SEEN_FROM_ZERO:
        return None
    return [max(0.0, low - span * _BELOW), high + span * _ABOVE]


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
        "short": f"{sign}{_short(scale.units(step.amount))}",
        "exact": f"{sign}{scale.exact(step.amount)}",
        **({"link": step.link} if step.link else {}),
    }


def _short(units: float) -> str:
    """Write an amount in the axis's unit, with a decimal where it is small."""
    return f"{units:,.0f}" if abs(units) >= _WHOLE_FROM else f"{units:,.1f}".removesuffix(".0")
