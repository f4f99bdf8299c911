"""Which terms count as announced to cancel, so that who stayed is saved once, worked by hand.

6,000,000 yen a year; the first term runs to 30 September 2026, the second to 30 September 2027, then a third.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.fakes.builders import book, contract, opportunity, ruleset
from tests.fakes.term_books import lived, states, yen

from csops_sync.domain.book import AccountBook
from csops_sync.domain.conditions import Clause, Condition, OneOf
from csops_sync.domain.facts import Contract
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.renewal_rates import ChurnSaves, renewal_rates
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.rules import RuleSet

DATED = ruleset()
TICKED = ruleset(
    lifecycle=replace(
        DATED.lifecycle, cancelling=Condition((Clause("contract.wants_to_leave", OneOf((True,))),))
    )
)
LEAVING = replace(
    contract(), values={**contract().values, "cancellation_notice": "2026-02-01", "wants_to_leave": True}
)
STAYED = contract()
FIRST, SECOND, THIRD = date(2026, 2, 1), date(2026, 10, 5), date(2027, 10, 5)


def announced(found: tuple[TermState, ...]) -> list[bool]:
    """Whether each term was announced to be the last, first to last."""
    return [one.announced_cancellation for one in found]


def passed(
    *lives: tuple[Contract, date], rules: RuleSet = DATED, remembers: bool = True
) -> tuple[AccountBook, tuple[TermState, ...]]:
    """The customer after a cycle on each day, with its contract as it stood then."""
    of, known = book(lives[0][0]), tuple[TermState, ...]()
    for one, day in lives:
        of, found = lived(replace(of, contracts=(one,)), rules=rules, today=day, known=known)
        known = found if remembers else ()
    return of, found


def saves_of(found: tuple[TermState, ...], window: Window, *, today: date) -> ChurnSaves:
    """The churn saves over the terms due in a window."""
    rates = DueRates(exchange=Exchange(into="JPY"), calendar=FiscalCalendar())
    rated = renewal_rates(terms=found, window=window, profile=DEFAULT_PROFILE, today=today, rates=rates)
    return rated.saves


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_a_customer_who_announced_once_and_stayed_twice_is_saved_once(rules: RuleSet) -> None:
    """Due in the two years: two terms of 6,000,000, one of them announced, and it stayed: 1 of 1, by amount too."""
    lives = [(LEAVING, day) for day in (FIRST, SECOND, THIRD)]
    _, found = passed(*lives, rules=rules)
    assert announced(found) == [True, False, False]

    saves = saves_of(found, Window(first=date(2025, 10, 1), last=date(2027, 9, 30)), today=THIRD)
    assert (saves.announced, saves.saved, saves.rate) == (1, 1, Fraction(1))
    assert (saves.announced_amount, saves.saved_amount) == (yen(6_000_000), yen(6_000_000))


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_one_who_stayed_and_then_left_without_a_word_was_saved_all_the_same(rules: RuleSet) -> None:
    """Of two terms one was announced: it stayed. The second was lost, but not announced: still 1 of 1, not 1 of 2."""
    of, before = passed((LEAVING, FIRST), (LEAVING, SECOND), rules=rules)
    lost = opportunity(contract_id=LEAVING.id, is_closed=True, close_date=date(2027, 9, 1))
    _, found = lived(replace(of, opportunities=(lost,)), rules=rules, today=date(2027, 9, 2), known=before)

    assert [one.standing for one in found] == [TermStanding.AUTO_RENEWED, TermStanding.LOST]
    saves = saves_of(found, Window(first=date(2025, 10, 1), last=date(2027, 9, 30)), today=date(2027, 9, 2))
    assert (saves.announced, saves.saved) == (1, 1)


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_one_that_was_taken_back_counts_for_its_term_and_one_set_anew_for_the_next(rules: RuleSet) -> None:
    anew = replace(LEAVING, values={**LEAVING.values, "cancellation_notice": "2027-03-01"})
    lives = ((LEAVING, FIRST), (STAYED, date(2026, 5, 1)), (STAYED, SECOND))
    assert announced(passed(*lives, rules=rules)[1]) == [True, False]
    assert announced(passed(*lives, (anew, date(2027, 3, 2)), rules=rules)[1]) == [True, True]
    assert announced(passed(*lives, (anew, date(2027, 3, 2)), (anew, THIRD), rules=rules)[1]) == [
        True,
        True,
        False,
    ]


def test_a_notice_that_is_entered_late_is_found_in_the_term_in_which_it_was_given() -> None:
    """Given on 1 February 2026, entered on 5 October: the first term stayed in spite of it, the second has none."""
    _, found = passed((STAYED, FIRST), (LEAVING, SECOND))
    assert announced(found) == [True, False]


def test_without_any_memory_a_date_finds_its_term_and_a_tick_the_one_that_runs() -> None:
    assert announced(states(book(LEAVING), rules=DATED, today=THIRD)) == [True, False, False]
    assert announced(states(book(LEAVING), rules=TICKED, today=THIRD)) == [False, False, True]


@pytest.mark.parametrize("rules", [DATED, TICKED])
def test_rows_remember_the_past_where_states_are_worked_out_anew(rules: RuleSet) -> None:
    _, found = passed((LEAVING, FIRST), (LEAVING, SECOND), (STAYED, THIRD), rules=rules, remembers=False)
    assert announced(found) == [True, False, False]


def test_what_an_earlier_release_marked_in_later_terms_is_put_right_by_the_date() -> None:
    """Every term was marked as long as the date stood; the rows say nothing yet."""
    of, found = passed((LEAVING, FIRST), (LEAVING, SECOND), (LEAVING, THIRD))
    bare = replace(of, renewals=tuple(replace(one, cancellation=None) for one in of.renewals))
    wrong = tuple(replace(one, announced_cancellation=True) for one in found)
    assert announced(lived(bare, rules=DATED, today=THIRD, known=wrong)[1]) == [True, False, False]


def test_a_notice_after_an_early_renewal_is_no_save_of_the_term_that_was_won() -> None:
    """Won on 1 June 2026 for the year from October; notice on 10 August is of that year, and nobody was saved yet."""
    plain = contract(auto_renews=False)
    deal = opportunity(contract_id=plain.id, is_closed=True, is_won=True, close_date=date(2026, 6, 1))
    of, known = lived(book(plain, opportunities=(deal,)), rules=DATED, today=date(2026, 6, 1))
    leaving = contract(auto_renews=False, end=date(2027, 9, 30), cancellation_notice="2026-08-10")
    _, found = lived(replace(of, contracts=(leaving,)), rules=DATED, today=date(2026, 8, 10), known=known)

    assert [one.standing for one in found] == [TermStanding.WON, TermStanding.UNOPENED]
    assert announced(found) == [False, True]
    assert announced(states(replace(of, contracts=(leaving,)), rules=DATED, today=date(2026, 11, 1))) == [
        False,
        True,
    ]
