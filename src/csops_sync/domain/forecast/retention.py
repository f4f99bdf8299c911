"""NRR, GRR, gross and net revenue churn and logo retention of a window that is over."""

from dataclasses import dataclass
from fractions import Fraction

from csops_sync.domain.forecast.in_force import RevenueBook
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.ratio_band import RatioBands, ratio_bands
from csops_sync.domain.forecast.spread import CERTAIN, Spread
from csops_sync.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What became of the customers that had revenue at a window's start, exactly.

    `start` and `end` are theirs alone. `kept` is the end with each customer capped at their start (predicted: the base
    parts alone). Logos are customers; None where they cannot be told, as in a prediction. Each ratio is None where
    there was nothing at the start. Under the policy `reported` the end holds FX too. `spread` is what is uncertain of
    both ends: nothing, unless they are predicted.
    """

    window: Window
    profile: MetricProfile
    predicted: bool
    start: Money
    end: Money
    kept: Money
    start_logos: int
    kept_logos: int | None
    spread: Spread = CERTAIN

    @property
    def nrr(self) -> Fraction | None:
        """Net revenue retention: end by start."""
        return ratio(self.end, self.start)

    @property
    def grr(self) -> Fraction | None:
        """Gross revenue retention: kept by start, at most 1."""
        return ratio(self.kept, self.start)

    @property
    def bands(self) -> RatioBands | None:
        """Where NRR and GRR lie; without width where the window is over, None where nothing was at the start."""
        start, end, kept = (one.to_minor() for one in (self.start, self.end, self.kept))
        return ratio_bands(start=start, end=end, kept=kept, spread=self.spread)

    @property
    def lost(self) -> Money:
        """Churn and contraction together."""
        return self.start - self.kept

    @property
    def expansion(self) -> Money:
        """By how much the end lies above what was kept."""
        return self.end - self.kept

    @property
    def gross_revenue_churn(self) -> Fraction | None:
        """Churn and contraction by start."""
        return ratio(self.lost, self.start)

    @property
    def net_revenue_churn(self) -> Fraction | None:
        """Churn and contraction less expansion, by start; negative where the customers grew."""
        return ratio(self.start - self.end, self.start)

    @property
    def logo_retention(self) -> Fraction | None:
        """The customers kept by those at the start."""
        if self.kept_logos is None or not self.start_logos:
            return None
        return Fraction(self.kept_logos, self.start_logos)


def ratio(part: Money, whole: Money) -> Fraction | None:
    """This function will divide one amount by another, exactly; None where there is nothing to divide by.

    Raises:
        ValueError: the currencies differ.
    """
    if part.currency != whole.currency:
        raise ValueError(f"{part.currency} by {whole.currency} is no ratio; convert them at one rate first")
    return Fraction(part.amount) / Fraction(whole.amount) if whole.amount else None


def retention(*, book: RevenueBook, window: Window, exchange: Exchange) -> Retention:
    """This function will measure a window that is over.

    Raises:
        MissingRateError: a currency has no rate.
    """
    opens, closes = window.measured(book.profile.nrr_boundary)
    start = book.by_customer(day=opens, rates=exchange.opening(window))
    rates = exchange.closing(window)
    end = book.by_customer(day=closes, rates=rates)
    if not book.profile.outside_expansion:
        grown = book.outside(after=opens, until=closes, rates=rates)
        end = {customer: max(amount - grown.get(customer, 0), 0) for customer, amount in end.items()}
    ends = [(amount, end.get(customer, 0)) for customer, amount in start.items()]
    return Retention(
        window=window,
        profile=book.profile,
        predicted=False,
        start=Money.from_minor(sum(before for before, _ in ends), exchange.into),
        end=Money.from_minor(sum(after for _, after in ends), exchange.into),
        kept=Money.from_minor(sum(min(pair) for pair in ends), exchange.into),
        start_logos=len(ends),
        kept_logos=sum(after > 0 for _, after in ends),
    )
