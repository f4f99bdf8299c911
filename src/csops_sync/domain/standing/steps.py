"""What a term earned from which day on, worked out back from what it earns on its last day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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


def kept(
    before: TermState,
    *,
    run: Run,
    amendments: Sequence[Amendment],
    seen: Money | None,
    brought: Money | None = None,
) -> Paid:
    """This function will give what was known of a term that is over, with amendments that came or went since then.

    `seen` is what can be told of its last day today, from what followed. `brought` is what came or went since then of
    what the term began with (`late.Late`). What was known may hold an amendment already whose deal was entered later,
    so it moves only as far as `seen` bears that out; else all stays as it was known.
    """
    prior = before.prior
    if prior is None:
        return Paid(prior=None)
    none = Money(Decimal(0), prior.currency)
    within = late_within(before, run=run, amendments=amendments)
    own, start = _moves(prior, own=within or none, start=brought or none, to=seen)
    moved = prior + own + start
    if within is None or own != none:
        return paid(run, prior=moved, amendments=amendments)
    return Paid(prior=moved, steps=_raised(_since(run.term.start, before.steps), by=start))


def late_within(before: TermState, *, run: Run, amendments: Sequence[Amendment]) -> Money | None:
    """This function will add up what came (went, below zero) within a term since it was known; None for nothing."""
    prior = before.prior
    if prior is None:
        return None
    known = _within(run, amendments, currency=prior.currency)
    if _by_day(known) == _rises(before.steps):
        return None
    held = prior - before.steps[0].amount if before.steps else Money(Decimal(0), prior.currency)
    return added_by(known, currency=prior.currency) - held


def less(amount: Money | None, amendments: Sequence[Amendment]) -> Money | None:
    """This function will take amendments off an amount; where they add more than it holds, it holds none of them."""
    if amount is None:
        return None
    left = amount - added_by(amendments, currency=amount.currency)
    return amount if left.amount < 0 else left


def is_lowered(amount: Money | None, *, by: Sequence[Amendment], was: Money | None) -> bool:
    """This function will say whether an amount has been lowered by amendments already that never came to be.

    `was` is what was in force before they were to count: the amount is nearer to it as it stands than without them.
    """
    if amount is None or was is None or was.currency != amount.currency:
        return False
    without = amount - added_by(by, currency=amount.currency)
    return abs((amount - was).amount) < abs((without - was).amount)


def earned_on(state: TermState, *, day: date) -> Money | None:
    """This function will give what a term earned a year on a day within it."""
    reached = [one.amount for one in state.steps if one.effective <= day]
    if reached:
        return reached[-1]
    return state.steps[0].amount if state.steps else state.prior


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


def _moves(prior: Money, *, own: Money, start: Money, to: Money | None) -> tuple[Money, Money]:
    """Choose what is borne out of what came within a term and of what it began with.

    What it began with only where that leads to what followed exactly: it may lie terms back, and any later change of
    price would bring it nearer. What came within it also where that is nearer: the next deal may have another amount.
    """
    none = Money(Decimal(0), prior.currency)
    if to is None or any(one.currency != prior.currency for one in (to, own, start)):
        return none, none
    for way in ((none, none), (own, none), (none, start), (own, start)):
        if prior + way[0] + way[1] == to:
            return way
    moved = prior + own
    is_nearer = moved.amount >= 0 and abs((moved - to).amount) < abs((prior - to).amount)
    return (own if is_nearer else none), none


def _raised(steps: Sequence[Step], *, by: Money) -> tuple[Step, ...]:
    """Raise all steps by an amount; none are left where one of them would fall below zero."""
    raised = tuple(replace(one, amount=one.amount + by) for one in steps)
    return () if any(one.amount.amount < 0 for one in raised) else raised


def _climbed(level: Money, start: date, amendments: Sequence[Amendment]) -> tuple[Step, ...]:
    levels = {start: level}
    for one in amendments:
        level += one.added
        levels[one.effective] = level
    if any(one.amount < Decimal(0) for one in levels.values()):
        return ()
    return tuple(Step(effective=day, amount=amount) for day, amount in levels.items())
