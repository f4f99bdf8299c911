"""Amendments against the edges of terms: entered late, on the first day, after the end, before the deal. By hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes import amended
from tests.fakes.amended import RULES, amounts, earned
from tests.fakes.builders import book, contract
from tests.fakes.term_books import lived, states, yen

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract, Opportunity, Scalar
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.standing.states import states_of

BY_TERM = replace(RULES, term_amounts=True)
ROLLING = contract(annual_amount=Decimal(1_200_000))
RAISED = replace(ROLLING, annual_amount=Decimal(1_800_000))
SOLD = replace(ROLLING, annual_amount=None)
FIXED = replace(SOLD, auto_renews=False)
MAY, NOVEMBER = date(2026, 5, 1), date(2026, 11, 5)


def deal(number: int, amount: int, closes: str, **values: Scalar) -> Opportunity:
    """A won deal that is linked to the contract."""
    return amended.deal(ROLLING, number, amount, closes, **values)


def amendment(amount: int, since: str, *, number: int = 2, **values: Scalar) -> Opportunity:
    """A won deal that adds so much a year from a day on."""
    return amended.amendment(ROLLING, amount, since, number=number, **values)


FIRST = deal(1, 1_200_000, "2025-10-01", record_type="New")


def after_the_roll(of: Contract, *deals: Opportunity) -> tuple[AccountBook, tuple[TermState, ...]]:
    """A contract that rolled on in October, and its states as they were stored on 1 November."""
    return lived(book(of, opportunities=deals), rules=RULES, today=date(2026, 11, 1))


def on_5_november(
    stored: AccountBook, of: Contract, known: Sequence[TermState], *deals: Opportunity
) -> tuple[TermState, ...]:
    """The states once so much is in Salesforce."""
    now = replace(stored, contracts=(of,), opportunities=deals)
    return lived(now, rules=RULES, today=NOVEMBER, known=known)[1]


def test_an_amendment_entered_after_its_term_is_over_raises_that_term_and_leaves_what_lay_before_it() -> None:
    """1.2M, rolled on in October; in November paper of +0.6M from 1 September: 1.2M in August, 1.8M from September."""
    stored, known = after_the_roll(ROLLING)
    paper = amendment(600_000, "2026-09-01")

    found = on_5_november(stored, RAISED, known, paper)

    assert earned(found, "2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01") == [
        1_200_000,
        1_800_000,
        1_800_000,
        1_800_000,
    ]
    assert amounts(found) == [(1_800_000, 1_800_000), (1_800_000, None)]
    assert on_5_november(stored, RAISED, found, paper) == found


def test_until_the_contract_is_raised_too_a_late_amendment_leaves_a_term_that_is_over_as_it_was_known() -> (
    None
):
    stored, known = after_the_roll(ROLLING)
    paper = amendment(600_000, "2026-09-01")

    waiting = on_5_november(stored, ROLLING, known, paper)
    raised = on_5_november(stored, RAISED, waiting, paper)

    assert waiting == known
    assert earned(raised, "2026-08-31", "2026-09-01", "2026-10-01") == [1_200_000, 1_800_000, 1_800_000]


def test_an_amount_that_held_an_amendment_before_its_deal_was_entered_does_not_hold_it_twice() -> None:
    """The contract said 1.8M when it rolled on; the deal about 0.6M of it was entered in November."""
    stored, known = after_the_roll(RAISED)

    found = on_5_november(stored, RAISED, known, amendment(600_000, "2026-09-01"))

    assert found == known


def test_an_amendment_that_is_taken_back_after_its_term_lowers_that_term_again() -> None:
    stored, known = after_the_roll(RAISED, amendment(600_000, "2026-09-01"))

    found = on_5_november(stored, ROLLING, known)

    assert earned(known, "2026-08-31", "2026-09-30") == [1_200_000, 1_800_000]
    assert earned(found, "2026-08-31", "2026-09-30", "2026-10-01") == [1_200_000] * 3
    assert found[0].steps == ()


def test_what_was_added_before_the_last_deal_is_in_that_deal() -> None:
    """Sold at 1.2M in 2024, 0.6M more from February 2025, renewed in place at 1.8M from October 2025: 1.8M."""
    renewed = deal(3, 1_800_000, "2025-09-20")
    deals = (deal(1, 1_200_000, "2024-09-20"), amendment(600_000, "2025-02-01"), renewed)

    [state] = states(book(FIXED, opportunities=deals), rules=RULES, today=MAY)

    assert (state.prior, state.steps) == (yen(1_800_000), ())


def test_what_is_added_only_in_the_next_term_is_not_in_the_prior_of_this_one() -> None:
    """Agreed in advance: 0.6M more from March 2027; the term that ends in September 2026 earns 1.2M all along."""
    deals = (FIRST, amendment(600_000, "2027-03-01"))

    [now] = states(book(SOLD, opportunities=deals), rules=RULES, today=MAY)
    later = states(book(SOLD, opportunities=deals), rules=RULES, today=date(2027, 5, 1))

    assert (now.prior, now.steps) == (yen(1_200_000), ())
    assert earned(later, "2026-09-30", "2027-02-28", "2027-03-01") == [1_200_000, 1_200_000, 1_800_000]


def test_an_amendment_after_a_termination_is_not_in_what_the_customer_left_with() -> None:
    """1.2M, 0.6M more from August; terminated on 31 May, before that: 1.2M are lost."""
    ended = replace(FIXED, values={"status": "Terminated", "terminated_on": "2026-05-31"})
    deals = (FIRST, amendment(600_000, "2026-08-01"))

    [state] = states(book(ended, opportunities=deals), rules=RULES, today=date(2026, 7, 1))

    assert (state.standing, state.prior, state.steps) == (TermStanding.TERMINATED, yen(1_200_000), ())


def test_an_amendment_after_an_early_successor_is_not_in_what_it_is_held_against_even_if_it_was_known() -> (
    None
):
    """Replaced by 2.0M from June: 0.8M more than the 1.2M before, whether or not 1.8M were foreseen."""
    after = contract(
        2,
        start=date(2026, 6, 1),
        end=date(2027, 5, 31),
        annual_amount=Decimal(2_000_000),
        predecessor_id=FIXED.id,
        auto_renews=False,
    )
    deals = (FIRST, amendment(600_000, "2026-08-01"))
    stored, known = lived(book(FIXED, opportunities=deals), rules=RULES, today=MAY)
    both = replace(stored, contracts=(FIXED, after))

    fresh = states(book(FIXED, after, opportunities=deals), rules=RULES, today=date(2026, 7, 1))
    found = lived(both, rules=RULES, today=date(2026, 7, 1), known=known)[1]

    assert amounts(known) == [(1_800_000, None)]
    assert amounts(fresh) == amounts(found) == [(1_200_000, 2_000_000), (2_000_000, None)]


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-02"])
def test_an_amendment_on_the_first_day_of_a_rolled_term_begins_there_as_one_of_the_next_day_does(
    day: str,
) -> None:
    found = states(
        book(RAISED, opportunities=(amendment(600_000, day),)), rules=RULES, today=date(2026, 12, 1)
    )

    assert earned(found, "2025-10-01", "2026-09-30", "2026-10-02") == [1_200_000, 1_200_000, 1_800_000]
    assert [one.standing for one in found] == [TermStanding.AUTO_RENEWED, TermStanding.UNOPENED]


def test_a_term_that_was_renewed_by_a_deal_holds_what_was_added_since_the_deal_that_began_it_all() -> None:
    """1.2M; 0.3M more within the first term, and 0.3M on the first day of the second, which was then won at 2M."""
    deals = (
        FIRST,
        amendment(300_000, "2026-02-01"),
        amendment(300_000, "2026-10-01", number=3),
        deal(4, 2_000_000, "2027-09-01"),
    )

    found = states(book(SOLD, opportunities=deals), rules=RULES, today=date(2027, 12, 1))

    assert earned(found[:2], "2026-01-31", "2026-09-30", "2026-10-01", "2027-09-30") == [
        1_200_000,
        1_500_000,
        1_800_000,
        1_800_000,
    ]


def test_in_a_rolled_term_the_amount_for_its_rest_is_annualised_in_the_prior_too() -> None:
    """1.2M, and 300,000 for the six months from April 2027: 600,000 a year, so 1.8M, and 1.2M before."""
    deals = (FIRST, amendment(300_000, "2027-04-01"))

    found = states(book(SOLD, opportunities=deals), rules=BY_TERM, today=date(2027, 5, 1))

    assert earned(found, "2026-09-30", "2027-03-31", "2027-04-01") == [1_200_000, 1_200_000, 1_800_000]
    assert found[-1].prior == yen(1_800_000)


@pytest.mark.parametrize("months", [0, "0", Decimal("0.5")])
def test_no_months_on_an_amendment_count_as_not_filled_in_as_they_do_on_a_renewal(months: Scalar) -> None:
    """300,000 for the six months from April to September: 600,000 a year."""
    deals = (FIRST, amendment(300_000, "2026-04-01", term_months=months))

    [state] = states(book(FIXED, opportunities=deals), rules=BY_TERM, today=MAY)

    assert state.prior == yen(1_800_000)


def test_what_is_unreadable_on_a_deal_of_another_contract_leaves_this_one_as_it_is() -> None:
    other = replace(amendment(300_000, "2026-04-01"), contract_id="800000000000009AAA")
    odd = replace(other, values={"amends_from": "soon"})

    [state] = states_of(book(FIXED, opportunities=(FIRST, odd)), rules=RULES, today=MAY)

    assert state.prior == yen(1_200_000)


def test_months_that_are_no_number_are_said_to_be_none() -> None:
    odd = amendment(300_000, "2026-04-01", term_months="a year")

    decided = book(FIXED, opportunities=(FIRST, odd))

    assert states_of(decided, rules=BY_TERM, today=MAY) == ()
    assert len(states_of(decided, rules=RULES, today=MAY)) == 1
