"""Movements of revenue over a window, per customer and in total; they tie exactly, or it is an error.

`start + new + expansion + reactivation - contraction - churn + fx = end`. All but `fx` are taken at the rates of the
window's start; `fx` is what the end is worth more, or less, at its own rates. It is zero in constant currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from csops_sync.domain.forecast.in_force import RevenueBook
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.retention import ratio
from csops_sync.domain.money import Money

TOTAL = "total"


class MovementsDoNotTieError(ArithmeticError):
    """Movements that do not lead from the start to the end; the message names the customer and the amounts."""


class Amounts(NamedTuple):
    """The lines of a movement table, in minor units of its currency. `late` is part of the reactivations."""

    start: int = 0
    new: int = 0
    expansion: int = 0
    reactivation: int = 0
    contraction: int = 0
    churn: int = 0
    fx: int = 0
    end: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Movement:
    """One customer's lines, or the total of all; `TOTAL` stands for the customer there.

    Raises:
        MovementsDoNotTieError: the lines do not lead from the start to the end.
    """

    customer_id: str
    currency: str
    minor: Amounts

    def __post_init__(self) -> None:
        lines = self.minor
        gained = lines.new + lines.expansion + lines.reactivation
        reached = lines.start + gained - lines.contraction - lines.churn + lines.fx
        if reached != lines.end:
            raise MovementsDoNotTieError(
                f"the movements of {self.customer_id} lead to {self._money(reached).amount} {self.currency}, but "
                f"{self.end.amount} is in force at the end ({lines}); take the states of one day, and report this"
            )

    def _money(self, minor: int) -> Money:
        return Money.from_minor(minor, self.currency)

    @property
    def start(self) -> Money:
        """Revenue in force at the start."""
        return self._money(self.minor.start)

    @property
    def new(self) -> Money:
        """Of customers that never had any before."""
        return self._money(self.minor.new)

    @property
    def expansion(self) -> Money:
        """What customers of the start have more."""
        return self._money(self.minor.expansion)

    @property
    def reactivation(self) -> Money:
        """Of customers that had none at the start, and some before."""
        return self._money(self.minor.reactivation)

    @property
    def late(self) -> Money:
        """The part of the reactivations that came back within the profile's gap days."""
        return self._money(self.minor.late)

    @property
    def contraction(self) -> Money:
        """What customers that stayed have less."""
        return self._money(self.minor.contraction)

    @property
    def churn(self) -> Money:
        """What customers had that left altogether."""
        return self._money(self.minor.churn)

    @property
    def fx(self) -> Money:
        """What the end is worth more at its own rates than at those of the start."""
        return self._money(self.minor.fx)

    @property
    def end(self) -> Money:
        """Revenue in force at the end."""
        return self._money(self.minor.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementTable:
    """The movements of a window: every customer's with any, in order of their ids, their total, and the cohort's.

    The cohort are the customers with revenue at the start.
    """

    window: Window
    profile: MetricProfile
    movements: tuple[Movement, ...]
    total: Movement
    cohort: Movement

    @property
    def nrr(self) -> Fraction | None:
        """NRR from movements; that from cohorts, where growth outside of renewals counts."""
        return ratio(self.cohort.end, self.cohort.start)

    @property
    def gross_revenue_churn(self) -> Fraction | None:
        """Churn and contraction by start, at the rates of the start."""
        return ratio(self.total.churn + self.total.contraction, self.total.start)

    @property
    def net_revenue_churn(self) -> Fraction | None:
        """Churn and contraction less expansion and reactivation, by start (the movement form of ChartMogul)."""
        lines = self.total
        return ratio(lines.churn + lines.contraction - lines.expansion - lines.reactivation, lines.start)


def movements(*, book: RevenueBook, window: Window, exchange: Exchange) -> MovementTable:
    """This function will lead every customer's revenue from a window's start to its end.

    Raises:
        MovementsDoNotTieError: it does not lead there.
        MissingRateError: a currency has no rate.
    """
    opens, closes = window.measured(book.profile.nrr_boundary)
    opening = exchange.opening(window)
    start = book.by_customer(day=opens, rates=opening)
    level = book.by_customer(day=closes, rates=opening)
    end = book.by_customer(day=closes, rates=exchange.closing(window))
    gaps = _gaps(book, opens, level.keys() - start.keys())
    found = tuple(
        Movement(
            customer,
            exchange.into,
            _amounts(
                (start.get(customer, 0), level.get(customer, 0), end.get(customer, 0)),
                gaps.get(customer),
                book.profile,
            ),
        )
        for customer in sorted(start.keys() | level.keys())
    )
    return MovementTable(
        window=window,
        profile=book.profile,
        movements=found,
        total=total(found, exchange.into),
        cohort=total((one for one in found if one.minor.start), exchange.into),
    )


def total(found: Iterable[Movement], currency: str) -> Movement:
    """This function will add up movements, line by line.

    Raises:
        ValueError: one of them is in another currency.
    """
    rows = []
    for one in found:
        if one.currency != currency:
            raise ValueError(
                f"{one.customer_id} moves in {one.currency}, not in {currency}; convert it first"
            )
        rows.append(one.minor)
    return Movement(TOTAL, currency, Amounts(*map(sum, zip(*rows, strict=True))) if rows else Amounts())


def _amounts(levels: tuple[int, int, int], gap: int | None, profile: MetricProfile) -> Amounts:
    """`gap`: the days without revenue before a return; None for customers that never had any."""
    start, level, end = levels
    fx = end - level
    if start:
        churn = start if not level else 0
        return Amounts(
            start=start,
            expansion=max(level - start, 0),
            contraction=max(start - level, 0) - churn,
            churn=churn,
            fx=fx,
            end=end,
        )
    if gap is None:
        return Amounts(new=level, fx=fx, end=end)
    late = level if gap <= profile.reactivation_gap_days else 0
    return Amounts(reactivation=level, late=late, fx=fx, end=end)


def _gaps(book: RevenueBook, opens: date, arrived: Iterable[str]) -> dict[str, int]:
    """The days without revenue before each return after the window's start; none for a customer that is new."""
    left: dict[str, date] = {}
    came: dict[str, date] = {}
    wanted = set(arrived)
    for stretch in book.stretches:
        customer = stretch.customer_id
        if customer not in wanted or not stretch.amount:
            continue
        if stretch.last < opens:
            left[customer] = max(stretch.last, left.get(customer, stretch.last))
        elif stretch.first > opens:
            came[customer] = min(stretch.first, came.get(customer, stretch.first))
    return {customer: (came[customer] - day).days - 1 for customer, day in left.items()}
