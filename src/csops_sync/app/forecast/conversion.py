"""Amounts in a report's one currency, and which currencies there is no rate for."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from datetime import date

from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import MissingRateError, Rates
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money


class Conversion:
    """One day's rates into one currency (`into`); a currency without a rate is remembered, and asked for once."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self.into = rates.into
        self._known: dict[str, bool] = {rates.into: True}

    def knows(self, currency: str) -> bool:
        """This function will say whether there is a rate for a currency."""
        known = self._known.get(currency)
        if known is None:
            known = self._known[currency] = self._asked(currency)
        return known

    def minor(self, amount: int, currency: str) -> int:
        """This function will convert minor units of a currency that it knows, rounded once, half up."""
        if currency == self.into:
            return amount
        return self._rates.minor(amount=amount, currency=currency)

    def _asked(self, currency: str) -> bool:
        try:
            self._rates.minor(amount=1, currency=currency)
        except MissingRateError:
            return False
        return True


class DueConversion:
    """What falls due, in a report's one currency (`into`): each day at the rates of the quarter that it lies in."""

    def __init__(self, rates: DueRates) -> None:
        self._rates = rates
        self.into = rates.into
        self._months: dict[tuple[int, int], Conversion] = {}

    def on(self, day: date) -> Conversion:
        """This function will give the rates of what is due on a day."""
        month = (day.year, day.month)
        known = self._months.get(month)
        if known is None:
            known = self._months[month] = Conversion(self._rates.on(day))
        return known


def currencies_of(states: Iterable[TermState]) -> frozenset[str]:
    """This function will name the currencies that occur in terms."""
    return frozenset(
        money.currency for state in states for money in (state.prior, state.new) if money is not None
    )


def unconvertible(
    states: Iterable[TermState],
    rates: Iterable[DueConversion],
    *,
    due: Callable[[TermState], date],
    window: Window,
) -> frozenset[str]:
    """This function will give the keys of terms that cannot be followed from one side of a bridge to the other.

    Terms that are due in the window on neither side are worth nothing there, and are not asked about.

    `states` are those of both sides, `rates` too. A term on its way between the two may be in the currency of the one
    and due on the day of the other, so all of its currencies need a rate on all of its days.
    """
    sides, every = tuple(rates), tuple(states)
    home = {one.into for one in sides}
    abroad = {one.key for one in every if _is_abroad(one.prior, home) or _is_abroad(one.new, home)}
    currencies, days = defaultdict[str, set[str]](set), defaultdict[str, set[date]](set)
    for state in every if abroad else ():
        if state.key in abroad:
            currencies[state.key] |= currencies_of((state,)) - home
            days[state.key].add(due(state))
    return frozenset(
        key
        for key, foreign in currencies.items()
        if any(map(window.holds, days[key]))
        and not all(side.on(day).knows(one) for side in sides for day in days[key] for one in foreign)
    )


def _is_abroad(money: Money | None, home: Container[str]) -> bool:
    return money is not None and money.currency not in home
