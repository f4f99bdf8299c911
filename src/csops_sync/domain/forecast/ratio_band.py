"""The bands of predicted NRR and GRR: intervals by the method of the landing's band.

A ratio R = end / start is off by what `end - R x start` is off, divided by the start: variance of the end - 2 R x
covariance + R^2 x variance of the start. A window that has begun starts with what is known, and only the end's is
left. A later one starts with what is predicted; a customer lost before it is missing at both ends, which moves the
ratio little. The interval is R -/+ z x deviation, rounded outwards to six places. It is no lower than what is certain
and no higher than all that weighs anything. GRR is at most 1, and NRR is nowhere below it.
"""

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import NamedTuple

from csops_sync.domain.forecast.band import LEVEL, method_words
from csops_sync.domain.forecast.spread import Spread

_PLACES = 10**6
_REMEMBERED = 4096
_ONE = Fraction(1)
_REACH = NormalDist().inv_cdf((1 + LEVEL) / 2)
RATIO_METHOD = (
    f"{method_words(LEVEL)}; the start of a period to come is predicted too, and is off with its end"
)
"""How the bands are found, in words that are printed beside them."""


class RatioBand(NamedTuple):
    """Where a ratio lies with a chance of `LEVEL`; of the same two ends where it is certain."""

    low: Fraction
    high: Fraction


class RatioBands(NamedTuple):
    """The bands of one window."""

    nrr: RatioBand
    grr: RatioBand


class _Start(NamedTuple):
    """The denominator, and what is uncertain of it."""

    amount: int
    variance: int
    fall: int
    rise: int


class _Part(NamedTuple):
    """One numerator of a ratio, and what is uncertain of it."""

    amount: int
    variance: int
    along: int
    fall: int
    rise: int


@lru_cache(maxsize=_REMEMBERED)
def ratio_bands(*, start: int, end: int, kept: int, spread: Spread) -> RatioBands | None:
    """This function will give the bands of `end` and of its base part `kept` by `start`, all in minor units.

    None where there is nothing, or less, to divide by. Remembered: a page asks for those of each period a dozen times.
    """
    if start <= 0:
        return None
    whole = _Part(end, spread.end, spread.end_along, spread.fall, spread.rise)
    base = _Part(kept, spread.base, spread.base_along, spread.base_fall, spread.base_rise)
    opening = _Start(start, spread.start, spread.start_fall, spread.start_rise)
    nrr, grr = (_band(part, opening) for part in (whole, base))
    low, high = max(nrr.low, grr.low), min(grr.high, _ONE, nrr.high)
    return RatioBands(
        nrr=_around(Fraction(end, start), low, nrr.high), grr=_around(Fraction(kept, start), grr.low, high)
    )


def _band(part: _Part, opening: _Start) -> RatioBand:
    """The interval, cut to what is possible."""
    start = opening.amount
    found = Fraction(part.amount, start)
    variance = part.variance - 2 * found * part.along + found * found * opening.variance
    if variance <= 0:
        return RatioBand(found, found)
    reach = Fraction(_REACH * sqrt(variance) / start)
    low, high = found - reach, found + reach
    least, most = _limits(part, opening)
    return RatioBand(
        _outwards(max(low, least)), _outwards(high if most is None else min(high, most), up=True)
    )


def _limits(part: _Part, opening: _Start) -> tuple[Fraction, Fraction | None]:
    """The least and the most that a ratio can come to; None where there is no most.

    What is uncertain of the start is at most kept in full: by as much both ends may be lower.
    """
    whole, certain = opening.amount + opening.rise, opening.amount - opening.fall
    most = part.amount + part.rise
    rest = most - (whole - certain)
    least, highest = Fraction(part.amount - part.fall, whole), Fraction(most, whole)
    if certain > 0:
        return least, max(highest, Fraction(rest, certain))
    return least, None if rest > 0 else highest


def _around(found: Fraction, low: Fraction, high: Fraction) -> RatioBand:
    """An interval never leaves out what it is around."""
    return RatioBand(min(low, found), max(high, found))


def _outwards(ratio: Fraction, *, up: bool = False) -> Fraction:
    return Fraction((ceil if up else floor)(ratio * _PLACES), _PLACES)
