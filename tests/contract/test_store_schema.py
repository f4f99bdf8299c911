"""The schema is what the tables say, comes whole or not at all, and is refused when it is not this program's."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, text

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import Mode, is_postgres, open_engine
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.store import SqlStore
from csops_sync.adapters.store.tables import METADATA
from csops_sync.ports.errors import PermanentError


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
    query = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND collation_name = 'C'"
    with session(engine, Mode.READ) as connection:
        found = connection.execute(text(query)).scalar_one()
    engine.dispose()
    keyed = [
        column
        for table in METADATA.tables.values()
        for column in table.columns
        if "id" in column.name.split("_")
    ]
    assert found >= len(keyed)


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
