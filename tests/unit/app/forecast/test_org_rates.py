"""The org's own rates: dated, by policy, side by side, and those of a closed period stay what they were."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.accuracy import accuracy_report
from csops_sync.app.forecast.bridge_page import BridgeAsked, bridge_page_of
from csops_sync.app.forecast.bridging import bridge_of
from csops_sync.app.forecast.call_amounts import called_amount
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter
from csops_sync.app.forecast.matrix_page import matrix_of
from csops_sync.app.forecast.org_rates import org_rates
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.renewal_lists import renewals_of
from csops_sync.app.forecast.report_values import GroupBy, PeriodMetrics
from csops_sync.app.forecast.reports import forecast_of, metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.forecast.targets import Target
from csops_sync.domain.money import Money
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


def sell_dollars(shop: Workshop, account: str, start: date, end: date) -> None:
    """Give a customer of its own $10,000 a year, and have it read."""
    shop.sell(shop.customer(account), start=start, end=end, annual_amount=10_000, currency="USD")
    shop.crm.advance(seconds=60)
    shop.sync()


QUARTER = Window(date(2026, 10, 1), date(2026, 12, 31))
FISCAL_YEAR = Window(date(2026, 4, 1), date(2027, 3, 31))


def test_a_landing_is_converted_at_the_opening_of_the_quarter_that_it_is_due_in(shop: Workshop) -> None:
    """Unopened, due in the quarter from October: 0.9 x $10,000 at ¥160, the newest rate."""
    assert forecast_of(shop.office(), window=QUARTER).total.landing == yen(1_440_000)


@pytest.mark.parametrize(("policy", "rate"), [(RatePolicy.PERIOD_START, 200), (RatePolicy.REPORTED, 160)])
def test_a_renewal_lands_at_one_amount_in_every_report_list_and_page(
    shop: Workshop, policy: RatePolicy, rate: int
) -> None:
    """The dollar goes to ¥200 on 1 October, the day that the quarter opens on; reported rates are of the day before.

    The fiscal year opened at ¥125, and the month of December has no rate day of its own.
    """
    shop.crm.create(Role.DATED_RATE, {"currency": "USD", "start": "2026-10-01", "units": 0.005})
    shop.crm.advance(seconds=60)
    shop.sync()
    shop.rules = converting(policy)
    office = shop.office()
    december = Window(date(2026, 12, 1), date(2026, 12, 31))

    landings = [
        forecast_of(office, window=window).total.landing for window in (december, QUARTER, FISCAL_YEAR)
    ]
    year = overview_of(office, span=Span.YEAR)
    shown = renewals_of(office, wanted=RenewalFilter(window=FISCAL_YEAR), paging=Paging())

    assert landings == [yen(9_000 * rate)] * 3
    assert (year.by_quarter.total.landing, year.by_type[0].landing) == (yen(9_000 * rate),) * 2
    assert (shown.landing, shown.due) == (yen(9_000 * rate), yen(10_000 * rate))
    assert sum(cell.landing.amount for cell in matrix_of(office).cells) == 9_000 * rate
    bridged = bridge_page_of(office, BridgeAsked(since=date(2026, 4, 30), span=Span.YEAR))
    assert bridged.report is not None
    assert bridged.report.bridge.end == yen(9_000 * rate)


def test_a_target_in_another_currency_is_converted_at_the_quarter_that_its_period_begins_in(
    shop: Workshop,
) -> None:
    """$9,000 planned for the quarter from October, at ¥160; the fiscal year opened at ¥125."""
    dollars = Target(period="FY2026 Q3", window=QUARTER, landing=Money(Decimal(9_000), "USD"))
    shop.rules = replace(converting(RatePolicy.PERIOD_START), targets=(dollars,))

    report = forecast_of(shop.office(), by=GroupBy.QUARTER, window=FISCAL_YEAR)

    assert [line.target for line in report.lines] == [None, None, yen(1_440_000), None]


def test_a_report_names_the_policy_by_which_it_converts(shop: Workshop) -> None:
    shop.rules = converting(RatePolicy.PERIOD_START)
    shown = forecast_of(shop.office(), window=QUARTER)

    assert (shown.basis.rates, shown.basis.rate_day) == ("period_start", None)
    assert "in JPY at period_start rates, rules" in forecast_text(shown)


def test_a_renewal_due_before_the_first_rate_is_told_and_in_no_sum(shop: Workshop) -> None:
    """Due in December 2025, in the quarter from October; the first rate is January's."""
    sell_dollars(shop, "Anchor Inc.", date(2025, 1, 1), date(2025, 12, 31))
    december = Window(date(2025, 12, 1), date(2025, 12, 31))

    report = forecast_of(shop.office(), window=december)
    measured = metrics_of(shop.office(), by=GroupBy.MONTH, past=5, rates=RatePolicy.PERIOD_START).periods

    assert report.total.landing == yen(0)
    assert [one.cause for one in report.unjudged] == ["no-rate"]
    due = next(one for one in measured if one.window == december).renewals
    assert due is not None
    assert (due.due, len(due.unjudged)) == (yen(0), 1)
    assert [len(one.unjudged) for one in measured if one.window == december] == [1]


def test_forecast_and_renewal_rates_agree_on_what_was_due_in_a_year_that_opened_without_a_rate(
    shop: Workshop,
) -> None:
    """$10,000, due in February, at the ¥125 of January: the quarter that it is due in has a rate."""
    sell_dollars(shop, "Cove Inc.", date(2025, 3, 1), date(2026, 2, 28))
    year = Window(date(2025, 4, 1), date(2026, 3, 31))
    policy = RatePolicy.PERIOD_START

    landed = forecast_of(shop.office(), window=year, rates=policy)
    rates = metrics_of(shop.office(), by=GroupBy.YEAR, past=1, rates=policy).periods[0].renewals

    assert rates is not None
    assert (landed.total.due, rates.due, rates.due_terms) == (yen(1_250_000), yen(1_250_000), 1)


def test_a_bridge_says_nothing_of_terms_without_a_rate_that_are_not_due_in_it(shop: Workshop) -> None:
    sell_dollars(shop, "Old Inc.", date(2024, 1, 1), date(2024, 12, 31))
    shop.rules = converting(RatePolicy.PERIOD_START)

    assert bridge_of(shop.office(), since=date(2026, 4, 30)).left_out == ()
    before = Window(date(2024, 10, 1), date(2024, 12, 31))
    assert len(bridge_of(shop.office(), since=date(2026, 4, 30), window=before).left_out) == 1


@pytest.mark.parametrize("policy", [RatePolicy.REPORTED, RatePolicy.PERIOD_START])
def test_accuracy_of_a_closed_period_follows_no_edit_of_a_rate(shop: Workshop, policy: RatePolicy) -> None:
    """$10,000 that rolled on in April, at the ¥125 that its quarter opened at; later somebody types ¥200."""
    shop.sell(
        shop.customer("Rolling Inc."),
        start=date(2025, 5, 2),
        end=date(2026, 5, 1),
        annual_amount=10_000,
        currency="USD",
        auto_renews=True,
    )
    shop.day(31)
    assert take_snapshot(shop.engine())
    shop.rules = converting(policy)
    before = accuracy_report(shop.office(), period="2026-05").total.result
    shop.crm.edit(Role.DATED_RATE, shop.crm.records(Role.DATED_RATE)[0].id, {"units": 0.005})
    shop.day()

    assert before == yen(1_250_000)
    assert accuracy_report(shop.office(), period="2026-05").total.result == before


def test_a_call_is_held_to_the_rate_of_the_day_that_it_is_about(shop: Workshop) -> None:
    """The dollar has a rate from January 2026 on."""
    shop.rules = converting(RatePolicy.PERIOD_START)
    office = shop.office()

    with office.store.reading() as tx:
        called = partial(called_amount, tx, office, Decimal(30_000), given="USD", currency="JPY")
        assert called(due=date(2026, 1, 1)) == Money(Decimal(30_000), "USD")
        with pytest.raises(RefusedError, match="no rate from USD to JPY"):
            called(due=date(2025, 12, 31))


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
