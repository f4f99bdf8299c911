"""Retention where growth outside of renewals does not count, by hand: the arithmetic of each case in words beside it.

The fiscal year runs from April 2025 to March 2026. What is not counted is what grew in it and is still there.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from tests.unit.domain.forecast.metric_terms import ALL, kept_in, term, yen

from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.retention import Retention
from csops_sync.domain.forecast.term_state import Step, TermStanding, TermState

YEAR = Window(date(2025, 4, 1), date(2026, 3, 31))
BOARD = MetricProfile(name="board", outside_expansion=False)
RUNNING = term("a", date(2024, 10, 1), date(2026, 9, 30), 100)


def board(*terms: TermState, steps: Mapping[str, tuple[Step, ...]] | None = None) -> Retention:
    return kept_in(YEAR, *terms, profile=BOARD, steps=steps)


def steps(*amounts: tuple[date, int]) -> tuple[Step, ...]:
    return tuple(Step(effective=day, amount=yen(amount)) for day, amount in amounts)


def test_a_further_contract_and_a_rise_within_a_term_do_not_count() -> None:
    """100 at the start; at the end 130 and a contract of 50, of which 30 + 50 grew outside: 100 of 100."""
    further = term("a", date(2025, 5, 1), date(2026, 4, 30), 50, contract="further")
    risen = {RUNNING.key: steps((RUNNING.start, 100), (date(2025, 5, 1), 130))}

    found = board(RUNNING, further, steps=risen)

    assert (found.start, found.end, found.nrr, found.grr) == (yen(100), yen(100), ALL, ALL)


def test_a_contract_that_came_and_went_takes_nothing_from_those_that_stayed() -> None:
    pilot = term(
        "a", date(2025, 5, 1), date(2025, 10, 31), 50, contract="pilot", standing=TermStanding.EXPIRED
    )

    found = board(RUNNING, pilot)

    assert (found.nrr, found.grr, found.logo_retention) == (ALL, ALL, ALL)


def test_what_rose_and_fell_again_is_where_it_was() -> None:
    """100, 130 from May, 100 again from November: the 30 that were not counted are the 30 that went."""
    amended = {RUNNING.key: steps((RUNNING.start, 100), (date(2025, 5, 1), 130), (date(2025, 11, 1), 100))}

    assert (board(RUNNING, steps=amended).nrr, board(RUNNING, steps=amended).grr) == (ALL, ALL)


def test_what_fell_below_where_it_was_is_a_contraction_by_no_more_than_that() -> None:
    """100, 130 from May, 80 from November: 20 of 100 are gone."""
    amended = {RUNNING.key: steps((RUNNING.start, 100), (date(2025, 5, 1), 130), (date(2025, 11, 1), 80))}

    assert board(RUNNING, steps=amended).nrr == Fraction(80, 100)


def test_growth_that_was_lost_with_its_contract_is_not_taken_off_another() -> None:
    """100 that rose to 130 and were lost, beside 100 that stay: 100 of 200."""
    lost = term("a", date(2025, 1, 1), date(2025, 12, 31), 130, contract="lost", standing=TermStanding.LOST)
    risen = {lost.key: steps((lost.start, 100), (date(2025, 6, 1), 130))}

    found = board(lost, RUNNING, steps=risen)

    assert (found.start, found.end, found.nrr, found.grr) == (
        yen(200),
        yen(100),
        Fraction(1, 2),
        Fraction(1, 2),
    )


def test_growth_that_was_renewed_is_growth_outside_still_and_what_the_renewal_added_counts() -> None:
    """100, amended to 130, renewed in January at 150: 30 of it grew outside, 20 by the renewal: 120 of 100."""
    first = term("a", date(2025, 1, 1), date(2025, 12, 31), 130, standing=TermStanding.WON, new=150)
    second = term("a", date(2026, 1, 1), date(2026, 12, 31), 150, ordinal=2)
    risen = {first.key: steps((first.start, 100), (date(2025, 6, 1), 130))}

    assert board(first, second, steps=risen).nrr == Fraction(120, 100)
