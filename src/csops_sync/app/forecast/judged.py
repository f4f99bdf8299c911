"""Terms that land, with what counts of each in the report's one currency: for every table that sums them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.forecasting import judge
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.term_state import RenewalType, TermState


class Judged(NamedTuple):
    """One term that lands. Amounts in minor units of the report's currency; `base` is what is kept of `prior`."""

    state: TermState
    type: RenewalType | None
    prior: int
    base: int
    landing: int


def judged(states: Iterable[TermState], *, frame: Frame, conversion: Conversion) -> Iterator[Judged]:
    """This function will pass on the terms that land; those that cannot be judged are left out, as in every sum."""
    weigher = Weigher(frame)
    for state in states:
        landed = weigher.landed(state)
        if state.prior is None or judge(state, landed, conversion) is not None:
            continue
        currency = state.prior.currency
        yield Judged(
            state=state,
            type=landed.type,
            prior=conversion.minor(state.prior.to_minor(), currency),
            base=conversion.minor(landed.base, currency),
            landing=conversion.minor(landed.base + landed.expansion, currency),
        )


class Tally:
    """Terms of one cell while they are summed."""

    def __init__(self) -> None:
        self.terms = self.due = self.landing = 0

    def add(self, one: Judged) -> None:
        """This method will count a term."""
        self.terms += 1
        self.due += one.prior
        self.landing += one.landing
