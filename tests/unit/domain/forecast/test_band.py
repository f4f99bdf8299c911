"""The interval around a sum of landings: by hand, and against sums that were drawn."""

from decimal import Decimal
from random import Random

import pytest
from tests.fakes.landings import built, term, yen

from csops_sync.domain.forecast.band import Stake, band, stake
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.term_state import TermStanding

_EVEN = Weights(Decimal("0.5"))


def stakes(*customers: str, kept: int = 1_000_000, weights: Weights = _EVEN) -> list[Stake]:
    return [Stake(customer, kept, 0, weights) for customer in customers]


def test_four_customers_of_a_million_at_even_odds() -> None:
    """Each 500,000 off; four independent ones 500,000 x 2; x 1.2815515655 = 1,281,551.57 around 2,000,000."""
    found = band(stakes=stakes("a", "b", "c", "d"))

    assert (found.low, found.high) == (718_448, 3_281_552)


def test_contracts_of_one_customer_go_together() -> None:
    """Two contracts of each of eight customers: (2 x 500,000) x sqrt 8 x 1.28155 = 3,624,775.2 around 8,000,000."""
    together = band(stakes=stakes(*"aabbccddeeffgghh"))
    apart = band(stakes=stakes(*"abcdefghijklmnop"))

    assert (together.low, together.high) == (4_375_224, 11_624_776)
    assert together.high - together.low > apart.high - apart.low


def test_what_is_certain_has_no_width() -> None:
    certain = stakes("a", weights=Weights(Decimal(1))) + stakes("b", weights=Weights(Decimal(0)))

    found = band(stakes=certain)

    assert (found.low, found.high) == (1_000_000, 1_000_000)
    assert (band(stakes=[]).low, band(stakes=[]).high) == (0, 0)


def test_the_interval_ends_at_what_is_certain_and_at_all_that_weighs_anything() -> None:
    """One renewal at 0.9 lies between 0 and its amount, however far the normal curve runs on."""
    one = stakes("a", weights=Weights(Decimal("0.9"))) + stakes("b", weights=Weights(Decimal(1)))

    found = band(stakes=one, level=0.99)

    assert (found.low, found.high) == (1_127_251, 2_000_000)


def test_a_higher_level_is_wider_and_the_method_names_it() -> None:
    usual, wide = (band(stakes=stakes(*"abcdefgh"), level=level) for level in (0.8, 0.9))

    assert wide.low < usual.low < usual.high < wide.high
    assert usual.method.startswith("80% interval, normal approximation")
    assert wide.method.startswith("90% interval")
    assert "one customer fully correlated" in usual.method


@pytest.mark.parametrize("level", [0, 1, -0.1, 80])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        band(stakes=[], level=level)


def test_a_stake_is_what_the_landing_weighed() -> None:
    open_term, aside = term(new=yen(1_200_000), rank="C"), term(standing=TermStanding.ASIDE)

    found = stake(customer_id="a", landing=land(state=open_term, rules=built()))

    assert found == Stake("a", 1_000_000, 200_000, Weights(Decimal("0.95"), Decimal("0.4")))
    assert stake(customer_id="a", landing=land(state=aside, rules=built())) is None


def test_four_of_five_drawn_sums_lie_inside() -> None:
    """Drawn as the formula assumes: each customer renews all of its two contracts, or none."""
    draw = Random(7)  # noqa: S311 - a seed that can be repeated
    rates = [draw.choice(("0.5", "0.7", "0.9")) for _ in range(200)]
    amounts = [draw.randint(100_000, 3_000_000) for _ in rates]
    both = [
        Stake(str(customer), amount, 0, Weights(Decimal(rate)))
        for customer, (rate, amount) in enumerate(zip(rates, amounts, strict=True))
        for _ in range(2)
    ]
    found = band(stakes=both)

    inside = 0
    for _ in range(2000):
        paid = sum(
            2 * amount for rate, amount in zip(rates, amounts, strict=True) if draw.random() < float(rate)
        )
        inside += found.low <= paid <= found.high

    assert 0.77 <= inside / 2000 <= 0.83
