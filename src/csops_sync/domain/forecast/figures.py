"""The figures of a renewal opportunity, as Salesforce keeps them: its type, prior amount, delta and landing.

Those that share an opportunity are summed. What cannot be judged has no figures: a sum that lacks a part is no sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from csops_sync.domain.facts import Scalar
from csops_sync.domain.forecast.landing import NOT_JUDGED, Landing, LandingKind, land
from csops_sync.domain.forecast.renewal_type import Tolerance, type_of
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

COMPUTED_TYPE = "computed_type"
PRIOR_AMOUNT = "prior_amount"
DELTA_AMOUNT = "delta_amount"
LANDING_AMOUNT = "landing_amount"
FIGURE_FIELDS = (COMPUTED_TYPE, PRIOR_AMOUNT, DELTA_AMOUNT, LANDING_AMOUNT)
"""The mapped names of the opportunity fields that hold figures, each ours alone (`owned: system`)."""

_AT_NOTHING = frozenset({LandingKind.LOST, LandingKind.ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one opportunity, annual, in its currency; None where they cannot be told.

    `computed_type` is what the amounts say, whatever type a person chose; the landing follows the person.
    `delta_amount` is what it is renewed at less the prior amount. `parts` are the landings of its terms, in order of
    key: the reason.
    """

    computed_type: RenewalType | None = None
    prior_amount: Money | None = None
    delta_amount: Money | None = None
    landing_amount: Money | None = None
    parts: tuple[Landing, ...] = ()

    def value(self, field: str) -> Scalar:
        """This function will give what a field of `FIGURE_FIELDS` is to hold."""
        figure = getattr(self, field)
        if isinstance(figure, Money):
            return figure.amount
        return None if figure is None else str(figure.value)


def figures_of(states: Sequence[TermState], *, rules: ForecastRules, currency: str) -> Figures:
    """This function will sum the terms that an opportunity of this currency renews."""
    members = sorted((one for one in states if one.standing is not TermStanding.UNOPENED), key=_key)
    parts = tuple(land(state=one, rules=rules) for one in members)
    if not parts or not all(_is_told(one, currency) for one in parts):
        return Figures(parts=parts)
    prior = sum(one.prior.to_minor() for one in members if one.prior is not None)
    new = sum(_renewed_at(one, part) for one, part in zip(members, parts, strict=True))
    landing = sum(part.landed.base + part.landed.expansion for part in parts)
    return Figures(
        computed_type=_type(parts, prior, new, rules.tolerance),
        prior_amount=Money.from_minor(prior, currency),
        delta_amount=Money.from_minor(new - prior, currency),
        landing_amount=Money.from_minor(landing, currency),
        parts=parts,
    )


def _is_told(part: Landing, currency: str) -> bool:
    return part.kind not in NOT_JUDGED and part.currency == currency


def _renewed_at(state: TermState, part: Landing) -> int:
    """Give what a term is renewed at: nothing where it is lost, the prior amount while nobody said another."""
    if part.kind in _AT_NOTHING:
        return 0
    amount = state.prior if state.new is None else state.new
    return 0 if amount is None else amount.to_minor()


def _type(parts: Sequence[Landing], prior: int, new: int, tolerance: Tolerance) -> RenewalType:
    if all(one.kind in _AT_NOTHING for one in parts):
        return RenewalType.LOST
    return type_of(prior=prior, new=new, tolerance=tolerance)


def _key(state: TermState) -> str:
    return state.key
