"""Reports read from the state: right after a cycle, with names, by window, for some people only, or refused."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.frames import NoForecastRulesError, UnknownProfileError
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter
from csops_sync.app.forecast.renewal_lists import renewals_of
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import NotYetWorkedOutError, forecast_of, metrics_of, renewal_of
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.periods import Window

RULES = replace(ruleset(confidence=RATED), forecast=built())
JULY = Window(date(2026, 7, 1), date(2026, 7, 31))


@pytest.fixture
def shop() -> Workshop:
    """One customer whose contract of ¥6,000,000 ends on 5 July 2026; nothing is opened yet."""
    shop = Workshop(rules=RULES)
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    return shop


def test_a_forecast_follows_a_cycle_and_says_what_it_stands_on(shop: Workshop) -> None:
    report = forecast_of(shop.office())

    assert [(one.key, one.terms) for one in report.lines if one.terms] == [("2026-Q2", 1)]
    assert (report.total.due, report.total.landing) == (yen(6_000_000), yen(5_400_000))
    assert report.basis.as_of == shop.office().today
    assert datetime(2025, 1, 1, tzinfo=UTC) < report.basis.known_at <= shop.office().now
    assert report.basis.rules_hash == RULES.hash


def test_a_window_bounds_the_forecast(shop: Workshop) -> None:
    assert forecast_of(shop.office(), by=GroupBy.MONTH, window=JULY).total.terms == 1
    august = Window(date(2026, 8, 1), date(2026, 8, 31))
    assert forecast_of(shop.office(), by=GroupBy.MONTH, window=august).total.terms == 0


def test_lines_by_csm_carry_the_names_of_the_mirror(shop: Workshop) -> None:
    report = forecast_of(shop.office(), by=GroupBy.CSM, window=JULY)

    assert [one.name for one in report.lines] == ["佐藤"]


def test_what_is_somebody_elses_is_in_no_report(shop: Workshop) -> None:
    nobody = frozenset({"005000000000000AAA"})
    [line] = renewals_of(shop.office(), wanted=RenewalFilter(), paging=Paging()).lines
    mine = frozenset({line.state.grouping.csm_id or ""})

    assert forecast_of(shop.office(), people=nobody).total.terms == 0
    assert forecast_of(shop.office(), people=mine).total.terms == 1
    assert metrics_of(shop.office(), people=nobody).periods[-1].start == yen(0)
    assert renewals_of(shop.office(), wanted=RenewalFilter(people=nobody), paging=Paging()).found == 0
    assert renewal_of(shop.office(), line.state.key, people=mine) == line
    with pytest.raises(RefusedError, match="no renewal"):
        renewal_of(shop.office(), line.state.key, people=nobody)


def test_renewals_are_listed_with_names(shop: Workshop) -> None:
    page = renewals_of(shop.office(), wanted=RenewalFilter(window=JULY, text="みなと"), paging=Paging())

    [line] = page.lines
    assert (line.account, line.contract, line.csm) == ("株式会社みなと商事", "00000001", "佐藤")


def test_metrics_by_quarter_and_by_group(shop: Workshop) -> None:
    by_quarter = metrics_of(shop.office(), past=1)
    by_csm = metrics_of(shop.office(), by=GroupBy.CSM)

    assert len(by_quarter.periods) == 1 + 1 + 4
    assert [one.name for one in by_csm.periods] == ["佐藤"]
    assert by_csm.total is not None
    assert by_csm.total.start == yen(6_000_000)
    with pytest.raises(ValueError, match="for groups"):
        metrics_of(shop.office(), by=GroupBy.YEAR, window=JULY)


def test_without_a_forecast_in_the_rules_the_refusal_says_what_to_add(shop: Workshop) -> None:
    shop.rules = ruleset(confidence=RATED)

    with pytest.raises(NoForecastRulesError, match="`forecast:`"):
        forecast_of(shop.office())


def test_before_the_first_cycle_the_refusal_says_what_to_run() -> None:
    with pytest.raises(NotYetWorkedOutError, match="csops-sync sync"):
        metrics_of(Workshop(rules=RULES).office())


def test_an_unknown_profile_is_refused_with_those_there_are(shop: Workshop) -> None:
    with pytest.raises(UnknownProfileError, match="default"):
        forecast_of(shop.office(), profile="board")
