"""The database's errors in our words: what cannot be reached is transient, what is broken needs a person."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from csops_sync.adapters.store.engine import is_postgres, place
from csops_sync.ports.errors import PermanentError, TransientError

_UNREACHABLE = (
    sqlite3.OperationalError,
    sqlite3.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.InternalError,
)
_UNMIGRATED = ("no such table", "no such column", "undefinedtable", "undefinedcolumn")
_DAMAGED = ("malformed", "not a database")


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn what passes into TransientError, what a person must mend into PermanentError; bugs pass through.

    What passes: a database that cannot be reached, is busy, ended our transaction, or is read-only because a standby is
    taking over. A person must mend damage, a missing schema and a missing right. The original is not chained: a
    driver's message may carry what must not be logged.
    """
    try:
        yield
    except PoolTimeoutError:
        raise TransientError(
            f"All connections to the database {place(engine)} are busy; it is tried again by itself.",
            code="pool",
        ) from None
    except DBAPIError as error:
        raised = _translate(engine, error.orig, lost=error.connection_invalidated)
        if raised is None:
            raise
        raise raised from None
    except (psycopg.Error, sqlite3.Error) as error:
        raised = _translate(engine, error, lost=False)
        if raised is None:
            raise
        raise raised from None


def _translate(engine: Engine, error: BaseException | None, *, lost: bool) -> Exception | None:
    words = f"{type(error).__name__} {error}".lower()
    if any(word in words for word in _UNMIGRATED):
        return PermanentError(
            f"The database {place(engine)} lacks tables of this version: run `csops-sync db upgrade`.",
            code="schema",
        )
    if any(word in words for word in _DAMAGED):
        return PermanentError(
            f"The database {place(engine)} is damaged ({_cause(engine, error)}): restore a backup, or remove it and "
            "let it be rebuilt from Salesforce.",
            code="damaged",
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege | psycopg.errors.ReadOnlySqlTransaction):
        return _forbidden(engine, error, lost=lost)
    if lost or isinstance(error, _UNREACHABLE):
        return TransientError(
            f"The database {place(engine)} did not answer as it should ({_cause(engine, error)}). Nothing is lost: it "
            f"is tried again by itself. {_advice(engine)}",
            code=type(error).__name__,
        )
    return None


def _forbidden(engine: Engine, error: psycopg.Error, *, lost: bool) -> Exception | None:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return PermanentError(
            f"The role of the database {place(engine)} may not do this ({_cause(engine, error)}). As the database's "
            "owner, run `GRANT USAGE, CREATE ON SCHEMA public TO` this role (PostgreSQL 15 and later give CREATE to "
            "nobody), and see that the tables are its own.",
            code=error.sqlstate or "",
        )
    if not lost:  # a view of ours that was written to: our own mistake
        return None
    return TransientError(
        f"The database {place(engine)} is read-only at this moment, as a standby is until it takes over. Nothing "
        "is lost: it is tried again by itself. If it goes on: does the database URL lead to the primary server?",
        code="read_only",
    )


def _cause(engine: Engine, error: BaseException | None) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    for secret in _secrets(engine):
        text = text.replace(secret, "***")
    return text


def _secrets(engine: Engine) -> list[str]:
    url = engine.url
    held = [url.password, url.query.get("password"), url.query.get("sslpassword")]
    return [value for value in held if isinstance(value, str) and value]


def _advice(engine: Engine) -> str:
    if is_postgres(engine):
        return "If it goes on: is the server up, and are host, user and password in the database URL right?"
    return "If it goes on: is the disk full or read-only, or does another process hold the file?"
