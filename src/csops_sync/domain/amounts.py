"""What a contract is worth a year, and what its renewal is proposed at (DESIGN, "Amounts")."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from csops_sync.domain.amending import added_by, amendments_of, amends_from, between
from csops_sync.domain.book import AccountBook
from csops_sync.domain.dates import months_between
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.money import Money, annualised, over_term
from csops_sync.domain.rules import RuleSet

_DAY = timedelta(days=1)


def prior_amount(
    book: AccountBook, *, contract: Contract, rules: RuleSet, until: date | None = None
) -> Money | None:
    """This function will give the annual recurring amount: the mapped field, else the last won deal, else None.

    What was added from the contract's start until a day, both included, counts on top of the deal, and without that day
    all that was added later too; the mapped field holds it already. What was added before the start is in the deal.
    """
    mapped = contract.annual_amount
    if mapped is not None:
        months = contract_months(contract) if rules.contract_term_amounts else None
        return _annual(Money(mapped, contract.currency), months)
    return _from_last_won(book, contract, rules, until)


def total(amounts: Sequence[Money | None]) -> Money | None:
    """This function will add the amounts of co-termed contracts; None where any is unknown or currencies differ."""
    known = [one for one in amounts if one is not None]
    if len(known) < len(amounts) or len({one.currency for one in known}) != 1:
        return None
    return sum(known[1:], start=known[0])


def proposed_amount(prior: Money, *, uplift: Decimal, new_term_months: int, rules: RuleSet) -> Money:
    """This function will give what Opportunity.Amount is filled with: prior and uplift, a year's or a term's."""
    yearly = prior.with_uplift(uplift)
    if not rules.term_amounts:
        return yearly.rounded()
    return over_term(annual=yearly, months=new_term_months)


def contract_months(contract: Contract) -> int | Fraction | None:
    """This function will give a contract's length as it says it, else as its dates make it; None without an end."""
    if contract.term_months is not None and contract.term_months > 0:
        return contract.term_months
    if contract.start is None or contract.end is None or contract.end < contract.start:
        return None
    return months_between(start=contract.start, until=contract.end + _DAY)


def _annual(amount: Money, months: int | Fraction | None) -> Money:
    if not months:
        return amount.rounded()
    return annualised(amount=amount, months=months)


def last_sold(book: AccountBook, *, contract: Contract) -> Opportunity | None:
    """This function will give the deal that a contract came from: the last one won by its start; None without one."""
    won = [
        one
        for one in book.opportunities
        if one.is_won
        and not one.is_deleted
        and one.amount is not None
        and contract.id in (one.contract_id, one.id)
        and amends_from(one) is None
        and (contract.start is None or one.close_date <= contract.start)
    ]
    return max(won, key=lambda one: (one.close_date, one.id), default=None)


def sold_amount(book: AccountBook, *, contract: Contract, rules: RuleSet) -> Money | None:
    """This function will give what a contract was sold at a year: its last won deal by its start; None without one."""
    last = last_sold(book, contract=contract)
    if last is None:
        return None
    months = contract_months(contract) if rules.term_amounts else None
    return _annual(Money(last.amount or Decimal(0), last.currency), months)


def _from_last_won(book: AccountBook, contract: Contract, rules: RuleSet, until: date | None) -> Money | None:
    sold = sold_amount(book, contract=contract, rules=rules)
    if sold is None:
        return None
    since = contract.start - _DAY if contract.start else None
    added = between(amendments_of(book, contract=contract, rules=rules), after=since, until=until)
    return sold + added_by(added, currency=sold.currency)
