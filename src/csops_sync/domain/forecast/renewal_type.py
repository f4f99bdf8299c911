"""Whether a renewal is upsell, flat, downsell or lost (DESIGN, "Amounts"), and from which parts that was concluded."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.money import Money


class TypeBasis(StrEnum):
    """What a computed type rests on.

    `above`, `within` and `below` compare amounts. `no-new-amount` takes the prior amount, as nobody said another.
    `closed-lost` and `ended` are facts. Of the others nothing can be computed.
    """

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"
    NO_NEW_AMOUNT = "no-new-amount"
    CLOSED_LOST = "closed-lost"
    ENDED = "ended"
    UNOPENED = "unopened"
    NO_PRIOR = "no-prior"
    OTHER_CURRENCY = "other-currency"
    ASIDE = "aside"


_FACTS = {
    TermStanding.LOST: (RenewalType.LOST, TypeBasis.CLOSED_LOST),
    TermStanding.TERMINATED: (RenewalType.LOST, TypeBasis.ENDED),
    TermStanding.EXPIRED: (RenewalType.LOST, TypeBasis.ENDED),
    TermStanding.ASIDE: (None, TypeBasis.ASIDE),
}
_IS_LOST = frozenset({TermStanding.LOST, TermStanding.TERMINATED, TermStanding.EXPIRED})
_MAY_YET_BE_LOST = frozenset({TermStanding.OPEN, TermStanding.ASIDE})
_BY_AMOUNT = {
    RenewalType.UPSELL: TypeBasis.ABOVE,
    RenewalType.FLAT: TypeBasis.WITHIN,
    RenewalType.DOWNSELL: TypeBasis.BELOW,
}


@dataclass(frozen=True)
class Tolerance:
    """How far from the prior amount still counts as flat: a share from 0 to below 1, 0.005 for `0.5 %`.

    Raises:
        ValueError: the share is not in that range.
    """

    share: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1:
            raise ValueError(f"a tolerance is at least 0 % and below 100 %, not {self.share * 100:f} %")

    @cached_property
    def ratio(self) -> tuple[int, int]:
        """The share as an exact fraction, numerator and denominator."""
        return self.share.as_integer_ratio()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeReason:
    """The parts of the reason: words in any language are made of them."""

    basis: TypeBasis
    prior: Money | None
    new: Money | None
    tolerance: Decimal

    @property
    def flat_from(self) -> Decimal | None:
        """The least new amount that is flat: the prior amount less the tolerance, exact."""
        return None if self.prior is None else self.prior.with_uplift(-self.tolerance).amount

    @property
    def flat_to(self) -> Decimal | None:
        """The largest new amount that is flat: the prior amount and the tolerance, exact."""
        return None if self.prior is None else self.prior.with_uplift(self.tolerance).amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A renewal's type. `type` is what counts, `computed` what the amounts say; None where nothing can be said."""

    type: RenewalType | None
    computed: RenewalType | None
    reason: TypeReason

    @property
    def chosen(self) -> bool:
        """Whether a person chose otherwise than the amounts say."""
        return self.type is not self.computed


def classify(
    *,
    prior: Money | None,
    new: Money | None,
    tolerance: Tolerance,
    standing: TermStanding,
    chosen: RenewalType | None = None,
) -> Typed:
    """This function will classify a renewal by its annual amounts; `chosen` is a person's choice of type.

    A person's choice counts, except against a fact: what was closed lost or ended is lost whatever was chosen while
    it was open, and what was won or goes on is not. The amounts are in one currency, or nothing is computed.
    """
    computed, basis = _computed(prior, new, tolerance, standing)
    reason = TypeReason(basis=basis, prior=prior, new=new, tolerance=tolerance.share)
    counts = counted_type(computed=computed, standing=standing, chosen=chosen)
    return Typed(type=counts, computed=computed, reason=reason)


def computed_type(
    *, standing: TermStanding, prior: int | None, new: int | None, tolerance: Tolerance
) -> tuple[RenewalType | None, TypeBasis]:
    """This function will compute a type from annual amounts in minor units of one currency, and what it rests on."""
    fact = _FACTS.get(standing)
    if fact is not None:
        return fact
    if prior is None:
        return None, TypeBasis.NO_PRIOR
    if standing is TermStanding.UNOPENED:
        return None, TypeBasis.UNOPENED
    if new is None:
        return RenewalType.FLAT, TypeBasis.NO_NEW_AMOUNT
    found = type_of(prior=prior, new=new, tolerance=tolerance)
    return found, _BY_AMOUNT[found]


def counted_type(
    *, computed: RenewalType | None, standing: TermStanding, chosen: RenewalType | None
) -> RenewalType | None:
    """This function will give the type that counts: a person's choice, unless a fact speaks against it."""
    if chosen is None or standing in _IS_LOST:
        return computed
    if chosen is RenewalType.LOST and standing not in _MAY_YET_BE_LOST:
        return computed
    return chosen


def type_of(*, prior: int, new: int, tolerance: Tolerance) -> RenewalType:
    """This function will compare two amounts of one currency in minor units; on the bounds a renewal is flat."""
    part, whole = tolerance.ratio
    moved, allowed = (new - prior) * whole, abs(prior) * part
    if moved > allowed:
        return RenewalType.UPSELL
    return RenewalType.DOWNSELL if -moved > allowed else RenewalType.FLAT


def _computed(
    prior: Money | None, new: Money | None, tolerance: Tolerance, standing: TermStanding
) -> tuple[RenewalType | None, TypeBasis]:
    differ = prior is not None and new is not None and prior.currency != new.currency
    if differ and standing not in _FACTS and standing is not TermStanding.UNOPENED:
        return None, TypeBasis.OTHER_CURRENCY
    before, after = (one.to_minor() if one is not None else None for one in (prior, new))
    return computed_type(standing=standing, prior=before, new=after, tolerance=tolerance)
