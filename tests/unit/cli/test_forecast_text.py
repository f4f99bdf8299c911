"""`forecast` and `metrics` as people read them, as CSV that adds up, and as JSON with exact amounts."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.landings import yen
from tests.fakes.reported import FY2025, LAST_QUARTER, PlainNames, contract, frame, under

from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.listing import renewal_lines
from csops_sync.app.forecast.measuring import grouped_metrics, metrics_report
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.periods import NrrBoundary
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_forecast import (
    band_text,
    forecast_text,
    metrics_text,
    ratio_text,
    rounded,
)
from csops_sync.interfaces.cli.render_forecast_csv import csv_text, forecast_csv, metrics_csv
from csops_sync.interfaces.cli.render_forecast_json import forecast_plain, metrics_plain
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_renewals import renewals_csv, renewals_plain, renewals_text

LOST = contract(2, standing=TermStanding.LOST, new=None, end=date(2025, 11, 30), loss_reason="価格")
RATED_C = contract(3, rank="C", new=yen(1_500_000), grouping=under(segment="エンタープライズ"))
UNKNOWN = contract(4, standing=TermStanding.ASIDE, prior=None, new=None)
BOOK = (LOST, RATED_C, UNKNOWN)
FORECAST = forecast_report(BOOK, frame=frame(), by=GroupBy.SEGMENT, window=FY2025)
MORNING = MetricProfile(name="morning", nrr_boundary=NrrBoundary.NEXT_OPEN)
METRICS = metrics_report(BOOK, frame=frame(), by=GroupBy.QUARTER, past=1, ahead=0)
BESIDE = metrics_report(BOOK, frame=frame(profile=MORNING), by=GroupBy.QUARTER, past=1, ahead=0)
BY_SEGMENT = grouped_metrics(BOOK, frame=frame(), by=GroupBy.SEGMENT, window=LAST_QUARTER)

RENEWALS = renewal_lines([(one, land(state=one, rules=frame().rules)) for one in BOOK], PlainNames())


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _json(view: object) -> Any:  # noqa: ANN401 - JSON is anything
    return json.loads(json_text(view))


def test_a_forecast_stands_in_straight_columns_with_its_total_and_its_basis() -> None:
    lines = forecast_text(FORECAST).splitlines()

    assert lines[0] == "Renewals due 2025-04-01 to 2026-03-31, by segment"
    assert lines[2].split() == [
        "renewals", "due", "landing", "low", "high", "won", "lost", "open", "unjudged",
    ]  # fmt: skip
    assert lines[3].split()[:4] == ["エンタープライズ", "1", "¥1,000,000", "¥1,150,000"]
    assert lines[5].split()[:4] == ["total", "2", "¥2,000,000", "¥1,150,000"]
    assert lines[3].index("¥1,000,000") + 8 == lines[5].index("¥2,000,000"), "eight wide characters"
    assert "1 renewal is in no sum:" in lines
    assert any(UNKNOWN.key in line and "explain" in line for line in lines)
    assert any(line.startswith("low, high: 80% interval") for line in lines)
    assert any(line.startswith("as of 2026-02-03") and "JPY" in line and "d4e5688" in line for line in lines)
    assert lines[-1].startswith("profile: default, nrr_boundary: close")


def test_retention_shows_past_and_predicted_with_movements_and_losses() -> None:
    text = metrics_text([METRICS])

    past, now = (line.split() for line in text.splitlines()[3:5])
    assert past == [
        "FY2025", "Q3", "50.0", "%", "50.0", "%", "50.0", "%", "50.0", "%", "¥2,000,000", "¥1,000,000",
        "0.0", "%", "0.0", "%", "0.0", "%", "-",
    ]  # fmt: skip
    assert now[:3] == ["FY2025", "Q4", "predicted"]
    assert "- churn" in text
    assert any(
        line.split() == ["FY2025", "Q3", "価格", "¥1,000,000", "1", "renewal"] for line in text.splitlines()
    )
    assert "! FY2025 Q4: 1 term counted as nothing" in text


def test_what_is_predicted_of_retention_stands_with_its_band_and_how_it_was_found() -> None:
    """1,000,000 of 1,000,000 a year is due with 500,000 more at rank C: base 0.95, expansion 0.4."""
    now = METRICS.periods[1]
    assert now.nrr_band is not None
    assert now.grr_band is not None

    lines = metrics_text([METRICS]).splitlines()
    assert lines[2].split()[:6] == ["NRR", "low,", "high", "GRR", "low,", "high"]
    assert f"{ratio_text(now.nrr)}  {band_text(now.nrr_band)}" in lines[4]
    assert f"{ratio_text(now.grr)}  {band_text(now.grr_band)}" in lines[4]
    assert any(line.startswith("low, high: 80% interval, normal approximation") for line in lines)
    closed = metrics_text([replace(METRICS, periods=METRICS.periods[:1])])
    assert "80% interval" not in closed


def test_csv_and_json_hold_the_ends_of_the_bands_and_nothing_for_what_is_closed() -> None:
    past, now = _read(metrics_csv([METRICS]))
    [report] = _json(metrics_plain([METRICS]))["reports"]
    columns = ("nrr_low", "nrr_high", "grr_low", "grr_high")

    assert [past[one] for one in columns] == [""] * 4
    assert [report["periods"][0][one] for one in columns] == [None] * 4
    assert [now[one] for one in columns] == [report["periods"][1][one] for one in columns]
    low, high, base_low, base_high = (Decimal(now[one]) for one in columns)
    assert base_low <= low <= Decimal(now["nrr"]) <= high
    assert base_low <= Decimal(now["grr"]) <= base_high <= 1
    assert report["band"] == METRICS.band


def test_two_definitions_stand_side_by_side_each_line_with_its_own() -> None:
    lines = metrics_text([METRICS, BESIDE]).splitlines()

    assert [line.split("  ")[0] for line in lines[3:7]] == [
        "FY2025 Q3, default",
        "FY2025 Q3, morning",
        "FY2025 Q4, default",
        "FY2025 Q4, morning",
    ]
    assert lines[-2].startswith("profile: default")
    assert lines[-1].startswith("profile: morning, nrr_boundary: next_open")


def test_by_group_the_window_is_named_and_the_total_comes_last() -> None:
    lines = metrics_text([BY_SEGMENT]).splitlines()

    assert lines[0] == "Retention of 2026-01-01 to 2026-03-31, by segment"
    assert [line.split()[0] for line in lines[3:6]] == ["エンタープライズ", "-", "total"]


def test_csv_of_a_forecast_holds_raw_numbers_that_add_up() -> None:
    *lines, total = _read(forecast_csv(FORECAST))

    assert total["segment"] == "total"
    for column in ("renewals", "due", "landing", "won", "lost", "open", "unjudged"):
        assert sum(Decimal(line[column]) for line in lines) == Decimal(total[column]), column
    assert lines[0]["landing"] == "1150000"
    assert (lines[0]["currency"], lines[0]["as_of"]) == ("JPY", "2026-02-03")


def test_each_row_of_a_csv_says_by_which_definition_matrix_and_rates_it_was_made() -> None:
    other = replace(METRICS, basis=replace(METRICS.basis, rates="reported", scenario="low"))
    basis = METRICS.basis

    made = [(row["profile"], row["scenario"], row["rates"]) for row in _read(metrics_csv([METRICS, other]))]

    assert set(made) == {(basis.profile, "base", basis.rates), (basis.profile, "low", "reported")}
    assert {row["rates"] for row in _read(forecast_csv(FORECAST))} == {FORECAST.basis.rates}
    assert all("lost" in row for row in _read(metrics_csv([METRICS])))


def test_a_renewal_that_is_open_after_its_last_day_is_marked_in_the_period_it_was_due_in() -> None:
    overdue = contract(5, standing=TermStanding.OPEN, end=date(2025, 11, 30))
    report = metrics_report([overdue], frame=frame(), by=GroupBy.QUARTER, past=1, ahead=0)

    text, rows = metrics_text([report]), _read(metrics_csv([report]))

    marked = [row for row in rows if row["overdue"] == "1"]
    assert [row["renewals_due_terms"] for row in marked] == ["1"]
    assert f"! {marked[0]['name']}: 1 renewal still open after the last day, due here all the same" in text


def test_csv_of_retention_holds_what_its_ratios_are_divided_of() -> None:
    past, now = _read(metrics_csv([METRICS]))

    assert past["grr"] == "0.500000" == f"{Decimal(past['kept']) / Decimal(past['start']):.6f}"
    assert _sum(past, ("start", "new", "expansion", "reactivation", "fx")) - _sum(
        past, ("contraction", "churn")
    ) == (Decimal(past["movements_end"]))
    assert (now["predicted"], now["churn"], now["logo_retention"]) == ("true", "", "")
    assert [row["profile"][:16] for row in _read(metrics_csv([METRICS, BESIDE]))][2] == "profile: morning"


def _sum(row: dict[str, str], columns: Iterable[str]) -> Decimal:
    return sum((Decimal(row[column]) for column in columns), Decimal())


@pytest.mark.parametrize("name", ["=1+1", "+81", "-x", "@SUM(A1)", "\t=1"])
def test_a_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(name: str) -> None:
    assert _read(csv_text([{"name": name, "amount": yen(-5)}])) == [{"name": f"'{name}", "amount": "-5"}]


def test_json_of_a_forecast_has_exact_amounts() -> None:
    told = _json(forecast_plain(FORECAST))

    assert told["by"] == "segment"
    assert told["total"]["landing"] == {"amount": "1150000", "currency": "JPY"}
    assert told["window"] == {"first": "2025-04-01", "last": "2026-03-31"}
    assert [one["cause"] for one in told["unjudged"]] == ["aside"]
    assert told["basis"]["profile"].startswith("profile: default")


def test_json_of_retention_has_ratios_of_six_places_with_both_parts() -> None:
    [report] = _json(metrics_plain([METRICS]))["reports"]
    past, now = report["periods"]

    assert past["nrr"] == {"value": "0.500000", "numerator": "1000000", "denominator": "2000000"}
    assert past["logo_retention"] == {"value": "0.500000", "numerator": 1, "denominator": 2}
    assert past["renewals"]["losses"][0]["reason"] == "価格"
    assert past["renewals"]["gross"]["value"] == "0.000000"
    assert (now["movements"], now["logo_retention"], now["predicted"]) == (None, None, True)
    assert _json(metrics_plain([BY_SEGMENT]))["reports"][0]["total"]["key"] == "total"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Fraction(1), "100.0 %"),
        (Fraction(10005, 10000), "100.1 %"),
        (Fraction(-10005, 10000), "-100.1 %"),
        (Fraction(2, 3), "66.7 %"),
        (None, "-"),
    ],
)
def test_a_ratio_is_rounded_half_up_once(ratio: Fraction | None, text: str) -> None:
    assert ratio_text(ratio) == text


def test_cents_stay_exact() -> None:
    assert rounded(Fraction(1, 3), places=6) == Decimal("0.333333")
    assert csv_text([{"a": Money(Decimal("19.50"), "USD")}]) == "a\r\n19.50\r\n"


def test_a_renewal_that_cannot_be_judged_is_listed_without_a_landing() -> None:
    row = next(one for one in _read(renewals_csv(RENEWALS)) if one["key"] == UNKNOWN.key)

    assert (row["prior"], row["landing"], row["base_weight"], row["weighed_as"]) == ("", "", "", "aside")
    assert "in no sum" in next(line for line in renewals_text(RENEWALS).splitlines() if "aside" in line)
    assert renewals_csv(()) == ""


def test_bookings_stand_beside_the_annual_amount_and_in_no_sum() -> None:
    line = RENEWALS[0]
    booked = replace(line, state=replace(line.state, bookings=Money(Decimal(36_000_000), "JPY")))

    [row] = _read(renewals_csv([booked]))
    [plain] = _json(renewals_plain([booked]))["renewals"]

    assert row["bookings"] == "36000000"
    assert plain["bookings"] == {"amount": "36000000", "currency": "JPY"}
    assert (row["landing"], row["new"]) == tuple(
        _read(renewals_csv([line]))[0][one] for one in ("landing", "new")
    )


def test_every_key_of_the_json_is_documented() -> None:
    """`docs/json.md` names each of them."""
    documented = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    told = [
        _json(forecast_plain(FORECAST)),
        _json(metrics_plain([METRICS, BY_SEGMENT])),
        _json(renewals_plain(RENEWALS)),
    ]

    assert {key for view in told for key in _keys(view) if f"`{key}`" not in documented} == set()


def _keys(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(each)
