"""Terms for the tests of metrics: yen a year, one contract a customer, unless a test says otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from csops_sync.domain.forecast.in_force import RevenueBook, revenue_book
from csops_sync.domain.forecast.periods import NrrBoundary, Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.repeating import Kept
from csops_sync.domain.forecast.retention import Retention, retention
from csops_sync.domain.forecast.term_state import Step, TermStanding, TermState
from csops_sync.domain.money import Money

ALL, NONE = Fraction(1), Fraction(0)
IN_YEN = Exchange(into="JPY")
NEXT_OPEN = MetricProfile(name="next morning", nrr_boundary=NrrBoundary.NEXT_OPEN)
JANUARY = Window(date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = Window(date(2026, 2, 1), date(2026, 2, 28))
MARCH = Window(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Window(date(2026, 4, 1), date(2026, 4, 30))
FIRST_QUARTER = Window(date(2026, 1, 1), date(2026, 3, 31))


def yen(amount: int) -> Money:
    return Money(Decimal(amount), "JPY")


def term(  # noqa: PLR0913 - a term is written down in one line in the tests
    customer: str,
    start: date,
    end: date,
    prior: int | Money,
    *,
    contract: str = "",
    ordinal: int = 1,
    standing: TermStanding = TermStanding.OPEN,
    new: int | None = None,
    settled_on: date | None = None,
    follows_on: bool = False,
) -> TermState:
    contract_id = contract or f"{customer}-contract"
    return TermState(
        key=f"{contract_id}-{ordinal}",
        contract_id=contract_id,
        account_id=customer,
        customer_id=customer,
        ordinal=ordinal,
        start=start,
        end=end,
        in_force_until=end,
        standing=standing,
        prior=prior if isinstance(prior, Money) else yen(prior),
        new=None if new is None else yen(new),
        settled_on=settled_on,
        follows_on=follows_on,
    )


def cut(state: TermState, last: date) -> TermState:
    """The same term, in force until an earlier day."""
    return replace(state, in_force_until=last)


def book(
    *terms: TermState,
    profile: MetricProfile | None = None,
    steps: Mapping[str, tuple[Step, ...]] | None = None,
) -> RevenueBook:
    return revenue_book(terms=terms, profile=profile if profile is not None else MetricProfile(), steps=steps)


def kept_in(
    window: Window,
    *terms: TermState,
    profile: MetricProfile | None = None,
    steps: Mapping[str, tuple[Step, ...]] | None = None,
) -> Retention:
    """Retention of a window that is over, in yen."""
    found = book(*terms, profile=profile, steps=steps)
    return retention(book=found, window=window, exchange=IN_YEN)


def landing(base: int, expansion: int = 0, *, kept: int, added: int | None = None) -> Kept:
    """A landing; what was added lands in whole, unless a test says otherwise."""
    whole = expansion if added is None else added
    return Kept(base=yen(base), expansion=yen(expansion), kept=yen(kept), added=yen(whole))
