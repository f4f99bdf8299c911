"""What a term earned from which day on, worked out back from what it earns on its last day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from csops_sync.domain.amending import Amendment, added_by, amendments_of, between
from csops_sync.domain.amounts import prior_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract
from csops_sync.domain.forecast.term_state import Step, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a term earns on its last day, None where it is not known, and the steps that led there."""

    prior: Money | None
    steps: tuple[Step, ...] = ()

    @property
    def first(self) -> Money | None:
        """What it earned on its first day."""
        return self.steps[0].amount if self.steps else self.prior


def paid(run: Run, *, prior: Money | None, amendments: Sequence[Amendment]) -> Paid:
    """This function will give what a term earned a year, first to last; no steps where it earned its prior all along.

    An amendment after the last day in force never came to be. Where amendments add more than a term earns, they cannot
    be told apart from what was there before, and it has no steps.
    """
    if prior is None:
        return Paid(prior=None)
    known = _within(run, amendments, currency=prior.currency)
    level = prior - added_by(known, currency=prior.currency)
    return Paid(prior=prior, steps=_climbed(level, run.term.start, known) if known else ())


def kept(before: TermState, *, run: Run, amendments: Sequence[Amendment], seen: Money | None) -> Paid:
    """This function will give what was known of a term that is over, with amendments that came or went since then.

    `seen` is what can be told of its last day today, from what followed. What was known may hold an amendment already
    whose deal was entered later, so it moves only if that brings it nearer to `seen`; else all stays as it was known.
    """
    prior = before.prior
    if prior is None:
        return Paid(prior=None)
    known = _within(run, amendments, currency=prior.currency)
    if _by_day(known) == _rises(before.steps):
        return paid(run, prior=prior, amendments=amendments)
    held = prior - before.steps[0].amount if before.steps else Money(Decimal(0), prior.currency)
    restated = prior + added_by(known, currency=prior.currency) - held
    if _is_nearer(restated, than=prior, to=seen):
        return paid(run, prior=restated, amendments=amendments)
    return Paid(prior=prior, steps=_since(run.term.start, before.steps))


def less(amount: Money | None, amendments: Sequence[Amendment]) -> Money | None:
    """This function will take amendments off an amount; where they add more than it holds, it holds none of them."""
    if amount is None:
        return None
    left = amount - added_by(amendments, currency=amount.currency)
    return amount if left.amount < 0 else left


def first_amount(book: AccountBook, *, contract: Contract, rules: RuleSet) -> Money | None:
    """This function will give what a contract earned a year on its first day; None where its amount is not known.

    Raises:
        ValueError: an amendment holds no date or number.
    """
    added = amendments_of(book, contract=contract, rules=rules)
    return less(prior_amount(book, contract=contract, rules=rules), between(added, after=contract.start))


def _within(run: Run, amendments: Sequence[Amendment], *, currency: str) -> list[Amendment]:
    inside = between(amendments, after=run.term.start, until=run.until)
    return [one for one in inside if one.added.currency == currency]


def _by_day(amendments: Sequence[Amendment]) -> Mapping[date, Decimal]:
    found: dict[date, Decimal] = {}
    for one in amendments:
        found[one.effective] = found.get(one.effective, Decimal(0)) + one.added.amount
    return found


def _rises(steps: Sequence[Step]) -> Mapping[date, Decimal]:
    return {after.effective: after.amount.amount - one.amount.amount for one, after in pairwise(steps)}


def _since(start: date, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Let steps begin on a term's first day, which may have moved since they were stored."""
    later = [one for one in steps if one.effective > start and one is not steps[0]]
    if not later:
        return ()
    return (Step(effective=start, amount=steps[-len(later) - 1].amount), *later)


def _is_nearer(amount: Money, *, than: Money, to: Money | None) -> bool:
    if to is None or to.currency != amount.currency:
        return False
    return abs(amount.amount - to.amount) < abs(than.amount - to.amount)


def _climbed(level: Money, start: date, amendments: Sequence[Amendment]) -> tuple[Step, ...]:
    levels = {start: level}
    for one in amendments:
        level += one.added
        levels[one.effective] = level
    if any(one.amount < Decimal(0) for one in levels.values()):
        return ()
    return tuple(Step(effective=day, amount=amount) for day, amount in levels.items())
