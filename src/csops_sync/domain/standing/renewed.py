"""What a renewal opportunity says: its amount a year, the rank and the type that people gave it, and what is only ours.

The amount is its mapped `recurring_amount`, else Amount; where that holds a whole term (`amount_basis: term`) it is
divided by the mapped `term_months`, else by the months for which we propose: those of the new term. A value that stands
as we wrote it is nobody's choice. Ranks that follow the stage (`probability`, `forecast_category`) are nobody's either
while the stage is the one that we wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from csops_sync.domain.amounts import proposed_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.confidence.ranks import RankKind
from csops_sync.domain.copying import HAS_LINES, SUM_OF_LINES
from csops_sync.domain.deal_amounts import RECURRING, mapped_months, recurring_amount
from csops_sync.domain.facts import Opportunity
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.domain.money import Money, annualised, over_term
from csops_sync.domain.ownership import same
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import RuleSet

_TYPE = "renewal_type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An opportunity, how many months it is for unless it says so itself, and the row of the term that it renews.

    `prior` is that of all terms that share it, None where one of them has none, or their currencies differ.
    """

    opportunity: Opportunity
    months: int | Fraction
    renewal: Renewal | None = None
    prior: Money | None = None


def annual_amount(offer: Offer, *, rules: RuleSet) -> Money | None:
    """This function will give what an opportunity is worth a year, rounded once; None where it has no amount."""
    value = recurring_amount(offer.opportunity)
    if value is None:
        return None
    amount = Money(value, offer.opportunity.currency)
    return annualised(amount=amount, months=_months(offer)) if rules.term_amounts else amount.rounded()


def booked_amount(offer: Offer, *, rules: RuleSet) -> Money | None:
    """This function will give what an opportunity is worth over its whole term (TCV), recurring amounts alone.

    Rounded once; None where it has no amount.
    """
    value = recurring_amount(offer.opportunity)
    if value is None:
        return None
    amount = Money(value, offer.opportunity.currency)
    return amount.rounded() if rules.term_amounts else over_term(annual=amount, months=_months(offer))


def is_proposed(book: AccountBook, *, offer: Offer, rules: RuleSet) -> bool:
    """This function will say whether the amount is only what we proposed: it stands as we wrote it, and is unrated.

    What Salesforce made of lines that we copied is no person's choice either. Where the state does not know what was
    written (it was lost), the amount that we would propose now, on an opportunity that we made ourselves, is taken for
    our own, and so is that of lines in one that nobody modified after us.
    """
    one = offer.opportunity
    if one.is_closed or rank_of(book, opportunity=one, rules=rules) is not None:
        return False
    field = _amount_field(one)
    base = book.written.get((one.id, field)) or book.written.get((one.id, SUM_OF_LINES))
    if base is not None:
        return same(one.values.get(field), base.value)
    ours = rules.ownership.our_user_id
    is_made_by_us = one.renewal_key is not None and ours is not None and one.created_by_id == ours
    is_of_lines = one.values.get(HAS_LINES) is True and one.last_modified_by_id == ours
    return is_made_by_us and (is_of_lines or proposal(offer, rules=rules) is not None)


def proposal(offer: Offer, *, rules: RuleSet) -> Money | None:
    """This function will give the proposed amount a year where it is the opportunity's, and else None.

    It is exact, while the amount of a term that was rounded can be a unit off once it is divided again.
    """
    rule = next((one for one in rules.renewals if offer.renewal and one.name == offer.renewal.rule), None)
    if rule is None or offer.prior is None or not rule.opportunity.amount_from_prior:
        return None
    uplift, months = rule.opportunity.uplift, int(offer.months)
    proposed = proposed_amount(offer.prior, uplift=uplift, new_term_months=months, rules=rules)
    stands = same(recurring_amount(offer.opportunity), proposed.amount)
    return offer.prior.with_uplift(uplift).rounded() if stands else None


def rank_of(book: AccountBook, *, opportunity: Opportunity, rules: RuleSet) -> str | None:
    """This function will give the rank that people gave a renewal; None for `unrated`."""
    if rules.confidence is None:
        return None
    scale = rules.confidence.scale
    follows_stage = scale.kind is not RankKind.FIELD
    untouched = _is_ours(book, opportunity, "stage" if follows_stage else scale.field)
    if untouched or (follows_stage and opportunity.is_closed):
        return None
    return scale.rank_of(opportunity.values.get(scale.field))


def chosen_type(book: AccountBook, *, opportunity: Opportunity) -> RenewalType | None:
    """This function will give the type that a person chose, None where the field is empty, or as we wrote it."""
    value = opportunity.values.get(_TYPE)
    if not isinstance(value, str) or _is_ours(book, opportunity, _TYPE):
        return None
    return next((one for one in RenewalType if one.value == value.strip().casefold()), None)


def loss_reason(opportunity: Opportunity, *, rules: RuleSet) -> str | None:
    """This function will give the reason of a loss or downsell that the rules of confidence keep in a mapped field."""
    field = rules.confidence.answer.reason_field if rules.confidence else None
    value = opportunity.values.get(field) if field else None
    return str(value) if value not in (None, "") else None


def shared(whole: Money, *, priors: Sequence[Money]) -> tuple[Money, ...]:
    """This function will split an amount in proportion to priors, to the minor unit; the first takes what is over.

    Where nothing was paid before, all parts are equal. The sum is always the whole.

    Raises:
        ValueError: there are no priors, or one of another currency.
    """
    if not priors:
        raise ValueError("an amount is shared by at least one term; give their priors")
    if any(one.currency != whole.currency for one in priors):
        raise ValueError(f"priors of another currency do not share {whole.currency}; convert them first")
    weights = [max(one.to_minor(), 0) for one in priors]
    weights = weights if sum(weights) else [1] * len(priors)
    minor = whole.to_minor()
    parts = [minor * weight // sum(weights) for weight in weights]
    parts[0] += minor - sum(parts)
    return tuple(Money.from_minor(part, whole.currency) for part in parts)


def _is_ours(book: AccountBook, opportunity: Opportunity, field: str) -> bool:
    base = book.written.get((opportunity.id, field))
    return base is not None and same(opportunity.values.get(field), base.value)


def _amount_field(opportunity: Opportunity) -> str:
    return RECURRING if opportunity.values.get(RECURRING) not in (None, "") else "amount"


def _months(offer: Offer) -> int | Fraction:
    mapped = mapped_months(offer.opportunity)
    return offer.months if mapped is None else mapped
