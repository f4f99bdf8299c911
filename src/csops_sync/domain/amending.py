"""Deals that change what a contract earns while it runs: mid-term amendments, upsells within the term, steps of a ramp.

An amendment is a won opportunity that is linked to its contract and says from which day on it counts (`amends_from`, a
mapped field that is filled in on amendments and on nothing else). It is no renewal and settles no term. Its amount is
what it adds a year, below zero where it takes away: its mapped `recurring_amount`, else Amount; where that holds a
whole term, it is for the mapped `term_months`, else for the months from its day to the end of the term that holds
that day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from csops_sync.domain.book import AccountBook
from csops_sync.domain.dates import months_between
from csops_sync.domain.deal_amounts import mapped_months, recurring_amount
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.money import Money, annualised
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.terms import terms_through

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


def amendments_of(book: AccountBook, *, contract: Contract, rules: RuleSet) -> tuple[Amendment, ...]:
    """This function will list all that was added to a contract, in order of days.

    Raises:
        ValueError: a field holds no date or number.
    """
    won = (one for one in _linked(book, contract) if _counts(one))
    return _listed(book, contract, rules, won)


def withdrawn_from(book: AccountBook, *, contract: Contract, rules: RuleSet) -> tuple[Amendment, ...]:
    """This function will list the amendments that were deleted once they were won, in order of days: they did count.

    One with a field that cannot be read is left out: it never added anything.
    """
    gone = (one for one in _linked(book, contract) if one.is_won and one.is_deleted and _is_readable(one))
    return _listed(book, contract, rules, gone)


def lost_from(book: AccountBook, *, contract: Contract, rules: RuleSet) -> tuple[Amendment, ...]:
    """This function will list the amendments that are closed as lost: nobody says whether they were won before.

    One that is open never counted, and one with a field that cannot be read is left out. In order of days.
    """
    lost = (one for one in _linked(book, contract) if one.is_closed and not one.is_won and _is_readable(one))
    return _listed(book, contract, rules, lost)


def between(
    amendments: Sequence[Amendment], *, after: date | None = None, until: date | None = None
) -> tuple[Amendment, ...]:
    """This function will give those that count from a day after `after` on, and no later than from `until` on."""
    return tuple(
        one
        for one in amendments
        if (after is None or one.effective > after) and (until is None or one.effective <= until)
    )


def added_by(amendments: Sequence[Amendment], *, currency: str) -> Money:
    """This function will add up amendments in one currency; those in another do not count."""
    amounts = [one.added for one in amendments if one.added.currency == currency]
    return sum(amounts, start=Money(Decimal(0), currency))


def _linked(book: AccountBook, contract: Contract) -> Iterator[Opportunity]:
    for one in book.opportunities:
        if one.contract_id == contract.id and one.values.get(AMENDS_FROM) not in (None, ""):
            yield one


def _counts(deal: Opportunity) -> bool:
    return deal.is_won and not deal.is_deleted


def _is_readable(deal: Opportunity) -> bool:
    try:
        amends_from(deal), recurring_amount(deal), mapped_months(deal)
    except ValueError:
        return False
    return True


def _listed(
    book: AccountBook, contract: Contract, rules: RuleSet, deals: Iterable[Opportunity]
) -> tuple[Amendment, ...]:
    days = ((amends_from(one), one) for one in deals)
    found = sorted(((day, one) for day, one in days if day), key=lambda one: (one[0], one[1].id))
    return tuple(
        Amendment(
            effective=day,
            added=_added(deal, months=_months(book, contract, deal, day) if rules.term_amounts else None),
        )
        for day, deal in found
    )


def _added(deal: Opportunity, *, months: Fraction | None) -> Money:
    amount = Money(recurring_amount(deal) or Decimal(0), deal.currency)
    return amount.rounded() if months is None else annualised(amount=amount, months=months)


def _months(book: AccountBook, contract: Contract, deal: Opportunity, day: date) -> Fraction | None:
    mapped = mapped_months(deal)
    if mapped is not None:
        return mapped
    end = _end_of_term(book, contract, day)
    return months_between(start=day, until=end + _DAY) if end is not None and end >= day else None


def _end_of_term(book: AccountBook, contract: Contract, day: date) -> date | None:
    """Give the last day of the term that holds a day: as it was settled, else as the contract's dates make it."""
    for one in book.renewals:
        if one.contract_id == contract.id and one.settled and one.term_start <= day <= one.term_end:
            return one.term_end
    terms = terms_through(contract=contract, today=day)
    return terms[-1].end if terms else None
