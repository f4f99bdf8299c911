"""Sets of rows into a table: driver-level `executemany`, and on PostgreSQL COPY for the big ones.

Several times as fast as Core's dictionaries or the ORM, which spend their time on one object a row.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import psycopg
from sqlalchemy import Connection, MetaData, Table, select, text
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from csops_sync.adapters.store.scope import Scope

COPY_FROM = 500
"""From how many rows on COPY through a temporary table pays on PostgreSQL."""

_GROWN = text(
    "SELECT pg_relation_size(oid) > 8192 * (2 * relpages::bigint + 100) FROM pg_class WHERE oid = to_regclass(:name)"
)

Cell = str | int | bool | None
Record = tuple[Cell, ...]
"""One row, in the order of the table's columns."""
_Upsert = TypeVar("_Upsert", PostgresInsert, SqliteInsert)


def upsert(scope: Scope, table: Table, records: Sequence[Record]) -> None:
    """Insert or replace whole rows by primary key. Of two records with one key, the later counts."""
    if not records:
        return
    if scope.postgres and len(records) >= COPY_FROM:
        _copy(scope.connection, table, _last_by_key(table, records))
    else:
        scope.connection.exec_driver_sql(_statement(table, postgres=scope.postgres), list(records))


def _last_by_key(table: Table, records: Sequence[Record]) -> Sequence[Record]:
    # one INSERT … ON CONFLICT may not meet a key twice, while executemany takes records one after the other
    size = len(table.primary_key)
    by_key = {record[:size]: record for record in records}
    return records if len(by_key) == len(records) else tuple(by_key.values())


@cache
def _statement(table: Table, *, postgres: bool) -> str:
    # "format" and "qmark" are positional, so that records go to the driver as the tuples they are
    if postgres:
        dialect = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
        return str(_replacing(table, PostgresInsert(table)).compile(dialect=dialect))
    return str(
        _replacing(table, SqliteInsert(table)).compile(dialect=SQLiteDialect_pysqlite(paramstyle="qmark"))
    )


def _copy(connection: Connection, table: Table, records: Sequence[Record]) -> None:
    incoming = table.to_metadata(MetaData(), name=f"incoming_{table.name}")
    columns = [column.name for column in table.columns]
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE IF NOT EXISTS {incoming.name} (LIKE {table.name}) ON COMMIT DROP; TRUNCATE {incoming.name}"
    )
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"COPY needs psycopg, and the connection is a {type(driver).__name__}")
    quoted = ", ".join(f'"{name}"' for name in columns)
    with driver.cursor() as cursor, cursor.copy(f"COPY {incoming.name} ({quoted}) FROM STDIN") as copy:
        for record in records:
            copy.write_row(record)
    connection.execute(_replacing(table, PostgresInsert(table).from_select(columns, select(incoming))))
    _analyze_if_grown(connection, table)


def _analyze_if_grown(connection: Connection, table: Table) -> None:
    # Without statistics PostgreSQL takes an org for ten rows and reads all of it per query. Autovacuum mends that, but
    # only after minutes, when a first load and its decisions are over. At every doubling it costs next to nothing.
    if connection.execute(_GROWN, {"name": table.name}).scalar_one():
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _replacing(table: Table, statement: _Upsert) -> _Upsert:
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={
            column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key
        },
    )
