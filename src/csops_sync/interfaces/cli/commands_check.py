"""`validate`, `health`, `schema`: is the configuration right, does the daemon live, what may be written."""

import json as jsonlib
from enum import StrEnum
from typing import Annotated

import requests
import typer

from csops_sync.app.refusals import RefusedError
from csops_sync.bootstrap import load_configuration
from csops_sync.config.loader import ConfigRefusedError, listen_address
from csops_sync.config.schema import schemas
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import say, working, write
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.render_state import problems_text
from csops_sync.interfaces.cli.session import config_paths, connected

_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not listened on
_THIS_MACHINE = "127.0.0.1"
_TIMEOUT = 3.0

WithOrg = Annotated[
    bool,
    typer.Option(
        "--org",
        envvar="CSOPS_SYNC_VALIDATE_ORG",
        help="Also compare the mapping with the org and the channels with Slack.",
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        envvar="CSOPS_SYNC_HEALTH_ADDRESS",
        metavar="HOST:PORT",
        help="Where the daemon listens. Default: as configured.",
    ),
]


class SchemaName(StrEnum):
    """The two files that have a schema."""

    RULES = "rules"
    CONNECTIONS = "csops-sync"


def validate(
    *, org: WithOrg = False, rules: Rules = None, connections: Connections = None, json: Json = False
) -> None:
    """Check the configuration and list every fault with file, line and column; exit 1 where there are any.

    Warnings are listed as well, and are no fault.
    """
    paths = config_paths(rules, connections)
    try:
        warnings = load_configuration(paths).warnings
    except ConfigRefusedError as refused:
        write(json_text(refused.problems) if json else problems_text(refused.problems))
        raise typer.Exit(1) from None
    found: tuple[str, ...] = ()
    if org:
        with working("asking the org"), connected(paths, binds=False) as assembly:
            found = assembly.problems
    if json:
        write(json_text((*warnings, *found)))
    else:
        write("".join(f"{line}\n" for line in (*warnings, *found)))
        write("" if found else problems_text(()))
    if found:
        raise typer.Exit(1)


def health(*, address: Address = None, rules: Rules = None, connections: Connections = None) -> None:
    """Ask the daemon on this machine whether it lives; exit 1 where it does not."""
    host, port = _address(address) if address else _configured(rules, connections)
    url = f"http://{host}:{port}/healthz"
    try:
        with requests.Session() as http:
            http.trust_env = False
            answer = http.get(url, timeout=_TIMEOUT)
    except requests.RequestException as error:
        raise RefusedError(f"nothing answers at {url}: {type(error).__name__}") from error
    if not answer.ok:
        raise RefusedError(f"{url} answers {answer.status_code}: {answer.text.strip()[:200]}")
    say("It lives.")


def schema(
    name: Annotated[
        SchemaName | None, typer.Argument(help="One of the two; default: both in one object.")
    ] = None,
) -> None:
    """Write the JSON Schema of the configuration files, for editors."""
    texts = schemas()
    if name is not None:
        write(texts[f"{name.value}.json"])
        return
    both = {file: jsonlib.loads(text) for file, text in texts.items()}
    write(jsonlib.dumps(both, ensure_ascii=False, indent=2) + "\n")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal():
        raise typer.BadParameter(f"{text} is no HOST:PORT", param_hint="--address")
    return _reachable(host), int(port)


def _configured(rules: Rules, connections: Connections) -> tuple[str, int]:
    """Give the configured address, whatever else is at fault: a daemon lives on with its old rules then."""
    host, port = listen_address(config_paths(rules, connections).connections)
    return _reachable(host), port


def _reachable(host: str) -> str:
    bare = host.strip("[]")
    if bare in _EVERYWHERE:
        return _THIS_MACHINE
    return f"[{bare}]" if ":" in bare else bare
