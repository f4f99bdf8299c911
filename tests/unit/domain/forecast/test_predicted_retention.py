"""Predicted retention, with the arithmetic in words. Today is 15 February 2026 unless a test says otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.unit.domain.forecast.metric_terms import (
    ALL,
    APRIL,
    FIRST_QUARTER,
    IN_YEN,
    MARCH,
    NEXT_OPEN,
    book,
    landing,
    term,
    yen,
)

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.predicted import MissingLandingError, Prediction, predicted_retention
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE, LatePolicy, MetricProfile
from csops_sync.domain.forecast.repeating import Kept, Parts, again, parts_of, times_due
from csops_sync.domain.forecast.term_state import Step, TermStanding, TermState

TODAY = date(2026, 2, 15)
RENEWALS_ONLY = MetricProfile(name="renewals only", outside_expansion=False)
STAYS = term("stays", date(2025, 10, 1), date(2026, 9, 30), 300)
DUE = term("due", date(2025, 3, 16), date(2026, 3, 15), 100, new=150)
AT_RANK_C = {DUE.key: landing(40, 10, kept=100, added=50)}
"""An upsell of 100 to 150 at rank C: base 100 x 0.4, expansion 50 x 0.2."""


def _predicted(
    window: Window,
    *terms: TermState,
    landings: dict[str, Kept] | None = None,
    profile: MetricProfile = DEFAULT_PROFILE,
    steps: Mapping[str, tuple[Step, ...]] | None = None,
) -> Prediction:
    return predicted_retention(
        book=book(*terms, profile=profile, steps=steps),
        window=window,
        landings=AT_RANK_C if landings is None else landings,
        today=TODAY,
        exchange=IN_YEN,
    )


def test_predicted_grr_of_an_upsell_at_rank_c_is_not_100_percent() -> None:
    # Base 40 of 100 alone; min(100, 40 + 10) would be 50, a sum capped at 100 would hide more with more expansion.
    found = _predicted(MARCH, DUE).retention

    assert (found.grr, found.nrr) == (Fraction(2, 5), Fraction(1, 2))
    assert found.predicted
    assert found.logo_retention is None


def test_expansion_of_one_renewal_does_not_make_up_for_the_base_of_another_of_the_customer() -> None:
    # Base 100 + 40 of 200, although the landings 160 + 50 exceed the start.
    other = term("due", date(2025, 3, 11), date(2026, 3, 10), 100, contract="other", new=160)
    landings = AT_RANK_C | {other.key: landing(100, 60, kept=100)}

    found = _predicted(MARCH, DUE, other, landings=landings).retention
    assert (found.grr, found.nrr) == (Fraction(7, 10), Fraction(21, 20))


def test_what_is_not_due_in_the_window_stays() -> None:
    # 300 stay, 100 land at 40 + 10: 350 of 400, base 340.
    found = _predicted(MARCH, STAYS, DUE).retention

    assert (found.start, found.end, found.kept) == (yen(400), yen(350), yen(340))


def test_a_term_that_ends_on_the_last_day_is_due_by_the_boundary() -> None:
    # In force at the close of 31 March: kept in March, landing in April. Gone on the next morning: landing in March.
    last_day = replace(DUE, end=date(2026, 3, 31), in_force_until=date(2026, 3, 31))

    assert _predicted(MARCH, last_day).retention.grr == 1
    assert _predicted(APRIL, last_day).retention.grr == Fraction(2, 5)
    assert _predicted(MARCH, last_day, profile=NEXT_OPEN).retention.grr == Fraction(2, 5)


def test_a_term_due_twice_multiplies_its_weights() -> None:
    # A monthly term from 1 February falls due on 28 February, 31 March and 30 April before the close of 15 May:
    # 1,000 x 0.9 x 0.9 x 0.9 = 729.
    monthly = term("m", date(2026, 2, 1), date(2026, 2, 28), 1000)
    window = Window(date(2026, 2, 16), date(2026, 5, 15))
    landings = {monthly.key: landing(900, kept=1000)}

    assert times_due(term=monthly, day=window.last) == 3
    found = _predicted(window, monthly, landings=landings).retention
    assert (found.end, found.grr) == (yen(729), Fraction(729, 1000))


def test_the_second_time_is_flat_at_what_the_first_one_landed() -> None:
    # Base 100 x 0.4 x 0.4 = 16; expansion 50 x 0.2 x 0.4 = 4.
    once = parts_of(AT_RANK_C[DUE.key])
    assert once is not None
    assert again(once, 2) == parts_of(landing(16, 4, kept=100, added=50))


def test_a_term_that_is_never_due_does_not_land() -> None:
    with pytest.raises(ValueError, match="due once or more, not 0 times"):
        again(Parts(40, 10, 100, 50, "JPY"), 0)


def test_a_window_after_this_one_starts_with_what_is_predicted_for_its_first_day() -> None:
    # April starts with 300 + the 50 that land in March; nothing of it is due in April.
    found = _predicted(APRIL, STAYS, DUE).retention

    assert (found.start, found.end, found.grr) == (yen(350), yen(350), ALL)


def test_a_term_continued_by_another_is_counted_once() -> None:
    # 100 to 15 January, its next term 120 from the 16th on: 120 of 100, base min(100, 120).
    before = term(
        "c", date(2025, 1, 16), date(2026, 1, 15), 100, standing=TermStanding.AUTO_RENEWED, follows_on=True
    )
    after = term("c", date(2026, 1, 16), date(2027, 1, 15), 120, ordinal=2)

    found = _predicted(FIRST_QUARTER, before, after).retention
    assert (found.start, found.end, found.kept) == (yen(100), yen(120), yen(100))


def test_growth_that_is_settled_before_a_later_term_lands_is_no_base() -> None:
    # 100 continued at 200 by a term due on 20 March, which keeps 200 x 0.5 = 100. Of the 100 at the start that is 50.
    before = term(
        "c", date(2025, 1, 16), date(2026, 1, 15), 100, standing=TermStanding.AUTO_RENEWED, follows_on=True
    )
    after = term("c", date(2026, 1, 16), date(2026, 3, 20), 200, ordinal=2)

    found = _predicted(FIRST_QUARTER, before, after, landings={after.key: landing(100, kept=200)}).retention
    assert (found.end, found.kept) == (yen(100), yen(50))


def test_a_renewal_that_is_won_counts_at_its_amount_and_a_lost_one_at_nothing() -> None:
    won = replace(DUE, standing=TermStanding.WON)
    lost = term("gone", date(2025, 3, 16), date(2026, 3, 15), 100, standing=TermStanding.LOST)

    found = _predicted(MARCH, won, lost, landings={}).retention
    assert (found.end, found.kept) == (yen(150), yen(100))


def test_an_overdue_open_renewal_stays_in_the_window_it_was_due_in() -> None:
    # Due on 15 January. It lands in the first quarter, and not in a window that starts after it churned.
    overdue = term("o", date(2025, 1, 16), date(2026, 1, 15), 100)
    landings = {overdue.key: landing(50, 30, kept=100)}
    february_on = Window(date(2026, 2, 1), date(2026, 3, 31))

    assert _predicted(FIRST_QUARTER, overdue, landings=landings).retention.grr == Fraction(1, 2)
    second = term("o", date(2025, 10, 1), date(2026, 9, 30), 300, contract="second")
    found = _predicted(february_on, overdue, second, landings=landings).retention
    assert (found.start, found.end) == (yen(300), yen(300))
    grace = MetricProfile(name="grace", late=LatePolicy(60))
    assert _predicted(february_on, overdue, landings=landings, profile=grace).retention.grr == Fraction(1, 2)


def test_a_contract_signed_for_later_is_growth_outside_of_renewals_by_profile() -> None:
    second = term("stays", date(2026, 3, 10), date(2027, 3, 9), 60, contract="second")

    assert _predicted(MARCH, STAYS, second).retention.nrr == Fraction(6, 5)
    assert _predicted(MARCH, STAYS, second).retention.grr == 1
    assert _predicted(MARCH, STAYS, second, profile=RENEWALS_ONLY).retention.nrr == 1


def test_a_rise_within_the_term_before_it_is_due_is_no_base() -> None:
    # 50 at the start, 100 from 5 March, due on the 15th at base 40 + 10: of the 50 at the start, 20 are kept.
    steps = {
        DUE.key: (
            Step(effective=DUE.start, amount=yen(50)),
            Step(effective=date(2026, 3, 5), amount=yen(100)),
        )
    }
    found = _predicted(MARCH, DUE, steps=steps).retention
    assert (found.start, found.end, found.kept) == (yen(50), yen(50), yen(20))

    # Where growth outside of renewals does not count, the 50 land as a half of the 100: at 20 + 5.
    found = _predicted(MARCH, DUE, steps=steps, profile=RENEWALS_ONLY).retention
    assert (found.end, found.kept) == (yen(25), yen(20))


def test_a_rise_that_is_agreed_within_a_term_counts_by_profile() -> None:
    steps = {
        STAYS.key: (
            Step(effective=STAYS.start, amount=yen(240)),
            Step(effective=date(2026, 3, 5), amount=yen(300)),
        )
    }

    assert _predicted(MARCH, STAYS, steps=steps).retention.nrr == Fraction(300, 240)
    assert _predicted(MARCH, STAYS, steps=steps).retention.grr == 1
    assert _predicted(MARCH, STAYS, steps=steps, profile=RENEWALS_ONLY).retention.nrr == 1


def test_a_monthly_renewal_that_is_won_goes_on_at_its_amount() -> None:
    # Won at 80 after 31 January, its next term not known yet: 80 in force on 28 February, and due again in March.
    won = term("w", date(2026, 1, 1), date(2026, 1, 31), 100, standing=TermStanding.WON, new=80)

    found = _predicted(MARCH, won, landings={}).retention
    assert (found.start, found.end, found.kept) == (yen(80), yen(80), yen(80))


def test_growth_that_was_won_is_no_base_of_the_next_time() -> None:
    # 100 won at 150, in force since 1 February: of 160 after 28 February, 150 were there on the 9th.
    won = term("w", date(2026, 1, 1), date(2026, 1, 31), 100, standing=TermStanding.WON, new=150)

    window = Window(date(2026, 2, 10), date(2026, 3, 31))
    found = _predicted(window, won, landings={won.key: landing(100, 60, kept=100)}).retention
    assert (found.start, found.end, found.kept) == (yen(150), yen(160), yen(150))


def test_an_open_term_that_is_due_without_a_landing_is_an_error() -> None:
    with pytest.raises(MissingLandingError, match="due-contract-1 falls due"):
        _predicted(MARCH, DUE, landings={})


def test_a_term_that_cannot_be_judged_counts_as_nothing_and_is_named() -> None:
    aside = term("a", date(2025, 3, 16), date(2026, 3, 15), 100, standing=TermStanding.ASIDE)

    found = _predicted(MARCH, aside, landings={})
    assert (found.retention.end, found.unjudged) == (yen(0), (aside.key,))


def test_a_window_that_is_over_is_measured_and_not_predicted() -> None:
    with pytest.raises(ValueError, match="measure it by retention"):
        _predicted(Window(date(2026, 1, 1), date(2026, 1, 31)), STAYS)


def test_a_prediction_is_the_past_number_once_its_terms_are_settled() -> None:
    # Weights of one and nothing: 300 stay, 100 are won at 150, 80 are lost. 450 of 480; base 400 of 480.
    won = replace(DUE, standing=TermStanding.WON)
    lost = term("gone", date(2025, 3, 16), date(2026, 3, 15), 80, standing=TermStanding.LOST)

    found = _predicted(MARCH, STAYS, won, lost, landings={}).retention
    assert (found.nrr, found.grr) == (Fraction(450, 480), Fraction(400, 480))
