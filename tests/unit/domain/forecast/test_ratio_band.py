"""The bands of predicted NRR and GRR, with the arithmetic in words. Today is 15 February 2026; z is 1.2815515655."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.unit.domain.forecast.metric_terms import (
    APRIL,
    FIRST_QUARTER,
    IN_YEN,
    JANUARY,
    MARCH,
    book,
    kept_in,
    landing,
    term,
    yen,
)

from csops_sync.domain.forecast.in_force import RevenueBook
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.predicted import predicted_retention
from csops_sync.domain.forecast.profile import CustomerIs, LatePolicy, MetricProfile
from csops_sync.domain.forecast.ratio_band import RATIO_METHOD, RatioBand, RatioBands, ratio_bands
from csops_sync.domain.forecast.repeating import Kept, Parts
from csops_sync.domain.forecast.retention import Retention
from csops_sync.domain.forecast.spread import CERTAIN, started_doubt, together
from csops_sync.domain.forecast.term_state import Step, TermStanding, TermState

TODAY = date(2026, 2, 15)
MILLION = 1_000_000


def _due(
    customer: str, prior: int = MILLION, *, contract: str = "", day: date = date(2026, 3, 15)
) -> TermState:
    return term(customer, date(2025, 3, 16), day, prior, contract=contract)


def _predicted(
    window: Window, landings: dict[TermState, Kept], *certain: TermState, made: RevenueBook | None = None
) -> Retention:
    return predicted_retention(
        book=made if made is not None else book(*landings, *certain),
        window=window,
        landings={one.key: landed for one, landed in landings.items()},
        today=TODAY,
        exchange=IN_YEN,
    ).retention


def _bands(window: Window, landings: dict[TermState, Kept], *certain: TermState) -> RatioBands:
    found = _predicted(window, landings, *certain).bands
    assert found is not None
    return found


def _band(low: str, high: str) -> RatioBand:
    return RatioBand(Fraction(low), Fraction(high))


STAYS = term("stays", date(2025, 10, 1), date(2026, 9, 30), 16 * MILLION)


def test_four_customers_of_a_million_at_even_odds_beside_sixteen_million_that_stay() -> None:
    # Each is 500,000 off, four independent ones 500,000 x 2; x z = 1,281,551.57. Of 20,000,000 at the start that is
    # 0.064077578...: 0.9 less and more of it, rounded outwards to six places.
    even = {_due(name): landing(500_000, kept=MILLION) for name in "abcd"}

    assert _bands(FIRST_QUARTER, even, STAYS) == (
        _band("0.835922", "0.964078"),
        _band("0.835922", "0.964078"),
    )


def test_contracts_of_one_customer_go_together() -> None:
    # Sixteen contracts at even odds beside 84,000,000. Of sixteen customers: 500,000 x 4 x z / 100,000,000 = 0.025631
    # around 0.92. Two of each of eight: (2 x 500,000) x sqrt 8 x z / 100,000,000 = 0.036248.
    stays = replace(STAYS, prior=yen(84 * MILLION))
    sixteen = [_due(f"{name}{place}") for name in "abcdefgh" for place in "12"]
    eight = [_due(one.customer_id[0], contract=one.contract_id) for one in sixteen]
    apart, together_ = (
        _bands(FIRST_QUARTER, dict.fromkeys(terms, landing(500_000, kept=MILLION)), stays).grr
        for terms in (sixteen, eight)
    )

    assert apart == _band("0.894368", "0.945632")
    assert together_ == _band("0.883752", "0.956248")


def test_contracts_of_a_group_go_together_where_the_group_is_the_customer() -> None:
    # The same sixteen as two accounts of each of eight groups.
    stays = replace(STAYS, prior=yen(84 * MILLION))
    accounts = [_due(f"{name}{place}") for name in "abcdefgh" for place in "12"]
    grouped = [replace(one, customer_id=one.account_id[0]) for one in accounts]
    landings = dict.fromkeys(grouped, landing(500_000, kept=MILLION))
    group = MetricProfile(name="group", customer=CustomerIs.TOP_PARENT)
    found = _predicted(FIRST_QUARTER, landings, made=book(*grouped, stays, profile=group)).bands

    assert found is not None
    assert found.grr == _band("0.883752", "0.956248")
    assert _bands(FIRST_QUARTER, landings, stays).grr == _band("0.894368", "0.945632")


def test_only_the_weights_of_the_base_widen_grr() -> None:
    # An upsell of 100 to 150 at rank C beside 3,900 that stay: base 40 of 100, off sqrt(40 x 60) = 48.99; expansion 10
    # of 50, off sqrt(10 x 40) = 20. NRR 3,950 / 4,000, off (48.99 + 20) x z / 4,000 = 0.022104; GRR 3,940 / 4,000, off
    # 48.99 x z / 4,000 = 0.015696. At least 3,900 / 4,000, and of the base at most all.
    upsell = {_due("due", 100): landing(40, 10, kept=100, added=50)}
    stays = replace(STAYS, prior=yen(3_900))

    assert _bands(FIRST_QUARTER, upsell, stays) == (_band("0.975", "1.009605"), _band("0.975", "1"))


def test_an_expansion_that_is_certain_widens_nothing() -> None:
    sure = {_due("due", 100): landing(100, 50, kept=100, added=50)}

    assert _bands(FIRST_QUARTER, sure) == (_band("1.5", "1.5"), _band("1", "1"))


def test_a_term_due_twice_multiplies_its_weights() -> None:
    # 1,000 a month at 0.9, due three times by 15 May: 729, off sqrt(729 x 271) = 444.48, beside 9,000 that stay: 444.48
    # x z / 10,000 = 0.056962 around 0.9729, at most 1.
    monthly = {term("m", date(2026, 2, 1), date(2026, 2, 28), 1000): landing(900, kept=1000)}
    stays = replace(STAYS, prior=yen(9_000))

    found = _bands(Window(date(2026, 2, 16), date(2026, 5, 15)), monthly, stays)
    assert found == (_band("0.915938", "1"), _band("0.915938", "1"))


def test_who_may_be_lost_before_the_period_is_missing_at_both_ends() -> None:
    # March: 500,000 of 1,000,000 land. April starts with it, and nothing of it is due: 100 % of whatever it is.
    before = {_due("early"): landing(500_000, kept=MILLION)}
    assert _bands(APRIL, before) == (_band("1", "1"), _band("1", "1"))

    # Beside 1,000,000 at 0.9 that are due in April: R = 1,400,000 / 1,500,000. The early one is off 500,000 at both
    # ends, 500,000 x (1 - R) = 33,333.3 of the ratio; the other 300,000. Root of the sum of squares: 301,846;
    # x z / 1,500,000 = 0.257887. Were both kept, no more than all would be.
    both = before | {_due("late", day=date(2026, 4, 15)): landing(900_000, kept=MILLION)}
    assert _bands(APRIL, both).nrr == _band("0.675445", "1")


def test_a_term_due_before_the_period_and_in_it_may_be_lost_in_between() -> None:
    # Lands 0.9 before and 0.81 by the end, of 100: off 30 and sqrt(81 x 19) = 39.23. Of these 0.9 x 30 = 27 go
    # with the start, and 12.23 do not.
    doubt = started_doubt(Parts(90, 0, 100, 0, "JPY"), Parts(81, 0, 100, 0, "JPY"))

    assert doubt is not None
    assert (doubt.start, round(doubt.end, 2), round(doubt.apart, 2)) == (30, 39.23, 12.23)
    monthly = {term("m", date(2026, 2, 1), date(2026, 2, 28), 100_000): landing(90_000, kept=100_000)}
    # March starts with what is known, 100, and ends with 90: off 30, x z / 100 = 0.384465.
    assert _bands(MARCH, monthly).grr == _band("0.515534", "1")
    # April starts with 90 and ends with 81. R = 0.9: 39.23^2 - 2 x 0.9 x 27 x 30 + 0.81 x 30^2 = 810; its root 28.46
    # x z / 90 = 0.405263.
    assert _bands(APRIL, monthly).grr == _band("0.494737", "1")


def test_a_won_renewal_that_is_due_again_in_the_period_starts_with_what_it_was_won_at() -> None:
    # 100 won at 150; due on 31 January and 28 February at 0.9 each: 81 of 100 and 41 of 50 land, off sqrt(81 x 19) =
    # 39.23 and sqrt(41 x 9) = 19.21, all of it base: (39.23 + 19.21) squared.
    won = term("w", date(2026, 1, 1), date(2026, 1, 31), 100, standing=TermStanding.WON, new=150)
    window = Window(date(2026, 2, 10), date(2026, 3, 31))
    spread = _predicted(window, {won: landing(90, 45, kept=100, added=50)}).spread

    assert (spread.start, spread.end, spread.base) == (0, 3_415, 3_415)


def test_growth_before_the_period_is_kept_in_it_or_lost_with_the_rest() -> None:
    # 40 + 10 land in March; April starts and ends with them. GRR is as sure as NRR.
    upsell = {_due("due", 100): landing(40, 10, kept=100, added=50)}
    spread = _predicted(APRIL, upsell).spread

    assert (spread.base, spread.base_along) == (spread.end, spread.end_along) == (spread.start, spread.start)


def test_an_overdue_renewal_in_its_grace_is_as_unsure_as_one_that_is_due() -> None:
    overdue = term("o", date(2025, 1, 16), date(2026, 1, 15), 100)
    grace = MetricProfile(name="grace", late=LatePolicy(60))
    window = Window(date(2026, 2, 1), date(2026, 3, 31))

    landings = {overdue: landing(50, 25, kept=100, added=50)}
    found = _predicted(window, landings, made=book(overdue, profile=grace)).spread

    # 50 of 100 and 25 of 50: off 50 + 25, and the base 50. What it earned at the start is known.
    assert (found.end, found.base, found.start) == (75 * 75, 50 * 50, 0)


def test_a_rise_within_the_period_leaves_grr_unsure_by_the_share_that_was_there() -> None:
    # 50 at the start, 100 when it is due at base 40: off 48.99, of which GRR takes the half: 600 squared, not 2,400.
    due = _due("due", 100)
    steps = {
        due.key: (
            Step(effective=due.start, amount=yen(50)),
            Step(effective=date(2026, 3, 5), amount=yen(100)),
        )
    }
    landings = {due: landing(40, kept=100)}

    found = _predicted(FIRST_QUARTER, landings, made=book(due, steps=steps)).spread
    assert (found.end, found.base) == (2_400, 600)
    renewals_only = MetricProfile(name="renewals only", outside_expansion=False)
    made = book(due, steps=steps, profile=renewals_only)
    assert _predicted(FIRST_QUARTER, landings, made=made).spread.end == 600


def test_a_credit_that_ends_within_the_period_leaves_figures_to_show() -> None:
    """From 50 below zero to nothing: no share of nothing was there before."""
    due = _due("due", 0)
    steps = {
        due.key: (
            Step(effective=due.start, amount=yen(-50)),
            Step(effective=date(2026, 3, 5), amount=yen(0)),
        )
    }
    found = _predicted(FIRST_QUARTER, {due: landing(0, kept=0)}, made=book(due, STAYS, steps=steps))

    assert found.end == yen(16 * MILLION)


def test_what_is_known_has_no_width() -> None:
    won = replace(_due("won"), standing=TermStanding.WON, new=yen(2 * MILLION))
    lost = replace(_due("lost"), standing=TermStanding.LOST)
    ended = term("gone", date(2025, 1, 16), date(2026, 1, 15), 100, standing=TermStanding.LOST)

    assert _bands(FIRST_QUARTER, {}, won, lost) == (_band("1", "1"), _band("0.5", "0.5"))
    past = kept_in(JANUARY, ended, STAYS)
    assert past.bands is not None
    assert past.bands.nrr == (past.nrr, past.nrr)
    assert past.bands.grr == (past.grr, past.grr)


def test_what_cannot_be_divided_has_no_band() -> None:
    assert _predicted(MARCH, {}).bands is None
    assert ratio_bands(start=-5, end=0, kept=0, spread=CERTAIN) is None


def test_a_credit_and_its_growth_that_cancel_out_at_the_start_divide_by_nothing() -> None:
    """Amounts below zero are odd, and no reason to show no figures at all."""
    start, end = Parts(-5, 5, -10, 10, "JPY"), Parts(-2, 2, -10, 10, "JPY")
    found = started_doubt(start, end)

    assert found is not None
    assert found.apart == found.end


def test_parts_that_share_no_customer_add_up_to_the_whole() -> None:
    even = {_due(name): landing(500_000, 30, kept=MILLION, added=90) for name in "abc"}
    parts = [_predicted(FIRST_QUARTER, {one: landed}).spread for one, landed in even.items()]

    assert together(parts) == _predicted(FIRST_QUARTER, even).spread


@pytest.mark.parametrize("word", ["80% interval", "one customer fully correlated", "off with its end"])
def test_the_method_is_that_of_the_landing_and_says_what_is_more(word: str) -> None:
    assert word in RATIO_METHOD
