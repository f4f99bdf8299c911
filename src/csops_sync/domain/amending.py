"""Deals that change what a contract earns while it runs: mid-term amendments, upsells within the term, steps of a ramp.

An amendment is a won opportunity that is linked to its contract and says from which day on it counts (`amends_from`, a
mapped field that is filled in on amendments and on nothing else). It is no renewal and settles no term. Its amount is
what it adds a year, below zero where it takes away: its mapped `recurring_amount`, else Amount; where that holds a
whole term, it is for the mapped `term_months`, else for the months from its day to the end of the term.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from csops_sync.domain.book import AccountBook
from csops_sync.domain.dates import months_between
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.money import Money, annualised
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.terms import Term

AMENDS_FROM = "amends_from"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What a contract earns more a year (less, below zero) from `effective` on, that day included."""

    effective: date
    added: Money


def amends_from(opportunity: Opportunity) -> date | None:
    """This function will give the day from which an amendment counts; None for a deal that is none.

    Raises:
        ValueError: the field holds no date.
    """
    value: Scalar = opportunity.values.get(AMENDS_FROM)
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10]) if value not in (None, "") else None


def amendments_of(
    book: AccountBook, *, contract: Contract, rules: RuleSet, term: Term | None = None
) -> tuple[Amendment, ...]:
    """This function will list what was added to a contract, in order of days; of one term those after its first day.

    Raises:
        ValueError: a field holds no date or number.
    """
    found = sorted(_of_contract(book, contract), key=lambda one: (one[0], one[1].id))
    within = [one for one in found if term is None or term.start < one[0] <= term.end]
    end = term.end if term is not None else contract.end
    return tuple(
        Amendment(effective=day, added=_added(deal, day=day, end=end, rules=rules)) for day, deal in within
    )


def added_by(amendments: Sequence[Amendment], *, currency: str) -> Money:
    """This function will add up amendments in one currency; those in another do not count."""
    amounts = [one.added for one in amendments if one.added.currency == currency]
    return sum(amounts, start=Money(Decimal(0), currency))


def _of_contract(book: AccountBook, contract: Contract) -> Iterator[tuple[date, Opportunity]]:
    for one in book.opportunities:
        if one.contract_id == contract.id and one.is_won and not one.is_deleted:
            day = amends_from(one)
            if day is not None:
                yield day, one


def _added(deal: Opportunity, *, day: date, end: date | None, rules: RuleSet) -> Money:
    recurring = deal.values.get("recurring_amount")
    value = deal.amount if recurring in (None, "") else Decimal(str(recurring))
    amount = Money(value or Decimal(0), deal.currency)
    months = _months(deal, day, end) if rules.term_amounts else None
    return amount.rounded() if months is None else annualised(amount=amount, months=months)


def _months(deal: Opportunity, day: date, end: date | None) -> Fraction | None:
    mapped = deal.values.get("term_months")
    if mapped not in (None, ""):
        return Fraction(str(mapped))
    return months_between(start=day, until=end + _DAY) if end is not None and end >= day else None
