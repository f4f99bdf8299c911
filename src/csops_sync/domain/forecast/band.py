"""How far a sum of landings may be off: an interval from the cells' rates.

Floating point is allowed here and nowhere else beside it: an interval is an estimate, and is rounded when it is told.

The formula. A weight w is read as the chance that its part of the renewal is paid. The standard deviation of one
renewal is s = kept x sqrt(w_base (1 - w_base)) + added x sqrt(w_expansion (1 - w_expansion)): base and expansion go
together. The contracts of one customer go together as well, so a customer's standard deviation is the sum of its
renewals', and customers are independent of each other: variance of the sum = sum over customers of (sum of s)^2.
The interval is mean -/+ z x standard deviation, no lower than what is certain and no higher than all that weighs
anything.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import NamedTuple

from csops_sync.domain.forecast.landing import Landing
from csops_sync.domain.forecast.matrix import Weights

LEVEL = 0.8
"""The level of the interval if no other is asked for."""


class Stake(NamedTuple):
    """What one renewal may bring, in minor units of the one currency of the sum."""

    customer_id: str
    kept: int
    added: int
    weights: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """An interval around a sum of landings, in minor units, rounded outwards. `method` names how it was found."""

    low: int
    high: int
    level: float
    method: str


def stake(*, customer_id: str, landing: Landing) -> Stake | None:
    """This function will take what a landing's interval needs; None where the term could not be judged.

    Amounts stay in the landing's currency: convert the stakes of a sum over several at the rate of the sum.
    """
    found = landing.landed
    return None if found.weights is None else Stake(customer_id, found.kept, found.added, found.weights)


def band(*, stakes: Iterable[Stake], level: float = LEVEL) -> Band:
    """This function will give the interval in which the sum of these renewals lies with a chance of `level`.

    Raises:
        ValueError: the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, as in 0.8, not {level}")
    expected, least, most = 0.0, 0, 0
    deviations: defaultdict[str, float] = defaultdict(float)
    for one in stakes:
        base, expansion = float(one.weights.base), float(one.weights.expansion)
        expected += one.kept * base + one.added * expansion
        for amount, weight in ((one.kept, base), (one.added, expansion)):
            least += amount if weight == 1 else min(amount, 0) if weight else 0
            most += amount if weight == 1 else max(amount, 0) if weight else 0
        deviations[one.customer_id] += _spread(one.kept, base) + _spread(one.added, expansion)
    reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(sum(each * each for each in deviations.values()))
    return Band(
        low=max(least, floor(expected - reach)) if reach else round(expected),
        high=min(most, ceil(expected + reach)) if reach else round(expected),
        level=level,
        method=_method(level),
    )


def _spread(amount: int, weight: float) -> float:
    return abs(amount) * sqrt(weight * (1 - weight))


def _method(level: float) -> str:
    return (
        f"{level:.0%} interval, normal approximation; weights taken as chances, renewals of one customer fully "
        "correlated, customers independent"
    )
