"""Weights and their arithmetic in whole numbers."""

from decimal import Decimal

import pytest

from csops_sync.domain.forecast.matrix import NOTHING, Matrix, Weighed, Weights, half_up, weigh
from csops_sync.domain.forecast.term_state import RenewalType


@pytest.mark.parametrize(
    ("number", "by", "expected"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (25, 10, 3), (-5, 10, -1), (-4, 10, 0), (7, 1, 7), (0, 10, 0)],
)
def test_halves_are_rounded_away_from_zero(number: int, by: int, expected: int) -> None:
    assert half_up(number, by) == expected


@pytest.mark.parametrize("weight", ["-0.01", "1.01", "2"])
def test_a_weight_beyond_one_or_below_nothing_is_refused(weight: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Weights(Decimal(weight))
    with pytest.raises(ValueError, match="from 0 to 1"):
        Weights(Decimal(1), Decimal(weight))


@pytest.mark.parametrize("weight", ["0.95", "1", "0", "1E-7", "0.123456789012345678"])
def test_a_weight_is_a_whole_number_of_its_unit(weight: str) -> None:
    found = Weights(Decimal(weight), Decimal("0.5"))

    assert Decimal(found.base_units) / found.unit == Decimal(weight)
    assert Decimal(found.expansion_units) / found.unit == Decimal("0.5")


def test_amounts_beyond_any_float_stay_exact() -> None:
    amount = 10**20 + 1

    assert weigh(prior=amount, new=amount, weights=Weights(Decimal("0.9"))) == Weighed(9 * 10**19 + 1, 0)


def test_a_term_that_is_due_twice_multiplies_its_weights() -> None:
    twice = Weights(Decimal("0.9"), Decimal("0.5")).times(Weights(Decimal("0.8"), Decimal("0.5")))

    assert (twice.base, twice.expansion) == (Decimal("0.72"), Decimal("0.25"))


def test_a_floor_raises_a_cap_lowers_and_the_cap_goes_before() -> None:
    floor, cap = Weights(Decimal("0.2"), Decimal("0.9")), Weights(Decimal("0.8"), Decimal("0.6"))

    low = Weights(Decimal("0.1"), Decimal("0.1")).within(floor=floor, cap=cap)
    high = Weights(Decimal("0.9"), Decimal("0.1")).within(floor=floor, cap=cap)

    assert (low.base, low.expansion) == (Decimal("0.2"), Decimal("0.6"))
    assert high.base == Decimal("0.8")


def test_a_matrix_tells_a_rank_that_it_lacks_from_one_that_weighs_nothing() -> None:
    matrix = Matrix(cells={(RenewalType.FLAT, "E"): NOTHING}, unopened=NOTHING)

    assert matrix.cell(RenewalType.FLAT, "E") is NOTHING
    assert matrix.cell(RenewalType.FLAT, "F") is None
    assert matrix.unrated(RenewalType.FLAT) is NOTHING
