"""`silence add|list|end`: what nobody is to hear of. The orders work beside the daemon, from its next cycle on."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from csops_sync.app.confidence.silences import (
    SilenceOrder,
    end_silence,
    lasting,
    silences_view,
    until_day,
)
from csops_sync.app.confidence.silences import (
    silence as add_silence,
)
from csops_sync.config.section import read_duration, read_interval
from csops_sync.domain.confidence.silencing import Silenced
from csops_sync.domain.dates import Duration
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import write
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_silences import silenced_text, silences_text, unsilenced_text
from csops_sync.interfaces.cli.session import config_paths, offline

silence = typer.Typer(
    no_args_is_help=True, help="What nobody is to hear of: add, list, end.", rich_markup_mode=None
)
_SUBJECTS = "--opportunity, --account, --owner and --rule"

Opportunity = Annotated[
    str | None,
    typer.Option("--opportunity", envvar="CSOPS_SYNC_SILENCE_OPPORTUNITY", metavar="ID", help="One renewal."),
]
Account = Annotated[
    str | None,
    typer.Option("--account", envvar="CSOPS_SYNC_SILENCE_ACCOUNT", metavar="ID", help="One customer."),
]
Owner = Annotated[
    str | None,
    typer.Option(
        "--owner",
        envvar="CSOPS_SYNC_SILENCE_OWNER",
        metavar="ID|NAME",
        help="All renewals that a user owns or looks after: an id, a name or an e-mail address.",
    ),
]
Route = Annotated[
    str | None,
    typer.Option(
        "--rule",
        envvar="CSOPS_SYNC_SILENCE_RULE",
        metavar="NAME|FILE:LINE",
        help="All that one route of `confidence` tells: its name, or rules.yaml:61.",
    ),
]
Lasts = Annotated[
    str | None,
    typer.Option(
        "--for", envvar="CSOPS_SYNC_SILENCE_FOR", metavar="SPAN", help='How long: "3 days", "4 hours".'
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        envvar="CSOPS_SYNC_SILENCE_UNTIL",
        formats=["%Y-%m-%d"],
        help="The day on which it is told again.",
    ),
]
Reason = Annotated[
    str, typer.Option("--reason", envvar="CSOPS_SYNC_SILENCE_REASON", metavar="TEXT", help="Why.")
]
Whole = Annotated[
    bool, typer.Option("--all", envvar="CSOPS_SYNC_SILENCE_ALL", help="Also those that are over.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="A silence, as `silence list` shows it.")]


@silence.command()
def add(  # noqa: PLR0913 - the command's options
    *,
    reason: Reason,
    opportunity: Opportunity = None,
    account: Account = None,
    owner: Owner = None,
    rule: Route = None,
    lasts: Lasts = None,
    until: Until = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
) -> None:
    """Tell nobody of changes of one renewal, customer, owner or rule for a while."""
    kind, subject = _subject(opportunity=opportunity, account=account, owner=owner, rule=rule)
    span = _span(lasts, until)
    with offline(config_paths(rules, connections)) as office:
        end = until_day(office, span.date()) if isinstance(span, datetime) else lasting(office, span)
        row = add_silence(office, SilenceOrder(kind=kind, subject=subject, until=end, reason=reason))
        write(json_text(row) if json else silenced_text(row, office.timezone))


@silence.command("list")
def list_silences(
    *, whole: Whole = False, rules: Rules = None, connections: Connections = None, json: Json = False
) -> None:
    """List what is silenced, the oldest first."""
    with offline(config_paths(rules, connections)) as office:
        view = silences_view(office, is_whole=whole)
    write(json_text(view) if json else silences_text(view))


@silence.command()
def end(silence_id: Id, *, rules: Rules = None, connections: Connections = None, json: Json = False) -> None:
    """End a silence before its time."""
    with offline(config_paths(rules, connections)) as office:
        row = end_silence(office, silence_id)
    write(json_text(row) if json else unsilenced_text(row))


def _subject(**given: str | None) -> tuple[Silenced, str]:
    named = [(Silenced(name), text) for name, text in given.items() if text]
    if len(named) != 1:
        raise typer.BadParameter("name exactly one", param_hint=_SUBJECTS)
    return named[0]


def _span(lasts: str | None, until: datetime | None) -> Duration | timedelta | datetime:
    if (lasts is None) == (until is None):
        raise typer.BadParameter("say either how long or until which day", param_hint="--for and --until")
    if until is not None:
        return until
    try:
        return read_duration(lasts)
    except ValueError:
        pass
    try:
        return read_interval(lasts)
    except ValueError:
        raise typer.BadParameter(
            f"{lasts!r} is no span of time; write it like `3 days`, `2 weeks` or `4 hours`",
            param_hint="--for",
        ) from None
