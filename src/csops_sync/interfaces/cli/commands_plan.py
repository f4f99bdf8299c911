"""`plan`, `sync`, `reconcile`: what would be sent, sending it, and the full comparison."""

from typing import Annotated

import typer

from csops_sync.app.office import office_of
from csops_sync.app.orders_outbox import approve as approve_rows
from csops_sync.app.queries_plan import plan_view
from csops_sync.app.reconciling import reconcile as sweep
from csops_sync.app.syncing import sync as synchronise
from csops_sync.bootstrap import Assembly, planning
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import working, write
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_plan import plan_text
from csops_sync.interfaces.cli.render_sync import reconciled_text, sync_text
from csops_sync.interfaces.cli.render_values import count_text
from csops_sync.interfaces.cli.session import (
    HeldElsewhereError,
    config_paths,
    connected,
    leased,
    operator_name,
)

Approve = Annotated[
    str | None,
    typer.Option(
        "--approve",
        envvar="CSOPS_SYNC_APPROVE",
        metavar="HASH",
        help="Send what the guards hold too, if it is exactly what this hash of `plan` stands for.",
    ),
]
ApproveRemoval = Annotated[
    bool,
    typer.Option(
        "--approve",
        envvar="CSOPS_SYNC_RECONCILE_APPROVE",
        help="Accept that more than 2 % of an object is gone from Salesforce.",
    ),
]


def plan(*, rules: Rules = None, connections: Connections = None, json: Json = False) -> None:
    """Show what the next `sync` sends, and why; nothing is written. May run beside the daemon."""
    paths = config_paths(rules, connections)
    with working("reading Salesforce and deciding"), connected(paths, binds=False) as assembly:  # noqa: SIM117 - the plan is made on what the first opens
        with planning(assembly) as engine:
            view = plan_view(engine)
    write(json_text(view) if json else plan_text(view))


def sync(
    *, approve: Approve = None, rules: Rules = None, connections: Connections = None, json: Json = False
) -> None:
    """Read, decide and send once: exactly what `plan` shows. Exit 1 where something could not be sent.

    Beside a running daemon only `--approve` works: it lets go what is held, and the daemon sends it.
    """
    paths = config_paths(rules, connections)
    with working("reading, deciding, sending"), connected(paths, binds=True) as assembly:
        try:
            with leased(assembly) as engine:
                view = synchronise(engine, approval=approve, by=operator_name())
        except HeldElsewhereError as held:
            if approve is None:
                raise
            _approve_beside(assembly, approve, held.owner, json=json)
            return
    write(json_text(view) if json else sync_text(view))
    if not view.fine:
        raise typer.Exit(1)


def reconcile(
    *,
    approve: ApproveRemoval = False,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
) -> None:
    """Compare every row with Salesforce, take in what was missed, and forget what is gone."""
    with (
        working("comparing every row with Salesforce"),
        connected(config_paths(rules, connections), binds=True) as assembly,
        leased(assembly) as engine,
    ):
        found = sweep(engine, approved=approve)
    write(json_text(found) if json else reconciled_text(found))
    if any(one.stopped for one in found):
        raise typer.Exit(1)


def _approve_beside(assembly: Assembly, approval: str, owner: str, *, json: bool) -> None:
    """Let go what is held, as an order: the holder of the lease finds the rows pending and sends them."""
    count = approve_rows(office_of(assembly.engine(), by=operator_name()), approval)
    if json:
        write(json_text({"approved": count, "sent_by": owner}))
    else:
        write(f"{count_text(count, 'held row')} approved; {owner} sends what follows.\n")
