"""Two clocks: a closed period stays as known at its close, later paper is a restatement line, and days come back."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import built, one_cell, rules_of, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.closed import ClosedLines, NotKnownThenError
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.app.forecast.report_values import GroupBy, MetricsReport, PeriodMetrics
from csops_sync.app.forecast.reports import forecast_of, metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.rules import RuleSet
from csops_sync.interfaces.cli.render_forecast import metrics_text
from csops_sync.interfaces.cli.render_forecast_csv import metrics_csv
from csops_sync.interfaces.cli.render_forecast_json import metrics_plain
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.ports.crm import Role

RULES = replace(ruleset(confidence=RATED), forecast=built())
APRIL = Window(date(2026, 4, 1), date(2026, 4, 30))


@pytest.fixture
def shop() -> Workshop:
    """A customer of ¥6,000,000 a year, seen on 29 April and on 1 May, so that April was seen to close."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer())
    shop.day(28)
    assert take_snapshot(shop.engine())
    shop.day(2)
    assert len(take_snapshot(shop.engine())) == 2
    return shop


def dated_back(shop: Workshop) -> None:
    """On 5 May somebody enters a contract of ¥1,200,000 a year that began on 15 April."""
    [account] = shop.crm.records(Role.ACCOUNT)
    shop.crm.advance(days=4)
    shop.sell(
        account.id,
        number="00000002",
        start=date(2026, 4, 15),
        end=date(2027, 4, 14),
        annual_amount=1_200_000,
    )
    shop.crm.advance(seconds=60)
    shop.sync()


def by_month(shop: Workshop, known: datetime | None = None) -> MetricsReport:
    return metrics_of(shop.office(), by=GroupBy.MONTH, past=1, known=known)


def april(report: MetricsReport) -> PeriodMetrics:
    [line] = [one for one in report.periods if one.window == APRIL]
    return line


def test_paper_back_dated_into_a_closed_month_is_a_restatement_line(shop: Workshop) -> None:
    """April closed at 6,000,000 ÷ 6,000,000 = 100 %.

    The paper of 5 May adds 1,200,000 from 15 April on: what is known now of April is 7,200,000 ÷ 6,000,000 = 120 %.
    """
    dated_back(shop)

    line = april(by_month(shop))

    assert (line.nrr, line.end, line.known_at) == (
        Fraction(1),
        yen(6_000_000),
        datetime(2026, 5, 1, 0, tzinfo=UTC),
    )
    assert line.restated is not None
    assert (line.restated.nrr, line.restated.end) == (Fraction(6, 5), yen(7_200_000))
    assert line.movements is not None
    assert line.restated.movements is not None
    assert (line.movements.expansion, line.restated.movements.expansion) == (yen(0), yen(1_200_000))


def test_without_later_paper_nothing_is_restated(shop: Workshop) -> None:
    shop.day(4)

    line = april(by_month(shop))

    assert line.known_at is not None
    assert line.restated is None
    assert "restated" not in metrics_text([by_month(shop)])


def test_the_close_that_nobody_saw_is_shown_by_what_is_known_now() -> None:
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer())
    shop.day(30)
    assert take_snapshot(shop.engine())
    dated_back(shop)

    line = april(by_month(shop))

    assert (line.nrr, line.known_at, line.restated) == (Fraction(6, 5), None, None)


def test_a_group_of_a_closed_month_is_as_known_at_its_close_and_the_total_restated(shop: Workshop) -> None:
    dated_back(shop)

    report = metrics_of(shop.office(), by=GroupBy.CSM, window=APRIL)

    assert report.total is not None
    assert [line.nrr for line in (*report.periods, report.total)] == [Fraction(1), Fraction(1)]
    assert report.total.restated is not None
    assert report.total.restated.nrr == Fraction(6, 5)


@pytest.mark.parametrize("by", [GroupBy.MONTH, GroupBy.CSM])
def test_a_customer_who_was_handed_over_restates_no_closed_month_of_either_csm(
    shop: Workshop, by: GroupBy
) -> None:
    """The 6,000,000 of April are, by either clock, those of who looks after them now."""
    [account] = shop.crm.records(Role.ACCOUNT)
    other = shop.crm.create(Role.USER, {"name": "鈴木", "email": "suzuki@example.com", "active": True})
    shop.crm.edit(Role.ACCOUNT, account.id, {"csm": other}, by=CSM)
    shop.crm.advance(seconds=60)
    shop.sync()

    for csm, amount in ((str(account.values["csm"]), 0), (other, 6_000_000)):
        people, window = frozenset({csm}), APRIL if by is GroupBy.CSM else None
        report = metrics_of(shop.office(), by=by, window=window, past=1, people=people)
        line = report.total or april(report)

        assert (line.end, line.restated) == (yen(amount), None)
        assert line.known_at is not None


def test_an_edited_rate_restates_no_closed_month(shop: Workshop) -> None:
    """$10,000 at ¥150 is 1,500,000 at both ends of May, whatever the pin says in June."""
    shop.rules = _pinned(150)
    shop.sell(
        shop.customer("Harbor Inc."),
        number="00000009",
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        annual_amount=10_000,
        currency="USD",
    )
    shop.day(29)
    assert take_snapshot(shop.engine())
    shop.day(2)
    assert take_snapshot(shop.engine())
    shop.rules = _pinned(160)

    report = by_month(shop)

    [may] = [one for one in report.periods if one.window.first == date(2026, 5, 1)]
    assert (may.end, may.restated) == (yen(6_000_000 + 150 * 10_000), None)


def test_an_edited_rate_restates_no_closed_group_and_no_total_of_groups(shop: Workshop) -> None:
    """$10,000 stays 1,500,000 at the close's ¥150; paper of ¥1,200,000 that is dated back is all that is restated."""
    shop.rules = _pinned(150)
    shop.sell(
        shop.customer("Harbor Inc."),
        number="00000009",
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        annual_amount=10_000,
        currency="USD",
    )
    shop.day(29)
    assert take_snapshot(shop.engine())
    shop.day(2)
    assert take_snapshot(shop.engine())
    may = Window(date(2026, 5, 1), date(2026, 5, 31))
    shop.rules = _pinned(160)

    still = metrics_of(shop.office(), by=GroupBy.CSM, window=may).total
    shop.sell(
        shop.crm.records(Role.ACCOUNT)[0].id,
        number="00000010",
        start=date(2026, 5, 15),
        end=date(2027, 5, 14),
        annual_amount=1_200_000,
    )
    shop.crm.advance(seconds=60)
    shop.sync()
    moved = metrics_of(shop.office(), by=GroupBy.CSM, window=may).total

    assert still is not None
    assert (still.end, still.restated) == (yen(7_500_000), None)
    assert moved is not None
    assert moved.restated is not None
    assert (moved.end, moved.restated.end) == (yen(7_500_000), yen(8_700_000))


def _pinned(rate: int) -> RuleSet:
    return replace(RULES, hash=f"pin{rate}", forecast=replace(built(), rates={"USD": Decimal(rate)}))


def test_text_csv_and_json_show_the_restatement_under_the_month(shop: Workshop) -> None:
    dated_back(shop)
    report = by_month(shop)

    text = metrics_text([report])
    rows = [row for row in csv.DictReader(io.StringIO(metrics_csv([report]))) if row["month"] == "2026-04"]
    told = json.loads(json_text(metrics_plain([report])))["reports"][0]["periods"][0]

    assert [line.split()[:3] for line in text.splitlines() if line.startswith("2026-04")][:2] == [
        ["2026-04", "100.0", "%"],
        ["2026-04", "restated", "120.0"],
    ]
    assert "! 2026-04 is as known at 2026-05-01T00:00:00Z, its close" in text
    assert [(row["restated"], row["nrr"]) for row in rows] == [("false", "1.000000"), ("true", "1.200000")]
    assert rows[0]["known_at"] == "2026-05-01T00:00:00Z"
    assert (told["nrr"]["value"], told["restated"]["nrr"]["value"]) == ("1.000000", "1.200000")


def test_the_dashboard_shows_the_same_closed_quarter_and_works_it_out_once(shop: Workshop) -> None:
    shop.day(61)
    assert take_snapshot(shop.engine())
    closed = ClosedLines()
    lines = overview_of(shop.office(), span=Span.QUARTER, closed=closed).metrics.periods

    assert lines == metrics_of(shop.office()).periods
    again = overview_of(shop.office(), span=Span.QUARTER, closed=closed).metrics.periods
    assert again == lines
    assert sum(line.known_at is not None for line in lines) == 1


def test_what_was_known_on_a_day_is_its_snapshot_with_its_rules(shop: Workshop) -> None:
    then = forecast_of(shop.office()), by_month(shop)
    instant = shop.crm.now()
    dated_back(shop)
    shop.rules = replace(RULES, hash="0123456789", forecast=rules_of(one_cell("0.5")))

    again = forecast_of(shop.office(), known=instant), by_month(shop, instant)

    assert again[0].total == then[0].total
    assert again[0].basis == replace(then[0].basis, known_at=instant)
    assert [one.end for one in again[1].periods] == [one.end for one in then[1].periods]
    assert again[0].basis.as_of == date(2026, 5, 1)


def test_before_the_first_snapshot_nothing_was_known_and_it_is_told(shop: Workshop) -> None:
    first = datetime(2026, 4, 29, tzinfo=UTC)

    with pytest.raises(NotKnownThenError, match="2026-04-29T00:00:00Z"):
        forecast_of(shop.office(), known=first - timedelta(seconds=1))
    assert forecast_of(shop.office(), known=first).basis.as_of == date(2026, 4, 29)


def test_the_closed_periods_of_a_past_day_come_back_as_they_were_printed_that_day(shop: Workshop) -> None:
    """Printed on 6 May: April closed at 6,000,000, restated as 7,200,000; later paper of the 8th changes none of it."""
    dated_back(shop)
    shop.day(1)
    assert take_snapshot(shop.engine())
    instant = shop.crm.now()
    office = shop.office()
    printed = by_month(shop), metrics_of(office, by=GroupBy.CSM, window=APRIL)
    shop.day(2)
    shop.sell(
        shop.crm.records(Role.ACCOUNT)[0].id,
        number="00000003",
        start=date(2026, 4, 20),
        end=date(2027, 4, 19),
        annual_amount=2_400_000,
    )
    shop.crm.advance(seconds=60)
    shop.sync()
    assert take_snapshot(shop.engine())

    again = (
        by_month(shop, instant),
        metrics_of(shop.office(), by=GroupBy.CSM, window=APRIL, known=instant),
    )

    line = april(again[0])
    assert line.restated is not None
    assert (line.end, line.restated.end) == (yen(6_000_000), yen(7_200_000))
    assert again[0].periods == printed[0].periods
    assert (again[1].periods, again[1].total) == (printed[1].periods, printed[1].total)


def test_a_close_that_was_kept_later_is_not_shown_on_a_day_before_it(shop: Workshop) -> None:
    """On 29 April, April was not over: it is measured as it was predicted that day, and is no closed period."""
    before = datetime(2026, 4, 30, tzinfo=UTC)

    line = april(by_month(shop, before))

    assert (line.predicted, line.known_at, line.restated) == (True, None, None)
