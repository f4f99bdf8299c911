"""Colours, fonts and sizes. The colours are told apart by people who see fewer of them, in both schemes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt

from csops_sync.ports.charts import Look

FONT = "Noto Sans CJK JP, Noto Sans JP, IPAexGothic, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
PICTURE_WIDTH = 720
PICTURE_HEIGHT = 320
PICTURE_SCALE = 2.0
_LABEL_LIMIT = 160
_OF_A_LAYER = ("mark", "encoding", "transform")
Layers = Sequence[alt.Chart]
"""What is drawn over one another, the lowest first, on the same axes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one scheme. `quiet` is what is measured against, `main` what is read first."""

    background: str
    text: str
    grid: str
    quiet: str
    main: str
    second: str
    mark: str
    rise: str
    fall: str
    unknown: str
    halo: str


_LIGHT = Palette(
    background="#ffffff",
    text="#24292f",
    grid="#d8dee4",
    quiet="#c3cbd6",
    main="#0b5cad",
    second="#0a7f6b",
    mark="#b35900",
    rise="#0a7f6b",
    fall="#b3261e",
    unknown="#8c96a3",
    halo="#ffffff",
)
_DARK = Palette(
    background="transparent",
    text="#e6edf3",
    grid="#3d444d",
    quiet="#545d68",
    main="#6cb6ff",
    second="#4fd1b5",
    mark="#f0a050",
    rise="#4fd1b5",
    fall="#ff8c82",
    unknown="#8b949e",
    halo="#0d1117",
)


def palette_of(look: Look) -> Palette:
    """This function will give the colours of a look."""
    return _DARK if look is Look.DARK else _LIGHT


def dressed(layers: Layers, *, title: str, look: Look) -> dict[str, Any]:
    """This function will lay layers over one another, with title, size, font and colours, as a specification.

    Their specifications are put together here: altair, which copies each chart whole a dozen times, takes thrice as
    long.
    """
    colours = palette_of(look)
    is_picture = look is Look.PICTURE
    drawn = [one.to_dict(validate=False) for one in layers]
    shared = drawn[0]["data"] if all(one["data"] == drawn[0]["data"] for one in drawn) else None
    return {
        "$schema": drawn[0]["$schema"],
        **({} if shared is None else {"data": shared}),
        "datasets": {name: rows for one in drawn for name, rows in one["datasets"].items()},
        "layer": [_layer(one, with_data=shared is None) for one in drawn],
        "title": title,
        "width": PICTURE_WIDTH if is_picture else "container",
        "height": PICTURE_HEIGHT,
        "background": colours.background if is_picture else "transparent",
        "config": _joined(drawn[0]["config"], _config(colours).to_dict(validate=False)),
    }


def _layer(drawn: Mapping[str, Any], *, with_data: bool) -> dict[str, Any]:
    """Give what a chart is of its own, beneath others."""
    ours = ("data", *_OF_A_LAYER) if with_data else _OF_A_LAYER
    return {name: drawn[name] for name in ours if name in drawn}


def _joined(usual: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Give what altair configures and what we do; where both speak of the same, ours."""
    return {
        **usual,
        **{
            name: {**usual[name], **value} if isinstance(value, dict) and name in usual else value
            for name, value in ours.items()
        },
    }


@cache
def _config(colours: Palette) -> alt.Config:
    """Give fonts and colours all at once: each `configure_...` would copy the whole chart."""
    return alt.Config(
        font=FONT,
        padding=12,
        view=alt.ViewConfig(stroke=None),
        title=alt.TitleConfig(anchor="start", fontSize=18, color=colours.text, offset=14),
        axis=alt.AxisConfig(
            labelFontSize=13,
            titleFontSize=13,
            labelColor=colours.text,
            titleColor=colours.text,
            titleFontWeight="normal",
            gridColor=colours.grid,
            domainColor=colours.grid,
            tickColor=colours.grid,
        ),
        legend=alt.LegendConfig(
            orient="bottom",
            labelFontSize=13,
            labelColor=colours.text,
            titleColor=colours.text,
            symbolStrokeWidth=2,
            symbolOpacity=1,
        ),
    )


def period_axis() -> alt.X:
    """This function will give the axis of names, in the order in which they come."""
    return alt.X("name:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelLimit=_LABEL_LIMIT))


def amount_axis(field: str, unit: str) -> alt.Y:
    """This function will give the axis of amounts, its unit written level above it."""
    axis = alt.Axis(title=unit, titleAngle=0, titleAlign="left", titleAnchor="end", titleX=-48, titleY=-10)
    return alt.Y(f"{field}:Q", axis=axis)


def hues(series: Mapping[str, str]) -> Callable[[alt.Chart, str], alt.Chart]:
    """This function will give a way to colour a layer as one of these series, one legend for all."""
    scale = alt.Scale(domain=list(series), range=list(series.values()))

    def coloured(layer: alt.Chart, name: str) -> alt.Chart:
        constant = json.dumps(name, ensure_ascii=False)
        return layer.transform_calculate(series=constant).encode(
            color=alt.Color("series:N", title=None, scale=scale)
        )

    return coloured
