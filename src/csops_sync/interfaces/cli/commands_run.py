"""`run`, `sandbox`: the daemon, and the Salesforce and Slack that it can be tried on."""

from datetime import date
from typing import Annotated

import typer

from csops_sync.bootstrap import Stopper, system_today
from csops_sync.interfaces.cli.options import Connections, Contracts, Org, OrgName, Rules, Seed, Today
from csops_sync.interfaces.cli.output import complain, say
from csops_sync.interfaces.cli.sandbox_child import SandboxChild, SandboxOptions
from csops_sync.interfaces.cli.session import config_paths
from csops_sync.interfaces.cli.signals import Signals

_POLL_SECONDS = 0.5
_SANDBOX_TIMEZONE = "Asia/Tokyo"

OnSandbox = Annotated[
    bool, typer.Option("--sandbox", envvar="CSOPS_SYNC_SANDBOX", help="Bring a sandbox and work on that.")
]
Once = Annotated[
    bool,
    typer.Option(
        "--once",
        envvar="CSOPS_SYNC_ONCE",
        help="With --sandbox: rehearse three cycles, say what they did, end.",
    ),
]
Frozen = Annotated[
    bool, typer.Option("--frozen", envvar="CSOPS_SYNC_SANDBOX_FROZEN", help="Let time stand still.")
]


def run(  # noqa: PLR0913 - the command's options
    *,
    sandbox: OnSandbox = False,
    once: Once = False,
    org: Org = OrgName.SMALL.value,
    contracts: Contracts = 200,
    seed: Seed = 1,
    today: Today = None,
    rules: Rules = None,
    connections: Connections = None,
) -> None:
    """Run the daemon: read, decide, send, until it is told to stop."""
    from csops_sync.interfaces.cli.running import run as serve  # noqa: PLC0415 - the daemon's imports are heavy

    options = SandboxOptions(org=org, contracts=contracts, seed=seed, today=_first_day(today), frozen=once)
    paths = config_paths(rules, connections, sandbox=org if sandbox else None)
    raise typer.Exit(serve(paths, sandbox=sandbox, once=once, options=options if sandbox else None))


def sandbox(
    *,
    org: Org = OrgName.SMALL.value,
    contracts: Contracts = 50,
    seed: Seed = 1,
    today: Today = None,
    frozen: Frozen = False,
) -> None:
    """Run a Salesforce and a Slack on loopback, print where they listen as one JSON line, until interrupted."""
    options = SandboxOptions(org=org, contracts=contracts, seed=seed, today=_first_day(today), frozen=frozen)
    stopper = Stopper()
    signals = Signals(stopper)
    signals.install()
    with SandboxChild.start(options) as child:
        say(child.line)
        while not stopper.wait(_POLL_SECONDS):
            if child.has_ended:
                complain("the sandbox ended by itself; its own words are above")
                raise typer.Exit(3)
    raise typer.Exit(signals.exit_code)


def _first_day(given: Today) -> date:
    return given.date() if given else system_today(_SANDBOX_TIMEZONE)
