"""Why a renewal opportunity has its figures, in words made of the parts of its landings. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from csops_sync.domain.forecast.figures import Figures
from csops_sync.domain.forecast.landing import WEIGHED, Landing, LandingKind
from csops_sync.domain.forecast.renewal_type import TypeBasis
from csops_sync.domain.intents import FieldChange

_BASIS: Mapping[TypeBasis, str] = {
    TypeBasis.ABOVE: "above the prior amount",
    TypeBasis.WITHIN: "within {tolerance} of the prior amount",
    TypeBasis.BELOW: "below the prior amount",
    TypeBasis.NO_NEW_AMOUNT: "no new amount, so the prior one",
    TypeBasis.CLOSED_LOST: "closed lost",
    TypeBasis.ENDED: "the contract ended",
    TypeBasis.UNOPENED: "not opened",
    TypeBasis.NO_PRIOR: "no prior amount",
    TypeBasis.OTHER_CURRENCY: "two currencies",
    TypeBasis.ASIDE: "it cannot be judged",
}
_KIND: Mapping[LandingKind, str] = {
    LandingKind.WON: "won, lands at its amount",
    LandingKind.CONTINUED: "it goes on, lands at its amount",
    LandingKind.LOST: "lands at nothing",
    LandingKind.ENDED: "lands at nothing",
    LandingKind.RATED: "rank {rank}",
    LandingKind.UNRATED: "unrated",
    LandingKind.UNTOUCHED: "nobody rated it or set an amount, so the prior one counts",
    LandingKind.UNOPENED: "not opened",
    LandingKind.ASIDE: "no landing",
    LandingKind.NO_PRIOR: "no landing",
    LandingKind.OTHER_CURRENCY: "no landing",
}


def figure_reason(figures: Figures) -> str:
    """This function will say why: `flat, within 0.5 % of the prior amount; rank C: 90 % of the base`."""
    if not figures.parts:
        return "it renews no term any more"
    words = list(dict.fromkeys(_part(one) for one in figures.parts))
    if len(figures.parts) == 1:
        return _cleared(figures, words[0])
    return _cleared(figures, f"the sum of {len(figures.parts)} terms: {'; and '.join(words)}")


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
    return f"{words}; not all of it is in the opportunity's currency, or can be judged"


def _part(landing: Landing) -> str:
    return "; ".join((_type(landing), _landing(landing)))


def _type(landing: Landing) -> str:
    reason = landing.typed.reason
    basis = _BASIS[reason.basis].format(tolerance=_share(reason.tolerance))
    computed, counts = landing.typed.computed, landing.typed.type
    named = f"{computed.value}, {basis}" if computed is not None else basis
    if landing.typed.chosen and counts is not None:
        return f"{named}; a person chose {counts.value}, which its landing follows"
    return named


def _landing(landing: Landing) -> str:
    words = _KIND[landing.kind].format(rank=landing.rank)
    return f"{words}: {_weights(landing)}" if landing.kind in WEIGHED else words


def _weights(landing: Landing) -> str:
    weights = landing.weights
    if weights is None:
        return "no weight"
    shares: Sequence[str] = [f"{_share(weights.base)} of the base"]
    if landing.landed.added:
        shares = [*shares, f"{_share(weights.expansion)} of the expansion"]
    return " and ".join(shares)


def _share(share: Decimal) -> str:
    percent = (share * 100).normalize()
    return f"{percent:f} %"
