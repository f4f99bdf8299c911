"""`explain`, `status`: questions to the state; Salesforce may be down."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from csops_sync.app.queries_explain import explain_view
from csops_sync.app.queries_state import status_view
from csops_sync.bootstrap import Asks, load_configuration, opened_state
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import write
from csops_sync.interfaces.cli.render_explain import explain_text
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_state import status_text
from csops_sync.interfaces.cli.session import config_paths, offline, operator_name

Subject = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A contract (id or number), an opportunity, or a renewal key.", show_default=False
    ),
]


def explain(
    subject: Subject, *, rules: Rules = None, connections: Connections = None, json: Json = False
) -> None:
    """Say why a renewal is opened on its day, or is not, and what has happened since."""
    with offline(config_paths(rules, connections), asks=Asks.WHO) as office:
        view = explain_view(office, subject)
    write(json_text(view) if json else explain_text(view))


def status(*, rules: Rules = None, connections: Connections = None, json: Json = False) -> None:
    """Say how everything stands: what was read, what waits, who holds the org. Exit 1 where there are problems."""
    loaded = load_configuration(config_paths(rules, connections))
    with opened_state(loaded, by=operator_name()) as (office, org_id):
        view = status_view(
            office,
            org_id=org_id,
            org_name=urlsplit(loaded.settings.salesforce.url).hostname or "",
            mode=loaded.settings.mode.value,
        )
    write(json_text(view) if json else status_text(view))
    if view.problems:
        raise typer.Exit(1)
