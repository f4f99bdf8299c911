"""Growth outside of renewals: rises within terms, and contracts of a customer that continue no other."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from csops_sync.domain.forecast.continuations import Continuations
from csops_sync.domain.forecast.rates import Rates
from csops_sync.domain.forecast.stretches import Stretch


class _Level(NamedTuple):
    """What a term earns, parted by whether it counts; in minor units of the stretch's currency."""

    stretch: Stretch
    counted: int
    outside: int

    def on(self, stretch: Stretch, *, rise_counts: bool) -> "_Level":
        """Go on at another amount; what falls takes first from what grew outside."""
        move = stretch.amount - self.counted - self.outside
        if move >= 0:
            counted, outside = (move, 0) if rise_counts else (0, move)
            return _Level(stretch, self.counted + counted, self.outside + outside)
        left = self.outside + move
        return _Level(stretch, self.counted + min(left, 0), max(left, 0))


def grown_outside(
    stretches: Iterable[Stretch], *, links: Continuations, days: tuple[date, date], rates: Rates
) -> dict[str, int]:
    """This function will give how much of each customer's revenue on the last day grew outside since the first.

    Growth that was renewed stays what it was. Amounts in minor units of the rates' currency.

    Raises:
        MissingRateError: a currency has no rate.
    """
    after, until = days
    chosen = (one for one in stretches if one.last >= after and one.first <= until)
    levels: dict[str, _Level] = {}
    for one in sorted(chosen, key=lambda stretch: (stretch.first, stretch.key)):
        levels[one.key] = _Level(one, one.amount, 0) if one.first <= after else _moved(one, links, levels)
    found: dict[str, int] = {}
    for stretch, _, outside in levels.values():
        if outside and stretch.last >= until:
            worth = rates.minor(amount=outside, currency=stretch.currency)
            found[stretch.customer_id] = found.get(stretch.customer_id, 0) + worth
    return found


def _moved(stretch: Stretch, links: Continuations, levels: dict[str, _Level]) -> _Level:
    """Say how a stretch that begins within the days stands to what was there before it."""
    before = levels.get(stretch.key)
    if before is not None:
        return before.on(stretch, rise_counts=False)
    continued = links.before.get(stretch.key, ())
    if not continued:
        return _Level(stretch, 0, stretch.amount)
    known = [levels[one.key] for one in continued if one.key in levels]
    if any(one.stretch.currency != stretch.currency for one in known):
        return _Level(stretch, stretch.amount, 0)
    together = _Level(stretch, sum(one.counted for one in known), sum(one.outside for one in known))
    return together.on(stretch, rise_counts=True)
