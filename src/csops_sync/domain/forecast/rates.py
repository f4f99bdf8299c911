"""Currency rates: dated and pinned, and the named policies that say which of them a report uses.

A rate says what one unit of a currency is worth in the home currency, exactly, from its day on. The rate of a closed
day depends on rates dated up to that day alone, so editing today's rate never changes a closed period.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Self

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.money import Money, minor_exponent

_DAY = timedelta(days=1)
_ONE = Fraction(1)


class RatePolicy(StrEnum):
    """Which rates a report converts at. The first two are constant currency: one rate at both ends of a window.

    `pinned`: the rates pinned in the rules. `period_start`: the dated rate of the window's first day. `reported`: each
    end at its own dated rate; the difference is a line of its own, FX.
    """

    PINNED = "pinned"
    PERIOD_START = "period_start"
    REPORTED = "reported"


class MissingRateError(LookupError):
    """A currency has no rate for the day; the message says which, and where rates come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRate:
    """What one unit of `currency` is worth in the home currency from `effective` on, until the next rate's day.

    Raises:
        ValueError: the value is not above zero.
    """

    currency: str
    effective: date
    value: Fraction

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise ValueError(
                f"the rate of {self.currency} on {self.effective} is above zero, not {self.value}"
            )

    @classmethod
    def quoted(cls, *, currency: str, effective: date, units: Decimal) -> Self:
        """This function will read a rate that is quoted as units of the currency for one unit of the home currency.

        Salesforce quotes ConversionRate in this direction.

        Raises:
            ValueError: the units are not above zero.
        """
        if units <= 0:
            raise ValueError(f"the rate of {currency} on {effective} is above zero, not {units}")
        return cls(currency=currency, effective=effective, value=1 / Fraction(units))


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """An org's rates against its home currency. `pinned` values are in the home currency, like those of dated rates."""

    home: str
    dated: tuple[DatedRate, ...] = ()
    pinned: tuple[tuple[str, Fraction], ...] = ()
    _days: Mapping[str, list[date]] = field(init=False, repr=False, compare=False)
    _values: Mapping[str, list[Fraction]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days: dict[str, list[date]] = {}
        values: dict[str, list[Fraction]] = {}
        for rate in sorted(self.dated, key=lambda rate: (rate.currency, rate.effective)):
            days.setdefault(rate.currency, []).append(rate.effective)
            values.setdefault(rate.currency, []).append(rate.value)
        object.__setattr__(self, "_days", days)
        object.__setattr__(self, "_values", values)

    def on(self, *, currency: str, into: str, day: date) -> Fraction:
        """This function will give the dated rate of a day: what one unit of `currency` is worth in `into`.

        Raises:
            MissingRateError: one of the two has no rate on or before that day.
        """
        return _ONE if currency == into else self._dated(currency, day) / self._dated(into, day)

    def at_pin(self, *, currency: str, into: str) -> Fraction:
        """This function will give the pinned rate: what one unit of `currency` is worth in `into`.

        Raises:
            MissingRateError: one of the two is not pinned.
        """
        return _ONE if currency == into else self._pinned(currency) / self._pinned(into)

    def _dated(self, currency: str, day: date) -> Fraction:
        if currency == self.home:
            return _ONE
        place = bisect_right(self._days.get(currency, []), day)
        if place == 0:
            raise MissingRateError(
                f"{currency} has no rate on {day}; add a dated rate from that day or earlier"
            )
        return self._values[currency][place - 1]

    def _pinned(self, currency: str) -> Fraction:
        if currency == self.home:
            return _ONE
        for name, value in self.pinned:
            if name == currency:
                return value
        raise MissingRateError(f"{currency} has no pinned rate; pin one, or choose the policy `period_start`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How a report turns amounts into its one currency. `Exchange(into="JPY")` serves an org of one currency."""

    into: str
    policy: RatePolicy = RatePolicy.PERIOD_START
    table: RateTable | None = None

    def opening(self, window: Window) -> "Rates":
        """This function will give the rates at a window's start; `reported` ones are those of the close before it.

        So what one window ended with is what the next one starts with.
        """
        day = window.first - _DAY if self.policy is RatePolicy.REPORTED else window.first
        return Rates(into=self.into, table=self._known(), day=self._day(day))

    def closing(self, window: Window) -> "Rates":
        """This function will give the rates at a window's end: those of its start, unless the policy is `reported`."""
        day = window.last if self.policy is RatePolicy.REPORTED else window.first
        return Rates(into=self.into, table=self._known(), day=self._day(day))

    def _day(self, day: date) -> date | None:
        return None if self.policy is RatePolicy.PINNED else day

    def _known(self) -> RateTable:
        return self.table if self.table is not None else RateTable(home=self.into)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The rates of one day (None: the pinned ones) into one currency, each looked up once."""

    into: str
    table: RateTable
    day: date | None
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def minor(self, *, amount: int, currency: str) -> int:
        """This function will convert minor units of a currency into those of the report, rounded once, half up.

        Raises:
            MissingRateError: there is no rate.
        """
        if currency == self.into:
            return amount
        top, bottom = self._seen.get(currency) or self._ratio(currency)
        return rounded(amount * top, bottom)

    def money(self, amount: Money) -> int:
        """This function will convert an amount into minor units of the report's currency, rounded once, half up."""
        if amount.currency == self.into:
            return to_minor(amount)
        top, bottom = self._seen.get(amount.currency) or self._ratio(amount.currency)
        places = 10 ** minor_exponent(amount.currency)
        numerator, denominator = amount.amount.as_integer_ratio()
        return rounded(numerator * places * top, denominator * bottom)

    def of(self, currency: str) -> Fraction:
        """This function will give what one unit of a currency is worth in the report's.

        Raises:
            MissingRateError: there is no rate.
        """
        if self.day is None:
            return self.table.at_pin(currency=currency, into=self.into)
        return self.table.on(currency=currency, into=self.into, day=self.day)

    def _ratio(self, currency: str) -> tuple[int, int]:
        scaled = self.of(currency) * Fraction(10 ** minor_exponent(self.into), 10 ** minor_exponent(currency))
        return self._seen.setdefault(currency, scaled.as_integer_ratio())


def rounded(numerator: int, denominator: int) -> int:
    """This function will divide and round half up, away from zero. The denominator is above zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def to_minor(money: Money) -> int:
    """This function will give an amount in minor units, as `Money.to_minor` does."""
    return money.to_minor()
