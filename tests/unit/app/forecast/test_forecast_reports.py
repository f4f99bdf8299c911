"""Where renewals land: hand-worked sums, each term once, and what is in no sum."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.landings import yen
from tests.fakes.reported import FY2025, LAST_QUARTER, contract, frame, under

from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.domain.forecast.continuations import DuplicateTermError
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import CustomerIs, DueBy, MetricProfile
from csops_sync.domain.forecast.rates import Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.money import Money

WON = contract(1, standing=TermStanding.WON, new=yen(1_200_000), end=date(2025, 12, 31))
LOST = contract(2, standing=TermStanding.LOST, new=None)
RATED_C = contract(3, rank="C", new=yen(1_500_000))
UNOPENED = contract(4, standing=TermStanding.UNOPENED, new=None)
BOOK = (WON, LOST, RATED_C, UNOPENED)
DOLLARS = Money(Decimal("10000.50"), "USD")


def test_what_is_due_lands_by_the_matrix_and_is_split_into_won_lost_and_open() -> None:
    """Rated C, from 1,000,000 to 1,500,000: 0.95 x 1,000,000 + 0.4 x 500,000 = 1,150,000; unopened 0.9 x 1,000,000."""
    total = forecast_report(BOOK, frame=frame(), by=GroupBy.QUARTER, window=FY2025).total

    assert (total.terms, total.unjudged) == (4, 0)
    assert total.due == yen(4_000_000)
    assert total.won == yen(1_200_000)
    assert total.lost == yen(1_000_000)
    assert total.open == yen(1_150_000 + 900_000)
    assert total.landing == total.won + total.open
    assert total.low.amount < total.landing.amount < total.high.amount


def test_by_quarter_every_quarter_of_the_window_has_its_line_in_order() -> None:
    report = forecast_report(BOOK, frame=frame(), by=GroupBy.QUARTER, window=FY2025)

    assert [(line.key, line.name, line.terms) for line in report.lines] == [
        ("2025-Q1", "FY2025 Q1", 0),
        ("2025-Q2", "FY2025 Q2", 0),
        ("2025-Q3", "FY2025 Q3", 1),
        ("2025-Q4", "FY2025 Q4", 3),
    ]
    assert report.lines[0].landing == yen(0)


def test_renewals_of_one_group_are_taken_to_succeed_or_fail_together() -> None:
    """Two unopened renewals of ¥1,000,000 a year, of two subsidiaries: the landing is 1,800,000 either way.

    Together they stray by twice as much as one alone, apart by the root of two times as much: the band is wider.
    """
    group = tuple(
        replace(contract(number, standing=TermStanding.UNOPENED, new=None), customer_id="P")
        for number in (1, 2)
    )
    apart, together = (
        forecast_report(
            group, frame=frame(profile=MetricProfile(customer=one)), by=GroupBy.YEAR, window=FY2025
        ).total
        for one in CustomerIs
    )

    assert apart.landing == together.landing == yen(1_800_000)
    assert together.low.amount < apart.low.amount


def test_what_is_certain_has_no_band() -> None:
    total = forecast_report((WON, LOST), frame=frame(), by=GroupBy.YEAR, window=FY2025).total

    assert (total.low, total.landing, total.high) == (yen(1_200_000),) * 3


def test_a_term_is_due_in_the_period_of_its_last_day_or_by_profile_of_the_day_after() -> None:
    april = Window(date(2026, 4, 1), date(2026, 4, 30))
    by_renewal_date = frame(profile=MetricProfile(name="renewal day", due_by=DueBy.RENEWAL_DATE))

    assert forecast_report([RATED_C], frame=frame(), by=GroupBy.MONTH, window=april).total.terms == 0
    report = forecast_report([RATED_C], frame=by_renewal_date, by=GroupBy.MONTH, window=april)
    assert [(line.key, line.terms) for line in report.lines] == [("2026-04", 1)]
    assert "due_by: renewal_date" in report.basis.profile


def test_a_term_that_is_given_twice_is_an_error_and_never_counted_twice() -> None:
    with pytest.raises(DuplicateTermError, match=RATED_C.contract_id):
        forecast_report((RATED_C, RATED_C), frame=frame(), by=GroupBy.QUARTER, window=FY2025)


@pytest.mark.parametrize(
    ("term", "cause"),
    [
        (contract(5, standing=TermStanding.ASIDE, prior=None, new=None), "aside"),
        (contract(6, prior=None, new=None), "no-prior"),
        (contract(7, new=DOLLARS), "other-currency"),
        (contract(8, prior=DOLLARS, new=None), "no-rate"),
    ],
)
def test_what_cannot_be_judged_is_listed_with_its_reason_and_in_no_sum(term: object, cause: str) -> None:
    report = forecast_report([WON, term], frame=frame(), by=GroupBy.YEAR, window=FY2025)  # type: ignore[list-item]

    assert [(one.cause, one.key) for one in report.unjudged] == [(cause, getattr(term, "key", None))]
    assert report.unjudged[0].why
    assert (report.total.terms, report.total.unjudged) == (1, 1)
    assert report.total.due == yen(1_000_000)
    assert report.total.landing == yen(1_200_000)


def test_another_currency_is_converted_at_its_pinned_rate_and_rounded_once_a_term() -> None:
    """10,000.50 x 150.1 = 1,501,075.05 -> 1,501,075; unopened 0.9: 9,000.45 x 150.1 = 1,350,967.545 -> 1,350,968."""
    table = RateTable(home="JPY", pinned=(("USD", Fraction(1501, 10)),))
    pinned = frame(exchange=Exchange(into="JPY", policy=RatePolicy.PINNED, table=table))
    abroad = contract(8, standing=TermStanding.UNOPENED, prior=DOLLARS, new=None)

    total = forecast_report([abroad], frame=pinned, by=GroupBy.YEAR, window=FY2025).total

    assert (total.due, total.landing, total.unjudged) == (yen(1_501_075), yen(1_350_968), 0)


def test_lines_by_person_carry_names_and_what_nobody_looks_after_comes_last() -> None:
    book = [
        replace(WON, grouping=under(csm_id="005B")),
        replace(RATED_C, grouping=under(csm_id="005A")),
        LOST,
    ]
    named = frame(names={"005A": "山本 葵", "005B": "伊藤 さくら"})

    lines = forecast_report(book, frame=named, by=GroupBy.CSM, window=FY2025).lines

    assert [(line.key, line.name) for line in lines] == [
        ("005B", "伊藤 さくら"),
        ("005A", "山本 葵"),
        ("-", "-"),
    ]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (GroupBy.TYPE, ["upsell", "lost", "-"]),
        (GroupBy.RANK, ["C", "unrated", "unopened"]),
        (GroupBy.SEGMENT, ["enterprise", "-"]),
        (GroupBy.TIER, ["gold", "-"]),
        (GroupBy.PRODUCT, ["core", "-"]),
        (GroupBy.MANAGER, ["005M", "-"]),
        (GroupBy.MONTH, [f"2025-{month:02d}" for month in range(4, 13)] + ["2026-01", "2026-02", "2026-03"]),
        (GroupBy.YEAR, ["FY2025"]),
    ],
)
def test_every_grouping_has_its_keys_in_its_order(by: GroupBy, keys: list[str]) -> None:
    grouping = under(segment="enterprise", tier="gold", manager_id="005M", product="core")
    book = [LOST, UNOPENED, replace(RATED_C, grouping=grouping), WON]

    report = forecast_report(book, frame=frame(), by=by, window=FY2025)

    assert [line.key for line in report.lines] == keys
    assert sum(line.terms for line in report.lines) == report.total.terms


def test_a_persons_choice_of_type_is_the_line_that_a_term_is_counted_under() -> None:
    chosen = replace(RATED_C, chosen_type=RenewalType.DOWNSELL)

    report = forecast_report([chosen], frame=frame(), by=GroupBy.TYPE, window=LAST_QUARTER)

    assert [line.key for line in report.lines] == ["downsell"]


def test_the_scenario_weighs_and_is_named() -> None:
    cautious = frame(scenario=Scenario.LOW)

    assert forecast_report(BOOK, frame=cautious, by=GroupBy.YEAR, window=FY2025).basis.scenario == "low"
