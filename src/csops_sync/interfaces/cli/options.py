"""Options that several commands share. Each has an environment twin, which `--help` names."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OrgName(StrEnum):
    """The orgs that a sandbox can begin with."""

    SMALL = "small"
    GENERATED = "generated"
    RAVENSTACK = "ravenstack"


Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        envvar="CSOPS_SYNC_RULES",
        metavar="FILE",
        help="The business rules. Default: config/rules.yaml here, else the rules that came with csops-sync.",
    ),
]
Connections = Annotated[
    Path | None,
    typer.Option(
        "--connections",
        envvar="CSOPS_SYNC_CONNECTIONS",
        metavar="FILE",
        help="Connections and mapping. Default: config/csops-sync.yaml here, else the one that came with csops-sync.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", envvar="CSOPS_SYNC_JSON", help="Write the result as JSON, for machines.")
]
Org = Annotated[
    OrgName,
    typer.Option(
        "--org",
        envvar="CSOPS_SYNC_SANDBOX_ORG",
        help="The org that the sandbox begins with.",
    ),
]
Contracts = Annotated[
    int,
    typer.Option(
        "--contracts",
        envvar="CSOPS_SYNC_SANDBOX_CONTRACTS",
        min=1,
        help="Contracts of the generated org.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", envvar="CSOPS_SYNC_SANDBOX_SEED", help="Seed of the generated org.")
]
Today = Annotated[
    datetime | None,
    typer.Option(
        "--today",
        envvar="CSOPS_SYNC_SANDBOX_TODAY",
        formats=["%Y-%m-%d"],
        help="The sandbox's first day. Default: today.",
    ),
]
