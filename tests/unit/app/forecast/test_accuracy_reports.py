"""Accuracy from snapshots and calls, of an org that lived its quarter; and the same as text, CSV and JSON."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.landings import yen
from tests.fakes.told_quarter import RULES, ToldQuarter

from csops_sync.app.forecast.accuracy import AccuracyReport, NotOverError, accuracy_report
from csops_sync.app.forecast.period_words import UnknownPeriodError
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_accuracy import accuracy_csv, accuracy_plain, accuracy_text
from csops_sync.interfaces.cli.render_json import json_text

NOBODY = frozenset({"005000000000000AAA"})


@pytest.fixture(scope="module")
def told() -> ToldQuarter:
    """After the quarter; no test changes it."""
    quarter = ToldQuarter()
    quarter.live()
    return quarter


def report(told: ToldQuarter, period: str | None = None) -> AccuracyReport:
    return accuracy_report(told.shop.office(), period=period)


def landings(found: AccuracyReport) -> list[Money | None]:
    return [one.landing for one in found.total.expected]


def test_each_distance_is_told_by_the_snapshot_of_its_day(told: ToldQuarter) -> None:
    """0.9 x 6,000,000 unopened; at C 0.95 x 6,000,000 + 0.4 x 180,000; won at 6,180,000."""
    found = report(told)

    assert found.period.name == "FY2026 Q2"
    assert [one.as_of for one in found.total.expected] == [
        date(2026, 4, 3),
        date(2026, 7, 2),
        date(2026, 8, 31),
    ]
    assert landings(found) == [yen(5_400_000), yen(5_772_000), yen(6_180_000)]
    assert (found.total.terms, found.total.result, found.waiting) == (1, yen(6_180_000), 0)


def test_a_call_is_that_which_was_known_on_the_day_and_stands_with_its_csm(told: ToldQuarter) -> None:
    found = report(told)
    (line,) = found.by_csm
    (team,) = found.teams

    assert found.names[told.csm] == "佐藤"
    assert (line.key, team.key) == (told.csm, told.csm)
    assert [one.call for one in line.expected] == [None, yen(5_900_000), None]
    assert [one.call for one in team.expected] == [None, yen(6_000_000), yen(6_000_000)]
    assert team.result == yen(6_180_000)


def test_a_renewal_that_was_won_by_a_day_counts_there_as_it_ended_whatever_had_been_called(
    told: ToldQuarter,
) -> None:
    """Called at 5,900,000 while it was open, won at 6,180,000 weeks before T-30; its team's call is for all of it."""
    found = report(told)
    last = found.total.expected[-1]

    assert (last.landing, last.call) == (yen(6_180_000), None)
    assert found.teams[0].expected[-1].call == yen(6_000_000)


def test_a_landing_is_weighed_by_the_rules_of_its_day(told: ToldQuarter) -> None:
    """Rules that weigh nothing today change no landing of then."""
    forecast = RULES.forecast
    assert forecast is not None
    matrices = {
        scenario: replace(one, unopened=replace(one.unopened, base=one.unopened.base / 2))
        for scenario, one in forecast.matrices.items()
    }
    told.shop.rules = replace(RULES, hash="0123456789", forecast=replace(forecast, matrices=matrices))

    found = report(told)
    told.shop.rules = RULES

    assert landings(found)[0] == yen(5_400_000)


def test_nobody_elses_renewal_or_call_is_seen(told: ToldQuarter) -> None:
    found = accuracy_report(told.shop.office(), people=NOBODY)
    own = accuracy_report(told.shop.office(), people=frozenset({told.csm}))

    assert (found.total.terms, found.total.result, found.by_csm, found.teams) == (0, yen(0), (), ())
    assert landings(found) == [yen(0)] * 3
    assert own.total == report(told).total


def test_a_period_that_snapshots_are_not_old_enough_for_says_so(told: ToldQuarter) -> None:
    found = report(told, "2025-Q4")

    assert not found.is_kept
    assert landings(found) == [None, None, None]
    assert "no snapshot so old yet" in accuracy_text(found)


def test_a_snapshot_older_than_a_week_does_not_stand_for_a_day(told: ToldQuarter) -> None:
    """July ends on the 31st: T-30 is 1 July, and the last snapshot by then is of 3 April."""
    assert landings(report(told, "2026-07")) == [None, None, None]


@pytest.mark.parametrize("period", ["2026-Q3", "2027-Q1", "FY2026", "2026-10"])
def test_a_period_that_is_not_over_has_no_result(told: ToldQuarter, period: str) -> None:
    with pytest.raises(NotOverError, match="ask for one that is, such as FY2026 Q2"):
        report(told, period)


def test_what_is_no_period_is_refused(told: ToldQuarter) -> None:
    with pytest.raises(UnknownPeriodError):
        report(told, "soon")


def test_what_is_not_settled_counts_on_neither_side() -> None:
    quarter = ToldQuarter()
    quarter.until(date(2026, 7, 2))
    quarter.until(date(2026, 10, 2))

    found = report(quarter)

    assert (found.waiting, found.total.terms, found.total.result) == (1, 0, yen(0))
    assert landings(found) == [None, yen(0), None]
    assert "Not settled yet, and counted on neither side: 1." in accuracy_text(found)


def test_text_csv_and_json_say_the_same(told: ToldQuarter) -> None:
    found = report(told)
    rows = list(csv.DictReader(io.StringIO(accuracy_csv(found))))
    plain = json.loads(json_text(accuracy_plain(found)))

    assert "T-90" in accuracy_text(found)
    assert "-6.6%" in accuracy_text(found)
    assert [(row["group"], row["distance"]) for row in rows[:4]] == [
        ("total", "180"),
        ("total", "90"),
        ("total", "30"),
        ("csm", "180"),
    ]
    assert [row["landing"] for row in rows[:3]] == ["5400000", "5772000", "6180000"]
    assert rows[1]["landing_error"] == "-408000"
    assert plain["total"]["expected"][1]["landing_error"] == {"amount": "-408000", "currency": "JPY"}
    assert plain["total"]["expected"][1]["landing_error_share"] == "-0.066019"
    assert plain["by_csm"][0]["name"] == "佐藤"
    assert plain["period"]["key"] == "2026-Q2"
    assert {(row["profile"], row["rates"]) for row in rows} == {
        (plain["basis"]["profile"], plain["basis"]["rates"])
    }
