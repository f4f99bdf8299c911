"""Money, exactly: decimals of one currency, rounded once, half up, to its minor unit. Never float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Self

from csops_sync.domain.dates import MONTHS_PER_YEAR

_DEFAULT_EXPONENT = 2
_EXPONENTS = {
    # ISO 4217, the currencies whose minor unit is not a hundredth.
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_CODE_LENGTH = 3
_EXACT = Context(prec=200)
_HALF = Fraction(1, 2)


class _Counted:
    """Room for an amount's minor units beside its fields: reports ask for them a dozen times."""

    __slots__ = ("_minor",)
    _minor: int


@dataclass(frozen=True, slots=True)
class Money(_Counted):
    """An amount in major units of an ISO 4217 currency: `Money(Decimal("1200000"), "JPY")`.

    Raises:
        TypeError: the amount is no Decimal (a float would have lost the exact value before it came here).
        ValueError: the amount is not finite, or the currency is no three-letter code.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money is a Decimal, not {type(self.amount).__name__}; read it from its text")
        if not self.amount.is_finite():
            raise ValueError(f"money is a number, not {self.amount}; correct the amount's field")
        if not is_currency(self.currency):
            raise ValueError(
                f"{self.currency!r} is no ISO 4217 code such as JPY; correct the currency's field"
            )

    def __add__(self, other: Self) -> Self:
        return type(self)(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def rounded(self) -> Self:
        """This function will round half up (away from zero) to the currency's minor unit."""
        unit = Decimal(1).scaleb(-minor_exponent(self.currency))
        whole = self.amount.quantize(unit, rounding=ROUND_HALF_UP, context=_EXACT)
        return type(self)(whole, self.currency)

    def to_minor(self) -> int:
        """This function will give the rounded amount in minor units: yen, cents, fils; worked out once."""
        try:
            return self._minor
        except AttributeError:  # nobody asked before
            numerator, denominator = self.amount.as_integer_ratio()
            scaled: int = abs(numerator) * 10 ** minor_exponent(self.currency)
            size = (2 * scaled + denominator) // (2 * denominator)
            minor = size if numerator >= 0 else -size
            object.__setattr__(self, "_minor", minor)
            return minor

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Self:
        """This function will read an amount in minor units."""
        made = cls(_EXACT.scaleb(Decimal(minor), -minor_exponent(currency)), currency)
        object.__setattr__(made, "_minor", minor)
        return made

    def with_uplift(self, share: Decimal) -> Self:
        """This function will raise the amount by a share (0.03 for 3 %), exactly; the caller rounds, once."""
        if not isinstance(share, Decimal):
            raise TypeError(
                f"an uplift is a Decimal share, not {type(share).__name__}; read it from its text"
            )
        with localcontext(_EXACT):
            return type(self)(self.amount * (1 + share), self.currency)

    def _same(self, other: Self) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(
                f"{self.currency} and {other.currency} do not add up; convert them at one rate first"
            )
        return other.amount


def minor_exponent(currency: str) -> int:
    """This function will say how many decimals a currency has: JPY 0, USD 2, KWD 3."""
    return _EXPONENTS.get(currency, _DEFAULT_EXPONENT)


def annualised(*, amount: Money, months: int | Fraction) -> Money:
    """This function will turn the amount of a term into that of a year: amount / months x 12, rounded once.

    24 months at 20,000 are 10,000 a year. `months` of a term with a stub come from `Term.exact_months()`.

    Raises:
        ValueError: there are no months.
    """
    return _scaled(amount, MONTHS_PER_YEAR / _positive(months))


def over_term(*, annual: Money, months: int | Fraction) -> Money:
    """This function will turn the amount of a year into that of a term: amount / 12 x months, rounded once.

    Raises:
        ValueError: there are no months.
    """
    return _scaled(annual, _positive(months) / MONTHS_PER_YEAR)


def _positive(months: int | Fraction) -> Fraction:
    if months <= 0:
        raise ValueError(f"a term has more than {months} months; correct the contract's dates")
    return Fraction(months)


def _scaled(money: Money, factor: Fraction) -> Money:
    exponent = minor_exponent(money.currency)
    minor = Fraction(money.amount) * factor * 10**exponent
    size = int(abs(minor) + _HALF)
    return Money.from_minor(size if minor >= 0 else -size, money.currency)


@cache
def is_currency(currency: str) -> bool:
    """This function will say whether a text has the form of an ISO 4217 code: three capital letters."""
    return len(currency) == _CODE_LENGTH and currency.isascii() and currency.isalpha() and currency.isupper()
