"""Why a renewal opportunity has its figures, in words made of the parts of its landings. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from csops_sync.app.forecast import figure_reasons as said
from csops_sync.domain.forecast.figures import Figures
from csops_sync.domain.forecast.landing import WEIGHED, Landing, LandingKind
from csops_sync.domain.forecast.renewal_type import TypeBasis
from csops_sync.domain.intents import FieldChange
from csops_sync.domain.sentences import Wording

_BASIS: Mapping[TypeBasis, Wording] = {
    TypeBasis.ABOVE: said.ABOVE,
    TypeBasis.WITHIN: said.WITHIN,
    TypeBasis.BELOW: said.BELOW,
    TypeBasis.NO_NEW_AMOUNT: said.NO_NEW_AMOUNT,
    TypeBasis.CLOSED_LOST: said.CLOSED_LOST,
    TypeBasis.ENDED: said.ENDED,
    TypeBasis.UNOPENED: said.UNOPENED,
    TypeBasis.NO_PRIOR: said.NO_PRIOR,
    TypeBasis.OTHER_CURRENCY: said.OTHER_CURRENCY,
    TypeBasis.ASIDE: said.ASIDE,
}
_KIND: Mapping[LandingKind, Wording] = {
    LandingKind.WON: said.LANDS_AS_WON,
    LandingKind.CONTINUED: said.LANDS_CONTINUED,
    LandingKind.LOST: said.LANDS_AT_NOTHING,
    LandingKind.ENDED: said.LANDS_AT_NOTHING,
    LandingKind.RATED: said.RATED,
    LandingKind.UNRATED: said.UNRATED,
    LandingKind.UNTOUCHED: said.UNTOUCHED,
    LandingKind.UNOPENED: said.UNOPENED,
    LandingKind.ASIDE: said.NO_LANDING,
    LandingKind.NO_PRIOR: said.NO_LANDING,
    LandingKind.OTHER_CURRENCY: said.NO_LANDING,
}


def figure_reason(figures: Figures) -> str:
    """This function will say why: `flat, within 0.5 % of the prior amount; rank C: 90 % of the base`."""
    if not figures.parts:
        return said.NO_TERM()
    words = list(dict.fromkeys(_part(one) for one in figures.parts))
    if len(figures.parts) == 1:
        return _cleared(figures, words[0])
    return _cleared(figures, said.SUM(n=len(figures.parts), part="; and ".join(words)))


def changes_words(changes: Sequence[FieldChange]) -> str:
    """This function will say what is written, without what stood there: `landing amount 5,400,000`."""
    return ", ".join(f"{change.field.replace('_', ' ')} {_value(change.after)}" for change in changes)


def _value(value: object) -> str:
    if value is None:
        return "empty"
    return f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)


def _cleared(figures: Figures, words: str) -> str:
    if figures.landing_amount is not None or not any(one.landed.weights for one in figures.parts):
        return words
    return f"{words}; {said.NOT_ALL()}"


def _part(landing: Landing) -> str:
    return "; ".join((_type(landing), _landing(landing)))


def _type(landing: Landing) -> str:
    reason = landing.typed.reason
    words = _BASIS[reason.basis]
    basis = words(tolerance=_share(reason.tolerance)) if words is said.WITHIN else words()
    computed, counts = landing.typed.computed, landing.typed.type
    named = said.TYPED(type=computed, basis=basis) if computed is not None else basis
    if landing.typed.chosen and counts is not None:
        return f"{named}; {said.CHOSEN(type=counts)}"
    return named


def _landing(landing: Landing) -> str:
    words = _KIND[landing.kind]
    kind = words(rank=landing.rank) if words is said.RATED else words()
    return said.WEIGHED(kind=kind, weights=_weights(landing)) if landing.kind in WEIGHED else kind


def _weights(landing: Landing) -> str:
    weights = landing.weights
    if weights is None:
        return said.NO_WEIGHT()
    base = _share(weights.base)
    if landing.landed.added:
        return said.OF_BOTH(base=base, expansion=_share(weights.expansion))
    return said.OF_BASE(base=base)


def _share(share: Decimal) -> str:
    percent = (share * 100).normalize()
    return f"{percent:f} %"
