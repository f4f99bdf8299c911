"""What cells of the matrix were worth in hindsight: realised rates of decided renewals, with intervals.

The count's rate is the share of renewals that were renewed. The amounts' rates are those that the weights stand for:
of what the base weight was applied to, the share that was kept, and of what the expansion weight was applied to, the
share that was won. Floating point: these are statistics, and no amount is computed from them.

Intervals are Wilson's on the number of independent customers (Kish): a customer's renewals go together, and a large
one is one. Renewals of a quarter go together as well: where quarters scatter more than chance allows (seasons, drift),
that number is divided by the factor by which they do, and all intervals widen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from csops_sync.domain.forecast.estimates import LEVEL, Rate, independent, rate
from csops_sync.domain.forecast.observing import Cell, Observation

METHOD = "Wilson, on independent customers (Kish), fewer where quarters scatter beyond chance"
_MONTHS_PER_QUARTER = 3
_TELLING = 1.0
"""A quarter tells of scatter from so much variance on."""

Quarter = tuple[int, int]
"""A calendar year, and a quarter of it from 0 to 3."""
_Size = Callable[[Observation], int]


def quarter_of(day: date) -> Quarter:
    """This function will give the calendar quarter of a day."""
    return day.year, (day.month - 1) // _MONTHS_PER_QUARTER


def first_day(quarter: Quarter) -> date:
    """This function will give the first day of a calendar quarter."""
    year, number = quarter
    return date(year, number * _MONTHS_PER_QUARTER + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """What became of some renewals. Amounts are a year's, in minor units of one currency.

    `count` is the share that was renewed; `base` and `expansion` are shares of the amounts `kept` and `added` that
    the weights were applied to; `beyond` came to be although nobody had said it.
    """

    n: int
    customers: int
    renewed: int
    count: Rate
    base: Rate
    expansion: Rate
    kept: int
    kept_real: int
    added: int
    added_real: int
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RealisedRates:
    """What each cell was worth. `scatter` is 1 where quarters scatter no more than chance has it."""

    cells: Mapping[Cell, Realised]
    observations: Sequence[Observation]
    scatter: float
    level: float

    def together(self, wanted: Callable[[Cell], bool]) -> Realised:
        """This function will give the rates of several cells as one."""
        chosen = [one for one in self.observations if wanted(one.cell)]
        return realised(chosen, scatter=self.scatter, level=self.level)


def realised_rates(observations: Iterable[Observation], *, level: float = LEVEL) -> RealisedRates:
    """This function will give what each cell was worth in hindsight."""
    seen = tuple(observations)
    by_cell = sorted_out(seen)
    scatter = scatter_of_quarters(by_cell.values())
    cells = {cell: realised(found, scatter=scatter, level=level) for cell, found in by_cell.items()}
    return RealisedRates(cells=cells, observations=seen, scatter=scatter, level=level)


def realised(observations: Sequence[Observation], *, scatter: float = 1.0, level: float = LEVEL) -> Realised:
    """This function will give what became of renewals taken together; `scatter` divides what they are worth."""
    kept, kept_real = (sum(size(one) for one in observations) for size in (_kept, _kept_real))
    added, added_real = (sum(size(one) for one in observations) for size in (_added, _added_real))
    n, renewed = len(observations), sum(one.is_renewed for one in observations)

    def share(part: int, whole: int, size: _Size) -> Rate:
        weighty = [(one.customer_id, float(size(one))) for one in observations if size(one)]
        value = part / whole if whole > 0 else None
        return rate(share=value, n=len(weighty), worth=independent(weighty) / scatter, level=level)

    return Realised(
        n=n,
        customers=len({one.customer_id for one in observations}),
        renewed=renewed,
        count=share(renewed, n, lambda _one: 1),
        base=share(kept_real, kept, _kept),
        expansion=share(added_real, added, _added),
        kept=kept,
        kept_real=kept_real,
        added=added,
        added_real=added_real,
        beyond=sum(one.beyond for one in observations),
    )


def scatter_of_quarters(alike: Iterable[Sequence[Observation]]) -> float:
    """This function will say by which factor quarters scatter beyond chance around the rates of those alike: 1 or more.

    It is Pearson's statistic of the counts of each quarter over its degrees of freedom.
    """
    differ: defaultdict[Quarter, float] = defaultdict(float)
    chance: defaultdict[Quarter, float] = defaultdict(float)
    for found in alike:
        expected = sum(one.is_renewed for one in found) / len(found)
        for one in found:
            quarter = quarter_of(one.due)
            differ[quarter] += one.is_renewed - expected
            chance[quarter] += expected * (1 - expected)
    telling = [differ[each] ** 2 / chance[each] for each in chance if chance[each] >= _TELLING]
    if len(telling) <= 1:
        return 1.0
    return max(1.0, sum(telling) / (len(telling) - 1))


def sorted_out(observations: Iterable[Observation]) -> Mapping[Cell, Sequence[Observation]]:
    """This function will put observations into their cells."""
    found: defaultdict[Cell, list[Observation]] = defaultdict(list)
    for one in observations:
        found[one.cell].append(one)
    return found


def _kept(one: Observation) -> int:
    return one.kept


def _kept_real(one: Observation) -> int:
    return one.kept_real


def _added(one: Observation) -> int:
    return one.added


def _added_real(one: Observation) -> int:
    return one.added_real
