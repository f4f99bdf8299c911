"""Amounts in a report's one currency, and which currencies there is no rate for."""

from collections.abc import Iterable

from csops_sync.domain.forecast.rates import MissingRateError, Rates
from csops_sync.domain.forecast.term_state import TermState


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


def currencies_of(states: Iterable[TermState]) -> frozenset[str]:
    """This function will name the currencies that occur in terms."""
    return frozenset(
        money.currency for state in states for money in (state.prior, state.new) if money is not None
    )


def convertible(states: Iterable[TermState], rates: Iterable[Conversion]) -> list[TermState]:
    """This function will leave out terms in a currency that one of these has no rate for: they count as not judged."""
    every, known = list(states), tuple(rates)
    missing = {one for one in currencies_of(every) if not all(each.knows(one) for each in known)}
    return [one for one in every if missing.isdisjoint(currencies_of((one,)))] if missing else every
