"""The schema is what the tables say, comes whole or not at all, and is refused when it is not this program's."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, Text, event, inspect, text
from tests.fakes.postgres import PostgresServer

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import Limits, Mode, is_postgres, open_engine
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.store import SqlStore
from csops_sync.adapters.store.tables import METADATA
from csops_sync.ports.errors import PermanentError

BYTE_BY_BYTE = {
    *(f"{table}.org_id" for table in ("binding", "lease", "mirror", "watermark", "load_state", "setting")),
    *(f"{table}.org_id" for table in ("renewal", "outbox", "written_field", "journal")),
    *("lease.owner", "watermark.role", "load_state.role", "load_state.last_id", "setting.name"),
    *("mirror.role", "mirror.id", "mirror.parent_id"),
    *(f"renewal.{name}" for name in ("key", "contract_id", "account_id", "anchor_key", "opportunity_id")),
    *(f"outbox.{name}" for name in ("key", "target", "account_id", "status")),
    *("written_field.opportunity_id", "written_field.field"),
    *(f"journal.{name}" for name in ("account_id", "contract_id", "renewal_key", "opportunity_id")),
}
"""Every column by which rows of these tables are found, written out by hand."""


@pytest.fixture(params=["sqlite_url", "empty_postgres_url"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database without a schema."""
    opened = open_engine(request.getfixturevalue(request.param))
    yield opened
    opened.dispose()


def stamp(engine: Engine, version: str) -> None:
    with session(engine, Mode.WRITE) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_migrations_from_nothing_give_exactly_the_tables_of_the_program(engine: Engine) -> None:
    assert schema.current(engine) is None
    schema.upgrade(engine)
    assert schema.current(engine) == schema.head()
    with session(engine, Mode.READ) as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_key_of_every_table_begins_with_the_org(engine: Engine) -> None:
    schema.upgrade(engine)
    inspector = inspect(engine)
    for table in METADATA.tables:
        assert inspector.get_pk_constraint(table)["constrained_columns"][0] == "org_id", table
        for index in inspector.get_indexes(table):
            assert index["column_names"][0] == "org_id" or index["unique"], index["name"]


def test_ids_compare_byte_by_byte_on_postgresql(empty_postgres_url: str) -> None:
    engine = open_engine(empty_postgres_url)
    schema.upgrade(engine)
    query = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND collation_name = 'C'"
    )
    with session(engine, Mode.READ) as connection:
        found = set(connection.execute(text(query)).scalars())
    engine.dispose()
    known = {name.partition(".")[0] for name in BYTE_BY_BYTE}
    assert {name for name in found if name.partition(".")[0] in known} == BYTE_BY_BYTE
    assert {name for name in _columns_of_ids() if name.partition(".")[0] not in known} <= found


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    SqlStore(engine, "00D5g000001aBcDEAU").bind(org_id="00D5g000001aBcDEAU")
    schema.upgrade(engine)
    SqlStore(engine, "00D5g000001aBcDEAU").bind(org_id="00D5g000001aBcDEAU")


def test_an_upgrade_killed_at_any_statement_leaves_nothing_and_can_be_run_again(sqlite_url: str) -> None:
    killed_at = 0
    while _upgrade_in_child(sqlite_url, kill_at=killed_at) == -signal.SIGKILL:
        engine = open_engine(sqlite_url)
        assert schema.current(engine) is None
        assert inspect(engine).get_table_names() == []
        engine.dispose()
        killed_at += 1
    assert killed_at > len(METADATA.tables)
    engine = open_engine(sqlite_url)
    schema.check(engine)
    engine.dispose()


def test_an_upgrade_that_fails_half_way_leaves_nothing(engine: Engine) -> None:
    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "ix_outbox_queue" in statement:
            raise RuntimeError("the power went")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        schema.upgrade(engine)
    event.remove(engine, "before_cursor_execute", fail)
    assert inspect(engine).get_table_names() == []
    schema.upgrade(engine)
    schema.check(engine)


def test_a_schema_that_is_not_there_is_refused_with_the_command(engine: Engine) -> None:
    with pytest.raises(PermanentError, match="csops-sync db upgrade"):
        schema.check(engine)


def test_an_older_schema_is_refused_with_the_command(engine: Engine) -> None:
    schema.upgrade(engine)
    with session(engine, Mode.WRITE) as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(PermanentError, match="csops-sync db upgrade"):
        schema.check(engine)


def test_a_newer_schema_is_neither_used_nor_touched(engine: Engine) -> None:
    schema.upgrade(engine)
    stamp(engine, "9999")
    for refusing in (schema.check, schema.upgrade, schema.prepare):
        with pytest.raises(PermanentError, match="a newer csops-sync"):
            refusing(engine)
    assert schema.current(engine) == "9999"


def test_a_start_upgrades_sqlite_and_only_checks_postgresql(engine: Engine) -> None:
    if is_postgres(engine):
        with pytest.raises(PermanentError, match="csops-sync db upgrade"):
            schema.prepare(engine)
        schema.upgrade(engine)
    schema.prepare(engine)
    schema.check(engine)


def test_a_store_without_a_schema_says_the_command(engine: Engine) -> None:
    with (
        pytest.raises(PermanentError, match="csops-sync db upgrade"),
        SqlStore(engine, "00D5g000001aBcDEAU").reading() as tx,
    ):
        tx.progress.watermarks()


def test_the_migrations_are_found_beside_the_package() -> None:
    assert schema.head() == max(path.name[:4] for path in Path("migrations/versions").glob("[0-9]*.py"))


def test_an_ordinary_role_hears_which_right_it_lacks(
    empty_postgres_url: str, postgres_server: PostgresServer
) -> None:
    """From PostgreSQL 15 on nobody may create in `public` unasked; the server of the tests may be older."""
    engine = open_engine(empty_postgres_url)
    name = str(engine.url.database)
    engine.dispose()
    postgres_server.run(name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    postgres_server.run(name, "DROP ROLE IF EXISTS csops_app")
    postgres_server.run(name, "CREATE ROLE csops_app LOGIN")
    ordinary = open_engine(empty_postgres_url.replace("postgres@", "csops_app@", 1))
    with pytest.raises(PermanentError, match=r"GRANT USAGE, CREATE ON SCHEMA public TO.*") as refused:
        schema.upgrade(ordinary)
    ordinary.dispose()
    assert "csops_app@" not in str(refused.value)
    postgres_server.run(name, "GRANT USAGE, CREATE ON SCHEMA public TO csops_app")
    ordinary = open_engine(empty_postgres_url.replace("postgres@", "csops_app@", 1))
    schema.upgrade(ordinary)
    ordinary.dispose()
    postgres_server.run(name, "DROP OWNED BY csops_app")
    postgres_server.run(name, "DROP ROLE csops_app")


def _columns_of_ids() -> set[str]:
    """Name what looks like an id or a key in any table, also one that is not written out above."""
    return {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, Text) and {"id", "key", "keys"} & {*column.name.split("_")}
    }


def _upgrade_in_child(url: str, *, kill_at: int) -> int:
    """Upgrade in a forked child that kills itself before its statement number `kill_at`; give its exit code."""
    child = os.fork()
    if child == 0:
        engine = open_engine(url)
        left = [kill_at]

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE")):
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1

        event.listen(engine, "before_cursor_execute", count)
        schema.upgrade(engine)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_making_ready_what_is_ready_waits_for_nobody(sqlite_url: str) -> None:
    """A question must not stand behind a cycle that holds the write lock."""
    engine = open_engine(sqlite_url, limits=Limits(lock_seconds=0))
    schema.prepare(engine)
    with session(engine, Mode.WRITE):
        schema.prepare(engine)
    engine.dispose()


def plainly(table: Table, **values: object) -> dict[str, object]:
    """A row with these values, and something in every other column that wants a value."""
    wanted = (one for one in table.columns if not one.nullable and one.name not in values)
    return {one.name: one.type.python_type() for one in wanted} | values


def test_a_mark_on_a_term_that_was_won_before_the_upgrade_belongs_to_that_term(engine: Engine) -> None:
    renewals, states = METADATA.tables["renewal"], METADATA.tables["term_state"]
    marked = {"won": ("won", True), "left": ("won", False), "open": (None, True)}
    schema.upgrade(engine)
    with session(engine, Mode.WRITE) as connection:
        for key, (settled, announced) in marked.items():
            named = {"org_id": "o", "key": key, "contract_id": key}
            connection.execute(renewals.insert(), plainly(renewals, **named, settled=settled))
            connection.execute(states.insert(), plainly(states, **named, announced_cancellation=announced))
        connection.execute(text("ALTER TABLE renewal DROP COLUMN cancellation"))
    stamp(engine, "0007")

    schema.upgrade(engine)

    with session(engine, Mode.READ) as connection:
        found = connection.execute(text("SELECT key, cancellation FROM renewal")).all()
    assert {one.key: one.cancellation for one in found} == {"won": "announced", "left": None, "open": None}
