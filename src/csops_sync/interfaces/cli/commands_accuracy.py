"""`accuracy`: what was expected of a period that is over, beside what came of it, from the state alone."""

from typing import Annotated

import typer

from csops_sync.app.forecast.accuracy import accuracy_report
from csops_sync.interfaces.cli.commands_forecast import Profile
from csops_sync.interfaces.cli.forms import Csv, Written, form_of
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.render_accuracy import accuracy_csv, accuracy_plain, accuracy_text
from csops_sync.interfaces.cli.session import config_paths, offline

Closed = Annotated[
    str | None,
    typer.Option(
        "--period",
        envvar="CSOPS_SYNC_ACCURACY_PERIOD",
        metavar="PERIOD",
        help="A period that is over: FY2025, 2026-Q1, 2026-H1, or a month, 2026-04. Default: the last quarter.",
    ),
]

_ACCURACY = Written(plain=accuracy_plain, csv=accuracy_csv, text=accuracy_text)


def accuracy(
    *,
    period: Closed = None,
    profile: Profile = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Hold landings and calls of 180, 90 and 30 days before a period's end against what came of it, per CSM too."""
    form = form_of(json=json, csv=csv)
    with offline(config_paths(rules, connections)) as office:
        report = accuracy_report(office, period=period, profile=profile)
    _ACCURACY.write(report, form)
