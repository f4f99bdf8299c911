"""Movements: what they are called, that they tie, and what FX does."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.unit.domain.forecast.metric_terms import (
    ALL,
    APRIL,
    FEBRUARY,
    FIRST_QUARTER,
    IN_YEN,
    MARCH,
    NEXT_OPEN,
    book,
    term,
    yen,
)

from csops_sync.domain.forecast.movements import (
    TOTAL,
    Amounts,
    Movement,
    MovementsDoNotTieError,
    MovementTable,
    movements,
    total,
)
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import DatedRate, Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.retention import retention
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money

LOST = TermStanding.LOST
WON = TermStanding.WON


def _table(
    window: Window, *terms: TermState, profile: MetricProfile | None = None, exchange: Exchange = IN_YEN
) -> MovementTable:
    return movements(book=book(*terms, profile=profile), window=window, exchange=exchange)


def _year_to(end: date, customer: str, new: int | None, standing: TermStanding = WON) -> TermState:
    return term(customer, date(end.year - 1, end.month, end.day), end, 100, new=new, standing=standing)


def test_each_customer_of_a_quarter_has_the_movement_it_made() -> None:
    end = date(2026, 2, 10)
    first_ever = term("new", date(2026, 3, 1), date(2027, 2, 28), 70)
    found = _table(
        FIRST_QUARTER,
        _year_to(end, "down", 60),
        _year_to(end, "gone", None, LOST),
        _year_to(end, "flat", 100),
        _year_to(end, "up", 150),
        first_ever,
    )

    assert {one.customer_id: one.minor for one in found.movements} == {
        "down": Amounts(start=100, contraction=40, end=60),
        "gone": Amounts(start=100, churn=100),
        "flat": Amounts(start=100, end=100),
        "up": Amounts(start=100, expansion=50, end=150),
        "new": Amounts(new=70, end=70),
    }
    # 400 + 70 + 50 - 40 - 100 = 380, of which the customers of the start have 310 of 400.
    assert found.total == Movement(
        TOTAL, "JPY", Amounts(start=400, new=70, expansion=50, contraction=40, churn=100, end=380)
    )
    assert found.nrr == Fraction(310, 400)
    assert (found.gross_revenue_churn, found.net_revenue_churn) == (Fraction(140, 400), Fraction(90, 400))


BEFORE = term("back", date(2025, 2, 1), date(2026, 1, 31), 100, standing=LOST)
AFTER_40_DAYS = term("back", date(2026, 3, 13), date(2027, 3, 12), 90, contract="again")


def test_a_customer_that_returns_after_40_days_churns_and_is_reactivated() -> None:
    # No revenue from 1 February to 12 March, 28 + 12 = 40 days; 30 would still be a late renewal.
    february, march = (_table(window, BEFORE, AFTER_40_DAYS) for window in (FEBRUARY, MARCH))

    assert february.total.churn == yen(100)
    assert (march.total.reactivation, march.total.late, march.total.new) == (yen(90), yen(0), yen(0))
    assert march.nrr is None


def test_a_gap_of_40_days_is_a_late_renewal_where_the_profile_allows_40() -> None:
    def late(days: int) -> Money:
        profile = MetricProfile(reactivation_gap_days=days)
        return _table(MARCH, BEFORE, AFTER_40_DAYS, profile=profile).total.late

    assert (late(39), late(40)) == (yen(0), yen(90))


def test_within_a_quarter_a_customer_that_returned_is_kept() -> None:
    # Cohorts look at both ends only: 90 of 100, contraction.
    quarter = _table(FIRST_QUARTER, BEFORE, AFTER_40_DAYS)

    assert quarter.total.minor == Amounts(start=100, contraction=10, end=90)


def test_the_end_of_one_window_is_the_start_of_the_next() -> None:
    terms = (BEFORE, AFTER_40_DAYS, _year_to(date(2026, 3, 31), "gone", None, LOST))

    for profile in (MetricProfile(), NEXT_OPEN):
        tables = [_table(window, *terms, profile=profile) for window in (FEBRUARY, MARCH, APRIL)]
        assert [table.total.end for table in tables[:-1]] == [table.total.start for table in tables[1:]]


def test_movements_that_do_not_tie_are_an_error_that_names_customer_and_amounts() -> None:
    with pytest.raises(
        MovementsDoNotTieError, match="the movements of acme lead to 150 JPY, but 149 is in force"
    ):
        Movement("acme", "JPY", Amounts(start=100, expansion=50, end=149))


def test_movements_of_two_currencies_are_not_added_up() -> None:
    with pytest.raises(ValueError, match="acme moves in USD, not in JPY"):
        total([Movement("acme", "USD", Amounts(new=1, end=1))], "JPY")


RATES = (
    DatedRate(currency="USD", effective=date(2026, 1, 1), value=Fraction(150)),
    DatedRate(currency="USD", effective=date(2026, 3, 15), value=Fraction(160)),
)
DOLLARS = term("usd", date(2025, 3, 11), date(2026, 3, 10), Money(Decimal("10.00"), "USD"), standing=WON)


def _exchange(*rates: DatedRate, policy: RatePolicy) -> Exchange:
    return Exchange(into="JPY", policy=policy, table=RateTable(home="JPY", dated=rates))


def test_fx_is_a_line_of_its_own_in_reported_currency_and_none_in_constant() -> None:
    # 10 dollars renewed flat: 1,500 yen at 150, 1,600 at 160.
    reported = _table(MARCH, DOLLARS, exchange=_exchange(*RATES, policy=RatePolicy.REPORTED))
    constant = _table(MARCH, DOLLARS, exchange=_exchange(*RATES, policy=RatePolicy.PERIOD_START))

    assert reported.total.minor == Amounts(start=1500, fx=100, end=1600)
    assert constant.total.minor == Amounts(start=1500, end=1500)
    assert (reported.nrr, constant.nrr) == (Fraction(16, 15), ALL)


def test_editing_todays_rate_changes_no_closed_period() -> None:
    # Today is 20 April, and its rate is edited from 160 to 200.
    edited = DatedRate(currency="USD", effective=date(2026, 4, 20), value=Fraction(200))
    for policy in (RatePolicy.REPORTED, RatePolicy.PERIOD_START):
        before, after = (_exchange(*RATES, policy=policy), _exchange(*RATES, edited, policy=policy))
        assert _table(MARCH, DOLLARS, exchange=before) == _table(MARCH, DOLLARS, exchange=after)

    # A rate that is dated into the closed month does change it.
    inside = DatedRate(currency="USD", effective=date(2026, 3, 31), value=Fraction(200))
    changed = _table(MARCH, DOLLARS, exchange=_exchange(*RATES, inside, policy=RatePolicy.REPORTED))
    assert changed.total.fx == yen(500)


def test_a_customer_that_changed_its_currency_moves_by_what_it_is_worth() -> None:
    # 10 dollars at 150, renewed as 1,700 yen: expansion 200, no FX on yen.
    yen_contract = term("usd", date(2026, 3, 11), date(2027, 3, 10), 1700, contract="in-yen")
    state = term(
        "usd",
        DOLLARS.start,
        DOLLARS.end,
        Money(Decimal("10.00"), "USD"),
        standing=TermStanding.SUPERSEDED,
        follows_on=True,
    )
    found = _table(MARCH, state, yen_contract, exchange=_exchange(*RATES, policy=RatePolicy.REPORTED))

    assert found.total.minor == Amounts(start=1500, expansion=200, end=1700)


def test_nrr_from_movements_is_that_from_cohorts() -> None:
    terms = (_year_to(date(2026, 2, 10), "up", 150), _year_to(date(2026, 2, 10), "down", 30), AFTER_40_DAYS)
    cohorts = retention(book=book(*terms), window=FIRST_QUARTER, exchange=IN_YEN)

    assert _table(FIRST_QUARTER, *terms).nrr == cohorts.nrr == Fraction(180, 200)
