"""Fonts for pictures: whether Japanese can be drawn at all on this machine."""

from functools import cache

import vl_convert

from csops_sync.adapters.charts.look import FONT


@cache
def draws_japanese() -> bool:
    """This function will say whether Japanese characters come out as characters, and not as empty boxes."""
    return draws_apart("契", "約")


def draws_apart(one: str, other: str) -> bool:
    """This function will say whether two different characters come out differently.

    They do in every font that has them, and look the same where no font has either.
    """
    return _drawn(one) != _drawn(other)


def _drawn(text: str) -> bytes:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="30" font-size="24" font-family="{FONT}">{text}</text></svg>'
    )
    return vl_convert.svg_to_png(svg)
