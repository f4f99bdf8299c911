"""`outbox list|retry|drop`: what is on its way, and what a person decides about it."""

from typing import Annotated

import typer

from csops_sync.app import orders_outbox
from csops_sync.app.queries_state import UNSETTLED, outbox_view
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import say, write
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_state import outbox_text
from csops_sync.interfaces.cli.render_values import count_text
from csops_sync.interfaces.cli.session import config_paths, offline
from csops_sync.ports.store import OutboxStatus

outbox = typer.Typer(
    no_args_is_help=True, help="What is on its way: list, retry, drop.", rich_markup_mode=None
)

Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys as `outbox list` shows them.")]
Status = Annotated[
    list[OutboxStatus] | None,
    typer.Option(
        "--status", envvar="CSOPS_SYNC_OUTBOX_STATUS", help="Only rows of this status; may be repeated."
    ),
]
All = Annotated[
    bool,
    typer.Option("--all", envvar="CSOPS_SYNC_OUTBOX_ALL", help="Also what was sent, cancelled or dropped."),
]
Limit = Annotated[
    int, typer.Option("--limit", envvar="CSOPS_SYNC_OUTBOX_LIMIT", min=1, help="At most so many rows.")
]


@outbox.command("list")
def list_rows(
    *,
    status: Status = None,
    all_rows: All = False,
    limit: Limit = 100,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
) -> None:
    """List rows, oldest first, with what went wrong."""
    wanted = tuple(OutboxStatus) if all_rows else tuple(status or UNSETTLED)
    with offline(config_paths(rules, connections)) as office:
        view = outbox_view(office, statuses=wanted, limit=limit)
    write(json_text(view) if json else outbox_text(view))


@outbox.command()
def retry(keys: Keys, *, rules: Rules = None, connections: Connections = None) -> None:
    """Send rows again that were parked, dropped, or wait for their next attempt."""
    with offline(config_paths(rules, connections)) as office:
        retried = orders_outbox.retry(office, keys)
    if retried.sent or not retried.waiting:
        say(f"{count_text(retried.sent, 'row')} to be sent again.")
    if retried.waiting:
        say(
            f"{count_text(retried.waiting, 'row')} waiting again as before: `csops-sync plan` names the hash that "
            "approves what is held; mode shadow sends nothing."
        )


@outbox.command()
def drop(keys: Keys, *, rules: Rules = None, connections: Connections = None) -> None:
    """Give rows up; they are not sent, and not decided again."""
    with offline(config_paths(rules, connections)) as office:
        count = orders_outbox.drop(office, keys)
    say(f"{count_text(count, 'row')} given up; `csops-sync outbox retry` takes that back.")
