"""Where the renewal of one term will land (DESIGN, "Amounts"), with the parts of the reason as data."""

from dataclasses import dataclass
from typing import NamedTuple

from csops_sync.domain.forecast.matrix import EVERYTHING, NOTHING, Matrix, Scenario, Weights, weigh
from csops_sync.domain.forecast.renewal_type import (
    Tolerance,
    Typed,
    classify,
    computed_type,
    counted_type,
)
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import Code, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money


class LandingKind(Code):
    """Why a term lands where it does.

    `won` and `continued` (by itself, or by a successor contract) count at their amount, `lost` and `ended` at zero.
    `rated`, `unrated` and `unopened` are weighed; `untouched` is unrated and holds only what we proposed, so that the
    prior amount is weighed. The others cannot be judged: they are reported, and never guessed.
    """

    WON = "won"
    CONTINUED = "continued"
    LOST = "lost"
    ENDED = "ended"
    RATED = "rated"
    UNRATED = "unrated"
    UNTOUCHED = "untouched"
    UNOPENED = "unopened"
    ASIDE = "aside"
    NO_PRIOR = "no-prior"
    OTHER_CURRENCY = "other-currency"


WEIGHED = frozenset({LandingKind.RATED, LandingKind.UNRATED, LandingKind.UNTOUCHED, LandingKind.UNOPENED})
"""The kinds whose end nobody knows yet: a weight was applied."""
NOT_JUDGED = frozenset({LandingKind.ASIDE, LandingKind.NO_PRIOR, LandingKind.OTHER_CURRENCY})
"""The kinds without a landing."""
_AT_PRIOR = frozenset({LandingKind.UNOPENED, LandingKind.UNTOUCHED})
"""The kinds of which only the prior amount is weighed, whatever was proposed."""
_SETTLED = {
    TermStanding.WON: (LandingKind.WON, EVERYTHING),
    TermStanding.AUTO_RENEWED: (LandingKind.CONTINUED, EVERYTHING),
    TermStanding.SUPERSEDED: (LandingKind.CONTINUED, EVERYTHING),
    TermStanding.LOST: (LandingKind.LOST, NOTHING),
    TermStanding.TERMINATED: (LandingKind.ENDED, NOTHING),
    TermStanding.EXPIRED: (LandingKind.ENDED, NOTHING),
}


class Facts(NamedTuple):
    """What a landing is computed from, as in `TermState`; amounts in minor units of one currency."""

    standing: TermStanding
    prior: int | None
    new: int | None
    rank: str | None = None
    proposed: bool = False
    chosen: RenewalType | None = None


class Landed(NamedTuple):
    """What lands of one term, in minor units. `weights` None: it cannot be judged, and all amounts are 0.

    `kept` and `added` are what the two weights were applied to: min(prior, new) and max(new - prior, 0).
    """

    kind: LandingKind
    type: RenewalType | None
    weights: Weights | None = None
    kept: int = 0
    added: int = 0
    base: int = 0
    expansion: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What lands of one term, annual, rounded once; and why.

    `amount` is `base` + `expansion`; all are None where the term cannot be judged. `kept` and `added` are what the
    two `weights` were applied to: min(prior, new) and max(new - prior, 0). `rank` is that of the cell, None for
    `unrated` and where no rank counts. `landed` holds the same in minor units of `currency`.
    """

    landed: Landed
    typed: Typed
    currency: str | None = None
    rank: str | None = None

    @property
    def kind(self) -> LandingKind:
        """Why it lands there."""
        return self.landed.kind

    @property
    def type(self) -> RenewalType | None:
        """The renewal type that counts."""
        return self.typed.type

    @property
    def weights(self) -> Weights | None:
        """The two weights; None where the term cannot be judged."""
        return self.landed.weights

    @property
    def amount(self) -> Money | None:
        """The landing."""
        return self._money(self.landed.base + self.landed.expansion)

    @property
    def base(self) -> Money | None:
        """The part of the landing that is kept of the prior amount."""
        return self._money(self.landed.base)

    @property
    def expansion(self) -> Money | None:
        """The part of the landing that is won beyond the prior amount."""
        return self._money(self.landed.expansion)

    @property
    def kept(self) -> Money | None:
        """What the base weight was applied to."""
        return self._money(self.landed.kept)

    @property
    def added(self) -> Money | None:
        """What the expansion weight was applied to."""
        return self._money(self.landed.added)

    def _money(self, minor: int) -> Money | None:
        if self.landed.weights is None or self.currency is None:
            return None
        return Money.from_minor(minor, self.currency)


def land(*, state: TermState, rules: ForecastRules, scenario: Scenario = Scenario.BASE) -> Landing:
    """This function will say where one term lands, by the matrix of its segment, and why."""
    typed = classify(
        prior=state.prior,
        new=state.new,
        tolerance=rules.tolerance,
        standing=state.standing,
        chosen=state.chosen_type,
    )
    if _currencies_differ(state):
        return Landing(landed=Landed(LandingKind.OTHER_CURRENCY, typed.type), typed=typed)
    landed = land_facts(
        facts_of(state),
        matrix=rules.matrix(scenario=scenario, segment=state.grouping.segment),
        tolerance=rules.tolerance,
    )
    return Landing(
        landed=landed,
        typed=typed,
        currency=state.prior.currency if state.prior is not None else None,
        rank=state.rank if landed.kind is LandingKind.RATED else None,
    )


def facts_of(state: TermState) -> Facts:
    """This function will take from a term what `land_facts` needs; the caller sees that its currencies agree."""
    return Facts(
        standing=state.standing,
        prior=None if state.prior is None else state.prior.to_minor(),
        new=None if state.new is None else state.new.to_minor(),
        rank=state.rank,
        proposed=state.proposed,
        chosen=state.chosen_type,
    )


def land_facts(facts: Facts, *, matrix: Matrix, tolerance: Tolerance) -> Landed:
    """This function will say where one term lands: the same as `land`, on whole numbers, for a million of them.

    What was won or goes on counts at its amount, what was lost or ended at zero. Otherwise the matrix weighs it by
    type and rank; a rank that the matrix does not know (any more) is `unrated`. Where nobody named a new amount it is
    the prior one. While a renewal holds only what we proposed and nobody rated it, it weighs what it
    weighed before it was opened: the prior amount at the `unrated` weight.
    """
    standing, prior, new, _, _, chosen = facts
    computed, _ = computed_type(standing=standing, prior=prior, new=new, tolerance=tolerance)
    counts = counted_type(computed=computed, standing=standing, chosen=chosen)
    if prior is None or standing is TermStanding.ASIDE:
        kind = LandingKind.NO_PRIOR if standing is not TermStanding.ASIDE else LandingKind.ASIDE
        return Landed(kind, counts)
    kind, weights = _SETTLED.get(standing) or _weight(facts, counts, matrix)
    after = prior if new is None or kind in _AT_PRIOR else new
    kept, added = (prior, after - prior) if after > prior else (after, 0)
    base, expansion = weigh(prior=prior, new=after, weights=weights)
    return Landed(kind, counts, weights, kept, added, base, expansion)


class Lander:
    """`land_facts` under one matrix, for a million terms: what does not hang on their amounts is decided once."""

    def __init__(self, *, matrix: Matrix, tolerance: Tolerance) -> None:
        self._matrix = matrix
        self._tolerance = tolerance
        self._part, self._whole = tolerance.ratio
        self._plans: dict[_Case, _Plan] = {}

    def land(self, state: TermState) -> Landed:
        """This function will land a term whose amounts are in one currency."""
        prior = None if state.prior is None else state.prior.to_minor()
        new = None if state.new is None else state.new.to_minor()
        sign: int | None = None
        if prior is not None and new is not None:
            moved, allowed = (new - prior) * self._whole, abs(prior) * self._part
            sign = 1 if moved > allowed else -1 if -moved > allowed else 0
        case = (state.standing, prior is None, sign, state.rank, state.proposed, state.chosen_type)
        plan = self._plans.get(case) or self._plans.setdefault(case, self._planned(state, prior, new))
        kind, counts, weights, at_prior = plan
        if weights is None or prior is None:
            return Landed(kind, counts)
        after = prior if new is None or at_prior else new
        kept, added = (prior, after - prior) if after > prior else (after, 0)
        base, expansion = weigh(prior=prior, new=after, weights=weights)
        return Landed(kind, counts, weights, kept, added, base, expansion)

    def _planned(self, state: TermState, prior: int | None, new: int | None) -> "_Plan":
        found = land_facts(
            Facts(state.standing, prior, new, state.rank, state.proposed, state.chosen_type),
            matrix=self._matrix,
            tolerance=self._tolerance,
        )
        return _Plan(found.kind, found.type, found.weights, found.kind in _AT_PRIOR)


class Weigher:
    """One scenario of the rules, each segment's matrix prepared once: `land` in whole numbers, without the words."""

    def __init__(self, rules: ForecastRules, scenario: Scenario = Scenario.BASE) -> None:
        self._rules = rules
        self._scenario = scenario
        self._landers: dict[str | None, Lander] = {}

    def landed(self, state: TermState) -> Landed:
        """This function will say where a term lands, in minor units of the currency of its prior amount."""
        if _currencies_differ(state):
            return land(state=state, rules=self._rules, scenario=self._scenario).landed
        segment = state.grouping.segment
        lander = self._landers.get(segment) or self._landers.setdefault(segment, self._lander(segment))
        return lander.land(state)

    def _lander(self, segment: str | None) -> Lander:
        matrix = self._rules.matrix(scenario=self._scenario, segment=segment)
        return Lander(matrix=matrix, tolerance=self._rules.tolerance)


_Case = tuple[TermStanding, bool, int | None, str | None, bool, RenewalType | None]
"""All that a landing hangs on besides its amounts: of those, whether there is a prior one, and which way it moved."""


class _Plan(NamedTuple):
    """What all terms of a case have in common. `at_prior`: the prior amount is weighed, whatever was proposed."""

    kind: LandingKind
    type: RenewalType | None
    weights: Weights | None
    at_prior: bool


def _weight(facts: Facts, counts: RenewalType | None, matrix: Matrix) -> tuple[LandingKind, Weights]:
    if facts.standing is TermStanding.UNOPENED:
        return LandingKind.UNOPENED, matrix.unopened
    row = counts or RenewalType.FLAT
    rated = matrix.cell(row, facts.rank) if facts.rank is not None else None
    if rated is not None:
        return LandingKind.RATED, rated
    kind = LandingKind.UNTOUCHED if facts.proposed else LandingKind.UNRATED
    return kind, matrix.unrated(row)


def _currencies_differ(state: TermState) -> bool:
    if state.prior is None or state.new is None or state.standing is TermStanding.ASIDE:
        return False
    return state.prior.currency != state.new.currency
