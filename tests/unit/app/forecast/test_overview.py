"""The dashboard's first page and its matrix, right after a cycle: they add up to the forecast, for some people too."""

from dataclasses import replace

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.matrix_page import matrix_of
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import forecast_of
from csops_sync.app.row_scope import people_of, users_of
from csops_sync.domain.money import Money

RULES = replace(ruleset(confidence=RATED), forecast=built())
NOBODY = frozenset({"005000000000000AAA"})


@pytest.fixture
def shop() -> Workshop:
    """Three customers whose contracts of ¥6,000,000 end on 5 July 2026; nothing is opened yet."""
    shop = Workshop(rules=RULES)
    for _ in range(3):
        shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    return shop


def total(amounts: list[Money]) -> Money:
    return sum(amounts, start=yen(0))


@pytest.mark.parametrize("span", Span)
def test_types_and_quarters_add_up_to_the_forecast_of_the_same_days(shop: Workshop, span: Span) -> None:
    shown = overview_of(shop.office(), span=span)

    whole = forecast_of(shop.office(), by=GroupBy.QUARTER, window=shown.by_quarter.window).total
    assert shown.by_quarter.total == whole
    assert sum(one.terms for one in shown.by_type) == whole.terms
    assert total([one.due for one in shown.by_type]) == whole.due
    assert total([one.landing for one in shown.by_type]) == whole.landing


def test_what_is_not_opened_has_no_type_and_is_at_risk_by_its_weight(shop: Workshop) -> None:
    shown = overview_of(shop.office(), span=Span.AHEAD)
    if not shown.by_type:
        shown = overview_of(shop.office(), span=Span.YEAR)

    assert {one.type for one in shown.by_type} == {None}
    assert {one.month for one in shown.by_type} == {"2026-07"}
    assert [one.state.prior for one in shown.risks] == [yen(6_000_000)] * 3


def test_the_matrix_holds_every_open_renewal_once(shop: Workshop) -> None:
    page = matrix_of(shop.office())

    unopened = next(one for one in page.cells if one.type is None)
    assert (unopened.terms, unopened.due, unopened.landing) == (3, yen(18_000_000), yen(16_200_000))
    assert sum(one.terms for one in page.cells) == 3
    assert str(unopened.weights.base) == "0.9"


def test_without_a_snapshot_of_a_week_ago_nothing_has_changed(shop: Workshop) -> None:
    assert overview_of(shop.office(), span=Span.YEAR).changes is None


def test_nobody_elses_renewal_is_in_any_sum(shop: Workshop) -> None:
    shown = overview_of(shop.office(), span=Span.YEAR, people=NOBODY)

    assert shown.by_quarter.total.terms == 0
    assert (shown.by_type, shown.risks) == ((), ())
    assert sum(one.terms for one in matrix_of(shop.office(), people=NOBODY).cells) == 0
    assert all(one.start == yen(0) for one in shown.metrics.periods)


def test_an_address_that_is_nobodys_gives_no_scope(shop: Workshop) -> None:
    assert people_of(users_of(shop.office()), "nobody@example.com") is None
    assert people_of(users_of(shop.office()), "") is None
