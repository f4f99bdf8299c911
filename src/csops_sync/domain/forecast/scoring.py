"""How good weights are: Brier score, bias and error of landings, tried on renewals that they were not made from.

Floating point throughout: these are statistics, and no amount is computed from them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from csops_sync.domain.forecast.estimates import Estimate, clustered_mean
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import Observation
from csops_sync.domain.forecast.realised import Quarter, first_day, quarter_of
from csops_sync.domain.forecast.suggesting import Table

METHOD = (
    "each quarter by weights learned only from renewals whose end was known before its first landing was told; "
    "intervals by Student's t, a customer's renewals taken together"
)
Teach = Callable[[Sequence[Observation]], Table | None]
"""Makes weights from observations; None where they are too few."""


class Verdict(StrEnum):
    """Whether suggested weights foretell better than those in force, on renewals that neither was made from."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no-difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How far weights were off. `brier` is the mean of (weight - 1 or 0)^2: 0 is best, and 0.25 is a coin's.

    `bias` is what was told less what came to be, as a share of all that was at stake: above zero is too hopeful.
    `error` is the same quarter by quarter without its sign, on average.
    """

    brier: Estimate
    bias: Estimate
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Weights in force and suggested ones on the same renewals. `difference` is of Brier scores, below 0 is better."""

    n: int
    quarters: int
    current: Score
    suggested: Score
    difference: Estimate

    @property
    def verdict(self) -> Verdict:
        """Which of the two won; no difference where chance may have made it."""
        if self.difference.is_below:
            return Verdict.BETTER
        return Verdict.WORSE if self.difference.is_above else Verdict.NO_DIFFERENCE


@dataclass(frozen=True, slots=True)
class Tried:
    """A renewal with the weights that it is judged by."""

    one: Observation
    weights: Weights

    @property
    def brier(self) -> float:
        """The square of how far the base weight was from what happened."""
        return (float(self.weights.base) - self.one.is_renewed) ** 2

    @property
    def off(self) -> float:
        """What was told less what came to be, in minor units."""
        told = self.one.kept * float(self.weights.base) + self.one.added * float(self.weights.expansion)
        return told - self.one.real


def score(tried: Sequence[Tried]) -> Score:
    """This function will score weights.

    Raises:
        ValueError: nothing was tried.
    """
    if not tried:
        raise ValueError("there is nothing to score")
    stake = sum(one.one.kept + one.one.added for one in tried) / len(tried) or 1.0
    quarters: defaultdict[Quarter, float] = defaultdict(float)
    for one in tried:
        quarters[quarter_of(one.one.due)] += one.off
    return Score(
        brier=clustered_mean((one.one.customer_id, one.brier) for one in tried),
        bias=clustered_mean((one.one.customer_id, one.off / stake) for one in tried),
        error=sum(map(abs, quarters.values())) / (stake * len(tried)),
    )


def trial(observations: Iterable[Observation], *, teach: Teach, days_before: int) -> Trial | None:
    """This function will try what `teach` makes, quarter by quarter, on what came after; None without such a quarter.

    A quarter's weights are learned from renewals whose end was known on the day that its first landing was told.
    """
    seen = sorted(observations, key=lambda one: (one.due, one.key))
    current: list[Tried] = []
    fresh: list[Tried] = []
    quarters = 0
    for quarter in sorted({quarter_of(one.due) for one in seen}):
        told_on = first_day(quarter) - timedelta(days=days_before)
        table = teach([one for one in seen if one.known_on < told_on])
        if table is None:
            continue
        quarters += 1
        unseen = [one for one in seen if quarter_of(one.due) == quarter]
        current.extend(Tried(one, one.weights) for one in unseen)
        fresh.extend(Tried(one, table.get(one.cell, one.weights)) for one in unseen)
    if not current:
        return None
    pairs = zip(current, fresh, strict=True)
    difference = clustered_mean((old.one.customer_id, new.brier - old.brier) for old, new in pairs)
    return Trial(
        n=len(current),
        quarters=quarters,
        current=score(current),
        suggested=score(fresh),
        difference=difference,
    )
