"""The bridge of the dashboard: which days it leads between, and one page of the renewals behind a bar."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.landings import yen
from tests.fakes.told_quarter import ToldQuarter

from csops_sync.app.forecast.bridge_page import BridgeAsked, BridgePage, bridge_page_of
from csops_sync.app.forecast.bridging import bridge_of
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Span
from csops_sync.domain.forecast.bridge import Cause

NOBODY = frozenset({"005000000000000AAA"})
FIRST, TODAY = date(2026, 6, 20), date(2026, 7, 1)


@pytest.fixture(scope="module")
def told() -> ToldQuarter:
    """Snapshots on two days; since then the renewal was rated C. No test changes it."""
    quarter = ToldQuarter()
    quarter.until(FIRST)
    quarter.until(date(2026, 6, 24))
    quarter.pass_to(TODAY)
    quarter.edit({"confidence": "C"})
    return quarter


def page(told: ToldQuarter, **asked: object) -> BridgePage:
    return bridge_page_of(told.shop.office(), replace(BridgeAsked(), **asked))  # type: ignore[arg-type]


def test_without_a_word_it_leads_from_the_snapshot_of_a_week_ago_to_now(told: ToldQuarter) -> None:
    found = page(told)

    assert found.report is not None
    assert (found.since, found.until) == (TODAY - timedelta(days=7), None)
    assert found.report.before.as_of == date(2026, 6, 24)
    assert found.report.bridge == bridge_of(told.shop.office(), since=found.since).bridge
    assert found.days == (FIRST, date(2026, 6, 24))


def test_it_says_what_the_overview_says_of_the_same_span(told: ToldQuarter) -> None:
    changes = overview_of(told.shop.office(), span=Span.YEAR).changes
    found = page(told, span=Span.YEAR).report

    assert changes is not None
    assert found is not None
    assert (changes.before, changes.after) == (found.bridge.start, found.bridge.end)
    moved = [(bar.cause.value, bar.amount) for bar in found.bridge.bars if bar.movers]
    assert moved == [(one.cause, one.amount) for one in changes.lines]


def test_the_bar_that_moved_most_is_open_and_another_where_it_is_asked_for(told: ToldQuarter) -> None:
    """0.95 x 6,000,000 + 0.4 x 180,000 instead of 0.9 x 6,000,000: all of it by its rank and its amount."""
    found = page(told)
    other = page(told, cause=Cause.SETTLED)

    assert found.opened is not None
    assert sum((one.amount for one in found.lines), start=yen(0)) == found.opened.amount
    assert [(one.key, one.account, one.is_known) for one in found.lines] == [
        (told.key, "株式会社みなと商事", True)
    ]
    assert found.lines[0].end == date(2026, 7, 5)
    assert found.lines[0].csm == "佐藤"
    assert (other.opened and other.opened.cause, other.lines) == (Cause.SETTLED, ())


def test_between_two_days_that_were_told_nothing_moved(told: ToldQuarter) -> None:
    found = page(told, since=FIRST, until=date(2026, 6, 24))

    assert found.report is not None
    assert found.report.bridge.start == found.report.bridge.end == yen(5_400_000)
    assert (found.opened, found.lines, found.pages) == (None, (), 1)


def test_a_day_that_no_snapshot_is_as_old_as_has_no_bridge_and_the_days_there_are(told: ToldQuarter) -> None:
    found = page(told, since=FIRST - timedelta(days=1))

    assert found.report is None
    assert found.days[0] == FIRST


def test_a_page_beyond_the_last_is_the_last(told: ToldQuarter) -> None:
    assert page(told, page=99).page == 1


def test_nobody_elses_renewal_moves_anything(told: ToldQuarter) -> None:
    found = bridge_page_of(told.shop.office(), BridgeAsked(), people=NOBODY)

    assert found.report is not None
    assert found.report.bridge.end == yen(0)
    assert (found.opened, found.lines, found.report.accounts) == (None, (), {})


def test_a_bridge_that_is_kept_gives_way_to_a_new_snapshot() -> None:
    quarter, kept = ToldQuarter(), KeptReports()
    quarter.pass_to(FIRST)

    before = bridge_page_of(quarter.shop.office(), BridgeAsked(since=FIRST), kept=kept)
    quarter.until(FIRST)
    after = bridge_page_of(quarter.shop.office(), BridgeAsked(since=FIRST), kept=kept)

    assert before.report is None
    assert after.report is not None


def test_a_bridge_to_the_first_day_of_all_begins_no_earlier(told: ToldQuarter) -> None:
    found = page(told, until=date.min)

    assert (found.since, found.report) == (date.min, None)
