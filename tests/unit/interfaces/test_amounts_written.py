"""Amounts are written as Babel writes them, in every currency, whatever is remembered of how one looks."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency, list_currencies

from csops_sync.domain.money import Money, minor_exponent
from csops_sync.interfaces.web.formats import Formats

AMOUNTS = (
    "0",
    "-0",
    "1",
    "-8",
    "8",
    "999",
    "1234567.5",
    "-0.005",
    "12.345",
    "1E+3",
    "-98765432109876.99",
    "0.00001",
)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_currency_is_written_as_babel_writes_it(language: str) -> None:
    formats = Formats(language=language, timezone="Asia/Tokyo")
    for currency in sorted(list_currencies()):
        for amount in map(Decimal, AMOUNTS):
            plain = format_currency(
                amount, currency, locale=language, decimal_quantization=minor_exponent(currency) > 0
            )
            expected = plain.replace("\N{FULLWIDTH YEN SIGN}", "¥").replace("-", "\N{MINUS SIGN}")
            assert formats.money(Money(amount, currency)) == expected
