"""Amounts as charts write them: an axis in round units, and the exact amount in a tooltip."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency

from csops_sync.domain.money import Money

_STEPS = {
    "ja": ((Decimal(10**9), Decimal(10**8), "億"), (Decimal(10**5), Decimal(10**4), "万")),
    "en": ((Decimal(10**7), Decimal(10**6), "million "), (Decimal(10**5), Decimal(10**3), "thousand ")),
}
_YEN = "円"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The unit of one chart's axis: `億円`, `万円`, `USD`, `thousand USD`."""

    language: str
    divisor: Decimal
    unit: str

    def units(self, money: Money) -> float:
        """This function will give a length to draw: a float, for a picture has finitely many points. No sums."""
        return float(money.amount / self.divisor)

    def exact(self, money: Money) -> str:
        """This function will write the whole amount: `¥1,200,000`."""
        written = format_currency(
            money.amount, money.currency, "¤#,##0", locale=self.language, currency_digits=False
        )
        return written.replace("￥", "¥")


def scale_for(amounts: Iterable[Money], *, language: str) -> Scale:
    """This function will choose the unit in which the largest of these amounts is read most easily.

    Raises:
        ValueError: there are no amounts, or they are in several currencies.
    """
    drawn = list(amounts)
    currencies = {money.currency for money in drawn}
    if len(currencies) != 1:
        raise ValueError(
            f"a chart is in one currency, not {sorted(currencies)}; give it points of one report"
        )
    currency = currencies.pop()
    name = _YEN if language == "ja" and currency == "JPY" else currency
    largest = max(abs(money.amount) for money in drawn)
    for least, divisor, word in _STEPS[language]:
        if largest >= least:
            return Scale(language=language, divisor=divisor, unit=f"{word}{name}")
    return Scale(language=language, divisor=Decimal(1), unit=name)
