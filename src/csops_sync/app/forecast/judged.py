"""Terms that land, with what counts of each in the report's one currency: for every table that sums them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from csops_sync.app.forecast.conversion import DueConversion
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


def judged(states: Iterable[TermState], *, frame: Frame, conversion: DueConversion) -> Iterator[Judged]:
    """This function will pass on the terms that land; those that cannot be judged are left out, as in every sum."""
    weigher, due_day = Weigher(frame), frame.profile.due_day
    for state in states:
        landed, at = weigher.landed(state), conversion.on(due_day(state))
        if state.prior is None or judge(state, landed, at) is not None:
            continue
        currency = state.prior.currency
        yield Judged(
            state=state,
            type=landed.type,
            prior=at.minor(state.prior.to_minor(), currency),
            base=at.minor(landed.base, currency),
            landing=at.minor(landed.base + landed.expansion, currency),
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
