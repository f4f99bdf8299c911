"""What `calibrate` and `backtest` say in cases that the sandbox's own past does not lead to."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.past_observations import DAYS_BEFORE, MATRIX, TODAY, drawn, observations

from csops_sync.app.forecast.backtesting import BacktestReport
from csops_sync.app.forecast.calibrating import CalibrationReport
from csops_sync.app.forecast.report_values import Basis
from csops_sync.config.reweighing import Reweighed
from csops_sync.domain.forecast.backtest import Source, Week, accuracy
from csops_sync.domain.forecast.calibration import calibrate
from csops_sync.domain.forecast.observing import Left
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.suggesting import Present
from csops_sync.interfaces.cli.render_backtest import backtest_csv, backtest_plain, backtest_text
from csops_sync.interfaces.cli.render_calibrate import calibration_text
from csops_sync.interfaces.cli.render_calibrate_csv import calibration_csv
from csops_sync.interfaces.cli.render_calibrate_json import calibration_plain
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.sandbox.orgs.past_truth import RANKS, Truth

BASIS = Basis(
    as_of=TODAY,
    known_at=datetime(2026, 4, 1, tzinfo=UTC),
    currency="JPY",
    profile="profile: ours",
    rules_hash="abcdef0123",
)


def report(truth: Truth) -> CalibrationReport:
    """A calibration of a drawn book."""
    seen = [one for one, _ in observations(drawn(seed=1, customers=300, truth=truth, csms=1))]
    return CalibrationReport(
        basis=BASIS,
        window=Window(date(2023, 4, 1), date(2026, 1, 31)),
        days_before=DAYS_BEFORE,
        left=dict(Counter({Left.UNDECIDED: 3, Left.NO_RATE: 2})),
        calibration=calibrate(seen, present=Present(matrix=MATRIX, ranks=RANKS), days_before=DAYS_BEFORE),
        ranks=RANKS,
    )


def test_rates_that_drift_are_shown_without_a_suggestion() -> None:
    found = report(Truth(today=TODAY, drift=1.5))

    text = calibration_text(found, None)

    assert "Nothing is suggested: rates drift" in text
    assert "ask again with --from 20" in text
    assert "3  still open" in text
    assert "2  in a currency without a rate" in text
    plain = json_text(calibration_plain(found, None))
    assert '"suggested": null' in plain
    assert '"withheld": "rates drift' in plain


def test_what_the_diff_could_not_place_is_told_beside_it() -> None:
    found = report(Truth(today=TODAY, drift=0))

    text = calibration_text(found, Reweighed(diff="--- a\n+++ b\n", unplaced=("write it by hand",)))
    nothing = calibration_text(found, Reweighed(diff="", unplaced=()))

    assert "! write it by hand" in text
    assert "\n--- a\n+++ b\n" in text
    assert "The weights in force are those that history speaks for." in nothing


def test_the_csv_has_every_cell_of_the_matrix_and_leaves_empty_what_is_not_suggested() -> None:
    found = report(Truth(today=TODAY, drift=1.5))

    rows = list(csv.DictReader(io.StringIO(calibration_csv(found))))

    cells = found.calibration.rates.cells
    assert len(rows) == len(found.calibration.current)
    assert sum(int(one["renewals"]) for one in rows) == sum(one.n for one in cells.values())
    assert sum(int(one["kept"] or 0) for one in rows) == sum(one.kept for one in cells.values())
    assert {one["suggested_base"] for one in rows} == {""}
    assert {(one["currency"], one["profile"], one["days_before"]) for one in rows} == {
        ("JPY", "profile: ours", str(DAYS_BEFORE))
    }


def week(day: int, *, told: int, period: str = "FY2025 Q3") -> Week:
    return Week(
        on=date(2026, 1, day),
        period=period,
        ahead=0,
        source=Source.SNAPSHOT,
        terms=4,
        due=1_000,
        real=900,
        matrix=told,
        all_renews=900,
        last_years_rate=None,
    )


def backtested(*weeks: Week) -> BacktestReport:
    return BacktestReport(
        basis=BASIS,
        window=Window(date(2026, 1, 1), date(2026, 1, 31)),
        weeks=weeks,
        accuracies=accuracy(weeks),
        left={Left.UNDECIDED: 2},
        unsettled=["FY2026 Q1"],
    )


def test_a_matrix_that_loses_is_told_so_plainly() -> None:
    found = backtested(*(week(5, told=500, period=f"Q{place}") for place in range(6)))

    text = backtest_text(found)

    assert "Against all that is open renews as it was: the matrix LOSES, over 6 weeks of 6 quarters." in text
    assert "last year's renewal rate" not in text.split("told on")[0]
    assert "-40.0 %" in text
    assert "from a snapshot" in text


def test_one_quarter_has_an_error_and_no_interval() -> None:
    found = backtested(week(5, told=950), week(12, told=850))

    assert "5.0 % (no interval: too few)" in backtest_text(found)
    assert "no difference beyond chance, over 2 weeks of 1 quarter." in backtest_text(found)
    assert '"low": null' in json_text(backtest_plain(found))


def test_what_is_not_known_is_empty_in_the_csv() -> None:
    heading, line = backtest_csv(backtested(week(5, told=950))).splitlines()

    assert dict(zip(heading.split(","), line.split(","), strict=True)) == {
        "on": "2026-01-05",
        "period": "FY2025 Q3",
        "ahead": "0",
        "source": "snapshot",
        "currency": "JPY",
        "renewals": "4",
        "due": "1000",
        "landed": "900",
        "matrix": "950",
        "last_years_rate": "",
        "all_renews": "900",
        "profile": "profile: ours",
        "scenario": "base",
        "rates": "pinned",
    }


@pytest.mark.parametrize("why", list(Left))
def test_every_reason_for_leaving_out_has_its_words(why: Left) -> None:
    found = replace(backtested(week(5, told=950)), left={why: 7})

    assert "\n7  " in backtest_text(found)
