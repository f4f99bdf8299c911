"""What a term earned from which day on, worked out back from what it earns on its last day."""

from datetime import date
from decimal import Decimal

from csops_sync.domain.amending import Amendment, added_by, amendments_of
from csops_sync.domain.amounts import prior_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract
from csops_sync.domain.forecast.term_state import Step
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.runs import Run


def steps_of(
    book: AccountBook, *, contract: Contract, run: Run, prior: Money | None, rules: RuleSet
) -> tuple[Step, ...]:
    """This function will give what a term earned a year, first to last; empty where it earned its prior all along.

    An amendment after the last day in force never came to be. Where amendments add more than a term earns, they cannot
    be told apart from what was there before, and it has no steps.

    Raises:
        ValueError: an amendment holds no date or number.
    """
    if prior is None:
        return ()
    within = amendments_of(book, contract=contract, rules=rules, term=run.term)
    known = [one for one in within if one.effective <= run.until and one.added.currency == prior.currency]
    level = prior - added_by(known, currency=prior.currency)
    return _climbed(level, run.term.start, known) if known else ()


def first_amount(book: AccountBook, *, contract: Contract, rules: RuleSet) -> Money | None:
    """This function will give what a contract earned a year on its first day; None where its amount is not known."""
    last = prior_amount(book, contract=contract, rules=rules)
    if last is None:
        return None
    level = last - added_by(amendments_of(book, contract=contract, rules=rules), currency=last.currency)
    return last if level.amount < 0 else level


def _climbed(level: Money, start: date, amendments: list[Amendment]) -> tuple[Step, ...]:
    levels = {start: level}
    for one in amendments:
        level += one.added
        levels[one.effective] = level
    if any(one.amount < Decimal(0) for one in levels.values()):
        return ()
    return tuple(Step(effective=day, amount=amount) for day, amount in levels.items())
