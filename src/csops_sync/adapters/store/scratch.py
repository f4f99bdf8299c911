"""A private, temporary database with our tables: where a rehearsal writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from csops_sync.adapters.store.tables import METADATA

_CACHE_KIB = 256 * 1024
"""Up to here it stays in memory; what is more goes to a file that SQLite itself removes."""


@contextmanager
def scratch() -> Iterator[Connection]:
    """Open an empty database that nobody else sees and that is gone afterwards."""
    engine = create_engine("sqlite://", creator=_connect, poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            METADATA.create_all(connection, checkfirst=False)
            yield connection
    finally:
        engine.dispose()


def _connect() -> sqlite3.Connection:
    connection = sqlite3.connect("")  # no name: temporary and private (sqlite.org/inmemorydb.html)
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    connection.execute("PRAGMA synchronous=OFF")
    return connection
