"""Renewals as a list: what filters let through, in which order, page by page, with sums over all that is found."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.fakes.landings import yen
from tests.fakes.reported import LAST_QUARTER, PlainNames, contract, frame, under

from csops_sync.app.forecast.listing import renewals_page
from csops_sync.app.forecast.listing_values import Choices, Paging, RenewalFilter, RenewalsPage, SortBy
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.money import Money

FLAT = contract(1, rank="B", prior=yen(3_000_000), new=yen(3_000_000), grouping=under(csm_id="005A"))
UP = contract(
    2, rank="C", new=yen(1_500_000), grouping=under(csm_id="005B", manager_id="005M", segment="enterprise")
)
WAITING = contract(3, standing=TermStanding.UNOPENED, prior=yen(2_000_000), new=None, end=date(2026, 4, 30))
UNKNOWN = contract(4, standing=TermStanding.ASIDE, prior=None, new=None, end=date(2026, 3, 1))
BOOK = (WAITING, UP, UNKNOWN, FLAT)
NAMES = PlainNames(
    {
        FLAT.account_id: "株式会社みなと商事",
        UP.account_id: "ＡＢＣ Holdings",
        WAITING.account_id: "アルファ",
        FLAT.contract_id: "00000101",
        UP.contract_id: "00000102",
        "005A": "山本 葵",
        "005B": "伊藤 さくら",
    }
)
NUMBERS = {FLAT.key: 1, UP.key: 2, WAITING.key: 3, UNKNOWN.key: 4}


def _page(wanted: RenewalFilter | None = None, paging: Paging | None = None) -> RenewalsPage:
    return renewals_page(
        BOOK,
        frame=frame(),
        wanted=wanted or RenewalFilter(),
        paging=paging or Paging(),
        directory=NAMES,
    )


def _numbers(page: RenewalsPage) -> list[int]:
    return [NUMBERS[line.state.key] for line in page.lines]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (RenewalFilter(), [4, 1, 2, 3]),
        (RenewalFilter(window=LAST_QUARTER), [4, 1, 2]),
        (RenewalFilter(segments=frozenset({"enterprise"})), [2]),
        (RenewalFilter(segments=frozenset({"-"})), [4, 1, 3]),
        (RenewalFilter(csm_ids=frozenset({"005A", "005B"})), [1, 2]),
        (RenewalFilter(manager_ids=frozenset({"005M"})), [2]),
        (RenewalFilter(tiers=frozenset({"gold"})), []),
        (RenewalFilter(products=frozenset({"-"})), [4, 1, 2, 3]),
        (RenewalFilter(types=frozenset({RenewalType.FLAT.value})), [1]),
        (RenewalFilter(types=frozenset({"-"})), [4, 3]),
        (RenewalFilter(ranks=frozenset({"B", "unopened"})), [1, 3]),
        (RenewalFilter(ranks=frozenset({"unrated"})), [4]),
        (RenewalFilter(standings=frozenset({TermStanding.ASIDE})), [4]),
        (RenewalFilter(text="みなと"), [1]),
        (RenewalFilter(text=" abc hold"), [2]),
        (RenewalFilter(text="ｱﾙﾌｧ"), [3]),
        (RenewalFilter(text="00000102"), [2]),
        (RenewalFilter(text="%"), []),
        (RenewalFilter(people=frozenset({"005M"})), [2]),
        (RenewalFilter(people=frozenset({"005A"}), segments=frozenset({"enterprise"})), []),
        (RenewalFilter(people=frozenset()), []),
    ],
)
def test_a_filter_lets_through_what_it_names(wanted: RenewalFilter, numbers: list[int]) -> None:
    assert _numbers(_page(wanted)) == numbers


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        (SortBy.DUE, [4, 1, 2, 3]),
        (SortBy.PRIOR, [2, 3, 1, 4]),
        (SortBy.NEW, [2, 1, 3, 4]),
        (SortBy.LANDING, [2, 3, 1, 4]),
        (SortBy.RISK, [2, 1, 3, 4]),
        (SortBy.RANK, [1, 2, 3, 4]),
        (SortBy.TYPE, [1, 2, 3, 4]),
        (SortBy.STANDING, [4, 1, 2, 3]),
        (SortBy.CSM, [2, 1, 3, 4]),
        (SortBy.ACCOUNT, [4, 3, 1, 2]),
    ],
)
def test_a_list_is_sorted_by_what_it_says_and_what_has_no_value_comes_last(
    sort: SortBy, numbers: list[int]
) -> None:
    """Risk: 2 % of 3,000,000, 5 % of 1,000,000, 10 % of 2,000,000. An account without a name goes by its id."""
    assert _numbers(_page(paging=Paging(sort=sort))) == numbers


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        (SortBy.DUE, [3, 1, 2, 4]),
        (SortBy.PRIOR, [1, 3, 2, 4]),
        (SortBy.NEW, [1, 2, 3, 4]),
        (SortBy.LANDING, [1, 3, 2, 4]),
        (SortBy.RISK, [3, 1, 2, 4]),
        (SortBy.RANK, [2, 1, 3, 4]),
        (SortBy.TYPE, [2, 1, 3, 4]),
        (SortBy.CSM, [1, 2, 3, 4]),
        (SortBy.ACCOUNT, [2, 1, 3, 4]),
    ],
)
def test_the_other_way_round_what_has_no_value_comes_last_too(sort: SortBy, numbers: list[int]) -> None:
    assert _numbers(_page(paging=Paging(sort=sort, descending=True))) == numbers


def test_pages_follow_one_another_and_one_beyond_the_last_is_the_last() -> None:
    pages = [_page(paging=Paging(page=number, size=3)) for number in (1, 2, 9)]

    assert [_numbers(one) for one in pages] == [[4, 1, 2], [3], [3]]
    assert [(one.page, one.pages, one.found) for one in pages] == [(1, 2, 4), (2, 2, 4), (2, 2, 4)]


def test_sums_are_of_all_that_is_found_and_not_of_the_page() -> None:
    """3,000,000 at B 0.98; 1,000,000 at C 950,000 and 200,000 of the expansion; 2,000,000 unopened 0.9."""
    page = _page(paging=Paging(size=1))

    assert page.due == yen(6_000_000)
    assert page.landing == yen(2_940_000 + 1_150_000 + 1_800_000)
    assert page.unjudged == 1


def test_a_currency_without_a_rate_is_in_no_sum() -> None:
    abroad = replace(FLAT, prior=Money(Decimal(20_000), "USD"), new=None)

    page = renewals_page(
        [abroad, UP], frame=frame(), wanted=RenewalFilter(), paging=Paging(sort=SortBy.PRIOR), directory=NAMES
    )

    assert (page.found, page.due, page.unjudged) == (2, yen(1_000_000), 1)
    assert _numbers(page) == [2, 1]


def test_lines_carry_names_and_ids_where_there_are_none() -> None:
    line = _page(RenewalFilter(segments=frozenset({"enterprise"}))).lines[0]

    assert (line.account, line.contract, line.csm, line.manager) == (
        "ＡＢＣ Holdings",
        "00000102",
        "伊藤 さくら",
        "005M",
    )
    assert line.landing.amount == yen(1_150_000)


def test_choices_are_what_occurs_whatever_else_is_filtered() -> None:
    page = _page(RenewalFilter(window=LAST_QUARTER, text="みなと"))

    assert page.choices == Choices(
        segments=("enterprise",), csms=(("005B", "伊藤 さくら"), ("005A", "山本 葵")), ranks=("B", "C")
    )


def test_nothing_found_is_one_empty_page() -> None:
    page = _page(RenewalFilter(text="nobody"))

    assert (page.lines, page.found, page.page, page.pages, page.landing) == ((), 0, 1, 1, yen(0))


@pytest.mark.parametrize(("page", "size"), [(0, 50), (-1, 50), (1, 0), (1, 501)])
def test_a_page_out_of_range_is_refused(page: int, size: int) -> None:
    with pytest.raises(ValueError, match="page"):
        Paging(page=page, size=size)
