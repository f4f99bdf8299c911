"""Several amendments and quotes on one first day of a term, known, late, taken back or never won. By hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.amended import amendment, amounts, deal, earned, later, stored
from tests.fakes.builders import contract
from tests.fakes.term_books import yen

from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.term_state import TermState

ROLLING = contract(start=date(2023, 10, 1), end=date(2024, 9, 30), annual_amount=Decimal(1_200_000))
SOLD = replace(ROLLING, annual_amount=None)
FIRST = deal(ROLLING, 1, 1_200_000, "2023-09-20", record_type="New")
DAY = "2024-10-01"
KNOWN = amendment(ROLLING, 600_000, DAY)
DAYS = ("2024-09-30", DAY, "2025-09-30", "2026-09-30", "2026-11-05")
LOST = {"is_won": False}


def at(amount: int) -> Contract:
    """The contract with another amount on its last day."""
    return replace(ROLLING, annual_amount=Decimal(amount))


def quote(amount: int, *, is_closed: bool = True, number: int = 4) -> Opportunity:
    """An amendment of that first day that was never won: lost, or open still."""
    return replace(amendment(ROLLING, amount, DAY, number=number), is_won=False, is_closed=is_closed)


def typed_up(*deals: Opportunity) -> tuple[TermState, ...]:
    """1.2M, 1.5M in the second term, typed in without a deal, and 1.2M again from the third on, as it was known."""
    first, second, *others = stored(ROLLING, *deals)[1]
    return (replace(first, new=yen(1_500_000)), replace(second, prior=yen(1_500_000)), *others)


def on_5_november(known: Sequence[TermState], amount: int, *deals: Opportunity) -> list[int]:
    """What the days of the terms earn once so much is in Salesforce."""
    before, _ = stored(ROLLING)
    return earned(later(before, known, at(amount), *deals), *DAYS)


def test_a_second_amendment_of_one_first_day_that_comes_late_begins_there_as_well() -> None:
    """1.2M and 0.6M from 1 October 2024 were known as 1.8M; 0.3M more from that day, entered in 2026: 2.1M."""
    second = amendment(ROLLING, 300_000, DAY, number=3)
    before, known = stored(at(1_800_000), KNOWN)

    found = later(before, known, at(2_100_000), KNOWN, second)

    assert earned(known, *DAYS) == [1_200_000] + [1_800_000] * 4
    assert earned(found, *DAYS) == [1_200_000] + [2_100_000] * 4
    assert amounts(found)[:2] == [(1_200_000, 2_100_000), (2_100_000, 2_100_000)]
    assert later(before, found, at(2_100_000), KNOWN, second) == found


def test_and_so_it_does_where_the_amount_is_in_the_deals_alone() -> None:
    second = amendment(ROLLING, 300_000, DAY, number=3)
    before, known = stored(SOLD, FIRST, KNOWN)

    found = later(before, known, SOLD, FIRST, KNOWN, second)

    assert earned(found, *DAYS) == [1_200_000] + [2_100_000] * 4


def test_a_second_one_of_the_contracts_own_first_day_raises_it_from_there() -> None:
    """Sold at 1.2M, 0.6M and later 0.3M more from the first day on: 1.8M as known, 2.1M from the first day."""
    both = (amendment(ROLLING, 600_000, "2023-10-01"), amendment(ROLLING, 300_000, "2023-10-01", number=3))
    before, known = stored(at(1_800_000), FIRST, both[0])

    found = later(before, known, at(2_100_000), FIRST, *both)

    assert earned(known, "2023-10-01", *DAYS) == [1_800_000] * 6
    assert earned(found, "2023-10-01", *DAYS) == [2_100_000] * 6


@pytest.mark.parametrize("change", [{"is_deleted": True}, LOST], ids=["deleted", "lost"])
@pytest.mark.parametrize("is_closed", [True, False], ids=["lost quote", "open quote"])
def test_one_that_is_taken_back_beside_a_quote_of_the_same_day_lowers_the_terms_by_itself(
    change: dict[str, bool], *, is_closed: bool
) -> None:
    """1.8M with the 0.6M that is taken back; 0.2M of that day were never won: 1.2M, and not 1.0M."""
    beside = quote(200_000, is_closed=is_closed)
    _, known = stored(at(1_800_000), KNOWN, beside)
    gone = replace(KNOWN, **change)  # type: ignore[arg-type]  # real fields

    assert on_5_november(known, 1_200_000, gone, beside) == [1_200_000] * 5


def test_of_two_known_ones_the_one_that_stays_stays() -> None:
    """0.6M and 0.3M from that day, 2.1M; the 0.3M are taken back: 1.8M from that day on."""
    second = amendment(ROLLING, 300_000, DAY, number=3)
    _, known = stored(at(2_100_000), KNOWN, second)

    found = on_5_november(known, 1_800_000, KNOWN, replace(second, is_deleted=True))

    assert found == [1_200_000] + [1_800_000] * 4


def test_one_taken_back_as_another_of_that_day_comes_late_leaves_the_difference() -> None:
    """The 0.6M of 1.8M are taken back, and 0.3M from the same day are entered: 1.5M."""
    second = amendment(ROLLING, 300_000, DAY, number=3)
    _, known = stored(at(1_800_000), KNOWN)

    found = on_5_november(known, 1_500_000, replace(KNOWN, is_deleted=True), second)

    assert found == [1_200_000] + [1_500_000] * 4


@pytest.mark.parametrize(
    "beside",
    [
        quote(300_000),
        quote(300_000, is_closed=False),
        replace(quote(300_000), is_deleted=True),
        replace(quote(300_000, is_closed=False), is_deleted=True),
    ],
    ids=["lost", "open", "lost and deleted", "open and deleted"],
)
def test_a_price_that_was_typed_up_for_a_term_and_back_is_no_quote_taken_back(beside: Opportunity) -> None:
    """1.2M, 1.5M for a year, 1.2M again; a quote of just 0.3M from that day was never won: all stays as known."""
    known = typed_up(beside)

    assert on_5_november(known, 1_200_000, beside) == [1_200_000, 1_500_000, 1_500_000, 1_200_000, 1_200_000]


def test_nor_is_one_that_stood_for_two_terms() -> None:
    """1.2M, 1.5M in the second and the third term, 1.2M again in the fourth, and a lost quote of 0.3M."""
    beside = quote(300_000)
    first, second, third, last = typed_up(beside)
    known = (first, replace(second, new=yen(1_500_000)), replace(third, prior=yen(1_500_000)), last)

    assert on_5_november(known, 1_200_000, beside) == [1_200_000] + [1_500_000] * 3 + [1_200_000]


def test_nor_are_two_lost_quotes_that_make_it_up_together() -> None:
    """1.5M for a year, and quotes of 0.1M and 0.2M from its first day: nothing was taken back."""
    both = (quote(100_000), quote(200_000, number=5))
    known = typed_up(*both)

    assert on_5_november(known, 1_200_000, *both) == [1_200_000, 1_500_000, 1_500_000, 1_200_000, 1_200_000]


def test_while_an_open_quote_is_all_that_there_is_a_price_that_is_typed_back_changes_no_term_before() -> None:
    """1.5M from 1 October 2024 on without a deal, an open quote of 0.3M: 1.2M again from this term on."""
    beside = quote(300_000, is_closed=False)
    first, *others = stored(at(1_500_000), beside)[1]
    known = (replace(first, prior=yen(1_200_000), new=yen(1_500_000)), *others)

    assert on_5_november(known, 1_200_000, beside) == [1_200_000] + [1_500_000] * 3 + [1_200_000]


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"is_deleted": True}, [1_200_000] * 5), (LOST, [1_200_000] + [1_800_000] * 3 + [1_200_000])],
    ids=["deleted", "lost"],
)
def test_where_the_price_went_back_first_only_a_deleted_deal_says_that_it_had_counted(
    change: dict[str, bool], expected: list[int]
) -> None:
    """1.8M; 1.2M are typed into the contract a day before the deal of 0.6M is taken out of it."""
    before, known = stored(at(1_800_000), KNOWN)
    waiting = later(before, known, at(1_200_000), KNOWN)
    gone = replace(KNOWN, **change)  # type: ignore[arg-type]  # real fields

    assert on_5_november(waiting, 1_200_000, gone) == expected


@pytest.mark.parametrize(("count", "is_told"), [(10, True), (11, False)])
def test_up_to_ten_amendments_of_one_first_day_are_told_apart(count: int, *, is_told: bool) -> None:
    """1.2M and 0.1M for each of them; all but one were known. Of ten the last is told, of eleven it is not."""
    deals = [amendment(ROLLING, 100_000, DAY, number=number + 2) for number in range(count)]
    whole = 1_200_000 + 100_000 * count
    before, known = stored(at(whole - 100_000), *deals[:-1])

    found = later(before, known, at(whole), *deals)

    past = whole if is_told else whole - 100_000
    assert earned(found, *DAYS) == [1_200_000, past, past, past, whole]
