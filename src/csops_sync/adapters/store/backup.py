"""A copy of the state while the daemon goes on."""

import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from csops_sync.adapters.store.engine import is_postgres, place
from csops_sync.adapters.store.faults import translated
from csops_sync.ports.errors import PermanentError


def backup(engine: Engine, target: Path) -> None:
    """Write a consistent copy of a SQLite database to a file that does not exist yet.

    Raises PermanentError where the file exists or cannot be written, and on PostgreSQL, which has its own tools.
    """
    if is_postgres(engine):
        raise PermanentError(
            f"{place(engine)} is PostgreSQL: back it up with `pg_dump --format=custom --file={target} …`."
        )
    if target.exists():
        raise PermanentError(f"{target} exists already: name a file that does not.")
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.touch()
        with translated(engine):
            _copy(engine, partial)
        partial.replace(target)
    except OSError as error:
        raise PermanentError(f"{target} cannot be written ({error.strerror}): name another file.") from error


def _copy(engine: Engine, partial: Path) -> None:
    with engine.connect() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError(f"a SQLite connection was expected, not {type(source).__name__}")
        copy = sqlite3.connect(partial)
        try:
            source.backup(copy)
        finally:
            copy.close()
