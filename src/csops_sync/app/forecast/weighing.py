"""Landings of many terms: the arithmetic of `domain.forecast.landing.land` on whole numbers, without the words."""

from csops_sync.app.forecast.frames import Frame
from csops_sync.domain.forecast.landing import Landed, LandingKind, facts_of, land_facts
from csops_sync.domain.forecast.matrix import Matrix
from csops_sync.domain.forecast.renewal_type import classify
from csops_sync.domain.forecast.term_state import TermStanding, TermState


class Weigher:
    """One frame's matrices, each segment's looked up once."""

    def __init__(self, frame: Frame) -> None:
        self._rules = frame.rules
        self._scenario = frame.scenario
        self._matrices: dict[str | None, Matrix] = {}

    def landed(self, state: TermState) -> Landed:
        """This function will say where a term lands, in minor units of the currency of its prior amount."""
        if _currencies_differ(state):
            typed = classify(
                prior=state.prior,
                new=state.new,
                tolerance=self._rules.tolerance,
                standing=state.standing,
                chosen=state.chosen_type,
            )
            return Landed(LandingKind.OTHER_CURRENCY, typed.type)
        return land_facts(
            facts_of(state),
            matrix=self._matrix(state.grouping.segment),
            tolerance=self._rules.tolerance,
        )

    def _matrix(self, segment: str | None) -> Matrix:
        found = self._matrices.get(segment)
        if found is None:
            found = self._rules.matrix(scenario=self._scenario, segment=segment)
            self._matrices[segment] = found
        return found


def _currencies_differ(state: TermState) -> bool:
    if state.prior is None or state.new is None or state.standing is TermStanding.ASIDE:
        return False
    return state.prior.currency != state.new.currency
