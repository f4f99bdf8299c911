"""A person's orders: about one renewal, and about the hand as a whole. They work beside the daemon, at once."""

from typing import Annotated

import typer

from csops_sync.app import orders, orders_outbox
from csops_sync.app.pausing import PAUSE_ALL, PAUSE_SLACK
from csops_sync.bootstrap import Asks
from csops_sync.interfaces.cli.options import Connections, Rules
from csops_sync.interfaces.cli.output import say
from csops_sync.interfaces.cli.session import config_paths, offline

_PAUSED = {PAUSE_ALL: "All writes are paused.", PAUSE_SLACK: "Messages to Slack are paused."}

Contract = Annotated[str, typer.Argument(metavar="CONTRACT", help="A contract: its id or its number.")]
Opportunity = Annotated[str, typer.Argument(metavar="OPPORTUNITY", help="An opportunity: its id.")]
Field = Annotated[
    str, typer.Argument(metavar="FIELD", help="A field by its name in the mapping: close_date.")
]
SlackOnly = Annotated[
    bool, typer.Option("--slack", envvar="CSOPS_SYNC_PAUSE_SLACK", help="Stop messages only.")
]


def adopt(
    contract: Contract, opportunity: Opportunity, *, rules: Rules = None, connections: Connections = None
) -> None:
    """Say that an opportunity of a person is this contract's renewal."""
    with offline(config_paths(rules, connections)) as office:
        say(orders.adopt(office, contract=contract, opportunity=opportunity))


def unadopt(contract: Contract, *, rules: Rules = None, connections: Connections = None) -> None:
    """Undo an adoption; the opportunity is never adopted for that term again."""
    with offline(config_paths(rules, connections)) as office:
        say(orders.unadopt(office, contract=contract))


def reopen(contract: Contract, *, rules: Rules = None, connections: Connections = None) -> None:
    """Bring back a term that a won, lost or deleted opportunity has settled."""
    with offline(config_paths(rules, connections)) as office:
        say(orders.reopen(office, contract=contract))


def release(
    opportunity: Opportunity, field: Field, *, rules: Rules = None, connections: Connections = None
) -> None:
    """Hand a field that a person changed back to csops-sync."""
    with offline(config_paths(rules, connections)) as office:
        say(orders.release(office, opportunity=opportunity, field=field))


def pause(*, slack: SlackOnly = False, rules: Rules = None, connections: Connections = None) -> None:
    """Stop all writes, or those to Slack; reading and deciding go on."""
    with offline(config_paths(rules, connections), asks=Asks.NOTHING) as office:
        paused = orders_outbox.pause(office, slack_only=slack)
    say(_PAUSED[paused])
    if slack and paused == PAUSE_ALL:
        say("They were paused already, messages among them: `csops-sync resume` first, to pause Slack alone.")
    else:
        say("`csops-sync resume` lets them go on.")


def resume(*, rules: Rules = None, connections: Connections = None) -> None:
    """Let writes go on after `pause`."""
    with offline(config_paths(rules, connections), asks=Asks.NOTHING) as office:
        was_paused = orders_outbox.resume(office)
    say("Writes go on." if was_paused else "Nothing was paused.")
