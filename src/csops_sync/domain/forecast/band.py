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
    expected, certain, loss, gain = 0.0, 0, 0, 0
    deviations: defaultdict[str, float] = defaultdict(float)
    chances: dict[int, _Chances] = {}
    for customer_id, kept, added, weights in stakes:
        found = chances.get(id(weights)) or chances.setdefault(id(weights), _chances(weights))
        _, base, base_root, expansion, expansion_root = found
        expected += kept * base + added * expansion
        for amount, weight in ((kept, base), (added, expansion)) if added else ((kept, base),):
            if weight == 1:
                certain += amount
            elif weight and amount > 0:
                gain += amount
            elif weight:
                loss += amount
        deviations[customer_id] += abs(kept) * base_root + abs(added) * expansion_root
    least, most = certain + loss, certain + gain
    reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(sum(each * each for each in deviations.values()))
    return Band(
        low=max(least, floor(expected - reach)) if reach else round(expected),
        high=min(most, ceil(expected + reach)) if reach else round(expected),
        level=level,
        method=method_words(level),
    )


_Chances = tuple[Weights, float, float, float, float]
"""A cell's weights; the base's and the deviation of one unit of it, and the expansion's."""


def _chances(weights: Weights) -> _Chances:
    base, expansion = float(weights.base), float(weights.expansion)
    return weights, base, sqrt(base * (1 - base)), expansion, sqrt(expansion * (1 - expansion))


def method_words(level: float) -> str:
    """This function will say how an interval of a level is found, to be printed beside it."""
    return (
        f"{level:.0%} interval, normal approximation; weights taken as chances, renewals of one customer fully "
        "correlated, customers independent"
    )
