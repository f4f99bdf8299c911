"""Amendments that came (or went) after the terms that they raise were over, and what they bring into those terms.

Salesforce does not say when a deal was entered, so it is told by what was known: a stored term says by its steps which
amendments within it it holds, and by what it begins with, held against what the term before it went on at, which on
its first day. What was not known of a term raises those too that it rolled on into, up to the next deal that renewed
it: that deal's amount holds all that was before it.

What was known of two terms says the same of an amendment on the first day of the second as of a new price on that day
without a deal. So only a term that began with nothing added, or with exactly what is withdrawn since, is told apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from csops_sync.domain.amending import Amendment, added_by, between
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.standing.runs import Run
from csops_sync.domain.standing.steps import late_within

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What came late to what a term began with, a year, below zero where it went.

    `on_start` came on its first day (or since the term before it ended), `carried` in the terms that rolled on into it.
    """

    on_start: Money
    carried: Money

    @property
    def brought(self) -> Money:
        """Both together."""
        return self.on_start + self.carried


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The deals of a contract: what it was sold at, its amendments, and those that were withdrawn or never won."""

    sold: Money | None
    amendments: tuple[Amendment, ...]
    withdrawn: tuple[Amendment, ...] = ()


def brought_into(
    runs: Sequence[Run], *, papers: Papers, known: Mapping[str, TermState]
) -> Mapping[str, Late]:
    """This function will say what came late to each term of a contract that was known before, by key.

    `runs` are all terms of the contract, first to last; `known` is what was stored of them, by key.
    """
    found: dict[str, Late] = {}
    last: Run | None = None
    rolled: Money | None = None
    for run in runs:
        before = known.get(run.key)
        if before is None or before.prior is None:
            last, rolled = run, None
            continue
        none = Money(Decimal(0), before.prior.currency)
        carried = rolled if rolled is not None and rolled.currency == none.currency else none
        base = papers.sold if last is None else _went_on_at(known.get(last.key))
        late = Late(on_start=_on_start(papers, last, run, before, base) or none, carried=carried)
        found[run.key] = late
        own = late_within(before, run=run, amendments=papers.amendments) or none
        last, rolled = run, late.brought + own if run.standing is TermStanding.AUTO_RENEWED else None
    return found


def since_last(amendments: Sequence[Amendment], *, last: Run | None, run: Run) -> tuple[Amendment, ...]:
    """This function will give what a term begins with beside the one before it: added since, its first day included."""
    after: date = run.term.start - _DAY if last is None else last.term.end
    return between(amendments, after=after, until=run.term.start)


def _went_on_at(before: TermState | None) -> Money | None:
    """Give what was known of the amount at which a term went on, before anything was added on the next one's start."""
    if before is None:
        return None
    return before.prior if before.standing is TermStanding.AUTO_RENEWED else before.new


def _on_start(
    papers: Papers, last: Run | None, run: Run, before: TermState, base: Money | None
) -> Money | None:
    first = before.steps[0].amount if before.steps else before.prior
    if first is None or base is None or base.currency != first.currency:
        return None
    counted, withdrawn = (
        added_by(since_last(one, last=last, run=run), currency=first.currency)
        for one in (papers.amendments, papers.withdrawn)
    )
    began_with = first - base
    if not began_with.amount:
        return counted
    if began_with != counted + withdrawn:
        return None
    return Money(-withdrawn.amount, withdrawn.currency)
