"""Amendments that came (or went) after the terms that they raise were over, and what they bring into those terms.

Salesforce does not say when a deal was entered, so it is told by what was known: a stored term says by its steps which
amendments within it it holds, and by what it begins with, held against what the term before it went on at, which on
its first day. What was not known of a term raises those too that it rolled on into, up to the next deal that renewed
it: that deal's amount holds all that was before it.

What was known of two terms says the same of an amendment on the first day of the second as of a new price on that day
without a deal. So only a term that began with nothing added, or with exactly what some amendments of that day add, is
told apart: those that count and those deleted since. One that was lost may never have been won. It is taken to have
counted only as long as no term was known to begin lower again by just that: that was a price, set back by people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from csops_sync.domain.amending import Amendment, added_by, between
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.standing.runs import Run
from csops_sync.domain.standing.steps import late_within

_DAY = timedelta(days=1)
_MOST = 10
"""Of more amendments on one first day than these, what some of them add is not tried: 2 to the 10th is a thousand."""


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
    """The deals of a contract: what it was sold at, and its amendments.

    `withdrawn` were won and then deleted; `lost` were lost, and whether they were won before is not known.
    """

    sold: Money | None
    amendments: tuple[Amendment, ...]
    withdrawn: tuple[Amendment, ...] = ()
    lost: tuple[Amendment, ...] = ()


def brought_into(
    runs: Sequence[Run], *, papers: Papers, known: Mapping[str, TermState]
) -> Mapping[str, Late]:
    """This function will say what came late to each term of a contract that was known before, by key.

    `runs` are all terms of the contract, first to last; `known` is what was stored of them, by key.
    """
    found: dict[str, Late] = {}
    last: Run | None = None
    rolled: Money | None = None
    for place, run in enumerate(runs):
        before = known.get(run.key)
        if before is None or before.prior is None:
            last, rolled = run, None
            continue
        none = Money(Decimal(0), before.prior.currency)
        carried = rolled if rolled is not None and rolled.currency == none.currency else none
        base = papers.sold if last is None else _went_on_at(known.get(last.key))
        falls = _falls(papers, runs[place:], known)
        on_start = _on_start(papers, last, run, began=_began_with(before, base), falls=falls)
        late = Late(on_start=on_start or none, carried=carried)
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


def _began_with(before: TermState | None, base: Money | None) -> Money | None:
    """Give what was known to be added where a term began, beside what the one before it went on at."""
    if before is None:
        return None
    first = before.steps[0].amount if before.steps else before.prior
    if first is None or base is None or base.currency != first.currency:
        return None
    return first - base


def _on_start(
    papers: Papers, last: Run | None, run: Run, *, began: Money | None, falls: frozenset[Decimal]
) -> Money | None:
    """Give what came (went, below zero) on a term's first day; None where what it began with is no sum of its deals."""
    if began is None:
        return None
    counted = added_by(since_last(papers.amendments, last=last, run=run), currency=began.currency)
    told = _sums((*papers.amendments, *papers.withdrawn), last, run, currency=began.currency)
    lost = _sums(papers.lost, last, run, currency=began.currency)
    is_told = any(began.amount - one in told for one in lost if not one or -one not in falls)
    return counted - began if is_told else None


def _falls(papers: Papers, runs: Sequence[Run], known: Mapping[str, TermState]) -> frozenset[Decimal]:
    """Give by how much the terms that the first of `runs` rolled on into were known to begin anew without a deal.

    Below zero where one began lower than the term before it went on at. None is looked for where no deal was lost.
    """
    found: set[Decimal] = set()
    for last, run in pairwise(runs if papers.lost else ()):
        if last.standing is not TermStanding.AUTO_RENEWED:
            break
        began = _began_with(known.get(run.key), _went_on_at(known.get(last.key)))
        deals = (*papers.amendments, *papers.withdrawn)
        if began is not None and began.amount not in _sums(deals, last, run, currency=began.currency):
            found.add(began.amount)
    return frozenset(found)


def _sums(
    amendments: Sequence[Amendment], last: Run | None, run: Run, *, currency: str
) -> frozenset[Decimal]:
    """Give all that some of the amendments on a term's first day may add together, none of them included."""
    of_day = since_last(amendments, last=last, run=run)
    amounts = [one.added.amount for one in of_day if one.added.currency == currency]
    if len(amounts) > _MOST:
        return frozenset({Decimal(0), sum(amounts, start=Decimal(0))})
    found = {Decimal(0)}
    for amount in amounts:
        found |= {one + amount for one in found}
    return frozenset(found)
