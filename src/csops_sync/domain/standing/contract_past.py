"""A contract's terms with all that was added to it: what of it belongs to which term, and what came late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csops_sync.domain.amending import (
    Amendment,
    added_by,
    amendments_of,
    between,
    lost_from,
    withdrawn_from,
)
from csops_sync.domain.amounts import prior_amount, sold_amount
from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.standing.late import Late, Papers, brought_into, since_last
from csops_sync.domain.standing.runs import Run
from csops_sync.domain.standing.steps import earned_on, is_lowered, less


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All terms of a contract, first to last, and all that was added to it, in order of days.

    `late` is what came to what a term began with since it was known, by key.
    """

    contract: Contract
    runs: tuple[Run, ...]
    amendments: tuple[Amendment, ...]
    late: Mapping[str, Late]

    def on_next_start(self, run: Run) -> tuple[Amendment, ...]:
        """What was added after a term and no later than on the first day of the next: that one begins with it."""
        after = self._next(run)
        return since_last(self.amendments, last=run, run=after) if after is not None else ()

    def brought(self, run: Run) -> Money | None:
        """What came late to what a term began with; None for one of which nothing was known."""
        return self.late[run.key].brought if run.key in self.late else None

    def is_raised_on_start(self, run: Run, *, prior: Money | None, following: Money | None) -> bool:
        """Whether what came late on the next term's first day is by now all that it begins with beside `prior`."""
        after = self._next(run)
        late = self.late.get(after.key) if after is not None else None
        if prior is None or late is None or not late.on_start.amount:
            return False
        return following == prior + added_by(self.on_next_start(run), currency=prior.currency)

    def last_amount(
        self, run: Run, *, book: AccountBook, rules: RuleSet, before: TermState | None
    ) -> Money | None:
        """What a contract is worth in its last term, without what was to be added after it was cut off.

        `before` is what was stored of the term: it says whether people have lowered the mapped amount by that already.
        """
        agreed = prior_amount(book, contract=self.contract, rules=rules, until=run.term.end)
        never_came = between(self.amendments, after=run.until, until=run.term.end)
        if not never_came or self.contract.annual_amount is None:
            return less(agreed, never_came)
        unmapped = replace(self.contract, annual_amount=None)
        was = earned_on(before, day=run.until) if before is not None else None
        was = was or prior_amount(book, contract=unmapped, rules=rules, until=run.until)
        return agreed if is_lowered(agreed, by=never_came, was=was) else less(agreed, never_came)

    def _next(self, run: Run) -> Run | None:
        return next((one for one in self.runs if one.term.start > run.term.end), None)


def past_of(
    book: AccountBook,
    *,
    contract: Contract,
    runs: tuple[Run, ...],
    rules: RuleSet,
    known: Mapping[str, TermState],
) -> Past:
    """This function will read the past of a contract; `known` is what was stored of its terms, by key.

    Raises:
        ValueError: a field of an amendment holds no date or number.
    """
    added = amendments_of(book, contract=contract, rules=rules) if runs else ()
    return Past(
        contract=contract, runs=runs, amendments=added, late=_late(book, contract, rules, runs, added, known)
    )


def _late(
    book: AccountBook,
    contract: Contract,
    rules: RuleSet,
    runs: Sequence[Run],
    added: tuple[Amendment, ...],
    known: Mapping[str, TermState],
) -> Mapping[str, Late]:
    """Say what came late; for the many contracts that nobody ever amended there is nothing to work out."""
    stored = [known[one.key] for one in runs if one.key in known]
    if not stored:
        return {}
    withdrawn = withdrawn_from(book, contract=contract, rules=rules)
    lost = lost_from(book, contract=contract, rules=rules)
    if not (added or withdrawn or lost) and not any(one.steps for one in stored):
        return {}
    sold = sold_amount(book, contract=contract, rules=rules)
    papers = Papers(sold=sold, amendments=added, withdrawn=withdrawn, lost=lost)
    return brought_into(runs, papers=papers, known=known)
