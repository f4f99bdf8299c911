"""Amounts, ratios and days as the digest writes them."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.dates import format_date
from babel.numbers import format_currency

from csops_sync.app.forecast.digest_words import DigestWords
from csops_sync.domain.forecast.ratio_band import RatioBand
from csops_sync.domain.money import Money, minor_exponent

_TENTHS_OF_PERCENT = 1000
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Writes numbers in one language. Nothing is computed with what it gives."""

    words: DigestWords

    def day(self, day: date) -> str:
        """This function will write a business date: `2026年4月1日`, `1 Apr 2026`."""
        return format_date(day, self.words.day, locale=self.words.locale)

    def money(self, amount: Money | None) -> str:
        """This function will write a whole amount: `¥6,000,000`, cents only where there are any."""
        if amount is None:
            return self.words.unknown
        whole = amount.amount == amount.amount.to_integral_value()
        pattern = "¤#,##0" if whole else f"¤#,##0.{'0' * minor_exponent(amount.currency)}"
        written = format_currency(
            amount.amount, amount.currency, pattern, locale=self.words.locale, currency_digits=False
        )
        return written.replace("￥", "¥")

    def signed(self, amount: Money) -> str:
        """This function will write a difference with its sign: `+¥300,000`, `-¥300,000`, `±¥0`."""
        size = Money(abs(amount.amount), amount.currency)
        return f"{_sign(amount.amount)}{self.money(size)}"

    def percent(self, ratio: Fraction | None) -> str:
        """This function will write a ratio with one decimal, rounded half up: `98.4%`."""
        return self.words.unknown if ratio is None else f"{_tenths(ratio)}%"

    def predicted(self, ratio: Fraction | None, band: RatioBand | None) -> str:
        """This function will write a ratio with the 80 % interval that it lies in: `98.4% (95.2% – 101.0%)`."""
        value = self.percent(ratio)
        if band is None:
            return value
        return self.words.within.format(value=value, low=self.percent(band.low), high=self.percent(band.high))

    def change(self, *, now: Money, before: Money | None, day: date | None) -> str:
        """This function will hold an amount against that of a day before."""
        if before is None or day is None:
            return self.words.no_before
        if now == before:
            return self.words.unchanged.format(day=self.day(day))
        return self.words.was.format(day=self.day(day), change=self.signed(now - before))

    def points(self, *, now: Fraction | None, before: Fraction | None, day: date | None) -> str:
        """This function will hold a ratio against that of a day before: the difference of what is shown."""
        if day is None or now is None:
            return self.words.no_before
        if before is None:
            return self.words.other_year
        moved = _tenths(now) - _tenths(before)
        if not moved:
            return self.words.unchanged.format(day=self.day(day))
        points = self.words.points.format(points=f"{_sign(moved)}{abs(moved)}")
        return self.words.was.format(day=self.day(day), change=points)


def _tenths(ratio: Fraction) -> Decimal:
    thousandths = ratio * _TENTHS_OF_PERCENT
    exact = Decimal(thousandths.numerator) / Decimal(thousandths.denominator) / 10
    return exact.quantize(_TENTH, rounding=ROUND_HALF_UP)


def _sign(number: Decimal) -> str:
    if not number:
        return "±"
    return "+" if number > 0 else "-"
