"""`call`, `calls`: what a person says that renewals will come to. From the state alone; nothing is sent anywhere."""

from decimal import Decimal
from typing import Annotated

import typer

from csops_sync.app.forecast.call_rows import calls_of
from csops_sync.app.forecast.calling import CallOrder, call_renewal, call_team
from csops_sync.config.section import read_money
from csops_sync.interfaces.cli.forms import Csv, Form, form_of
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import write
from csops_sync.interfaces.cli.render_calls import called_text, calls_csv, calls_text
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.session import config_paths, offline

Renewal = Annotated[
    str | None,
    typer.Argument(
        metavar="RENEWAL",
        help="One renewal: its key, its opportunity, or its contract by id or number.",
        show_default=False,
    ),
]
Team = Annotated[
    str | None,
    typer.Option(
        "--team",
        envvar="CSOPS_SYNC_CALL_TEAM",
        metavar="PERSON",
        help="The renewals of a CSM, or of a manager and everybody below, instead of one.",
    ),
]
InPeriod = Annotated[
    str | None,
    typer.Option(
        "--period",
        envvar="CSOPS_SYNC_CALL_PERIOD",
        metavar="PERIOD",
        help="The period of a team's call: 'FY2026 Q1', FY2026, 2026-H1 or 2026-04.",
    ),
]
Amount = Annotated[
    str | None,
    typer.Option(
        "--amount",
        envvar="CSOPS_SYNC_CALL_AMOUNT",
        metavar="AMOUNT",
        help="What it will come to, a year: 1200000.",
    ),
]
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency",
        envvar="CSOPS_SYNC_CALL_CURRENCY",
        metavar="CODE",
        help="The currency of the amount. Default: the renewal's; that of reports for a team.",
    ),
]
By = Annotated[
    str,
    typer.Option(
        "--by",
        envvar="CSOPS_SYNC_CALL_BY",
        metavar="PERSON",
        help="Whose call it is, by name, e-mail address or id. Default for a team: its head.",
    ),
]
Note = Annotated[
    str, typer.Option("--note", envvar="CSOPS_SYNC_CALL_NOTE", help="Why, for whoever reads it later.")
]
Withdrawn = Annotated[
    bool,
    typer.Option("--withdraw", envvar="CSOPS_SYNC_CALL_WITHDRAW", help="Take back the calls made before."),
]
Whole = Annotated[
    bool,
    typer.Option(
        "--all", envvar="CSOPS_SYNC_CALLS_ALL", help="Every call ever made, also those that count no more."
    ),
]


def call(  # noqa: PLR0913 - one parameter an option
    renewal: Renewal = None,
    *,
    team: Team = None,
    period: InPeriod = None,
    amount: Amount = None,
    currency: Currency = None,
    by: By = "",
    note: Note = "",
    withdraw: Withdrawn = False,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
) -> None:
    """Keep what somebody says that a renewal, or a team's period, will come to; shown beside the landing."""
    order = CallOrder(amount=_amount(amount, withdraw=withdraw), by=by, note=note, currency=currency)
    _refuse_half_said(renewal, team, period)
    with offline(config_paths(rules, connections)) as office:
        if team is not None and period is not None:
            row = call_team(office, team, period, order)
        else:
            row = call_renewal(office, renewal or "", order)
    write(json_text(row) if json else called_text(row))


def calls(
    *,
    whole: Whole = False,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List what people have called, the oldest first."""
    form = form_of(json=json, csv=csv)
    with offline(config_paths(rules, connections)) as office:
        rows = calls_of(office, is_whole=whole)
        timezone = office.timezone
    if form is Form.JSON:
        write(json_text({"calls": rows}))
    else:
        write(calls_csv(rows) if form is Form.CSV else calls_text(rows, timezone))


def _amount(amount: str | None, *, withdraw: bool) -> Decimal | None:
    if (amount is None) != withdraw:
        raise typer.BadParameter("say either what it will come to, or --withdraw", param_hint="--amount")
    if amount is None:
        return None
    try:
        return read_money(amount)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--amount") from None


def _refuse_half_said(renewal: str | None, team: str | None, period: str | None) -> None:
    if (renewal is None) == (team is None):
        raise typer.BadParameter("name either one renewal or a --team", param_hint="RENEWAL")
    if (team is None) != (period is None):
        raise typer.BadParameter(
            "goes with --team, and a team's call needs its period", param_hint="--period"
        )
