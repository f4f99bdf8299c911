"""Options that several commands share. Each has an environment twin, which `--help` names."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OrgName(StrEnum):
    """The orgs that a sandbox can begin with, beside those that a file describes."""

    SMALL = "small"
    GENERATED = "generated"
    RAVENSTACK = "ravenstack"
    HISTORY = "history"


def _known_org(name: str) -> str:
    """Take a name, or the path of a YAML file that is there."""
    names = [one.value for one in OrgName]
    if name in names:
        return name
    if not name.endswith((".yaml", ".yml")):
        raise typer.BadParameter(f"{name!r} is none of {', '.join(names)}, and no .yaml or .yml file")
    if not Path(name).is_file():
        raise typer.BadParameter(f"there is no file {name!r}")
    return name


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
    str,
    typer.Option(
        "--org",
        envvar="CSOPS_SYNC_SANDBOX_ORG",
        metavar=f"{'|'.join(OrgName)}|FILE",
        callback=_known_org,
        help="The org that the sandbox begins with; FILE is a YAML file like config/sandbox-org.yaml.",
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
