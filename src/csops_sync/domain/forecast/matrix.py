"""The matrix of weights: renewal type x rank, for what is kept of the base and for what is won of the expansion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from csops_sync.domain.forecast.term_state import RenewalType

RATED_TYPES = (RenewalType.UPSELL, RenewalType.FLAT, RenewalType.DOWNSELL)
"""The rows of a matrix; what a person called lost weighs nothing at any rank."""


class Scenario(StrEnum):
    """Which of the three matrices."""

    LOW = "low"
    BASE = "base"
    HIGH = "high"


def _places(weight: Decimal) -> int:
    exponent = weight.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True, slots=True)
class Weights:
    """What one cell weighs, two shares from 0 to 1: of the base that is kept and of the expansion that is won.

    `unit` is a power of ten in which both weights are whole: the arithmetic of landings is in whole numbers.

    Raises:
        ValueError: a weight is below 0 or above 1.
    """

    base: Decimal
    expansion: Decimal = Decimal(0)
    unit: int = field(init=False, repr=False, compare=False)
    base_units: int = field(init=False, repr=False, compare=False)
    expansion_units: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for weight in (self.base, self.expansion):
            if not 0 <= weight <= 1:
                raise ValueError(f"a weight is a number from 0 to 1, not {weight}")
        places = max(_places(self.base), _places(self.expansion))
        object.__setattr__(self, "unit", 10**places)
        object.__setattr__(self, "base_units", int(self.base.scaleb(places)))
        object.__setattr__(self, "expansion_units", int(self.expansion.scaleb(places)))

    def times(self, other: Self) -> "Weights":
        """This function will give the weights of a term that is due twice: both must be kept."""
        return Weights(self.base * other.base, self.expansion * other.expansion)

    def within(self, *, floor: Self, cap: Self) -> "Weights":
        """This function will raise each weight to the floor's and lower it to the cap's; the cap goes before."""
        return Weights(
            min(max(self.base, floor.base), cap.base),
            min(max(self.expansion, floor.expansion), cap.expansion),
        )


NOTHING = Weights(Decimal(0))
EVERYTHING = Weights(Decimal(1), Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The weights of one scenario, as they count: floors, caps and a segment's own weights are in them.

    `cells` are by type and rank; the rank None is the column `unrated`. `unopened` is the weight of what has no
    opportunity yet.
    """

    cells: Mapping[tuple[RenewalType, str | None], Weights]
    unopened: Weights

    def cell(self, renewal_type: RenewalType, rank: str | None) -> Weights | None:
        """This function will give a cell, `unrated` for the rank None; None where the matrix has no such rank."""
        return self.cells.get((renewal_type, rank))

    def unrated(self, renewal_type: RenewalType) -> Weights:
        """This function will give the weight of what no person has rated."""
        return self.cells.get((renewal_type, None), NOTHING)


class Weighed(NamedTuple):
    """What lands of one renewal, in minor units. Both parts together are the landing, which is rounded once."""

    base: int
    expansion: int


def weigh(*, prior: int, new: int, weights: Weights) -> Weighed:
    """This function will weigh annual amounts in minor units of one currency.

    min(prior, new) x base + max(new - prior, 0) x expansion, exact, rounded once, half up (away from zero). The base
    part is rounded alike, and the expansion is the rest, so that both add up to the landing.
    """
    kept, added = (prior, new - prior) if new > prior else (new, 0)
    base = kept * weights.base_units
    rounded = half_up(base, weights.unit)
    if not added:
        return Weighed(rounded, 0)
    return Weighed(rounded, half_up(base + added * weights.expansion_units, weights.unit) - rounded)


def half_up(number: int, by: int) -> int:
    """This function will divide by a positive number and round half away from zero."""
    if number < 0:
        return -half_up(-number, by)
    return (2 * number + by) // (2 * by)
