"""`db upgrade|check|backup`: the state's schema and a copy of it."""

from pathlib import Path
from typing import Annotated

import typer

from csops_sync.bootstrap import backup_database, load_configuration, schema_version
from csops_sync.interfaces.cli.options import Connections, Rules
from csops_sync.interfaces.cli.output import say, working
from csops_sync.interfaces.cli.session import config_paths

db = typer.Typer(no_args_is_help=True, help="The state: upgrade, check, backup.", rich_markup_mode=None)

Target = Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")]


@db.command()
def upgrade(*, rules: Rules = None, connections: Connections = None) -> None:
    """Bring the database to the schema of this version; stop all replicas and back up first."""
    with working("upgrading the schema"):
        version = schema_version(load_configuration(config_paths(rules, connections)), upgrade=True)
    say(f"The schema is {version}.")


@db.command()
def check(*, rules: Rules = None, connections: Connections = None) -> None:
    """Say whether the database has exactly the schema of this version; exit 1 where it has not."""
    say(
        f"The schema is {schema_version(load_configuration(config_paths(rules, connections)))}, as it must be."
    )


@db.command()
def backup(target: Target, *, rules: Rules = None, connections: Connections = None) -> None:
    """Copy a SQLite database to a file while the daemon goes on."""
    with working("copying the state"):
        backup_database(load_configuration(config_paths(rules, connections)), target)
    say(f"Copied to {target}. To restore it: stop csops-sync, put the file in the database's place, start.")
