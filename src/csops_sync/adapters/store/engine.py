"""One SQLAlchemy engine per database URL, with the settings that each of the two engines needs to be trusted.

SQLite: WAL with `synchronous=FULL`; write transactions begin IMMEDIATE, because a deferred one that has read and then
writes fails at once with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout (sqlite.org/isolation.html).
PostgreSQL: safe behind a transaction pooler, that is no session state: no prepared statements, no session locks, all
timeouts by SET LOCAL.
"""

import sqlite3
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from csops_sync.ports.errors import PermanentError

Database = Engine
"""A database as the composition root hands it about, without naming the library behind it."""

MODE_OPTION = "csops_mode"
OLDEST_SQLITE = (3, 35, 0)
POSTGRES_NAMES = ("postgresql", "postgres", "postgresql+psycopg")
_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "cache_size=-65536",  # 64 MiB: the inner pages of every index at 1,000,000 rows
    "wal_autocheckpoint=16000",  # pages; fewer, larger checkpoints write a page that changed often only once
    "journal_size_limit=67108864",
)
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Mode(Enum):
    """What a transaction is for. `BULK` may lose its last commits in a power cut, and never its consistency."""

    READ = "read"
    WRITE = "write"
    BULK = "bulk"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long the database may take, in seconds, and how many connections a process keeps.

    `silent_seconds` is how long a transaction that holds locks may say nothing: a process that was frozen in the middle
    of one is in the next holder's way for no longer. `idle_seconds` is the same for views and for the schema.
    """

    statement_seconds: float = 60
    lock_seconds: float = 15
    connect_seconds: int = 5
    idle_seconds: float = 120
    silent_seconds: float = 15
    pool_size: int = 5


def open_engine(url: str, *, limits: Limits | None = None) -> Engine:
    """Build the engine for `sqlite:///FILE` or `postgresql://…`; connects lazily.

    Raises PermanentError, without the URL's password, where the URL is none of these.
    """
    limits = limits or Limits()
    parsed = _parse(url)
    if parsed.drivername in POSTGRES_NAMES:
        return _open_postgres(parsed.set(drivername="postgresql+psycopg"), limits)
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _open_sqlite(parsed, limits)
    raise PermanentError(
        f"The database URL begins with `{parsed.drivername}:`; write `sqlite:///FILE` or `postgresql://…`."
    )


def is_postgres(engine: Engine) -> bool:
    """Whether this engine speaks to PostgreSQL; otherwise it is SQLite."""
    return engine.dialect.name == "postgresql"


def place(engine: Engine) -> str:
    """Name the database for people: the file, or host and database; never a user, never a password."""
    url = engine.url
    if not is_postgres(engine):
        return str(url.database)
    host = url.host or url.query.get("host") or "the local socket"
    return f"{url.database} on {host}"


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise PermanentError(
            "The database URL cannot be read; write `sqlite:///FILE` or `postgresql://…`."
        ) from None


def _mode(connection: Connection) -> Mode:
    mode = connection.get_execution_options().get(MODE_OPTION)
    return mode if isinstance(mode, Mode) else Mode.WRITE


def _open_sqlite(url: URL, limits: Limits) -> Engine:
    if not url.database or url.database == ":memory:":
        raise PermanentError("State in memory is lost with the process; write `sqlite:///FILE`.")
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise PermanentError(
            f"SQLite {sqlite3.sqlite_version} is too old: Python must be built with SQLite 3.35 or newer."
        )
    folder = Path(url.database).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PermanentError(
            f"The folder {folder} cannot be made ({error.strerror}); give another database URL."
        ) from error
    engine = create_engine(
        url,
        pool_timeout=limits.lock_seconds,
        hide_parameters=True,
        connect_args={"timeout": limits.lock_seconds},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    mode = _mode(connection)
    reading = mode is Mode.READ
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    if not reading:
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if mode is Mode.BULK else 'FULL'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _open_postgres(url: URL, limits: Limits) -> Engine:
    engine = create_engine(
        url,
        pool_size=limits.pool_size,
        max_overflow=limits.pool_size,
        pool_timeout=limits.lock_seconds,
        pool_pre_ping=True,
        pool_recycle=1800,
        use_native_hstore=False,
        hide_parameters=True,
        connect_args={
            "connect_timeout": limits.connect_seconds,
            "prepare_threshold": None,
            "application_name": "csops-sync",
            **_KEEPALIVE,
        },
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(_postgres_preamble(_mode(connection), limits))

    event.listen(engine, "handle_error", _leave_standby)
    return engine


def _leave_standby(context: ExceptionContext) -> None:
    """Let go of all connections to a server that has become read-only: the primary is another one by now."""
    cause, connection = context.original_exception, context.connection
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction) and connection is not None:
        context.is_disconnect = _mode(connection) is not Mode.READ


def _postgres_preamble(mode: Mode, limits: Limits) -> str:
    statement_ms = 0 if mode is Mode.SCHEMA else round(limits.statement_seconds * 1000)
    idle = limits.silent_seconds if mode in (Mode.WRITE, Mode.BULK) else limits.idle_seconds
    parts = [
        f"SET LOCAL statement_timeout = {statement_ms}",
        f"SET LOCAL lock_timeout = {round(limits.lock_seconds * 1000)}",
        f"SET LOCAL idle_in_transaction_session_timeout = {round(idle * 1000)}",
    ]
    if mode is Mode.READ:
        parts.insert(0, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    if mode is Mode.BULK:
        parts.append("SET LOCAL synchronous_commit = off")
    return "; ".join(parts)
