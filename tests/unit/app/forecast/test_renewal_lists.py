"""Lists of renewals kept in memory are those that would be read, page for page, until something changes."""

from dataclasses import replace

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter, SortBy
from csops_sync.app.forecast.renewal_lists import every_renewal_of, renewals_of
from csops_sync.domain.forecast.periods import Window
from csops_sync.ports.crm import Role

RULES = replace(ruleset(confidence=RATED), forecast=built())
FILTERS = (
    RenewalFilter(),
    RenewalFilter(text="みなと"),
    RenewalFilter(types=frozenset({"-"})),
    RenewalFilter(people=frozenset({"005000000000000AAA"})),
)


@pytest.fixture
def shop() -> Workshop:
    """Two customers, three contracts."""
    shop = Workshop(rules=RULES)
    first, second = shop.customer(), shop.customer("株式会社たたら鋳造")
    shop.sell(first, auto_renews=False)
    shop.sell(first, number="00000002", annual_amount=1_200_000)
    shop.sell(second, number="00000003", annual_amount=900_000)
    shop.sync()
    return shop


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("sort", list(SortBy))
def test_a_kept_list_is_the_one_that_would_be_read(
    shop: Workshop, wanted: RenewalFilter, sort: SortBy
) -> None:
    kept = KeptReports()
    for page in (1, 2, 1):
        paging = Paging(sort=sort, page=page, size=2)

        assert renewals_of(shop.office(), wanted=wanted, paging=paging, kept=kept) == renewals_of(
            shop.office(), wanted=wanted, paging=paging
        )


def test_with_a_window_too(shop: Workshop) -> None:
    [line, *_] = renewals_of(shop.office(), wanted=RenewalFilter(), paging=Paging()).lines
    wanted = RenewalFilter(window=Window(line.state.end, line.state.end))
    kept = KeptReports()

    page = renewals_of(shop.office(), wanted=wanted, paging=Paging(), kept=kept)

    assert page == renewals_of(shop.office(), wanted=wanted, paging=Paging())
    assert page.found > 0


def test_all_of_a_list_are_its_pages_one_after_the_other(shop: Workshop) -> None:
    pages = [
        renewals_of(shop.office(), wanted=RenewalFilter(), paging=Paging(page=page, size=1, descending=True))
        for page in (1, 2, 3)
    ]

    every = every_renewal_of(
        shop.office(), wanted=RenewalFilter(), paging=Paging(size=1, descending=True), kept=KeptReports()
    )

    assert every == tuple(line for page in pages for line in page.lines)


def test_a_change_and_a_new_name_are_seen_in_the_next_answer(shop: Workshop) -> None:
    kept = KeptReports()
    [line, *_] = renewals_of(shop.office(), wanted=RenewalFilter(), paging=Paging(), kept=kept).lines

    shop.crm.edit(Role.ACCOUNT, line.state.account_id, {"name": "みなとホールディングス"}, by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()

    every = every_renewal_of(shop.office(), wanted=RenewalFilter(), paging=Paging(), kept=kept)
    names = {one.account for one in every}
    assert "みなとホールディングス" in names
    assert line.account not in names
