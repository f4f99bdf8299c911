"""Money: exact, of one currency, rounded once."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from csops_sync.domain.money import Money, annualised, minor_exponent, over_term
from csops_sync.domain.terms import Term


def yen(amount: str) -> Money:
    """So many yen."""
    return Money(Decimal(amount), "JPY")


@pytest.mark.parametrize(
    ("currency", "exponent"), [("JPY", 0), ("KRW", 0), ("USD", 2), ("EUR", 2), ("KWD", 3)]
)
def test_currencies_have_their_own_minor_unit(currency: str, exponent: int) -> None:
    """As ISO 4217 lists them."""
    assert minor_exponent(currency) == exponent


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("1.4999", "JPY", "1"),
        ("-0.5", "JPY", "-1"),
        ("2.675", "USD", "2.68"),
        ("2.665", "USD", "2.67"),
        ("1.0005", "KWD", "1.001"),
        ("123456789012345678901234567890.5", "JPY", "123456789012345678901234567891"),
    ],
)
def test_halves_round_up_to_the_minor_unit(amount: str, currency: str, rounded: str) -> None:
    """Away from zero; however many digits there are."""
    assert Money(Decimal(amount), currency).rounded() == Money(Decimal(rounded), currency)


def test_minor_units_lead_there_and_back() -> None:
    """Yen as they are, cents, fils."""
    assert yen("1200000").to_minor() == 1_200_000
    assert Money(Decimal("12.34"), "USD").to_minor() == 1_234
    assert Money.from_minor(1_234, "USD") == Money(Decimal("12.34"), "USD")
    assert Money.from_minor(1_234, "KWD") == Money(Decimal("1.234"), "KWD")


def test_an_uplift_is_exact_until_it_is_rounded() -> None:
    """3 % on 333 yen are 342.99, then 343."""
    raised = yen("333").with_uplift(Decimal("0.03"))
    assert raised.amount == Decimal("342.99")
    assert raised.rounded() == yen("343")


def test_two_currencies_do_not_add_up() -> None:
    """Neither in sums nor in differences."""
    dollars = Money(Decimal(1), "USD")
    with pytest.raises(ValueError, match="JPY and USD do not add up"):
        yen("1") + dollars
    with pytest.raises(ValueError, match="USD and JPY do not add up"):
        dollars - yen("1")
    assert yen("3") + yen("4") - yen("2") == yen("5")


def test_a_float_never_becomes_money() -> None:
    """Nor an uplift: the exact value was lost before it came here."""
    number: object = 0.1
    with pytest.raises(TypeError, match="money is a Decimal, not float"):
        Money(number, "JPY")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="an uplift is a Decimal share, not float"):
        yen("1").with_uplift(number)  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["", "yen", "¥", "JPYX", "JP1"])
def test_a_currency_is_an_iso_code(currency: str) -> None:
    """Symbols and small letters are mapping faults."""
    with pytest.raises(ValueError, match="is no ISO 4217 code"):
        Money(Decimal(1), currency)


def test_money_is_a_number() -> None:
    """Not NaN, and not infinite."""
    with pytest.raises(ValueError, match="money is a number, not NaN"):
        yen("NaN")


def test_twenty_four_months_at_20000_are_10000_a_year_leap_year_or_not() -> None:
    """Months count, not days."""
    for start, end in ((date(2023, 4, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2027, 3, 31))):
        months = Term(start, end, 1).exact_months()
        assert annualised(amount=yen("20000"), months=months) == yen("10000")


def test_a_stub_month_counts_as_days_over_the_days_of_that_month() -> None:
    """1 Apr 2025 to 10 Apr 2026 is 12 1/3 months: 37,000 yen are 37,000 / 37 x 36 = 36,000 a year."""
    months = Term(date(2025, 4, 1), date(2026, 4, 10), 1).exact_months()
    assert months == Fraction(37, 3)
    assert annualised(amount=yen("37000"), months=months) == yen("36000")


def test_annualising_rounds_once_half_up() -> None:
    """100 over 7 months is 171.428…; 1 over 8 months 1.5; -1 over 8 months -1.5."""
    assert annualised(amount=yen("100"), months=7) == yen("171")
    assert annualised(amount=Money(Decimal(100), "USD"), months=7) == Money(Decimal("171.43"), "USD")
    assert annualised(amount=yen("1"), months=8) == yen("2")
    assert annualised(amount=yen("-1"), months=8) == yen("-2")


def test_a_year_over_its_term_is_the_other_way_round() -> None:
    """10,000 a year are 20,000 over 24 months, 2,500 over 3."""
    assert over_term(annual=yen("10000"), months=24) == yen("20000")
    assert over_term(annual=yen("10000"), months=3) == yen("2500")


def test_no_months_no_amount() -> None:
    """A term of nothing cannot be annualised."""
    with pytest.raises(ValueError, match="more than 0 months"):
        annualised(amount=yen("1"), months=0)
