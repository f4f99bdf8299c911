"""The bridge between two forecasts: every unit of money between them, by cause, with its contracts.

Causes are applied to each term one after the other, in the fixed order of `Cause`; a bar is what the landing moved by
when its cause was applied, so the bars add up to the difference exactly, term by term, and it is an error where they
do not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.landing import Weigher, land
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermStanding, TermState
from csops_sync.domain.money import Money


class Cause(StrEnum):
    """Why a landing moved, in the order in which causes are applied.

    `contract`: a term came or went, or what its contract is worth a year, or the segment that it counts under.
    `term moved`: its dates. `opened`: its opportunity was opened. `amount`: what the renewal is at. `type`: the type
    that counts. `rank`: what people rate it. `settled`: won, lost, or over otherwise. `weights`: the rules. `fx`: the
    rates.
    """

    CONTRACT = "contract"
    TERM_MOVED = "term moved"
    OPENED = "opened"
    AMOUNT = "amount"
    TYPE = "type"
    RANK = "rank"
    SETTLED = "settled"
    WEIGHTS = "weights"
    FX = "fx"


class BridgeDoesNotTieError(ArithmeticError):
    """Bars that do not lead from the one forecast to the other; the message names the amounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One end of a bridge: the states of one moment, and the rules and rates that weighed them then."""

    states: Sequence[TermState]
    rules: ForecastRules
    rates: DueRates


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """What one term adds to a bar."""

    key: str
    contract_id: str
    account_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What one cause adds; `movers` are its terms, the largest movement first."""

    cause: Cause
    amount: Money
    movers: tuple[Mover, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """From the landing at `start` to that at `end`; `bars` come in the order of `Cause`, those without movers too.

    Raises:
        BridgeDoesNotTieError: the bars do not add up to the difference.
    """

    window: Window
    start: Money
    end: Money
    bars: tuple[Bar, ...]

    def __post_init__(self) -> None:
        reached = sum((bar.amount for bar in self.bars), start=self.start)
        if reached != self.end:
            raise BridgeDoesNotTieError(
                f"the bars lead from {self.start.amount} to {reached.amount} {self.end.currency}, and the landing is "
                f"{self.end.amount}; take two whole snapshots, and report this"
            )


_Worth = Callable[[TermState], int]
_Step = tuple[Cause, TermState | None]


def bridge(*, before: Side, after: Side, window: Window, profile: MetricProfile) -> Bridge:
    """This function will lead from the landing of what was due in a window to that of what is due in it now.

    Terms that cannot be judged are worth nothing on that side.

    Raises:
        BridgeDoesNotTieError: the bars do not add up; two states of one term on one side, for instance.
        MissingRateError: a currency has no rate.
        ValueError: the two sides are in two currencies.
    """
    if before.rates.into != after.rates.into:
        raise ValueError(
            f"one side is in {before.rates.into}, the other in {after.rates.into}; use one currency"
        )
    valuation = Valuation(before, after, window, profile)
    old, new = _by_key(before.states), _by_key(after.states)
    found: dict[Cause, list[Mover]] = defaultdict(list)
    for key in sorted(old.keys() | new.keys()):
        for cause, mover in valuation.movers(old.get(key), new.get(key)):
            found[cause].append(mover)
    currency = after.rates.into
    return Bridge(
        window=window,
        start=Money.from_minor(sum(map(valuation.first, before.states)), currency),
        end=Money.from_minor(sum(map(valuation.last, after.states)), currency),
        bars=tuple(bar_of(cause, found[cause], currency) for cause in Cause),
    )


class Valuation:
    """What a term is worth in the window: by the first side's rules and rates, by the second's, and in between.

    `weighs_alike`: the two sides have the same rules and rates, so that who is as before moves nothing.
    """

    def __init__(self, before: Side, after: Side, window: Window, profile: MetricProfile) -> None:
        self._window = window
        self._profile = profile
        self.first = self._worth(before.rules, before.rates)
        self.reweighed = self._worth(after.rules, before.rates)
        self.last = self._worth(after.rules, after.rates)
        self._old_rules = before.rules
        self.weighs_alike = before.rules == after.rules and before.rates == after.rates
        self._currency = after.rates.into

    def movers(self, old: TermState | None, new: TermState | None) -> Iterator[tuple[Cause, Mover]]:
        """This function will walk a term from its old state to its new one, and give what each cause moved."""
        if self.weighs_alike and (old is new or old == new):
            return
        reached = self.first(old) if old is not None else 0
        subject = new or old
        for cause, level in self._levels(old, new):
            if level != reached and subject is not None:
                yield cause, self._mover(subject, level - reached)
            reached = level

    def _levels(self, old: TermState | None, new: TermState | None) -> Iterator[tuple[Cause, int]]:
        if old is None or new is None:
            yield Cause.CONTRACT, self.first(new) if new is not None else 0
        elif old != new:
            for cause, state in _walk(old, new, self._old_rules):
                yield cause, self.first(state)
        if new is not None:
            yield Cause.WEIGHTS, self.reweighed(new)
            yield Cause.FX, self.last(new)

    def _worth(self, rules: ForecastRules, rates: DueRates) -> _Worth:
        weigh = Weigher(rules, Scenario.BASE).landed

        def worth(state: TermState) -> int:
            due = self._profile.due_day(state)
            if not self._window.holds(due):
                return 0
            landed = weigh(state)
            if landed.weights is None or state.prior is None:
                return 0
            return rates.on(due).minor(amount=landed.base + landed.expansion, currency=state.prior.currency)

        return worth

    def _mover(self, term: TermState, minor: int) -> Mover:
        return Mover(
            key=term.key,
            contract_id=term.contract_id,
            account_id=term.account_id,
            amount=Money.from_minor(minor, self._currency),
        )


def _walk(old: TermState, new: TermState, rules: ForecastRules) -> Iterator[tuple[Cause, TermState]]:
    """Give the term after each cause, from its old state to its new one."""
    state = replace(old, prior=new.prior, grouping=new.grouping, customer_id=new.customer_id)
    yield Cause.CONTRACT, state
    state = replace(state, start=new.start, end=new.end, in_force_until=new.in_force_until)
    yield Cause.TERM_MOVED, state
    if state.standing is TermStanding.UNOPENED and new.opportunity_id is not None:
        state = replace(state, standing=TermStanding.OPEN, opportunity_id=new.opportunity_id, proposed=True)
    yield Cause.OPENED, state
    if state.standing in OPEN_STANDINGS:
        counted = land(state=state, rules=rules).type
        state = replace(_amended(state, new), chosen_type=counted)
        yield Cause.AMOUNT, state
        state = replace(state, chosen_type=new.chosen_type)
        yield Cause.TYPE, state
        state = replace(state, rank=new.rank)
        yield Cause.RANK, state
    yield Cause.SETTLED, new


def _amended(state: TermState, new: TermState) -> TermState:
    """Give a term its new amount. What was lost has none: nobody changed what it had been offered at."""
    if new.new is None and new.standing not in OPEN_STANDINGS:
        return state
    return replace(state, new=new.new, proposed=new.proposed)


def _by_key(states: Iterable[TermState]) -> Mapping[str, TermState]:
    return {one.key: one for one in states}


def bar_of(cause: Cause, movers: Sequence[Mover], currency: str) -> Bar:
    """This function will sum up what one cause moved."""
    total = sum(one.amount.to_minor() for one in movers)
    ordered = sorted(movers, key=lambda one: (-abs(one.amount.to_minor()), one.key))
    return Bar(cause=cause, amount=Money.from_minor(total, currency), movers=tuple(ordered))
