"""Revenue in force on a day: the stretches of days over which terms earn, under one definition profile.

A term earns its prior amount from its start to the day it is in force until, unless steps within it (a ramp, a mid-term
amendment) say what it earned before. A won renewal whose next term is not known yet earns its new amount for as long
as the term before it. Late and early renewals move the edges, as the profile says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from csops_sync.domain.dates import REMEMBERED, add_months, months_between
from csops_sync.domain.forecast.continuations import Continuations, continuations
from csops_sync.domain.forecast.outside import grown_outside
from csops_sync.domain.forecast.profile import EarlyRenewals, MetricProfile
from csops_sync.domain.forecast.rates import Rates, to_minor
from csops_sync.domain.forecast.stretches import Stretch
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, Step, TermStanding, TermState
from csops_sync.domain.money import Money

_DAY = timedelta(days=1)
KEPT_STANDINGS = frozenset({TermStanding.WON, TermStanding.AUTO_RENEWED, TermStanding.SUPERSEDED})
"""The terms that are known to go on."""
_CARRIED_STANDINGS = frozenset({TermStanding.WON, TermStanding.AUTO_RENEWED})


_Asked = tuple[date, Rates]
_DAYS_KEPT = 4
"""Of so many days the sums by customer are kept: both ends of a window, at two rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueBook:
    """All stretches of a set of terms under one profile. Made once by `revenue_book`, read for many windows.

    `unjudged` names terms without a prior amount, `unfollowed` those whose continuation is not in the set: both earn
    nothing there and are to be reported.
    """

    profile: MetricProfile
    terms: tuple[TermState, ...]
    stretches: tuple[Stretch, ...]
    links: Continuations
    unjudged: tuple[str, ...]
    _of_customers: dict[_Asked, dict[str, int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def unfollowed(self) -> tuple[str, ...]:
        """The terms whose continuation is not in the set."""
        return self.links.unfollowed

    def by_customer(self, *, day: date, rates: Rates) -> Mapping[str, int]:
        """This function will give each customer's revenue in force on a day, in minor units of the rates' currency.

        It is summed once: windows that follow one another meet on a day.
        """
        asked = (day, rates)
        found = self._of_customers.get(asked)
        if found is None:
            found = self._of_customers[asked] = self._summed(day, rates)
            while len(self._of_customers) > _DAYS_KEPT:
                del self._of_customers[next(iter(self._of_customers))]
        return found

    def _summed(self, day: date, rates: Rates) -> dict[str, int]:
        found: dict[str, int] = {}
        into, convert = rates.into, rates.minor
        for _, customer, first, last, amount, currency, _ in self.stretches:
            if first <= day <= last and amount:
                worth = amount if currency == into else convert(amount=amount, currency=currency)
                found[customer] = found.get(customer, 0) + worth
        return found

    def since(self, day: date) -> "RevenueBook":
        """This function will leave out what can say nothing of this day or a later one: most of a long history.

        What goes on in another term is left out with its last day; the revenue of every later day stays the same.
        """
        stretches = tuple(one for one in self.stretches if one.last >= day)
        earning = {one.key for one in stretches}
        after = self.links.after
        terms = tuple(
            term
            for term in self.terms
            if term.key in earning
            or term.in_force_until >= day
            or term.start > day
            or not (term.follows_on or term.key in after)
        )
        return replace(self, terms=terms, stretches=stretches)

    def outside(self, *, after: date, until: date, rates: Rates) -> dict[str, int]:
        """This function will give how much of each customer's revenue on a day grew outside of renewals since another.

        It is what rose within terms, and contracts that continue no other, as far as it is still there `until`: what
        falls takes first from what grew so. `after` is not included.
        """
        return grown_outside(self.stretches, links=self.links, days=(after, until), rates=rates)

    def by_term(self, *, day: date, rates: Rates) -> dict[str, int]:
        """This function will give each term's revenue in force on a day, in minor units of the rates' currency."""
        into, convert = rates.into, rates.minor
        return {
            key: amount if currency == into else convert(amount=amount, currency=currency)
            for key, _, first, last, amount, currency, _ in self.stretches
            if first <= day <= last
        }


def revenue_book(
    *, terms: Iterable[TermState], profile: MetricProfile, steps: Mapping[str, Sequence[Step]] | None = None
) -> RevenueBook:
    """This function will lay out when every term earns what.

    `steps`, by the term's key and in order of days, go before those of the states.

    Raises:
        DuplicateTermError: a term of a contract is given twice.
        ValueError: a term's steps begin after its start, are not in order, or change their currency.
    """
    kept = tuple(terms)
    links = continuations(kept)
    edges = _Edges(profile, links)
    ladder = steps or {}
    stretches: list[Stretch] = []
    for term in kept:
        if term.prior is not None:
            stretches.extend(_stretches(term, edges, ladder.get(term.key, term.steps)))
    return RevenueBook(
        profile=profile,
        terms=kept,
        stretches=tuple(stretches),
        links=links,
        unjudged=tuple(term.key for term in kept if term.prior is None),
    )


class _Edges:
    """Where a term's earning begins and ends under a profile, and whose it is."""

    def __init__(self, profile: MetricProfile, links: Continuations) -> None:
        self.profile = profile
        self._customer_of = profile.customer_of
        self._links = links
        self._grace = timedelta(days=profile.late.grace_days)

    def stretch(self, term: TermState, first: date, last: date, amount: Money) -> Stretch:
        """Days over which a term earns one amount."""
        return Stretch(term.key, self._customer_of(term), first, last, to_minor(amount), amount.currency)

    def first(self, term: TermState) -> date:
        """The start, or the signature of a renewal that came later than the grace after the term before it."""
        before = self._links.before.get(term.key)
        if before is None:
            return term.start
        return max(term.start, min(self._returned(one, term.start) for one in before))

    def last(self, term: TermState) -> date:
        """The last day in force; through the grace for what is still open, or was renewed late."""
        until = term.in_force_until
        following = self._links.after.get(term.key)
        if following is not None:
            return self._until_next(term, following)
        if term.standing in OPEN_STANDINGS:
            return until + self._grace
        carried = self.carried(term)
        return until if carried is None else max(until, min(until + self._grace, carried[0] - _DAY))

    def carried(self, term: TermState) -> tuple[date, date] | None:
        """The days of a renewal that is won although its next term is not known yet."""
        if term.standing not in _CARRIED_STANDINGS or term.follows_on or term.key in self._links.after:
            return None
        begins = term.in_force_until + _DAY
        return max(begins, self._returned(term, begins)), later_by_its_length(term, 1)

    def _until_next(self, term: TermState, following: TermState) -> date:
        until = term.in_force_until
        if following.start <= until and following.contract_id == term.contract_id:
            return following.start - _DAY
        if not self._grace:
            return until
        if term.standing in KEPT_STANDINGS or term.standing in OPEN_STANDINGS:
            return max(until, min(until + self._grace, self.first(following) - _DAY))
        return until

    def _returned(self, term: TermState, next_start: date) -> date:
        """The day from which the next term's revenue counts: its start, unless it was signed after the grace."""
        signed = term.settled_on
        if signed is None or term.standing not in KEPT_STANDINGS:
            return next_start
        late = signed > term.in_force_until + self._grace + _DAY
        return max(next_start, signed) if late else next_start


def later_by_its_length(term: TermState, times: int) -> date:
    """This function will give the last day of a term's repetition: the same number of months, so many times on."""
    return later_by(start=term.start, end=term.end, times=times)


@lru_cache(maxsize=REMEMBERED)
def later_by(*, start: date, end: date, times: int) -> date:
    """This function will give the last day of a repetition of these days, both included."""
    renewal_date = end + _DAY
    months = months_between(start=start, until=renewal_date)
    if months.denominator == 1:
        return add_months(renewal_date, times * int(months)) - _DAY
    return end + times * (renewal_date - start)


def _stretches(term: TermState, edges: _Edges, steps: Sequence[Step]) -> Iterable[Stretch]:
    first, last = edges.first(term), edges.last(term)
    found: list[Stretch] = []
    if steps:
        found.extend(_stepped(term, edges, steps, (first, last)))
    elif first <= last:
        found.extend(_signed(term, edges, first, last))
    carried = edges.carried(term)
    if carried is not None and carried[0] <= carried[1]:
        found.append(edges.stretch(term, carried[0], carried[1], renewed_amount(term)))
    return found


def _signed(term: TermState, edges: _Edges, first: date, last: date) -> Sequence[Stretch]:
    """One stretch; two, where the profile counts an early renewal from its signature."""
    signed = term.settled_on
    early = edges.profile.early is EarlyRenewals.SIGNATURE and term.standing in KEPT_STANDINGS
    if not early or term.new is None or signed is None or not first < signed <= last:
        return (edges.stretch(term, first, last, _prior(term)),)
    return (
        edges.stretch(term, first, signed - _DAY, _prior(term)),
        edges.stretch(term, signed, last, term.new),
    )


def _stepped(
    term: TermState, edges: _Edges, steps: Sequence[Step], days: tuple[date, date]
) -> Iterable[Stretch]:
    first, last = days
    _check(term, steps)
    ends = [step.effective - _DAY for step in steps[1:]] + [last]
    before = 0
    for place, (step, end) in enumerate(zip(steps, ends, strict=True)):
        amount = to_minor(step.amount)
        begins = max(first, step.effective)
        rise = max(amount - before, 0) if place else 0
        before = amount
        if begins <= min(end, last):
            found = edges.stretch(term, begins, min(end, last), step.amount)
            yield found._replace(rise=rise)


def _check(term: TermState, steps: Sequence[Step]) -> None:
    if steps[0].effective > term.start:
        raise ValueError(
            f"the steps of {term.key} begin on {steps[0].effective}, after its start {term.start}; "
            "give what it earned from its start on"
        )
    if any(one.effective >= other.effective for one, other in pairwise(steps)):
        raise ValueError(f"the steps of {term.key} are not in the order of their days; sort them")
    if len({step.amount.currency for step in steps}) > 1:
        raise ValueError(f"the steps of {term.key} change their currency; a term has one")


def _prior(term: TermState) -> Money:
    if term.prior is None:
        raise ValueError(f"{term.key} has no prior amount; leave it out and report it")
    return term.prior


def renewed_amount(term: TermState) -> Money:
    """This function will give what a kept term goes on at: what was agreed, else what it earned before.

    Raises:
        ValueError: neither is known.
    """
    return term.new if term.new is not None else _prior(term)
