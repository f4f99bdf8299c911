"""One database transaction: begun for its purpose, ended whatever happens, errors in our words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from csops_sync.adapters.store.engine import MODE_OPTION, Mode, is_postgres
from csops_sync.adapters.store.faults import translated


@contextmanager
def session(engine: Engine, mode: Mode) -> Iterator[Connection]:
    """Commit on a clean exit, roll back on an error. Raises TransientError where the database is not to be reached."""
    with translated(engine), engine.connect() as connection:
        connection.execution_options(**{MODE_OPTION: mode})
        with connection.begin():
            yield connection


def flush(engine: Engine) -> None:
    """Bring all commits so far to the disk. PostgreSQL does so by itself within a second."""
    if is_postgres(engine):
        return
    with translated(engine), engine.connect() as connection:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
