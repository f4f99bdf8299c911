"""What is called on the dashboard is on it at once, for whom it may be shown to, and refused where `app` refuses it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.fakes.called_shop import CalledShop
from tests.fakes.daemon import Ticks
from tests.fakes.landings import yen

from csops_sync.app.forecast.calling import CallOrder
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.period_words import period_key
from csops_sync.app.health import Health
from csops_sync.app.refusals import RefusedError
from csops_sync.interfaces.web.live_data import Installed, LiveData


@pytest.fixture
def shop() -> CalledShop:
    return CalledShop().open()


@pytest.fixture
def data(shop: CalledShop) -> LiveData:
    """The dashboard over that org."""

    def installed(_by: str) -> Installed:
        return Installed(office=shop.office(), org_id="o", org_name="example", mode="live")

    return LiveData(installed=installed, health=Health(Ticks()).view)


def own(shop: CalledShop, *names: str) -> frozenset[str]:
    """The ids of people."""
    return frozenset(shop.people[one] for one in names)


def test_a_call_is_on_every_page_at_once(shop: CalledShop, data: LiveData) -> None:
    key = shop.line().state.key
    before = data.overview(Span.YEAR, None)
    listed = data.renewals(RenewalFilter(), Paging())

    data.call_renewal(key, CallOrder(amount=Decimal(4_000_000), by="佐藤"), by="佐藤")

    after = data.overview(Span.YEAR, None).by_quarter.total
    assert before.by_quarter.total.call is None
    assert after.called == 1
    assert after.landing == before.by_quarter.total.landing
    assert [one.call for one in listed.lines if one.state.key == key] == [None]
    (line,) = [one for one in data.renewals(RenewalFilter(), Paging()).lines if one.state.key == key]
    (row,) = [one for one in data.every_renewal(RenewalFilter(), Paging()) if one.state.key == key]
    page = data.renewal(key, None, language="ja")
    assert page is not None
    for shown in (line, row, page.line):
        assert shown.call is not None
        assert (shown.call.amount, shown.call.by) == (yen(4_000_000), "佐藤")
    assert [one.amount for one in page.calls.made] == [yen(4_000_000)]


def test_a_reader_is_offered_the_teams_that_are_theirs(shop: CalledShop, data: LiveData) -> None:
    names = {people: [one.name for one in data.overview(Span.YEAR, people).teams] for people in (
        None, own(shop, "佐藤"), own(shop, "田中", "佐藤", "鈴木"), own(shop, "他部署")
    )}  # fmt: skip

    assert list(names.values()) == [["佐藤", "田中"], ["佐藤"], ["佐藤", "田中"], []]


def test_what_may_be_called_are_years_quarters_and_the_next_months_that_are_not_over(
    shop: CalledShop,
) -> None:
    def offered(day: datetime, span: Span) -> list[str]:
        periods = overview_of(replace(shop.office(), now=day), span=span).open_periods
        return [period_key(one) for one in periods]

    last_day, day_after = (datetime(2026, *day, 12, tzinfo=UTC) for day in ((9, 30), (10, 1)))
    autumn = ["2026-10", "2026-11", "2026-12"]
    winter = ["2027-01", "2027-02", "2027-03"]
    assert offered(last_day, Span.YEAR) == [
        *("FY2026", "2026-Q2", "2026-Q3", "2026-Q4"),
        *("2026-09", *autumn, *winter[:2]),
    ]
    assert offered(day_after, Span.YEAR) == ["FY2026", "2026-Q3", "2026-Q4", *autumn, *winter]
    assert offered(day_after, Span.QUARTER) == ["FY2026", "2026-Q3", *autumn]
    assert offered(last_day, Span.AHEAD) == [
        *("FY2026", "FY2027", "2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"),
        *autumn,
        *winter,
    ]


def test_every_period_that_is_offered_can_be_called(data: LiveData) -> None:
    for period in data.overview(Span.YEAR, None).open_periods:
        data.call_team("田中", period_key(period), CallOrder(amount=Decimal(1), by="田中"), by="田中")

    assert data.overview(Span.YEAR, None).by_quarter.total.call is not None


def test_a_renewal_or_a_team_of_somebody_else_cannot_be_called(shop: CalledShop, data: LiveData) -> None:
    order = CallOrder(amount=Decimal(1), by="佐藤", people=own(shop, "他部署"))

    with pytest.raises(RefusedError, match="there is no renewal"):
        data.call_renewal(shop.line().state.key, order, by="他部署")
    with pytest.raises(RefusedError, match="is not in your team"):
        data.call_team("田中", "2026-Q2", order, by="他部署")
    assert data.overview(Span.YEAR, None).by_quarter.total.call is None
