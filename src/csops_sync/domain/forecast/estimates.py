"""Shares and their intervals. Floating point throughout: these are statistics, and no amount is computed from them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import pi, sqrt, tan
from statistics import NormalDist

LEVEL = 0.95
"""The level of an interval of a share, and of an error, unless another is asked for."""
_CAUCHY, _TWO = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share from 0 to 1, None without anything to divide by, with its interval.

    `n` counts renewals; `independent` is how many independent ones they are worth, by which the interval was found.
    """

    value: float | None
    n: int
    independent: float
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval; the interval is None where one observation says nothing about spread."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def is_above(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low is not None and self.low > 0

    @property
    def is_below(self) -> bool:
        """Whether the whole interval lies below zero."""
        return self.high is not None and self.high < 0


def independent(parts: Iterable[tuple[str, float]]) -> float:
    """This function will say how many independent customers parts of a sum are worth (Kish): (sum)^2 / sum of squares.

    The parts of one customer go together. A few large customers are worth hardly more than themselves.
    """
    sizes: defaultdict[str, float] = defaultdict(float)
    for customer, size in parts:
        sizes[customer] += abs(size)
    squares = sum(size * size for size in sizes.values())
    return sum(sizes.values()) ** 2 / squares if squares else 0.0


def rate(*, share: float | None, n: int, worth: float, level: float = LEVEL) -> Rate:
    """This function will put Wilson's interval around a share that `worth` independent renewals stand behind.

    Wilson's interval stays within 0 and 1, and says something where all were renewed, or none.
    """
    if share is None or worth <= 0:
        return Rate(value=None, n=n, independent=0.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    below = 1 + z * z / worth
    middle = (share + z * z / (2 * worth)) / below
    reach = z * sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth)) / below
    return Rate(
        value=share, n=n, independent=worth, low=max(0.0, middle - reach), high=min(1.0, middle + reach)
    )


def student(*, level: float, freedom: int) -> float:
    """This function will give the two-sided quantile of Student's t: exact for 1 and 2, else to 1 % (Cornish-Fisher).

    Raises:
        ValueError: there is no degree of freedom.
    """
    if freedom < 1:
        raise ValueError("an interval of a mean needs two observations or more")
    tail: float = (1 + level) / 2
    z = NormalDist().inv_cdf(tail)
    if freedom == _CAUCHY:
        return float(tan(pi * (tail - 0.5)))
    if freedom == _TWO:
        return float((2 * tail - 1) * sqrt(2 / (1 - (2 * tail - 1) ** 2)))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms)))


def clustered_mean(values: Iterable[tuple[str, float]], *, level: float = LEVEL) -> Estimate:
    """This function will give the mean of values that go together within a cluster, with Student's interval.

    The mean is over all values; its spread is that of the clusters' sums around it.

    Raises:
        ValueError: there are no values.
    """
    sums: dict[str, list[float]] = {}
    for cluster, value in values:
        sums.setdefault(cluster, []).append(value)
    n = sum(map(len, sums.values()))
    if not n:
        raise ValueError("there is no mean of nothing")
    mean = sum(map(sum, sums.values())) / n
    clusters = len(sums)
    if clusters == 1:
        return Estimate(mean)
    spread = sum((sum(one) - mean * len(one)) ** 2 for one in sums.values())
    error = sqrt(clusters / (clusters - 1) * spread) / n
    reach = student(level=level, freedom=clusters - 1) * error
    return Estimate(mean, mean - reach, mean + reach)
