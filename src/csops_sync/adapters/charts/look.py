"""Colours, fonts and sizes. The colours are told apart by people who see fewer of them, in both schemes."""

from dataclasses import dataclass

import altair as alt

from csops_sync.ports.charts import Look

FONT = "Noto Sans CJK JP, Noto Sans JP, IPAexGothic, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
PICTURE_WIDTH = 720
PICTURE_HEIGHT = 320
PICTURE_SCALE = 2.0


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
)


def palette_of(look: Look) -> Palette:
    """This function will give the colours of a look."""
    return _DARK if look is Look.DARK else _LIGHT


def dressed(chart: alt.LayerChart, *, title: str, look: Look) -> alt.LayerChart:
    """This function will give a chart its title, size, font and colours."""
    colours = palette_of(look)
    is_picture = look is Look.PICTURE
    sized = chart.properties(
        title=title,
        width=PICTURE_WIDTH if is_picture else "container",
        height=PICTURE_HEIGHT,
        background=colours.background if is_picture else "transparent",
    )
    return (
        sized.configure(font=FONT, padding=12)
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=18, color=colours.text, offset=14)
        .configure_axis(
            labelFontSize=13,
            titleFontSize=13,
            labelColor=colours.text,
            titleColor=colours.text,
            titleFontWeight="normal",
            gridColor=colours.grid,
            domainColor=colours.grid,
            tickColor=colours.grid,
        )
        .configure_legend(
            orient="bottom",
            labelFontSize=13,
            labelColor=colours.text,
            titleColor=colours.text,
            symbolStrokeWidth=2,
        )
    )
