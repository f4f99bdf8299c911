"""Hand-worked cases of retention, with the arithmetic in words."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.unit.domain.forecast.metric_terms import (
    ALL,
    APRIL,
    FEBRUARY,
    FIRST_QUARTER,
    IN_YEN,
    JANUARY,
    MARCH,
    NEXT_OPEN,
    NONE,
    book,
    cut,
    kept_in,
    term,
    yen,
)

from csops_sync.domain.forecast.continuations import DuplicateTermError
from csops_sync.domain.forecast.profile import EarlyRenewals, LatePolicy, MetricProfile
from csops_sync.domain.forecast.term_state import Step, TermStanding

GRACE = MetricProfile(name="grace", late=LatePolicy(30))
SHORT_GRACE = MetricProfile(name="short grace", late=LatePolicy(10))
SIGNATURE = MetricProfile(name="signature", early=EarlyRenewals.SIGNATURE)
RENEWALS_ONLY = MetricProfile(name="renewals only", outside_expansion=False)
LOST = TermStanding.LOST
WON = TermStanding.WON

STAYS = term("stays", date(2025, 10, 1), date(2026, 9, 30), 300)
ENDS_IN_MARCH = term("leaves", date(2025, 4, 1), date(2026, 3, 31), 100, standing=LOST)


def test_a_contract_that_ends_on_31_march_is_kept_in_march_at_the_close() -> None:
    # Start 300 + 100 at the close of 28 February, both still in force at the close of 31 March: 400 of 400.
    march = kept_in(MARCH, STAYS, ENDS_IN_MARCH)
    april = kept_in(APRIL, STAYS, ENDS_IN_MARCH)

    assert (march.start, march.end, march.nrr) == (yen(400), yen(400), ALL)
    # It left in April: 300 of 400, one customer of two.
    assert (april.nrr, april.grr, april.logo_retention) == (Fraction(3, 4), Fraction(3, 4), Fraction(1, 2))


def test_a_contract_that_ends_on_31_march_has_left_by_the_next_morning() -> None:
    # 400 in force on the morning of 1 March, 300 on that of 1 April; April starts without it.
    march = kept_in(MARCH, STAYS, ENDS_IN_MARCH, profile=NEXT_OPEN)
    april = kept_in(APRIL, STAYS, ENDS_IN_MARCH, profile=NEXT_OPEN)

    assert (march.nrr, march.gross_revenue_churn) == (Fraction(3, 4), Fraction(1, 4))
    assert (april.start, april.nrr) == (yen(300), ALL)


JANUARY_TERM = term(
    "late",
    date(2025, 2, 1),
    date(2026, 1, 31),
    100,
    standing=WON,
    new=120,
    settled_on=date(2026, 2, 14),
    follows_on=True,
)
ITS_NEXT = term("late", date(2026, 2, 1), date(2027, 1, 31), 120, ordinal=2, standing=TermStanding.UNOPENED)


def _on(day: date, profile: MetricProfile) -> int:
    found = book(JANUARY_TERM, ITS_NEXT, profile=profile)
    return found.by_customer(day=day, rates=IN_YEN.opening(JANUARY)).get("late", 0)


def test_a_january_renewal_signed_in_february_churns_and_then_returns() -> None:
    # The paper says 1 February, the signature 14 February: nothing in force from the 1st to the 13th.
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 13), date(2026, 2, 14)]
    assert [_on(day, MetricProfile()) for day in days] == [100, 0, 0, 120]

    morning = kept_in(JANUARY, JANUARY_TERM, ITS_NEXT, profile=NEXT_OPEN)
    assert (morning.nrr, morning.logo_retention) == (NONE, NONE)


def test_a_january_renewal_signed_in_february_within_the_grace_never_left() -> None:
    # 13 days late, 30 are granted: the new amount counts from 1 February.
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 13), date(2026, 2, 14)]
    assert [_on(day, GRACE) for day in days] == [100, 120, 120, 120]

    assert kept_in(FEBRUARY, JANUARY_TERM, ITS_NEXT, profile=GRACE).nrr == Fraction(6, 5)


def test_a_renewal_signed_after_the_grace_churns_when_the_grace_is_over() -> None:
    # 10 days of grace hold the old amount to 10 February; from the 11th to the 13th there is nothing.
    days = [date(2026, 2, 10), date(2026, 2, 11), date(2026, 2, 13), date(2026, 2, 14)]

    assert [_on(day, SHORT_GRACE) for day in days] == [100, 0, 0, 120]


def test_a_grace_holds_a_renewal_that_is_late_by_exactly_its_days() -> None:
    # Signed on 14 February: the 1st to the 13th are 13 days.
    def on_the_fifth(days: int) -> int:
        return _on(date(2026, 2, 5), MetricProfile(name="grace", late=LatePolicy(days)))

    assert (on_the_fifth(13), on_the_fifth(12)) == (120, 100)


def test_a_late_renewal_whose_next_term_is_not_known_yet_goes_on_for_as_long_from_its_signature() -> None:
    found = book(replace(JANUARY_TERM, follows_on=False), profile=SHORT_GRACE)

    def on(day: date) -> int:
        return found.by_customer(day=day, rates=IN_YEN.opening(JANUARY)).get("late", 0)

    february = [on(date(2026, 2, day)) for day in (10, 11, 13, 14)]
    assert february == [100, 0, 0, 120]
    assert (on(date(2027, 1, 31)), on(date(2027, 2, 1))) == (120, 0)


def test_a_customer_that_left_and_came_back_is_not_held_by_the_grace() -> None:
    left = term("l", date(2025, 2, 1), date(2026, 1, 31), 100, standing=LOST)
    back = term("l", date(2026, 2, 20), date(2027, 2, 19), 100, ordinal=2)
    found = book(left, back, profile=GRACE)

    assert found.by_customer(day=date(2026, 2, 10), rates=IN_YEN.opening(JANUARY)) == {}


def test_two_terms_of_a_contract_that_overlap_on_paper_are_in_force_one_after_the_other() -> None:
    first = term("o", date(2025, 3, 1), date(2026, 2, 28), 100, standing=WON, follows_on=True)
    second = term("o", date(2026, 2, 1), date(2027, 1, 31), 120, ordinal=2)

    assert kept_in(FEBRUARY, first, second).nrr == Fraction(6, 5)


def test_an_overdue_open_renewal_is_in_force_through_the_grace_only() -> None:
    overdue = term("open", date(2025, 2, 1), date(2026, 1, 31), 100)

    assert kept_in(FEBRUARY, overdue).nrr == 0
    assert kept_in(FEBRUARY, overdue, profile=GRACE).nrr == 1
    assert kept_in(MARCH, overdue, profile=GRACE).nrr == 0


def test_a_renewal_lost_late_left_on_its_last_day_under_the_grace_too() -> None:
    lost = term("l", date(2025, 2, 1), date(2026, 1, 31), 100, standing=LOST, settled_on=date(2026, 2, 20))

    assert kept_in(FEBRUARY, lost, profile=GRACE).nrr == 0


EARLY = term(
    "early",
    date(2025, 4, 1),
    date(2026, 3, 31),
    100,
    standing=WON,
    new=150,
    settled_on=date(2026, 1, 20),
)


def test_an_early_renewal_counts_from_its_effective_date() -> None:
    # Signed on 20 January at 150, effective on 1 April: January and March keep 100, April has 150 of 100.
    assert [kept_in(window, EARLY).nrr for window in (JANUARY, MARCH, APRIL)] == [1, 1, Fraction(3, 2)]


def test_an_early_renewal_counts_from_its_signature_where_the_profile_says_so() -> None:
    found = [kept_in(window, EARLY, profile=SIGNATURE).nrr for window in (JANUARY, MARCH, APRIL)]

    assert found == [Fraction(3, 2), 1, 1]


def test_an_early_successor_contract_is_neither_churn_nor_new() -> None:
    # Replaced on 1 March by a contract over 130; the old one ran to 31 March on paper.
    old = term(
        "s", date(2025, 4, 1), date(2026, 3, 31), 100, standing=TermStanding.SUPERSEDED, follows_on=True
    )
    successor = term("s", date(2026, 3, 1), date(2027, 2, 28), 130, contract="successor")

    march = kept_in(MARCH, cut(old, date(2026, 2, 28)), successor)
    assert (march.start, march.end, march.grr) == (yen(100), yen(130), ALL)


def test_one_product_of_two_that_is_lost_is_contraction_and_the_customer_stays() -> None:
    # 100 of 400 end on 31 January, 300 go on: GRR 300/400, no logo lost.
    mail = term("both", date(2025, 2, 1), date(2026, 1, 31), 100, contract="mail", standing=LOST)
    chat = term("both", date(2025, 10, 1), date(2026, 9, 30), 300, contract="chat")

    quarter = kept_in(FIRST_QUARTER, mail, chat)
    assert (quarter.grr, quarter.logo_retention) == (Fraction(3, 4), ALL)


def test_growth_of_one_product_hides_the_loss_of_another_of_the_same_customer_only() -> None:
    # GRR is capped per customer: a has 100 -> 150, b has 100 -> 50. Kept 100 + 50 of 200; NRR 200 of 200.
    rose = term("a", date(2025, 2, 1), date(2026, 1, 31), 100, standing=WON, new=150)
    fell = term("b", date(2025, 2, 1), date(2026, 1, 31), 100, standing=WON, new=50)

    quarter = kept_in(FIRST_QUARTER, rose, fell)
    assert (quarter.nrr, quarter.grr) == (ALL, Fraction(3, 4))
    assert (quarter.lost, quarter.expansion, quarter.net_revenue_churn) == (yen(50), yen(50), NONE)


GROWING = term("up", date(2025, 7, 1), date(2026, 6, 30), 130)
AMENDED = {
    GROWING.key: (
        Step(effective=date(2025, 7, 1), amount=yen(100)),
        Step(effective=date(2026, 2, 10), amount=yen(130)),
    )
}


def test_an_upsell_inside_the_term_raises_the_revenue_from_its_effective_date() -> None:
    # 100 to 9 February, 130 from the 10th on: February 130 of 100, March 130 of 130.
    found = [kept_in(window, GROWING, steps=AMENDED).nrr for window in (JANUARY, FEBRUARY, MARCH)]

    assert found == [1, Fraction(13, 10), 1]


def test_growth_outside_of_renewals_is_left_out_where_the_profile_says_so() -> None:
    # The 30 of the amendment and the 500 of a second contract are no renewals.
    second = term("up", date(2026, 2, 15), date(2027, 2, 14), 500, contract="second")

    assert kept_in(FEBRUARY, GROWING, second, steps=AMENDED).nrr == Fraction(63, 10)
    alone = kept_in(FEBRUARY, GROWING, second, steps=AMENDED, profile=RENEWALS_ONLY)
    assert (alone.nrr, alone.grr) == (ALL, ALL)


def test_a_ramp_steps_up_within_the_term() -> None:
    # 1M, 2M, 3M a year over three years, renewed at 3M: the renewal itself keeps 3M of 3M.
    ramp = term("r", date(2023, 4, 1), date(2026, 3, 31), 3_000_000, standing=WON, new=3_000_000)
    steps = {
        ramp.key: tuple(
            Step(effective=date(2023 + year, 4, 1), amount=yen(1_000_000 * (year + 1))) for year in range(3)
        )
    }

    assert kept_in(APRIL, ramp, steps=steps).nrr == 1
    found = book(ramp, steps=steps)
    levels = [
        found.by_customer(day=date(year, 5, 1), rates=IN_YEN.opening(APRIL))["r"]
        for year in range(2023, 2027)
    ]
    assert levels == [1_000_000, 2_000_000, 3_000_000, 3_000_000]


def test_steps_that_leave_a_part_of_the_term_open_are_refused() -> None:
    late = (Step(effective=date(2025, 8, 1), amount=yen(100)),)
    with pytest.raises(ValueError, match="begin on 2025-08-01, after its start 2025-07-01"):
        book(GROWING, steps={GROWING.key: late})


def test_steps_out_of_order_are_refused() -> None:
    first, second = AMENDED[GROWING.key]
    with pytest.raises(ValueError, match="order of their days"):
        book(GROWING, steps={GROWING.key: (first, second, first)})


def test_a_term_given_twice_is_refused() -> None:
    with pytest.raises(DuplicateTermError, match="term 1 of contract stays-contract is there twice"):
        book(STAYS, term("stays", date(2025, 10, 1), date(2026, 9, 30), 300))


def test_no_customer_at_the_start_gives_no_ratio() -> None:
    found = kept_in(JANUARY)

    assert (found.nrr, found.grr, found.gross_revenue_churn, found.logo_retention) == (None,) * 4


def test_a_term_whose_continuation_is_not_there_is_reported() -> None:
    alone = term(
        "x", date(2025, 2, 1), date(2026, 1, 31), 1, standing=TermStanding.SUPERSEDED, follows_on=True
    )

    assert book(alone).unfollowed == (alone.key,)


def test_a_term_two_ordinals_on_does_not_continue_a_term() -> None:
    before = term("x", date(2025, 2, 1), date(2026, 1, 31), 1, standing=WON, follows_on=True)
    after_next = term("x", date(2027, 2, 1), date(2028, 1, 31), 1, ordinal=3)

    assert book(before, after_next).unfollowed == (before.key,)
