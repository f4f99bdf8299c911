"""Amendments entered after several terms have begun since: which terms they restate, which stay as known. By hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.amended import amendment, amounts, deal, earned, later, stored
from tests.fakes.builders import contract
from tests.fakes.term_books import yen

from csops_sync.domain.facts import Opportunity
from csops_sync.domain.forecast.term_state import TermStanding, TermState

ROLLING = contract(start=date(2023, 10, 1), end=date(2024, 9, 30), annual_amount=Decimal(1_200_000))
RAISED = replace(ROLLING, annual_amount=Decimal(1_800_000))
SOLD = replace(ROLLING, annual_amount=None)
FIRST = deal(ROLLING, 1, 1_200_000, "2023-09-20", record_type="New")
PAPER = amendment(ROLLING, 600_000, "2024-03-01")
ENDS = ("2024-02-29", "2024-03-01", "2024-09-30", "2025-09-30", "2026-09-30", "2026-11-05")
NOVEMBER = date(2026, 11, 5)


def test_an_amendment_entered_terms_later_raises_its_term_and_all_that_it_rolled_on_into() -> None:
    """1.2M rolled on three times; in November 2026 paper of +0.6M from 1 March 2024, in the first term of four.

    1.2M until 29 February 2024, 1.8M from 1 March on, in that term and in all after it.
    """
    before, known = stored(ROLLING)

    found = later(before, known, RAISED, PAPER)

    assert earned(known, *ENDS) == [1_200_000] * 6
    assert earned(found, *ENDS) == [1_200_000] + [1_800_000] * 5
    assert amounts(found) == [(1_800_000, 1_800_000)] * 3 + [(1_800_000, None)]
    assert later(before, found, RAISED, PAPER) == found


def test_until_the_contract_is_raised_too_all_terms_stay_as_they_were_known() -> None:
    before, known = stored(ROLLING)

    waiting = later(before, known, ROLLING, PAPER)
    raised = later(before, waiting, RAISED, PAPER)

    assert waiting == known
    assert earned(raised, *ENDS) == [1_200_000] + [1_800_000] * 5


def test_a_contract_whose_amount_is_in_its_deals_is_restated_at_once() -> None:
    before, known = stored(SOLD, FIRST)

    found = later(before, known, SOLD, FIRST, PAPER)

    assert earned(found, *ENDS) == [1_200_000] + [1_800_000] * 5


def test_two_late_amendments_in_two_terms_each_count_from_their_own_day() -> None:
    """+0.6M from March 2024 and +0.3M from February 2026, both entered in November 2026: 1.2M, 1.8M, 2.1M."""
    second = amendment(ROLLING, 300_000, "2026-02-01", number=3)
    before, known = stored(ROLLING)

    found = later(before, known, replace(ROLLING, annual_amount=Decimal(2_100_000)), PAPER, second)

    assert earned(found, *ENDS, "2026-01-31", "2026-02-01") == [
        1_200_000,
        1_800_000,
        1_800_000,
        1_800_000,
        2_100_000,
        2_100_000,
        1_800_000,
        2_100_000,
    ]


def test_of_two_late_amendments_only_the_one_that_the_contract_bears_out_restates() -> None:
    """The contract was raised by the 0.6M of March 2024 and not by the 0.3M of February 2026: 1.8M from March on."""
    second = amendment(ROLLING, 300_000, "2026-02-01", number=3)
    before, known = stored(ROLLING)

    found = later(before, known, RAISED, PAPER, second)

    assert earned(found, *ENDS) == [1_200_000] + [1_800_000] * 5


def test_one_that_is_taken_back_terms_later_lowers_its_term_and_all_after_it() -> None:
    before, known = stored(RAISED, PAPER)

    found = later(before, known, ROLLING)

    assert earned(known, *ENDS) == [1_200_000] + [1_800_000] * 5
    assert earned(found, *ENDS) == [1_200_000] * 6
    assert {one.steps for one in found} == {()}


def test_amounts_that_held_it_before_its_deal_was_entered_do_not_hold_it_twice() -> None:
    before, known = stored(RAISED)

    assert later(before, known, RAISED, PAPER) == known


@pytest.mark.parametrize("price", [1_500_000, 2_000_000, 2_200_000, 3_000_000])
def test_a_new_price_of_the_current_term_is_no_proof_of_what_amounts_held_already(price: int) -> None:
    """1.8M all along, the deal about 0.6M of it entered late; the current term is then typed to another price."""
    before, known = stored(RAISED)

    found = later(before, known, replace(ROLLING, annual_amount=Decimal(price)), PAPER)

    assert earned(found, *ENDS) == [1_800_000] * 5 + [price]


def test_a_term_that_a_deal_renewed_stays_at_that_deals_amount_and_so_do_those_after_it() -> None:
    """The second term began with a deal of 2.0M, which holds all that was before it: only the first is restated."""
    renewal = deal(ROLLING, 3, 2_000_000, "2024-09-15")
    before, known = stored(replace(ROLLING, annual_amount=Decimal(2_000_000)), FIRST, renewal)

    found = later(before, known, replace(ROLLING, annual_amount=Decimal(2_000_000)), FIRST, renewal, PAPER)

    assert found[0].standing is TermStanding.WON
    assert earned(known, *ENDS) == [1_200_000] * 3 + [2_000_000] * 3
    assert earned(found, *ENDS) == [1_200_000] + [1_800_000] * 2 + [2_000_000] * 3


def on_first_day(*deals: Opportunity, known: Sequence[TermState], amount: int) -> list[int]:
    """What is earned on the last day of the first term, on the first of the second, and later."""
    before, _ = stored(ROLLING)
    found = later(before, known, replace(ROLLING, annual_amount=Decimal(amount)), *deals)
    return earned(found, "2024-09-30", "2024-10-01", "2025-09-30", "2026-11-05")


def test_a_late_amendment_on_the_first_day_of_a_term_that_is_over_raises_it_from_that_day() -> None:
    """+0.6M from 1 October 2024, the second term's first day, entered in November 2026: 1.2M until 30 September."""
    _, known = stored(ROLLING)
    paper = amendment(ROLLING, 600_000, "2024-10-01")

    assert on_first_day(paper, known=known, amount=1_800_000) == [1_200_000] + [1_800_000] * 3


def test_what_the_term_before_it_went_on_at_is_restated_with_it_and_stays() -> None:
    """The first term of 1.2M went on at 1.8M, an expansion of 0.6M: known as flat until the paper came."""
    paper = amendment(ROLLING, 600_000, "2024-10-01")
    before, known = stored(ROLLING)

    found = later(before, known, RAISED, paper)

    assert amounts(known)[:2] == [(1_200_000, 1_200_000), (1_200_000, 1_200_000)]
    assert amounts(found)[:2] == [(1_200_000, 1_800_000), (1_800_000, 1_800_000)]
    assert later(before, found, RAISED, paper) == found


def test_on_the_first_day_of_the_current_term_too() -> None:
    """+0.6M from 1 October 2026, entered in November: the term before it, of 1.2M, went on at 1.8M."""
    paper = amendment(ROLLING, 600_000, "2026-10-01")
    before, known = stored(ROLLING)

    waiting = later(before, known, ROLLING, paper)
    found = later(before, waiting, RAISED, paper)

    assert amounts(waiting)[2:] == [(1_200_000, 1_200_000), (1_200_000, None)]
    assert amounts(found)[2:] == [(1_200_000, 1_800_000), (1_800_000, None)]


def test_one_that_was_known_on_the_first_day_is_not_counted_again_when_a_later_term_begins_higher() -> None:
    """1.8M from 1 October 2024 on as known all along; the third term is won at 2.5M, which restates nothing."""
    paper = amendment(ROLLING, 600_000, "2024-10-01")
    renewal = deal(ROLLING, 3, 2_500_000, "2025-09-15")
    before, known = stored(RAISED, FIRST, paper)

    found = later(before, known, replace(ROLLING, annual_amount=Decimal(2_500_000)), FIRST, paper, renewal)

    assert earned(found, "2024-09-30", "2024-10-01", "2025-09-30") == [1_200_000, 1_800_000, 1_800_000]


@pytest.mark.parametrize("change", [{"is_deleted": True}, {"is_won": False}], ids=["deleted", "lost"])
def test_one_on_a_first_day_that_is_taken_back_lowers_the_term_again(change: dict[str, bool]) -> None:
    paper = amendment(ROLLING, 600_000, "2024-10-01")
    _, known = stored(RAISED, paper)
    gone = replace(paper, **change)  # type: ignore[arg-type]  # real fields

    assert on_first_day(gone, known=known, amount=1_200_000) == [1_200_000] * 4


def test_a_price_that_rose_on_a_first_day_without_a_deal_stays_when_a_later_term_begins_lower() -> None:
    """1.2M, then 1.5M typed into the contract for the second term, then 1.2M again: nobody took an amendment back."""
    first, second, *others = stored(ROLLING)[1]
    known = (first, replace(second, prior=yen(1_500_000)), *others)

    assert on_first_day(known=known, amount=1_200_000) == [1_200_000, 1_500_000, 1_500_000, 1_200_000]


def test_on_the_first_day_of_the_contract_the_deal_that_it_came_from_tells_it_apart() -> None:
    """Sold at 1.2M, +0.6M from the first day on, entered in November 2026: 1.8M all along."""
    paper = amendment(ROLLING, 600_000, "2023-10-01")
    before, known = stored(ROLLING, FIRST)

    found = later(before, known, RAISED, FIRST, paper)

    assert earned(found, "2023-10-01", *ENDS) == [1_800_000] * 7


def test_what_cannot_be_read_on_an_amendment_that_never_counted_is_passed_over() -> None:
    odd = replace(amendment(ROLLING, 1, "2024-10-01", number=4, recurring_amount="some"), is_won=False)
    before, known = stored(ROLLING)

    assert earned(later(before, known, RAISED, PAPER, odd), *ENDS) == [1_200_000] + [1_800_000] * 5
