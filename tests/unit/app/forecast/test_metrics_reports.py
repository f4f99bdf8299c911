"""Retention by period: past ones measured, later ones predicted, groups that add up, nothing summed without a rate."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.landings import yen
from tests.fakes.reported import LAST_QUARTER, contract, frame, under

from csops_sync.app.forecast.measuring import grouped_metrics, metrics_report
from csops_sync.app.forecast.report_values import GroupBy, MetricsReport, PeriodMetrics
from csops_sync.domain.forecast.periods import NrrBoundary, Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.money import Money

_OCTOBER_TO_DECEMBER = Window(date(2025, 10, 1), date(2025, 12, 31))
# Ended on 30 November and was renewed 200,000 higher; its next term runs.
GROWN = contract(
    1,
    end=date(2025, 11, 30),
    start=date(2024, 12, 1),
    standing=TermStanding.WON,
    new=yen(1_200_000),
    follows_on=True,
    settled_on=date(2025, 11, 20),
)
GROWN_NEXT = contract(
    1,
    ordinal=2,
    start=date(2025, 12, 1),
    end=date(2026, 11, 30),
    prior=yen(1_200_000),
    new=None,
    standing=TermStanding.UNOPENED,
)
GONE = contract(2, start=date(2024, 12, 1), end=date(2025, 11, 30), standing=TermStanding.LOST, new=None)
RUNNING = contract(3, rank="C", new=yen(1_500_000))
BOOK = (GROWN, GROWN_NEXT, GONE, RUNNING)


def _line(report: MetricsReport, key: str) -> PeriodMetrics:
    return next(one for one in report.periods if one.key == key)


def test_four_quarters_back_this_one_and_four_ahead_in_order() -> None:
    report = metrics_report(BOOK, frame=frame(), by=GroupBy.QUARTER)

    assert [(one.key, one.predicted) for one in report.periods] == [
        ("2024-Q4", False),
        ("2025-Q1", False),
        ("2025-Q2", False),
        ("2025-Q3", False),
        ("2025-Q4", True),
        ("2026-Q1", True),
        ("2026-Q2", True),
        ("2026-Q3", True),
        ("2026-Q4", True),
    ]


def test_a_past_quarter_is_measured_with_its_movements_and_renewal_rates() -> None:
    """At the start 3 x 1,000,000; one grew by 200,000, one left: NRR 2.2 / 3, GRR 2 / 3."""
    past = _line(metrics_report(BOOK, frame=frame(), by=GroupBy.QUARTER), "2025-Q3")

    assert (past.start, past.end) == (yen(3_000_000), yen(2_200_000))
    assert (past.nrr, past.grr) == (Fraction(22, 30), Fraction(2, 3))
    assert (past.gross_revenue_churn, past.logo_retention) == (Fraction(1, 3), Fraction(2, 3))
    assert past.movements is not None
    assert (past.movements.expansion, past.movements.churn) == (yen(200_000), yen(1_000_000))
    assert past.renewals is not None
    assert (past.renewals.due, past.renewals.renewed) == (yen(2_000_000), yen(1_200_000))
    assert past.measured is not None
    assert past.measured.kept == yen(2_000_000)


def test_this_quarter_is_predicted_from_the_landing_of_what_is_due() -> None:
    """2,200,000 at the start; of 1,000,000 rated C and up to 1,500,000, 950,000 and 200,000 land."""
    now = _line(metrics_report(BOOK, frame=frame(), by=GroupBy.QUARTER), "2025-Q4")
    # due on the quarter's last day, and kept by the boundary `close`
    assert (now.start, now.end) == (yen(2_200_000), yen(2_200_000))

    morning = MetricProfile(name="next morning", nrr_boundary=NrrBoundary.NEXT_OPEN)
    now = _line(metrics_report(BOOK, frame=frame(profile=morning), by=GroupBy.QUARTER), "2025-Q4")

    assert (now.start, now.end) == (yen(2_200_000), yen(1_200_000 + 1_150_000))
    assert now.grr == Fraction(1_200_000 + 950_000, 2_200_000)
    assert (now.movements, now.logo_retention) == (None, None)


def test_renewal_rates_begin_with_the_period() -> None:
    report = metrics_report(BOOK, frame=frame(), by=GroupBy.QUARTER)

    assert _line(report, "2025-Q4").renewals is not None
    assert _line(report, "2026-Q1").renewals is None


def test_each_past_period_begins_with_what_the_one_before_it_ended_with() -> None:
    report = metrics_report(BOOK, frame=frame(), by=GroupBy.MONTH, past=18, ahead=0)

    past = [one.movements for one in report.periods if one.movements is not None]
    assert len(past) == 18
    assert [one.end for one in past[:-1]] == [one.start for one in past[1:]]


def test_a_period_that_ends_today_is_over() -> None:
    at_its_close = frame(as_of=date(2026, 3, 31))

    assert not _line(metrics_report(BOOK, frame=at_its_close, by=GroupBy.QUARTER), "2025-Q4").predicted


def test_groups_have_their_own_retention_and_their_amounts_add_up() -> None:
    book = [replace(one, grouping=under(segment="enterprise")) for one in (GROWN, GROWN_NEXT)]
    report = grouped_metrics(
        [*book, GONE, RUNNING], frame=frame(), by=GroupBy.SEGMENT, window=_OCTOBER_TO_DECEMBER
    )

    assert [(one.key, one.nrr) for one in report.periods] == [
        ("enterprise", Fraction(12, 10)),
        ("-", Fraction(1, 2)),
    ]
    assert report.total is not None
    assert sum(one.start.amount for one in report.periods) == report.total.start.amount
    assert sum(one.end.amount for one in report.periods) == report.total.end.amount


def test_a_term_that_continues_in_another_group_is_still_continued() -> None:
    """Its customer leaves the one group and is new in the other; nothing is reported as not known."""
    moved = replace(GROWN_NEXT, grouping=under(product="plus"))
    report = grouped_metrics([GROWN, moved], frame=frame(), by=GroupBy.PRODUCT, window=_OCTOBER_TO_DECEMBER)

    lines = {one.key: one for one in report.periods}
    assert lines["-"].nrr == 0
    assert lines["plus"].movements is not None
    assert lines["plus"].movements.new == yen(1_200_000)
    assert not any(one.unjudged for one in report.periods)


def test_groups_without_anything_in_the_window_are_left_out() -> None:
    later = contract(9, start=date(2026, 2, 1), end=date(2027, 1, 31), grouping=under(segment="later"))

    report = grouped_metrics([*BOOK, later], frame=frame(), by=GroupBy.SEGMENT, window=_OCTOBER_TO_DECEMBER)

    assert [one.key for one in report.periods] == ["-"]


def _abroad(amount: int) -> TermState:
    return contract(8, prior=Money(Decimal(amount), "USD"), new=None, standing=TermStanding.UNOPENED)


def test_a_currency_without_a_rate_counts_as_nothing_and_is_named() -> None:
    report = metrics_report([*BOOK, _abroad(10_000)], frame=frame(), by=GroupBy.QUARTER)

    past = _line(report, "2025-Q3")
    assert past.start == yen(3_000_000)
    assert past.unjudged == (_abroad(1).key,)
    assert _line(report, "2024-Q4").unjudged == ()


def test_a_pinned_rate_converts_both_ends() -> None:
    table = RateTable(home="JPY", pinned=(("USD", Fraction(150)),))
    pinned = frame(exchange=Exchange(into="JPY", policy=RatePolicy.PINNED, table=table))

    past = _line(metrics_report([*BOOK, _abroad(10_000)], frame=pinned, by=GroupBy.QUARTER), "2025-Q3")

    assert (past.start, past.end) == (yen(4_500_000), yen(3_700_000))
    assert past.unjudged == ()


def test_a_term_that_nobody_knows_the_amount_of_is_named() -> None:
    unknown = contract(7, prior=None, new=None, standing=TermStanding.ASIDE)

    report = metrics_report([*BOOK, unknown], frame=frame(), by=GroupBy.QUARTER)

    assert _line(report, "2025-Q3").unjudged == (unknown.key,)


@pytest.mark.parametrize("by", [GroupBy.SEGMENT, GroupBy.CSM])
def test_groups_and_periods_are_asked_for_by_their_own_functions(by: GroupBy) -> None:
    with pytest.raises(ValueError, match="grouped_metrics"):
        metrics_report(BOOK, frame=frame(), by=by)
    with pytest.raises(ValueError, match="metrics_report"):
        grouped_metrics(BOOK, frame=frame(), by=GroupBy.YEAR, window=LAST_QUARTER)
