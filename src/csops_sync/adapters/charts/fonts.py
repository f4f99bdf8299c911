"""Fonts for pictures: whether Japanese can be drawn at all on this machine, and folders with fonts of one's own."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import vl_convert

from csops_sync.adapters.charts.look import FONT

_PROBES = ("契", "約")
"""Two characters that look different in every font that has them, and the same in one that has neither."""


def register_fonts(folders: Sequence[Path]) -> None:
    """This function will let pictures use the fonts in these folders, beside those of the system."""
    for folder in folders:
        vl_convert.register_font_directory(str(folder.resolve()))
    draws_japanese.cache_clear()


@cache
def draws_japanese() -> bool:
    """This function will say whether Japanese characters come out as characters, and not as empty boxes."""
    first, second = (_drawn(probe) for probe in _PROBES)
    return first != second


def _drawn(text: str) -> bytes:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="30" font-size="24" font-family="{FONT}">{text}</text></svg>'
    )
    return vl_convert.svg_to_png(svg)
