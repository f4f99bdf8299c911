"""Renewal rates over the terms due in a window, churn-save rate and reasons of loss.

A term stays in the period it is due in, whatever happens later. One that was renewed later than the profile's grace and
after the window's end is not renewed there; it is the windfall of the window it was signed in. One still open is due
and not renewed so far, and marked. Prior and renewed amount of a term are taken at one rate, as `due_rates` has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.in_force import KEPT_STANDINGS, renewed_amount
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import DueBy, MetricProfile
from csops_sync.domain.forecast.rates import MissingRateError, RatePolicy, Rates
from csops_sync.domain.forecast.retention import ratio
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermStanding, TermState
from csops_sync.domain.money import Money

LOST_STANDINGS = frozenset({TermStanding.LOST, TermStanding.TERMINATED, TermStanding.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LossReason:
    """What was lost for one mapped reason; None where nobody gave one. `keys` are the terms."""

    reason: str | None
    amount: Money
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnSaves:
    """Terms with an announced cancellation that are decided: how many there were, and how many stayed."""

    announced: int
    saved: int
    announced_amount: Money
    saved_amount: Money

    @property
    def rate(self) -> Fraction | None:
        """The share that stayed, by number; None where none was announced."""
        return Fraction(self.saved, self.announced) if self.announced else None

    @property
    def amount_rate(self) -> Fraction | None:
        """The share of the prior amounts that stayed."""
        return ratio(self.saved_amount, self.announced_amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRates:
    """What became of the terms due in a window.

    `due` sums prior amounts, `renewed` the renewed ones, `kept` min(prior, renewed) of each term. `undecided` is the
    part of `due` that is still open; `open_keys` are those terms, `overdue` the ones of them that are over. `windfall`
    sums renewals signed in this window that were due in an earlier one and came too late for it. `unjudged` are
    terms without a known prior amount, standing or rate: counted nowhere.
    """

    window: Window
    profile: MetricProfile
    due: Money
    kept: Money
    renewed: Money
    undecided: Money
    windfall: Money
    due_terms: int
    renewed_terms: int
    due_logos: int
    renewed_logos: int
    open_keys: tuple[str, ...]
    overdue: tuple[str, ...]
    unjudged: tuple[str, ...]
    saves: ChurnSaves
    losses: tuple[LossReason, ...]

    @property
    def gross(self) -> Fraction | None:
        """Σ min(prior, renewed) ÷ Σ due."""
        return ratio(self.kept, self.due)

    @property
    def net(self) -> Fraction | None:
        """Σ renewed ÷ Σ due."""
        return ratio(self.renewed, self.due)

    @property
    def logo(self) -> Fraction | None:
        """The customers that renewed anything by those with anything due."""
        return Fraction(self.renewed_logos, self.due_logos) if self.due_logos else None

    @property
    def gross_decided(self) -> Fraction | None:
        """The gross rate over the terms that are decided."""
        return ratio(self.kept, self.due - self.undecided)


class _Due(NamedTuple):
    term: TermState
    prior: int
    renewed: int


def renewal_rates(
    *, terms: Iterable[TermState], window: Window, profile: MetricProfile, today: date, rates: DueRates
) -> RenewalRates:
    """This function will measure the terms due in a window, in one pass."""
    ledger = _Ledger(window, profile, rates)
    first, last = window.first, window.last
    by_end = profile.due_by is DueBy.END_DATE
    for term in terms:
        if first <= (term.end if by_end else term.renewal_date) <= last:
            ledger.add_due(term)
        elif term.settled_on is not None and first <= term.settled_on <= last:
            ledger.add_signed(term)
    return ledger.result(today)


class _Ledger:
    """Sorts the terms by what they are to the window."""

    def __init__(self, window: Window, profile: MetricProfile, rates: DueRates) -> None:
        self._window = window
        self._profile = profile
        self._rates = rates
        self._due: list[_Due] = []
        self._windfall = 0
        self._unjudged: list[str] = []

    def add_due(self, term: TermState) -> None:
        if term.prior is None or term.standing is TermStanding.ASIDE:
            self._unjudged.append(term.key)
            return
        rates = self._rate_of(term)
        try:
            self._due.append(_Due(term, rates.money(term.prior), self._renewed(term, rates)))
        except MissingRateError:
            self._unjudged.append(term.key)

    def add_signed(self, term: TermState) -> None:
        """Add a term that was due in another window and signed in this one: a windfall where that was late."""
        if not self._late(term):
            return
        try:
            self._windfall += self._rate_of(term).money(renewed_amount(term))
        except MissingRateError:
            self._unjudged.append(term.key)

    def _renewed(self, term: TermState, rates: Rates) -> int:
        if term.standing not in KEPT_STANDINGS or (self._late(term) and self._signed_after(term)):
            return 0
        return rates.money(renewed_amount(term))

    def _late(self, term: TermState) -> bool:
        """Whether it was renewed later than the grace after its last day."""
        if term.standing not in KEPT_STANDINGS or term.settled_on is None or term.prior is None:
            return False
        return term.settled_on > term.renewal_date + timedelta(days=self._profile.late.grace_days)

    def _signed_after(self, term: TermState) -> bool:
        return term.settled_on is not None and term.settled_on > self._window.last

    def _rate_of(self, term: TermState) -> Rates:
        """One rate for prior and renewed: reported ones of what closed are those of that day."""
        due = self._profile.due_day(term)
        rates = self._rates.on(due)
        if self._rates.exchange.policy is not RatePolicy.REPORTED or term.settled_on is None:
            return rates
        return replace(rates, day=term.settled_on)

    def result(self, today: date) -> RenewalRates:
        renewed = [one for one in self._due if one.renewed]
        customer_of = self._profile.customer_of
        open_terms = [one for one in self._due if one.term.standing in OPEN_STANDINGS]
        return RenewalRates(
            window=self._window,
            profile=self._profile,
            due=self._money(one.prior for one in self._due),
            kept=self._money(min(one.prior, one.renewed) for one in self._due),
            renewed=self._money(one.renewed for one in self._due),
            undecided=self._money(one.prior for one in open_terms),
            windfall=self._money((self._windfall,)),
            due_terms=len(self._due),
            renewed_terms=len(renewed),
            due_logos=len({customer_of(one.term) for one in self._due}),
            renewed_logos=len({customer_of(one.term) for one in renewed}),
            open_keys=tuple(one.term.key for one in open_terms),
            overdue=tuple(one.term.key for one in open_terms if one.term.end < today),
            unjudged=tuple(self._unjudged),
            saves=self._saves(),
            losses=self._losses(),
        )

    def _money(self, minor: Iterable[int]) -> Money:
        return Money.from_minor(sum(minor), self._rates.into)

    def _saves(self) -> ChurnSaves:
        announced = [
            one
            for one in self._due
            if one.term.announced_cancellation and one.term.standing not in OPEN_STANDINGS
        ]
        saved = [one for one in announced if one.renewed]
        return ChurnSaves(
            announced=len(announced),
            saved=len(saved),
            announced_amount=self._money(one.prior for one in announced),
            saved_amount=self._money(one.prior for one in saved),
        )

    def _losses(self) -> tuple[LossReason, ...]:
        by_reason: dict[str | None, list[_Due]] = {}
        for one in self._due:
            if one.term.standing in LOST_STANDINGS:
                by_reason.setdefault(one.term.loss_reason, []).append(one)
        found = [
            LossReason(
                reason=reason,
                amount=self._money(one.prior for one in lost),
                keys=tuple(one.term.key for one in lost),
            )
            for reason, lost in by_reason.items()
        ]
        return tuple(sorted(found, key=lambda loss: (-loss.amount.amount, loss.reason or "")))
