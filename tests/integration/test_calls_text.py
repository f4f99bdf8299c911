"""Targets and calls as people read them at the terminal, as CSV, and as JSON whose every key is documented."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from tests.fakes.landings import yen
from tests.fakes.reported import LAST_QUARTER, PlainNames, contract, frame
from typer.testing import CliRunner

from csops_sync.app.forecast.call_rows import CallRow
from csops_sync.app.forecast.calls import KnownCalls
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.listing import renewal_lines
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.plan import Plan
from csops_sync.app.forecast.ratio_targets import with_ratio_targets
from csops_sync.app.forecast.report_values import GroupBy, RenewalCall
from csops_sync.domain.forecast.calls import Call, CalledRenewal
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.targets import Target, TargetBook
from csops_sync.interfaces.cli.main import app
from csops_sync.interfaces.cli.render_calls import called_text, calls_csv, calls_text
from csops_sync.interfaces.cli.render_forecast import forecast_text, metrics_text
from csops_sync.interfaces.cli.render_forecast_csv import forecast_csv, metrics_csv
from csops_sync.interfaces.cli.render_forecast_json import forecast_plain, metrics_plain
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_renewals import renewals_csv, renewals_text

AT = datetime(2026, 2, 2, 15, tzinfo=UTC)
STATE = contract(1, rank="C")
TARGET = Target(
    period="FY2025 Q4",
    window=LAST_QUARTER,
    landing=yen(2_000_000),
    nrr=Fraction(104, 100),
    origin="rules.yaml:9:5",
)
CALL = Call(id=1, subject=CalledRenewal(key=STATE.key), at=AT, by_id="005", amount=yen(800_000))
PLAN = Plan(
    targets=TargetBook.of([TARGET]),
    calls=KnownCalls(renewals={STATE.key: CALL}),
    remarks=("one counts for nothing",),
)
FRAME = frame(plan=PLAN)
REPORT = forecast_report([STATE], frame=FRAME, by=GroupBy.QUARTER, window=LAST_QUARTER)
METRICS = with_ratio_targets(metrics_report([STATE], frame=FRAME, by=GroupBy.QUARTER, past=1, ahead=0), FRAME)
TEAM = CallRow(
    id=2,
    kind="team",
    subject="005",
    about="田中 健",
    period="2026-Q3",
    amount=yen(5_000_000),
    by="田中 健",
    by_id="005",
    at=AT,
    note="=HYPERLINK(1)\n\x1b[31mred",
    counts=True,
)
WITHDRAWN = replace(
    TEAM, id=3, kind="renewal", subject=STATE.key, about="みなと", period="", amount=None, counts=False
)


def test_target_gap_and_call_stand_beside_the_landing_only_where_there_are_any() -> None:
    head, line = forecast_text(REPORT).splitlines()[2:4]

    assert head.split()[-6:] == ["target", "gap", "of", "target", "call", "called"]
    assert "¥2,000,000" in line
    assert line.endswith("¥800,000  1 of 1")
    assert "! one counts for nothing" in forecast_text(REPORT)
    plain = forecast_text(forecast_report([STATE], frame=frame(), by=GroupBy.QUARTER, window=LAST_QUARTER))
    assert "target" not in plain
    assert "called" not in plain


def test_the_csv_has_exact_numbers_and_empty_cells_where_nobody_planned_or_called() -> None:
    (row, total) = csv.DictReader(io.StringIO(forecast_csv(REPORT)))

    assert (row["target"], row["call"], row["called"]) == ("2000000", "800000", "1")
    assert int(row["gap"]) == int(row["landing"]) - 2_000_000
    assert total["of_target"] == f"{int(total['landing']) / 2_000_000:.6f}"
    bare = forecast_csv(forecast_report([STATE], frame=frame(), by=GroupBy.QUARTER, window=LAST_QUARTER))
    first = next(csv.DictReader(io.StringIO(bare)))
    assert [first[name] for name in ("target", "gap", "of_target", "call", "called")] == ["", "", "", "", "0"]


def test_ratios_are_told_with_their_target() -> None:
    assert "target of FY2025 Q4: NRR 104.0 %" in metrics_text([METRICS])
    assert "! one counts for nothing" in metrics_text([METRICS])
    planned = [row["target_nrr"] for row in csv.DictReader(io.StringIO(metrics_csv([METRICS])))]
    assert sorted(planned) == ["", "1.040000"]


def test_a_renewals_call_stands_in_its_row() -> None:
    (line,) = renewal_lines([(STATE, land(state=STATE, rules=FRAME.rules))], PlainNames())
    called = replace(line, call=RenewalCall(amount=yen(800_000), by="佐藤", at=AT, note="=1+1"))

    (row,) = csv.DictReader(io.StringIO(renewals_csv([called])))

    assert (row["call"], row["call_currency"], row["call_by"]) == ("800000", "JPY", "佐藤")
    assert (row["call_at"], row["call_note"]) == ("2026-02-02T15:00:00Z", "'=1+1")
    assert "¥800,000" in renewals_text([called])


def test_calls_are_listed_on_the_orgs_wall_clock_and_cannot_touch_the_terminal() -> None:
    text = calls_text([TEAM, WITHDRAWN], "Asia/Tokyo")

    head, team, withdrawn = text.splitlines()
    assert head.split() == ["made", "about", "period", "call", "by", "note"]
    assert team.startswith("2026-02-03 00:00  team of 田中 健  2026-Q3  ¥5,000,000  田中 健  =HYPERLINK(1)")
    assert "\x1b" not in text
    assert "withdrawn" in withdrawn
    assert withdrawn.endswith("counts no more")
    assert calls_text([], "Asia/Tokyo") == "Nobody has called anything.\n"


def test_calls_as_csv_hold_no_formula() -> None:
    team, withdrawn = csv.DictReader(io.StringIO(calls_csv([TEAM, WITHDRAWN])))

    assert team["note"].startswith("'=HYPERLINK")
    assert (team["amount"], team["counts"], withdrawn["amount"], withdrawn["counts"]) == (
        "5000000",
        "true",
        "",
        "false",
    )


def test_what_was_called_just_now_is_said_back() -> None:
    assert called_text(TEAM) == "Call 2: 田中 健 calls team 田中 健, 2026-Q3, at ¥5,000,000 a year.\n"
    assert called_text(WITHDRAWN) == f"Call 3: 田中 健 withdraws what was called of みなと ({STATE.key}).\n"


def test_every_key_of_the_json_is_documented() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    told = json.loads(json_text([forecast_plain(REPORT), metrics_plain([METRICS]), {"calls": [TEAM]}]))

    assert {key for key in keys(told) if f"`{key}`" not in documented} == set()
    total = told[0]["total"]
    assert total["gap"] == {"amount": f"{int(total['landing']['amount']) - 2_000_000}", "currency": "JPY"}
    assert total["of_target"]["denominator"] == "2000000"


def keys(value: object) -> set[str]:
    """Every key of an object and of what is in it."""
    below = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return set(value if isinstance(value, dict) else ()).union(*(keys(one) for one in below))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["call"], "say either what it will come to, or --withdraw"),
        (["call", "1", "--amount", "1", "--withdraw"], "say either what it will come to, or --withdraw"),
        (["call", "1", "--amount", "much"], "is not an amount"),
        (["call", "--amount", "1"], "name either one renewal or a --team"),
        (
            ["call", "1", "--team", "x", "--period", "FY2026", "--amount", "1"],
            "name either one renewal or a --team",
        ),
        (["call", "--team", "x", "--amount", "1"], "a team's call needs its period"),
        (["call", "1", "--period", "FY2026", "--amount", "1"], "a team's call needs its period"),
        (["calls", "--json", "--csv"], "choose one"),
    ],
)
def test_what_is_half_said_is_refused_before_anything_is_opened(words: list[str], said: str) -> None:
    answer = CliRunner().invoke(app, words)

    assert answer.exit_code == 2
    assert said in " ".join(answer.output.split())
