"""How far each week's landing was from the truth, beside two naive ways to tell it.

Only the summary is in floating point: it is statistics. Amounts are whole minor units of one currency.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from csops_sync.domain.forecast.estimates import Estimate, clustered_mean

INTERVAL = "mean of weeks, 95 % by Student's t over the periods (the weeks of one period go together)"


class Way(StrEnum):
    """How a landing is told: by the matrix, by the last year's renewal rate on the base due, or as if all renewed."""

    MATRIX = "matrix"
    LAST_YEARS_RATE = "last-years-rate"
    ALL_RENEWS = "all-renews"


BASELINES = (Way.LAST_YEARS_RATE, Way.ALL_RENEWS)


class Source(StrEnum):
    """Where what was known in a week comes from: a snapshot of that week, or rebuilt from histories."""

    SNAPSHOT = "snapshot"
    REBUILT = "rebuilt"


class Verdict(StrEnum):
    """The matrix against a baseline."""

    WINS = "wins"
    LOSES = "loses"
    NO_DIFFERENCE = "no-difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What was told in one week of one period. `period` is its name, `ahead` how many periods it lay ahead: 0 or 1.

    `due` is the base, `real` what landed in the end. `last_years_rate` is None where nothing was decided in the year
    before.
    """

    on: date
    period: str
    ahead: int
    source: Source
    terms: int
    due: int
    real: int
    matrix: int
    all_renews: int
    last_years_rate: int | None

    def told(self, way: Way) -> int | None:
        """This function will give what was told in one of the ways."""
        if way is Way.MATRIX:
            return self.matrix
        return self.all_renews if way is Way.ALL_RENEWS else self.last_years_rate

    def off(self, way: Way) -> float | None:
        """This function will give told less real, as a share of what was due; None where nothing was told, or due."""
        told = self.told(way)
        return (told - self.real) / self.due if told is not None and self.due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How far one way was off over some weeks, in shares of what was due. `bias` above zero is too hopeful.

    `against` is the matrix's absolute error less this way's, week by week: below zero the matrix is nearer. It is None
    for the matrix itself.
    """

    way: Way
    weeks: int
    periods: int
    error: Estimate
    bias: Estimate
    against: Estimate | None = None

    @property
    def verdict(self) -> Verdict | None:
        """Whether the matrix wins over this way; None for the matrix itself."""
        if self.against is None:
            return None
        if self.against.is_below:
            return Verdict.WINS
        return Verdict.LOSES if self.against.is_above else Verdict.NO_DIFFERENCE


def accuracy(weeks: Sequence[Week]) -> tuple[Accuracy, ...]:
    """This function will sum up each way, over the weeks in which all of them told something.

    Nothing where there is no such week; without a year before, the last year's rate is left out and all other weeks
    count.
    """
    ways = tuple(Way)
    fair = [one for one in weeks if all(one.off(way) is not None for way in ways)]
    if not fair:
        ways = (Way.MATRIX, Way.ALL_RENEWS)
        fair = [one for one in weeks if one.off(Way.MATRIX) is not None]
    return tuple(_accuracy(fair, way) for way in ways) if fair else ()


def _accuracy(weeks: Sequence[Week], way: Way) -> Accuracy:
    def off(one: Week, by: Way = way) -> float:
        return one.off(by) or 0.0

    def mean(value: Callable[[Week], float]) -> Estimate:
        return clustered_mean((one.period, value(one)) for one in weeks)

    against = mean(lambda one: abs(off(one, Way.MATRIX)) - abs(off(one)))
    return Accuracy(
        way=way,
        weeks=len(weeks),
        periods=len({one.period for one in weeks}),
        error=mean(lambda one: abs(off(one))),
        bias=mean(off),
        against=None if way is Way.MATRIX else against,
    )
