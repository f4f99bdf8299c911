"""What a customer left with, where an amendment was to count only after the contract was cut off. By hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.amended import RULES, amendment, deal
from tests.fakes.builders import book, contract
from tests.fakes.term_books import lived, states, yen

from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.term_state import TermStanding, TermState

MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)
FIXED = contract(auto_renews=False, annual_amount=Decimal(1_800_000))
AUGUST = amendment(FIXED, 600_000, "2026-08-01")
FIRST = deal(FIXED, 1, 1_200_000, "2025-09-20", record_type="New")


def ended(amount: int) -> Contract:
    """Terminated on 31 May, before the amendment of August; the mapped amount is what the org left it at."""
    values = {**FIXED.values, "status": "Terminated", "terminated_on": "2026-05-31"}
    return replace(FIXED, annual_amount=Decimal(amount), values=values)


def after(known: Sequence[TermState], of: Contract, *deals: Opportunity) -> TermState:
    decided, _ = lived(book(FIXED, opportunities=deals), rules=RULES, today=MAY)
    [state] = lived(replace(decided, contracts=(of,)), rules=RULES, today=JULY, known=known)[1]
    return state


@pytest.mark.parametrize("amount", [1_800_000, 1_200_000], ids=["as it was", "lowered"])
def test_what_was_to_be_added_after_the_cut_off_is_taken_off_once_whether_or_not_the_org_lowers_the_amount(
    amount: int,
) -> None:
    """1.8M on the last day as agreed, 0.6M of it from August on: terminated in May, 1.2M are lost."""
    _, known = lived(book(FIXED, opportunities=(AUGUST,)), rules=RULES, today=MAY)

    state = after(known, ended(amount), AUGUST)

    assert (state.standing, state.prior) == (TermStanding.TERMINATED, yen(1_200_000))


def test_lowering_it_weeks_after_the_termination_changes_nothing_either() -> None:
    _, known = lived(book(FIXED, opportunities=(AUGUST,)), rules=RULES, today=MAY)

    left = after(known, ended(1_800_000), AUGUST)
    lowered = after((left,), ended(1_200_000), AUGUST)

    assert (left.prior, lowered) == (yen(1_200_000), left)


def test_with_nothing_known_from_before_the_deals_say_whether_it_is_lowered() -> None:
    """Sold at 1.2M; the product came after the termination."""
    found = [
        states(book(ended(amount), opportunities=(FIRST, AUGUST)), rules=RULES, today=JULY)[0].prior
        for amount in (1_800_000, 1_200_000)
    ]

    assert found == [yen(1_200_000), yen(1_200_000)]


def test_with_nothing_known_and_no_deal_the_amount_is_taken_to_hold_what_was_agreed() -> None:
    """`annual_amount` is what the contract earns on its last day as agreed: 1.8M, without the 0.6M of August 1.2M."""
    [state] = states(book(ended(1_800_000), opportunities=(AUGUST,)), rules=RULES, today=JULY)

    assert state.prior == yen(1_200_000)
