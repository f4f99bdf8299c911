"""NRR and GRR of a window that is not over: revenue that stays in force, and the landing of what falls due.

The boundary decides what falls due between the two measured days, so a prediction becomes the past number once its
terms are settled. Predicted GRR adds up base parts term by term; it is never a capped sum. Nobody knows a future rate,
so both ends are taken at the rates of the window's start. A window that starts after today starts with what is
predicted for its first day. What is uncertain of both ends is told beside them: `spread`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from csops_sync.domain.forecast.in_force import RevenueBook, renewed_amount
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import Exchange, Rates, rounded, to_minor
from csops_sync.domain.forecast.repeating import Lands, Parts, again, parts_of, times_due
from csops_sync.domain.forecast.retention import Retention
from csops_sync.domain.forecast.spread import (
    Doubt,
    both,
    grown_doubt,
    landing_doubt,
    spread_of,
    started_doubt,
)
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermStanding, TermState
from csops_sync.domain.money import Money

_CARRIED = frozenset({TermStanding.WON, TermStanding.AUTO_RENEWED})


class MissingLandingError(LookupError):
    """A term falls due in the window and no landing was given for it; the message names the term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Predicted retention, and the keys of the terms due in it that cannot be judged and count as nothing."""

    retention: Retention
    unjudged: tuple[str, ...]


class _Ends(NamedTuple):
    """One term at both ends of the window, in minor units; `base` is the part of the end that was there before.

    `doubt` is what is uncertain of it, if anything.
    """

    start: int
    end: int
    base: int
    doubt: Doubt | None = None


_ABSENT = _Ends(0, 0, 0)
_NOTHING = Parts(0, 0, 0, 0, "")


def _added(one: _Ends, other: _Ends) -> _Ends:
    doubt = both(one.doubt, other.doubt)
    return _Ends(one.start + other.start, one.end + other.end, one.base + other.base, doubt)


def predicted_retention(
    *,
    book: RevenueBook,
    window: Window,
    landings: Mapping[str, Lands | Parts],
    today: date,
    exchange: Exchange,
) -> Prediction:
    """This function will predict a window that ends after today. Landings are by the term's key.

    Open terms that fall due need one; settled ones count at what is known, unless one is given. Logos are not told.

    Raises:
        ValueError: the window is over by today; `retention` measures it.
        MissingLandingError: an open term falls due without a landing.
        MissingRateError: a currency has no rate.
    """
    opens, closes = window.measured(book.profile.nrr_boundary)
    if closes <= today:
        raise ValueError(f"the window to {window.last} is over on {today}; measure it by retention()")
    outlook = _Outlook(book, landings, exchange.opening(window), (opens, closes), today)
    cohort = [ends for ends in outlook.by_customer() if ends.start]
    numbers = Retention(
        window=window,
        profile=book.profile,
        predicted=True,
        start=Money.from_minor(sum(ends.start for ends in cohort), exchange.into),
        end=Money.from_minor(sum(ends.end for ends in cohort), exchange.into),
        kept=Money.from_minor(sum(ends.base for ends in cohort), exchange.into),
        start_logos=len(cohort),
        kept_logos=None,
        spread=spread_of(ends.doubt for ends in cohort),
    )
    return Prediction(retention=numbers, unjudged=tuple(outlook.unjudged))


class _Outlook:
    """What each term is worth at both ends of one window."""

    def __init__(
        self,
        book: RevenueBook,
        landings: Mapping[str, Lands | Parts],
        rates: Rates,
        days: tuple[date, date],
        today: date,
    ) -> None:
        self.unjudged: dict[str, None] = {}
        self._book = book
        self._landings = landings
        self._rates = rates
        self._opens, self._closes = days
        self._today = today
        self._at_start = book.by_term(day=self._opens, rates=rates)
        self._at_end = book.by_term(day=self._closes, rates=rates)

    def by_customer(self) -> Iterable[_Ends]:
        """Add up what each customer's terms are worth at both ends.

        Most terms are over for good, or in force from end to end: those are told here, as `of` would, at once.
        """
        found: dict[str, _Ends] = {}
        opens, closes = self._opens, self._closes
        at_start, at_end = self._at_start, self._at_end
        is_past, outside = opens <= self._today, self._book.profile.outside_expansion
        customer_of = self._book.profile.customer_of
        for term in self._book.terms:
            key, until = term.key, term.in_force_until
            start = at_start.get(key)
            if start and closes <= until:
                end = at_end.get(key, 0)
                kept = min(start, end)
                ends = _Ends(start, end if outside else kept, kept)
            elif start is None and until < opens and (is_past or self._goes_on(term)) and term.start <= opens:
                continue
            else:
                ends = self.of(term)
            if ends is not _ABSENT:
                customer = customer_of(term)
                before = found.get(customer)
                found[customer] = ends if before is None else _added(before, ends)
        return found.values()

    def of(self, term: TermState) -> _Ends:
        if term.prior is None or term.start > self._closes:
            return _ABSENT
        start = self._start(term)
        origin = start or self._origin(term)
        gone = not start and term.in_force_until < self._opens and term.start <= self._opens
        if gone or (not origin and self._not_counted(term)):
            return _ABSENT
        if self._closes <= term.in_force_until:
            end = self._at_end.get(term.key, 0)
            counted = end if self._book.profile.outside_expansion or not start else min(start, end)
            return _Ends(start, counted, min(origin, end))
        return self._landed(term, start, origin)

    def _not_counted(self, term: TermState) -> bool:
        """Whether a contract continues nothing, and growth outside of renewals does not count."""
        return not self._book.profile.outside_expansion and term.key not in self._book.links.before

    def _start(self, term: TermState) -> int:
        if self._opens <= self._today or self._opens <= term.in_force_until:
            return self._at_start.get(term.key, 0)
        if term.start > self._opens or self._goes_on(term):
            return 0
        landed = self._weighed(term, self._times(term, self._opens))
        return landed.base + landed.expansion

    def _origin(self, term: TermState) -> int:
        """What the terms that this one continues were worth at the start."""
        before = self._book.links.before.get(term.key, ())
        return sum(self._start(one) or self._origin(one) for one in before)

    def _landed(self, term: TermState, start: int, origin: int) -> _Ends:
        if self._goes_on(term):
            return _Ends(start, 0, 0)
        times = self._times(term, self._closes)
        landed = self._weighed(term, times)
        base, expansion = landed.base, landed.expansion
        if start and self._due_before_start(term):
            end = base + expansion
            return _Ends(start, end, min(start, end), self._since_start(term, landed, times))
        doubt = landing_doubt(landed)
        prior = self._rates.money(term.prior) if term.prior is not None else 0
        if origin < prior != 0:
            # It rose within the window: what it earned at the start is a part of what lands.
            known = rounded(base * origin, prior)
            counted = self._book.profile.outside_expansion or not start
            total = base + expansion if counted else rounded((base + expansion) * origin, prior)
            return _Ends(start, total, known, grown_doubt(doubt, share=origin / prior, counted=counted))
        return _Ends(start, base + expansion, base, doubt)

    def _since_start(self, term: TermState, landed: Parts, times: int) -> Doubt | None:
        """What is uncertain of a term that was due before the window; its start is too, where that is to come."""
        if self._opens <= self._today:
            found = landing_doubt(landed)
            return found and found._replace(base=found.end, base_fall=found.fall, base_rise=found.rise)
        before = self._times(term, self._opens)
        return started_doubt(landed if before == times else self._weighed(term, before), landed)

    @staticmethod
    def _times(term: TermState, day: date) -> int:
        return max(1, times_due(term=term, day=day))

    def _goes_on(self, term: TermState) -> bool:
        """Whether another term counts its revenue from its end on."""
        return term.follows_on or term.key in self._book.links.after

    def _due_before_start(self, term: TermState) -> bool:
        if term.in_force_until >= self._opens:
            return False
        return self._opens > self._today or term.standing not in OPEN_STANDINGS

    def _weighed(self, term: TermState, times: int) -> Parts:
        known = self._landing(term)
        if known is None:
            return _NOTHING
        parts = again(known, times)
        base, expansion, kept, added, currency = parts
        if currency == self._rates.into:
            return parts
        worth = partial(self._rates.minor, currency=currency)
        amounts = (worth(amount=base), worth(amount=expansion), worth(amount=kept), worth(amount=added))
        return Parts(*amounts, self._rates.into)

    def _landing(self, term: TermState) -> Parts | None:
        given = self._landings.get(term.key)
        known = given if given is None or isinstance(given, Parts) else parts_of(given)
        if known is not None:
            return known
        if term.standing in OPEN_STANDINGS and given is None:
            raise MissingLandingError(f"{term.key} falls due in the window; give its landing")
        if term.standing in _CARRIED:
            return _carried(term)
        if given is not None or term.standing is TermStanding.ASIDE:
            self.unjudged[term.key] = None
        return None


def _carried(term: TermState) -> Parts:
    """A renewal that is known counts at its amount; for 'new' nobody knows, at the prior one."""
    amount = renewed_amount(term)
    after = to_minor(amount)
    same = term.prior is not None and term.prior.currency == amount.currency
    kept = min(to_minor(term.prior), after) if same and term.prior is not None else after
    return Parts(kept, after - kept, kept, after - kept, amount.currency)
