"""Renewal rates over terms due, churn saves and reasons of loss, with the arithmetic in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.unit.domain.forecast.metric_terms import (
    ALL,
    APRIL,
    FEBRUARY,
    FIRST_QUARTER,
    IN_YEN,
    JANUARY,
    MARCH,
    term,
    yen,
)

from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE, DueBy, LatePolicy, MetricProfile
from csops_sync.domain.forecast.rates import DatedRate, Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.renewal_rates import LossReason, RenewalRates, renewal_rates
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money

TODAY = date(2026, 2, 15)


def due_rates(exchange: Exchange) -> DueRates:
    return DueRates(exchange=exchange, calendar=FiscalCalendar())


WON = TermStanding.WON
LOST = TermStanding.LOST


def _rates(
    window: Window, *terms: TermState, profile: MetricProfile = DEFAULT_PROFILE, exchange: Exchange = IN_YEN
) -> RenewalRates:
    return renewal_rates(terms=terms, window=window, profile=profile, today=TODAY, rates=due_rates(exchange))


def _due(
    customer: str,
    prior: int,
    new: int | None = None,
    standing: TermStanding = WON,
    *,
    end: date = date(2026, 1, 31),
    settled_on: date | None = None,
) -> TermState:
    start = end.replace(year=end.year - 1)
    return term(customer, start, end, prior, standing=standing, new=new, settled_on=settled_on)


def test_gross_net_and_logo_rates_divide_by_what_was_due() -> None:
    # Due 100 + 100 + 200 = 400; renewed 150 + 80 = 230, capped at prior 100 + 80 = 180; two customers of three.
    found = _rates(JANUARY, _due("a", 100, 150), _due("b", 100, 80), _due("c", 200, standing=LOST))

    assert (found.due, found.renewed, found.kept) == (yen(400), yen(230), yen(180))
    assert (found.gross, found.net, found.logo) == (Fraction(180, 400), Fraction(230, 400), Fraction(2, 3))
    assert (found.due_terms, found.renewed_terms) == (3, 2)


def test_an_auto_renewed_term_renews_at_its_own_amount() -> None:
    assert _rates(JANUARY, _due("a", 100, standing=TermStanding.AUTO_RENEWED)).net == 1


def test_one_product_of_two_that_is_lost_costs_no_logo() -> None:
    other = replace(_due("a", 50, standing=LOST), contract_id="other", key="other-1")

    assert _rates(JANUARY, _due("a", 100, 100), other).logo == 1


def test_nothing_due_gives_no_rate() -> None:
    found = _rates(APRIL, _due("a", 100, 100))

    assert (found.gross, found.net, found.logo, found.saves.rate) == (None,) * 4


LATE = _due("late", 100, 120, settled_on=date(2026, 2, 14))


def test_a_january_renewal_signed_in_february_is_not_renewed_in_january_and_a_windfall_of_february() -> None:
    january, february = _rates(JANUARY, LATE), _rates(FEBRUARY, LATE)

    assert (january.due, january.renewed) == (yen(100), yen(0))
    assert (february.due, february.windfall) == (yen(0), yen(120))


def test_a_january_renewal_signed_in_february_within_the_grace_is_renewed_in_january() -> None:
    # 13 days after 1 February: a grace of 13 holds it, one of 12 does not.
    for days, renewed, windfall in ((13, 120, 0), (12, 0, 120)):
        profile = MetricProfile(name="grace", late=LatePolicy(days))
        assert _rates(JANUARY, LATE, profile=profile).renewed == yen(renewed)
        assert _rates(FEBRUARY, LATE, profile=profile).windfall == yen(windfall)


def test_a_late_renewal_signed_before_the_quarter_is_over_is_renewed_in_it() -> None:
    found = _rates(FIRST_QUARTER, LATE)

    assert (found.renewed, found.windfall) == (yen(120), yen(0))


def test_an_overdue_open_renewal_stays_in_its_period_and_is_marked() -> None:
    # 100 are due and open since 31 January, 50 until 31 March, 100 are renewed: 100 of 250 so far, of 100 decided.
    overdue = _due("o", 100, 110, TermStanding.OPEN)
    coming = _due("p", 50, None, TermStanding.UNOPENED, end=date(2026, 3, 31))
    found = _rates(FIRST_QUARTER, overdue, coming, _due("a", 100, 100))

    assert (found.gross, found.gross_decided) == (Fraction(100, 250), ALL)
    assert (found.open_keys, found.overdue) == ((overdue.key, coming.key), (overdue.key,))
    assert _rates(FEBRUARY, overdue).due == yen(0)


def test_a_renewal_is_not_overdue_on_its_last_day() -> None:
    assert _rates(FEBRUARY, _due("o", 100, None, TermStanding.OPEN, end=TODAY)).overdue == ()


def test_a_term_that_ends_with_march_is_due_in_april_by_its_renewal_date() -> None:
    state = _due("a", 100, 100, end=date(2026, 3, 31))
    by_renewal = MetricProfile(name="by renewal date", due_by=DueBy.RENEWAL_DATE)

    assert (_rates(MARCH, state).due_terms, _rates(APRIL, state).due_terms) == (1, 0)
    assert [_rates(window, state, profile=by_renewal).due_terms for window in (MARCH, APRIL)] == [0, 1]


def test_what_cannot_be_judged_is_named_and_not_counted() -> None:
    aside = _due("a", 100, standing=TermStanding.ASIDE)
    unknown = replace(_due("b", 100), prior=None)

    found = _rates(JANUARY, aside, unknown)
    assert (found.due, found.unjudged) == (yen(0), (aside.key, unknown.key))


def test_an_announced_cancellation_that_stayed_is_saved() -> None:
    # Three announced, one stayed at 100, one of 300 left, one is still open: 1 of 2, 100 of 400.
    states = [
        _due("a", 100, 90),
        _due("b", 300, standing=TermStanding.TERMINATED),
        _due("c", 500, standing=TermStanding.OPEN),
    ]
    found = _rates(
        JANUARY, *(replace(state, announced_cancellation=True) for state in states), _due("d", 700, 700)
    )

    assert (found.saves.rate, found.saves.amount_rate) == (Fraction(1, 2), Fraction(1, 4))


def test_losses_are_listed_by_reason_the_largest_first() -> None:
    price = replace(_due("a", 100, standing=LOST), loss_reason="price")
    more = replace(_due("b", 150, standing=LOST), loss_reason="price")
    silent = _due("c", 300, standing=TermStanding.EXPIRED)

    assert _rates(JANUARY, price, silent, more).losses == (
        LossReason(reason=None, amount=yen(300), keys=(silent.key,)),
        LossReason(reason="price", amount=yen(250), keys=(price.key, more.key)),
    )


def test_prior_and_renewed_of_a_term_are_taken_at_one_rate() -> None:
    # 10 dollars renewed at 10 dollars, closed at 160: due 1,600 and renewed 1,600, although January began at 150.
    table = RateTable(
        home="JPY",
        dated=(
            DatedRate(currency="USD", effective=date(2025, 1, 1), value=Fraction(150)),
            DatedRate(currency="USD", effective=date(2026, 1, 20), value=Fraction(160)),
        ),
    )
    dollars = Money(Decimal("10.00"), "USD")
    state = replace(_due("a", 1, 1, settled_on=date(2026, 1, 25)), prior=dollars, new=dollars)

    reported = _rates(JANUARY, state, exchange=Exchange(into="JPY", policy=RatePolicy.REPORTED, table=table))
    still_open = replace(state, standing=TermStanding.OPEN, settled_on=None, new=None)
    undecided = _rates(
        JANUARY, still_open, exchange=Exchange(into="JPY", policy=RatePolicy.REPORTED, table=table)
    )
    assert undecided.due == yen(1500)  # as the forecast has it: the eve of the quarter it is due in
    constant = _rates(JANUARY, state, exchange=Exchange(into="JPY", table=table))
    assert (reported.due, reported.net) == (yen(1600), ALL)
    assert (constant.due, constant.net) == (yen(1500), ALL)
