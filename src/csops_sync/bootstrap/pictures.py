"""Charts, built when the first one is drawn: what draws them takes a second to load, and few commands need it."""

from collections.abc import Mapping

from csops_sync.adapters.charts.words import needs_japanese
from csops_sync.ports.charts import AnyChart, Charts, Look

_NO_FONT = (
    "no font on this machine has Japanese characters, so the weekly digest's picture shows empty boxes: install one "
    "(Debian: fonts-ipaexfont-gothic), then start csops-sync again"
)


class LateCharts:
    """The port `Charts`, behind which the drawing is loaded at its first use."""

    def __init__(self) -> None:
        self._charts: Charts | None = None

    def spec(self, chart: AnyChart, *, look: Look) -> Mapping[str, object]:
        """This function will give the chart as a Vega-Lite specification."""
        return self._drawing().spec(chart, look=look)

    def svg(self, chart: AnyChart, *, look: Look) -> str:
        """This function will draw the chart as SVG."""
        return self._drawing().svg(chart, look=look)

    def png(self, chart: AnyChart) -> bytes:
        """This function will draw the chart as a PNG."""
        return self._drawing().png(chart)

    def _drawing(self) -> Charts:
        if self._charts is None:
            from csops_sync.adapters.charts.drawing import VegaCharts  # noqa: PLC0415 - see the module's docstring

            self._charts = VegaCharts()
        return self._charts


def chart_script() -> str:
    """This function will give the script that draws specifications in a page, without a network; made once."""
    from csops_sync.adapters.charts.drawing import page_script  # noqa: PLC0415 - see the module's docstring

    return page_script()


def font_problems(locale: str) -> tuple[str, ...]:
    """This function will say in words what pictures in a language lack on this machine."""
    if not needs_japanese(locale):
        return ()
    from csops_sync.adapters.charts.fonts import draws_japanese  # noqa: PLC0415 - see the module's docstring

    return () if draws_japanese() else (_NO_FONT,)
