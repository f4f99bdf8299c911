"""The org's own rates: dated, by policy, side by side, and those of a closed period stay what they were."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.bridge_page import BridgeAsked, bridge_page_of
from csops_sync.app.forecast.matrix_page import matrix_of
from csops_sync.app.forecast.org_rates import org_rates
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.report_values import GroupBy, PeriodMetrics
from csops_sync.app.forecast.reports import forecast_of, metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.rules import RuleSet
from csops_sync.interfaces.cli.render_forecast import forecast_text, metrics_text
from csops_sync.ports.crm import Json, Role

APRIL = Window(date(2026, 4, 1), date(2026, 4, 30))


def converting(policy: RatePolicy) -> RuleSet:
    """Rules under which other currencies are converted so; a dollar is pinned at ¥100."""
    forecast = replace(built(), rates={"USD": Decimal(100)}, rate_policy=policy)
    return replace(ruleset(confidence=RATED), forecast=forecast)


@pytest.fixture
def shop() -> Workshop:
    """A customer of $10,000 a year. The dollar is at ¥125 from January, and at ¥160 from 16 April.

    Salesforce quotes dollars for one yen, the corporate currency: 0.008 and 0.00625.
    """
    shop = Workshop(rules=converting(RatePolicy.REPORTED))
    shop.crm.create(Role.CURRENCY, {"currency": "JPY", "corporate": True})
    shop.crm.create(Role.CURRENCY, {"currency": "USD", "corporate": False})
    for start, units in (("2026-01-01", 0.008), ("2026-04-16", 0.00625)):
        shop.crm.create(Role.DATED_RATE, {"currency": "USD", "start": start, "units": units})
    shop.sell(
        shop.customer("Harbor Inc."),
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        annual_amount=10_000,
        currency="USD",
    )
    shop.day(28)
    assert take_snapshot(shop.engine())
    shop.day(2)
    assert take_snapshot(shop.engine())
    return shop


def april(shop: Workshop, rates: RatePolicy | None = None) -> PeriodMetrics:
    report = metrics_of(shop.office(), by=GroupBy.MONTH, past=1, rates=rates)
    [line] = [one for one in report.periods if one.window == APRIL]
    return line


def test_reported_converts_each_end_at_its_own_day_and_the_difference_is_fx(shop: Workshop) -> None:
    """31 March: 10,000 x 125 = 1,250,000. 30 April: 10,000 x 160 = 1,600,000. Nothing else moved: FX 350,000."""
    line = april(shop)

    assert (line.start, line.end) == (yen(1_250_000), yen(1_600_000))
    assert line.movements is not None
    assert (line.movements.fx, line.movements.expansion) == (yen(350_000), yen(0))


def test_period_start_is_constant_currency_at_the_rate_of_the_first_day(shop: Workshop) -> None:
    """1 April: ¥125 at both ends, 1,250,000, and no FX."""
    line = april(shop, RatePolicy.PERIOD_START)

    assert (line.start, line.end, line.nrr) == (yen(1_250_000), yen(1_250_000), Fraction(1))
    assert line.movements is not None
    assert line.movements.fx == yen(0)


def test_pinned_takes_the_rate_of_the_rules(shop: Workshop) -> None:
    assert april(shop, RatePolicy.PINNED).end == yen(1_000_000)


def test_constant_currency_and_reported_stand_side_by_side(shop: Workshop) -> None:
    reports = [
        metrics_of(shop.office(), by=GroupBy.MONTH, past=1, rates=policy)
        for policy in (RatePolicy.PERIOD_START, RatePolicy.REPORTED)
    ]

    lines = [line for line in metrics_text(reports).splitlines() if line.startswith("2026-04")]

    assert lines[0].startswith("2026-04, default at period_start rates")
    assert lines[1].startswith("2026-04, default at reported rates")
    assert "in JPY at period_start and reported rates" in metrics_text(reports)


@pytest.mark.parametrize("policy", [RatePolicy.REPORTED, RatePolicy.PERIOD_START])
def test_an_edit_of_a_rate_changes_no_closed_month(shop: Workshop, policy: RatePolicy) -> None:
    """In May somebody sets the dollar of January to ¥200 and that of April to ¥250."""
    before = april(shop, policy)
    for row, units in zip(shop.crm.records(Role.DATED_RATE), (0.005, 0.004), strict=True):
        shop.crm.edit(Role.DATED_RATE, row.id, {"units": units})
    shop.crm.advance(seconds=60)
    shop.sync()

    after = april(shop, policy)

    assert (after.start, after.end, after.restated) == (before.start, before.end, None)
    may = metrics_of(shop.office(), by=GroupBy.MONTH, past=0, rates=policy).periods[0]
    assert may.start == yen(2_500_000)


def test_a_landing_is_converted_at_the_rate_of_the_windows_first_day(shop: Workshop) -> None:
    """Unopened, due in the quarter from October: 0.9 x $10,000 at ¥160."""
    quarter = Window(date(2026, 10, 1), date(2026, 12, 31))

    assert forecast_of(shop.office(), window=quarter).total.landing == yen(1_440_000)


def test_a_report_names_the_day_whose_rates_convert_all_its_lines(shop: Workshop) -> None:
    """A forecast takes the opening of its window, the matrix that of today; pinned rates are of no day."""
    quarter = Window(date(2026, 10, 1), date(2026, 12, 31))
    shop.rules = converting(RatePolicy.PERIOD_START)
    shown = forecast_of(shop.office(), window=quarter)
    reported = forecast_of(shop.office(), window=quarter, rates=RatePolicy.REPORTED)
    matrix = matrix_of(shop.office()).basis
    overview, bridged = (
        overview_of(shop.office(), span=Span.YEAR),
        bridge_page_of(shop.office(), BridgeAsked(since=date(2026, 4, 30))),
    )

    assert shown.basis.rate_day == date(2026, 10, 1)
    assert reported.basis.rate_day == date(2026, 9, 30)
    assert matrix.rate_day == matrix.as_of
    assert overview.basis.rate_day == overview.by_quarter.window.first
    assert bridged.report is not None
    assert bridged.basis.rate_day == bridged.report.bridge.window.first
    assert forecast_of(shop.office(), rates=RatePolicy.PINNED).basis.rate_day is None
    assert "in JPY at period_start rates of 2026-10-01, rules" in forecast_text(shown)


def test_a_day_before_the_first_rate_is_told_and_in_no_sum(shop: Workshop) -> None:
    report = forecast_of(shop.office(), window=Window(date(2025, 12, 1), date(2026, 12, 31)))

    assert report.total.landing == yen(0)
    assert [one.cause for one in report.unjudged] == ["no-rate"]


def test_rates_that_are_not_read_are_refused_with_what_to_set(shop: Workshop) -> None:
    shop.rules = converting(RatePolicy.PINNED)

    with pytest.raises(RefusedError, match="rate_policy: reported"):
        metrics_of(shop.office(), rates=RatePolicy.REPORTED)
    assert april(shop, RatePolicy.PINNED).end == yen(1_000_000)


def test_rows_that_are_no_rate_are_passed_over(shop: Workshop) -> None:
    odd: tuple[dict[str, Json], ...] = (
        {"currency": "EUR", "start": "2026-01-01", "units": 0},
        {"currency": "EUR", "start": None, "units": 0.006},
        {"currency": None, "start": "2026-01-01", "units": 0.006},
    )
    for values in odd:
        shop.crm.create(Role.DATED_RATE, values)
    shop.crm.advance(seconds=60)
    shop.sync()

    with shop.store.reading() as tx:
        found = [(one.currency, one.effective) for one in org_rates(tx)]
    assert found == [("JPY", date(1900, 1, 1)), ("USD", date(2026, 1, 1)), ("USD", date(2026, 4, 16))]


def test_a_snapshot_keeps_the_rates_of_its_day(shop: Workshop) -> None:
    shop.crm.create(Role.DATED_RATE, {"currency": "USD", "start": "2026-05-02", "units": 0.01})
    shop.crm.advance(days=1)
    shop.sync()
    assert take_snapshot(shop.engine())

    with shop.store.reading() as tx:
        kept = [len(tx.forecast.snapshots.rates(one.id)) for one in tx.forecast.snapshots.list()]
    assert kept == [3, 3, 3, 4]
    instant = shop.crm.now() - timedelta(days=1)
    may = metrics_of(shop.office(), by=GroupBy.MONTH, past=0, known=instant).periods[0]
    assert may.end == yen(1_600_000)
