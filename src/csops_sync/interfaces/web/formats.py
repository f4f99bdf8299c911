"""Amounts, shares, days and instants as the reader's language writes them; exact, and nothing is summed here."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.money import Money, minor_exponent

DASH = "–"
_MINUS = "\N{MINUS SIGN}"
_TENTH = Decimal("0.1")
_WIDE_YEN = "\N{FULLWIDTH YEN SIGN}"
_ONE_DIGIT = re.compile(r"(?P<before>\D*)8(?:\.(?P<places>0+))?(?P<after>\D*)")
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How a page writes: the language (`ja`, `en`) and the org's IANA time zone."""

    language: str
    timezone: str

    def money(self, money: Money | None) -> str:
        """This function will write an amount with its sign, or a dash: `¥1,200,000`, `$1,200.00`."""
        if money is None:
            return DASH
        return _money(str(money.amount), money.currency, self.language)

    def change(self, money: Money) -> str:
        """This function will write a difference, with its sign before it: `+¥1,200,000`."""
        text = self.money(money)
        return f"+{text}" if money.amount > 0 else text

    def share(self, share: Fraction | None, *, signed: bool = False) -> str:
        """This function will write a ratio in percent with one decimal, half up: `103.4%`."""
        if share is None:
            return DASH
        percent = tenths(share)
        text = f"{percent:+,.1f}" if signed else f"{percent:,.1f}"
        return f"{text.replace('-', _MINUS)}%"

    def count(self, number: int) -> str:
        """This function will write a whole number."""
        return _count(number, self.language)

    def day(self, day: date | None) -> str:
        """This function will write a day: `2026/04/01`, `Apr 1, 2026`."""
        return DASH if day is None else _day(day, self.language)

    def month(self, key: str) -> str:
        """This function will write a month that is given as `2026-04`; anything else stays as it is."""
        return _month(key, self.language)

    def moment(self, instant: datetime | None) -> str:
        """This function will write an instant on the org's wall clock, to the minute."""
        if instant is None:
            return DASH
        return _moment(instant.replace(second=0, microsecond=0), self.timezone, self.language)

    def date_of(self, instant: datetime) -> str:
        """This function will write the day on which an instant falls on the org's wall clock."""
        return self.day(instant.astimezone(ZoneInfo(self.timezone)).date())

    def time_of(self, instant: datetime) -> str:
        """This function will write an instant's time of day on the org's wall clock: `09:05`."""
        return f"{instant.astimezone(ZoneInfo(self.timezone)):%H:%M}"

    def weight(self, weight: Decimal) -> str:
        """This function will write a weight in percent, with no more places than it has: `85%`, `12.5%`."""
        return f"{(weight * 100).normalize():f}%"

    def window(self, window: Window) -> str:
        """This function will write the first and the last day of a window."""
        return f"{self.day(window.first)} {DASH} {self.day(window.last)}"


@lru_cache(maxsize=_REMEMBERED)
def _money(amount: str, currency: str, language: str) -> str:
    """Cached, by the very digits of the amount: half of what a page costs is writing amounts that it wrote before."""
    value, frame = Decimal(amount), _frame(currency, language, amount.startswith("-"))
    exponent = value.as_tuple().exponent
    if frame is None or not isinstance(exponent, int) or -exponent > minor_exponent(currency):
        return _by_babel(value, currency, language)
    return f"{frame.before}{abs(value):,.{frame.places}f}{frame.after}"


class _Frame(NamedTuple):
    """What stands around the digits of an amount, and how many of them are decimal places."""

    before: str
    after: str
    places: int


@lru_cache(maxsize=_REMEMBERED)
def _frame(currency: str, language: str, is_negative: bool) -> _Frame | None:  # noqa: FBT001 - told apart by a cache
    """Look at how an amount is written: all others of its currency differ from it in their digits alone."""
    found = _ONE_DIGIT.fullmatch(_by_babel(Decimal(-8 if is_negative else 8), currency, language))
    return _Frame(found["before"], found["after"], len(found["places"] or "")) if found else None


def _by_babel(amount: Decimal, currency: str, language: str) -> str:
    text = format_currency(
        amount, currency, locale=language, decimal_quantization=minor_exponent(currency) > 0
    )
    return text.replace(_WIDE_YEN, "¥").replace("-", _MINUS)


@lru_cache(maxsize=_REMEMBERED)
def _count(number: int, language: str) -> str:
    return str(format_decimal(number, locale=language))


@lru_cache(maxsize=_REMEMBERED)
def _moment(minute: datetime, timezone: str, language: str) -> str:
    local = minute.astimezone(ZoneInfo(timezone))
    pattern = "y年M月d日 HH:mm" if language == "ja" else "MMM d, y HH:mm"
    return str(format_datetime(local, format=pattern, locale=language))


@lru_cache(maxsize=_REMEMBERED)
def _day(day: date, language: str) -> str:
    return str(format_date(day, format="medium", locale=language))


@lru_cache(maxsize=_REMEMBERED)
def _month(key: str, language: str) -> str:
    try:
        first = date.fromisoformat(f"{key}-01")
    except ValueError:
        return key
    pattern = "y年M月" if language == "ja" else "MMM y"
    return str(format_date(first, format=pattern, locale=language))


def tenths(share: Fraction) -> Decimal:
    """This function will give a ratio in percent, rounded once to a tenth, half up."""
    percent = Decimal(share.numerator) * 100 / Decimal(share.denominator)
    return percent.quantize(_TENTH, rounding=ROUND_HALF_UP)
