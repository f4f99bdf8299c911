"""Draws charts: the specification by altair, pictures of it by vl-convert, both offline."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import vl_convert
from altair.utils.schemapi import disable_debug_mode

from csops_sync.adapters.charts.accuracy import accuracy_layers
from csops_sync.adapters.charts.bridge import bridge_layers
from csops_sync.adapters.charts.due import due_layers
from csops_sync.adapters.charts.landing import landing_layers
from csops_sync.adapters.charts.look import PICTURE_SCALE, Layers, dressed, palette_of
from csops_sync.adapters.charts.retention import retention_layers
from csops_sync.adapters.charts.words import ChartWords, words_for
from csops_sync.ports.charts import (
    AccuracyChart,
    AnyChart,
    BridgeChart,
    DueChart,
    LandingChart,
    Look,
    RetentionChart,
)

VEGA_LITE = "6.4"
_NOWHERE: list[str] = []
_GLOBALS = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"


class VegaCharts:
    """The port `Charts`. A chart is drawn from its own data only: addresses inside it are not followed.

    What altair is given is ours, and tests hold it against the schema. To do so for every part of every chart, as
    altair does unless it is told not to, takes more than half of the time.
    """

    def __init__(self) -> None:
        disable_debug_mode()

    def spec(self, chart: AnyChart, *, look: Look) -> Mapping[str, object]:
        """This function will give the chart as a Vega-Lite specification of version `VEGA_LITE`."""
        return _specification(chart, look)

    def svg(self, chart: AnyChart, *, look: Look) -> str:
        """This function will draw the chart as SVG, without scripts."""
        return vl_convert.vegalite_to_svg(
            _specification(chart, look), vl_version=VEGA_LITE, allowed_base_urls=_NOWHERE
        )

    def png(self, chart: AnyChart) -> bytes:
        """This function will draw the chart as a PNG, two pixels to the point."""
        specification = _specification(chart, Look.PICTURE)
        return vl_convert.vegalite_to_png(
            specification, vl_version=VEGA_LITE, scale=PICTURE_SCALE, allowed_base_urls=_NOWHERE
        )


@cache
def page_script() -> str:
    """This function will give the JavaScript that draws specifications in a page: `vegaEmbed`, 900 kB, no network."""
    return vl_convert.javascript_bundle(_GLOBALS, vl_version=VEGA_LITE)


def _specification(chart: AnyChart, look: Look) -> dict[str, Any]:
    words = words_for(chart.locale)
    title, layers = _drawn(chart, words, look)
    return dressed(layers, title=title, look=look)


def _drawn(chart: AnyChart, words: ChartWords, look: Look) -> tuple[str, Layers]:
    colours = palette_of(look)
    match chart:
        case LandingChart():
            return words.landing_title, landing_layers(chart, words=words, colours=colours)
        case RetentionChart():
            return words.retention_title, retention_layers(chart, words=words, colours=colours)
        case DueChart():
            return words.due_title, due_layers(chart, words=words, colours=colours)
        case BridgeChart():
            return words.bridge_title, bridge_layers(chart, words=words, colours=colours)
        case AccuracyChart():
            return words.accuracy_title, accuracy_layers(chart, words=words, colours=colours)
