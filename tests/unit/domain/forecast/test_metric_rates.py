"""Currency rates: dated and pinned, constant-currency and reported."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.unit.domain.forecast.metric_terms import APRIL, MARCH

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import (
    DatedRate,
    Exchange,
    MissingRateError,
    RatePolicy,
    RateTable,
    rounded,
    to_minor,
)
from csops_sync.domain.money import Money

MARCH_RATE = DatedRate(currency="USD", effective=date(2026, 2, 1), value=Fraction(150))
APRIL_RATE = DatedRate(currency="USD", effective=date(2026, 3, 31), value=Fraction(160))
TABLE = RateTable(home="JPY", dated=(APRIL_RATE, MARCH_RATE), pinned=(("USD", Fraction(140)),))
TEN_DOLLARS = Money(Decimal("10.00"), "USD")


def _ends(policy: RatePolicy, window: Window = MARCH) -> tuple[int, int]:
    exchange = Exchange(into="JPY", policy=policy, table=TABLE)
    return exchange.opening(window).money(TEN_DOLLARS), exchange.closing(window).money(TEN_DOLLARS)


def test_constant_currency_takes_one_rate_at_both_ends() -> None:
    assert _ends(RatePolicy.PERIOD_START) == (1500, 1500)
    assert _ends(RatePolicy.PINNED) == (1400, 1400)


def test_reported_takes_each_end_at_its_own_rate() -> None:
    assert _ends(RatePolicy.REPORTED) == (1500, 1600)


def test_reported_windows_in_a_row_meet_at_one_rate() -> None:
    # A rate of 1 April is not yet that of the close of 31 March, with which April starts.
    on_the_first = DatedRate(currency="USD", effective=date(2026, 4, 1), value=Fraction(170))
    exchange = Exchange(
        into="JPY",
        policy=RatePolicy.REPORTED,
        table=RateTable(home="JPY", dated=(MARCH_RATE, APRIL_RATE, on_the_first)),
    )

    assert exchange.closing(MARCH).money(TEN_DOLLARS) == exchange.opening(APRIL).money(TEN_DOLLARS) == 1600
    assert exchange.closing(APRIL).money(TEN_DOLLARS) == 1700


def test_a_rate_quoted_as_units_for_one_of_the_home_currency_is_turned_over() -> None:
    quoted = DatedRate.quoted(currency="USD", effective=date(2026, 1, 1), units=Decimal("0.008"))

    assert quoted.value == 125


def test_two_foreign_currencies_are_crossed_by_the_home_currency() -> None:
    euro = DatedRate(currency="EUR", effective=date(2026, 1, 1), value=Fraction(165))
    table = RateTable(home="JPY", dated=(MARCH_RATE, euro))

    assert table.on(currency="EUR", into="USD", day=date(2026, 3, 1)) == Fraction(11, 10)


def test_a_currency_without_a_rate_on_the_day_is_an_error_and_no_guess() -> None:
    with pytest.raises(MissingRateError, match="USD has no rate on 2026-01-31"):
        TABLE.on(currency="USD", into="JPY", day=date(2026, 1, 31))
    with pytest.raises(MissingRateError, match="EUR has no pinned rate"):
        TABLE.at_pin(currency="EUR", into="JPY")
    with pytest.raises(MissingRateError, match="USD has no rate"):
        Exchange(into="JPY").opening(MARCH).money(TEN_DOLLARS)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        DatedRate(currency="USD", effective=date(2026, 1, 1), value=Fraction(0))
    with pytest.raises(ValueError, match="above zero"):
        DatedRate.quoted(currency="USD", effective=date(2026, 1, 1), units=Decimal(0))


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole"), [(5, 2, 3), (-5, 2, -3), (7, 3, 2), (8, 3, 3), (0, 7, 0)]
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, whole: int) -> None:
    assert rounded(numerator, denominator) == whole


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.5", "JPY"), ("-2.5", "JPY"), ("1.005", "USD"), ("-7.0005", "KWD"), ("3E+5", "JPY")],
)
def test_the_fast_way_to_minor_units_equals_that_of_money(amount: str, currency: str) -> None:
    money = Money(Decimal(amount), currency)

    assert to_minor(money) == money.to_minor()


def test_minor_units_and_money_convert_alike() -> None:
    rates = Exchange(into="JPY", policy=RatePolicy.PERIOD_START, table=TABLE).opening(MARCH)

    assert rates.minor(amount=1000, currency="USD") == rates.money(TEN_DOLLARS) == 1500
