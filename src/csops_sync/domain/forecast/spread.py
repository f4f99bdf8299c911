"""How far both ends of a predicted window may be off: what the bands of NRR and GRR are made of.

Floating point is allowed here as in `band`, and the formula is that of a landing: what lands at `part` of `whole` has
the weight w = part / whole, and deviates by whole x sqrt(w (1 - w)) = sqrt(part (whole - part)). A term that is due
twice has its weights multiplied before. Base and expansion of a renewal, and the renewals of a customer, go together:
their deviations add up. Customers are independent: their variances add up, as whole numbers, so that parts of the
customers put together are the whole in any order.
"""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from csops_sync.domain.forecast.repeating import Parts


class Doubt(NamedTuple):
    """What is uncertain of one term, or of one customer, in minor units.

    `start`, `end` and `base` are the deviations of both ends and of the end's base part. `apart` is the part of the
    end's (and its base part's) that does not go with the start: what was due before the window and is due in it again.
    `fall` and `rise` are how far the end can go below and above what is expected, `base_fall` and `base_rise` its base
    part, `start_fall` and `start_rise` the start.
    """

    start: float
    end: float
    base: float
    apart: float
    fall: int
    rise: int
    base_fall: int
    base_rise: int
    start_fall: int = 0
    start_rise: int = 0


class Spread(NamedTuple):
    """The doubts of many customers, in minor units squared, and how far the end can go as in `Doubt`.

    `start`, `end` and `base` are variances; `end_along` and `base_along` the covariances with the start.
    """

    start: int = 0
    end: int = 0
    base: int = 0
    end_along: int = 0
    base_along: int = 0
    fall: int = 0
    rise: int = 0
    base_fall: int = 0
    base_rise: int = 0
    start_fall: int = 0
    start_rise: int = 0


CERTAIN = Spread()
"""Nothing is uncertain: a window that is over."""


def landing_doubt(landing: Parts) -> Doubt | None:
    """This function will give what is uncertain of a term that lands in the window; None where nothing is."""
    base, expansion, kept, added, _ = landing
    deviation, fall, rise = _off(base, kept)
    if not added:
        return Doubt(0.0, deviation, deviation, 0.0, fall, rise, fall, rise) if deviation else None
    more, more_fall, more_rise = _off(expansion, added)
    if not deviation and not more:
        return None
    return Doubt(0.0, deviation + more, deviation, 0.0, fall + more_fall, rise + more_rise, fall, rise)


def started_doubt(start: Parts, end: Parts) -> Doubt | None:
    """This function will give what is uncertain of a term that landed at `start` before a later window, now at `end`.

    What grew before the window is a part of what is kept in it. None where nothing is uncertain.
    """
    once, fall, rise = _landed_off(start)
    if not once:
        return None
    if start is end:
        return Doubt(once, once, once, 0.0, fall, rise, fall, rise, fall, rise)
    twice, *reach = _landed_off(end)
    landed = start.base + start.expansion
    kept = (end.base + end.expansion) / landed if landed else 0.0
    return Doubt(once, twice, twice, twice - kept * once, reach[0], reach[1], reach[0], reach[1], fall, rise)


def grown_doubt(doubt: Doubt | None, *, share: float, counted: bool) -> Doubt | None:
    """This function will cut a doubt to the share of a landing that was there at the window's start.

    Where growth outside of renewals is `counted`, the end keeps all of its own.
    """
    if doubt is None:
        return None
    whole = 1.0 if counted else share
    return Doubt(
        doubt.start,
        doubt.end * whole,
        doubt.base * share,
        doubt.apart,
        _cut(doubt.fall, whole),
        _cut(doubt.rise, whole),
        _cut(doubt.base_fall, share),
        _cut(doubt.base_rise, share),
        doubt.start_fall,
        doubt.start_rise,
    )


def both(one: Doubt | None, other: Doubt | None) -> Doubt | None:
    """This function will put two doubts of one customer together: they go together."""
    if one is None or other is None:
        return other if one is None else one
    start, end, base, apart, fall, rise, base_fall, base_rise, start_fall, start_rise = one
    return Doubt(
        start + other[0],
        end + other[1],
        base + other[2],
        apart + other[3],
        fall + other[4],
        rise + other[5],
        base_fall + other[6],
        base_rise + other[7],
        start_fall + other[8],
        start_rise + other[9],
    )


def spread_of(customers: Iterable[Doubt | None]) -> Spread:
    """This function will add up customers, each with what all of their terms may be off."""
    start = end = base = end_along = base_along = 0
    fall = rise = base_fall = base_rise = start_fall = start_rise = 0
    for one in customers:
        if one is not None:
            start += round(one.start * one.start)
            end += round(one.end * one.end)
            base += round(one.base * one.base)
            end_along += round((one.end - one.apart) * one.start)
            base_along += round((one.base - one.apart) * one.start)
            fall += one.fall
            rise += one.rise
            base_fall += one.base_fall
            base_rise += one.base_rise
            start_fall += one.start_fall
            start_rise += one.start_rise
    variances = (start, end, base, end_along, base_along)
    return Spread(*variances, fall, rise, base_fall, base_rise, start_fall, start_rise)


def together(parts: Sequence[Spread]) -> Spread:
    """This function will add up parts that have no customer in common."""
    return Spread(*map(sum, zip(*parts, strict=True)))


def _landed_off(landing: Parts) -> tuple[float, int, int]:
    """Base and expansion together."""
    base, expansion, kept, added, _ = landing
    if not added:
        return _off(base, kept)
    deviation, fall, rise = _off(base, kept)
    more, more_fall, more_rise = _off(expansion, added)
    return deviation + more, fall + more_fall, rise + more_rise


def _off(part: int, whole: int) -> tuple[float, int, int]:
    """The deviation of a part, and how far it can fall and rise: to nothing and to all, unless it is certain."""
    square = part * (whole - part)
    if square <= 0:
        return 0.0, 0, 0
    return (sqrt(square), part, whole - part) if whole > 0 else (sqrt(square), part - whole, -part)


def _cut(amount: int, share: float) -> int:
    return amount if share == 1 else round(amount * share)
