"""What each renewal of a list adds to the sums of a forecast: converted, at a rate that is said, or in no sum."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.counted_lines import counted_lines
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter
from csops_sync.app.forecast.renewal_lists import every_renewal_of, renewals_of
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.reports import forecast_of, renewal_of
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.interfaces.cli.render_renewals import renewals_csv, renewals_text
from csops_sync.ports.crm import Role

QUARTER = Window(date(2026, 7, 1), date(2026, 9, 30))


def converting(policy: RatePolicy) -> Workshop:
    """¥6,000,000, $10,000 and €1,000, due on 30 September 2026; the dollar is pinned at ¥100, dated ¥125, then ¥160."""
    forecast = replace(built(), rates={"USD": Decimal(100)}, rate_policy=policy)
    shop = Workshop(rules=replace(ruleset(confidence=RATED), forecast=forecast))
    for currency in ("JPY", "USD", "EUR"):
        shop.crm.create(Role.CURRENCY, {"currency": currency, "corporate": currency == "JPY"})
    for start, units in (("2026-01-01", 0.008), ("2026-07-01", 0.00625)):
        shop.crm.create(Role.DATED_RATE, {"currency": "USD", "start": start, "units": units})
    for number, currency, amount in (("1", "JPY", 6_000_000), ("2", "USD", 10_000), ("3", "EUR", 1_000)):
        shop.sell(
            shop.customer(currency),
            number=number,
            start=date(2025, 10, 1),
            end=date(2026, 9, 30),
            annual_amount=amount,
            auto_renews=False,
            currency=currency,
        )
    shop.sync()
    return shop


def counted(shop: Workshop, rates: RatePolicy | None = None) -> dict[str, RenewalLine]:
    lines = every_renewal_of(shop.office(), wanted=RenewalFilter(window=QUARTER), paging=Paging())
    return {one.contract: one for one in counted_lines(shop.office(), lines, rates=rates)}


@pytest.mark.parametrize(
    ("policy", "rate", "day"),
    [
        (RatePolicy.PINNED, 100, None),
        (RatePolicy.PERIOD_START, 160, date(2026, 7, 1)),
        (RatePolicy.REPORTED, 125, date(2026, 6, 30)),
    ],
)
def test_amounts_abroad_are_counted_at_the_rate_of_the_policy_and_add_up_to_the_forecast(
    policy: RatePolicy, rate: int, day: date | None
) -> None:
    shop = converting(policy)

    found = counted(shop)

    dollars = found["2"].counted
    assert dollars is not None
    assert (dollars.due, dollars.landing) == (yen(10_000 * rate), yen(9_000 * rate))
    assert (dollars.rate, dollars.rate_day) == (Fraction(rate), day)
    total = forecast_of(shop.office(), window=QUARTER).total
    sums = [one.counted for one in found.values() if one.counted is not None]
    assert sum(one.due.amount for one in sums) == total.due.amount
    assert sum(one.landing.amount for one in sums) == total.landing.amount


def test_rates_that_are_asked_for_count_and_those_of_the_rules_where_none_are() -> None:
    shop = converting(RatePolicy.REPORTED)

    asked, usual = counted(shop, RatePolicy.PERIOD_START)["2"].counted, counted(shop)["2"].counted

    assert asked is not None
    assert usual is not None
    assert (asked.rate, usual.rate) == (Fraction(160), Fraction(125))


def test_a_currency_without_a_rate_is_in_no_sum_and_the_table_says_so() -> None:
    lines = counted(converting(RatePolicy.PINNED))
    rows = {one["contract"]: one for one in csv.DictReader(io.StringIO(renewals_csv(tuple(lines.values()))))}

    assert lines["3"].counted is None
    assert "in no sum  no rate" in renewals_text([lines["3"]])
    assert [rows["3"][name] for name in ("counted_currency", "counted_landing", "rate")] == ["", "", ""]
    assert rows["3"]["landing"] == "900.00"
    assert [rows["2"][name] for name in ("counted_currency", "counted_landing", "rate")] == [
        "JPY",
        "900000",
        "100",
    ]
    assert (rows["1"]["rate"], rows["1"]["counted_due"]) == ("1", "6000000")


def test_an_open_renewal_whose_last_day_is_over_is_overdue_in_lists_on_its_own_and_on_the_terminal() -> None:
    """The last day is 30 September: not overdue on it, overdue on the next."""
    shop = converting(RatePolicy.PINNED)
    wanted, key = RenewalFilter(), counted(shop)["1"].state.key
    marked = []
    for day in (date(2026, 9, 30), date(2026, 10, 1)):
        shop.day((day - shop.office().today).days)
        page = renewals_of(shop.office(), wanted=wanted, paging=Paging())
        (line,) = [one for one in page.lines if one.state.key == key]
        marked.append(
            (line.overdue, renewal_of(shop.office(), key).overdue, "overdue" in renewals_text([line]))
        )

    assert marked == [(False,) * 3, (True,) * 3]
