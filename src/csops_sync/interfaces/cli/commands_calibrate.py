"""`calibrate` and `backtest`: how good the forecast was, from the state alone; Salesforce may be down."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from csops_sync.app.forecast.backtesting import backtest_of
from csops_sync.app.forecast.calibrating import DAYS_BEFORE, CalibrationReport, calibration_of
from csops_sync.app.refusals import RefusedError
from csops_sync.config.reweighing import Reweighed, reweighed, weighs_unrated
from csops_sync.interfaces.cli.forms import Csv, Form, Written, form_of
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import working, write
from csops_sync.interfaces.cli.render_backtest import backtest_csv, backtest_plain, backtest_text
from csops_sync.interfaces.cli.render_calibrate import calibration_text
from csops_sync.interfaces.cli.render_calibrate_csv import calibration_csv
from csops_sync.interfaces.cli.render_calibrate_json import calibration_plain
from csops_sync.interfaces.cli.session import config_paths, offline

_LONGEST = 720
_STDOUT = "-"

First = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        envvar="CSOPS_SYNC_HISTORY_FROM",
        formats=["%Y-%m-%d"],
        help="The first day. Default: calibrate takes all there is, backtest two years.",
    ),
]
Last = Annotated[
    datetime | None,
    typer.Option(
        "--to",
        envvar="CSOPS_SYNC_HISTORY_TO",
        formats=["%Y-%m-%d"],
        help="The last day. Default: what most likely is decided by now.",
    ),
]
Before = Annotated[
    int,
    typer.Option(
        "--days-before",
        envvar="CSOPS_SYNC_CALIBRATE_DAYS_BEFORE",
        min=0,
        max=_LONGEST,
        help="How many days before its last day a renewal's rank and amount are looked at.",
    ),
]
Diff = Annotated[
    str | None,
    typer.Option(
        "--diff",
        envvar="CSOPS_SYNC_CALIBRATE_DIFF",
        metavar="FILE",
        help="Write the change of rules.yaml as a unified diff; `-` writes nothing but that to stdout.",
    ),
]


_BACKTEST = Written(plain=backtest_plain, csv=backtest_csv, text=backtest_text)


def calibrate(  # noqa: PLR0913 - one parameter an option
    *,
    first: First = None,
    last: Last = None,
    days_before: Before = DAYS_BEFORE,
    diff: Diff = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say what each cell of the matrix was worth in hindsight, and what it should weigh; rules.yaml stays as it is."""
    form = form_of(json=json, csv=csv)
    if form is not Form.TEXT and diff == _STDOUT:
        raise typer.BadParameter(
            f"writes to stdout what --{form} would; write it to a file (--json holds it, too)",
            param_hint="--diff",
        )
    paths = config_paths(rules, connections)
    with offline(paths) as office, working("calibrating"):
        report = calibration_of(
            office,
            first=_day(first),
            last=_day(last),
            days_before=days_before,
            unrated_alone=weighs_unrated(paths.rules),
        )
    rewritten = _rewritten(paths.rules, report)
    if diff is not None:
        _write_diff(diff, report, rewritten)
    if diff != _STDOUT:
        _written(rewritten).write(report, form)


def backtest(
    *,
    first: First = None,
    last: Last = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say how far each week's landing was from what landed, beside two naive ways to tell it."""
    form = form_of(json=json, csv=csv)
    with offline(config_paths(rules, connections)) as office, working("telling past weeks again"):
        report = backtest_of(office, first=_day(first), last=_day(last))
    _BACKTEST.write(report, form)


def _written(rewritten: Reweighed | None) -> Written[CalibrationReport]:
    return Written(
        plain=lambda report: calibration_plain(report, rewritten),
        csv=calibration_csv,
        text=lambda report: calibration_text(report, rewritten),
    )


def _rewritten(path: Path, report: CalibrationReport) -> Reweighed | None:
    found = report.calibration
    if found.suggested is None:
        return None
    return reweighed(path, before=found.current, after=found.suggested)


def _write_diff(target: str, report: CalibrationReport, rewritten: Reweighed | None) -> None:
    if rewritten is None:
        raise RefusedError(f"there is no diff, for nothing is suggested: {report.calibration.withheld}")
    if target == _STDOUT:
        write(rewritten.diff)
        return
    try:
        Path(target).write_text(rewritten.diff, encoding="utf-8", newline="")
    except OSError as error:
        raise RefusedError(f"the diff cannot be written to {target}: {error.strerror}") from error


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()
