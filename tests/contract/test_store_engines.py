"""Connections are made as promised, errors are told in our words, and a copy can be taken at any time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from tests.contract.conftest import ORG
from tests.contract.samples import event as told
from tests.contract.samples import numbered
from tests.fakes.postgres import PostgresServer

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.backup import backup
from csops_sync.adapters.store.binding import bound_org
from csops_sync.adapters.store.engine import Limits, Mode, open_engine, place
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.store import SqlStore
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import PermanentError, TransientError

IMPATIENT = Limits(lock_seconds=0.2, connect_seconds=2, statement_seconds=0.3)
SECRET = "sEcReT-w0rd"  # noqa: S105  # what must never be seen


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """A migrated SQLite database."""
    engine = open_engine(sqlite_url, limits=IMPATIENT)
    schema.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database."""
    engine = open_engine(postgres_url, limits=IMPATIENT)
    yield engine
    engine.dispose()


def pragma(engine: Engine, name: str, mode: Mode) -> object:
    with session(engine, mode) as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def shown(engine: Engine, name: str, mode: Mode) -> object:
    with session(engine, mode) as connection:
        return connection.execute(text(f"SHOW {name}")).scalar_one()


def test_sqlite_waits_for_the_disk_at_each_commit_but_while_loading(sqlite_engine: Engine) -> None:
    full, normal = 2, 1
    assert pragma(sqlite_engine, "journal_mode", Mode.WRITE) == "wal"
    assert pragma(sqlite_engine, "foreign_keys", Mode.WRITE) == 1
    assert pragma(sqlite_engine, "synchronous", Mode.WRITE) == full
    assert pragma(sqlite_engine, "synchronous", Mode.BULK) == normal
    assert pragma(sqlite_engine, "synchronous", Mode.WRITE) == full


def test_the_store_goes_back_to_waiting_for_the_disk_after_a_load_that_failed(sqlite_engine: Engine) -> None:
    store = SqlStore(sqlite_engine, ORG)
    begun: list[str] = []

    @event.listens_for(sqlite_engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        begun.append(statement)

    with pytest.raises(RuntimeError), store.bulk_loading():
        _load_and_fail(store)
    with store.transaction():
        pass
    assert [each for each in begun if "synchronous" in each] == [
        "PRAGMA synchronous=NORMAL",
        "PRAGMA synchronous=FULL",
    ]


def test_postgresql_waits_for_the_disk_at_each_commit_but_while_loading(
    postgres_server: PostgresServer,
) -> None:
    engine = open_engine(postgres_server.url("postgres") + "&options=-csynchronous_commit%3Don")
    assert shown(engine, "synchronous_commit", Mode.WRITE) == "on"
    assert shown(engine, "synchronous_commit", Mode.BULK) == "off"
    assert shown(engine, "transaction_isolation", Mode.READ) == "repeatable read"
    assert shown(engine, "statement_timeout", Mode.WRITE) == "1min"
    assert shown(engine, "statement_timeout", Mode.SCHEMA) == "0"
    silent = {mode: shown(engine, "idle_in_transaction_session_timeout", mode) for mode in Mode}
    assert silent == {Mode.READ: "2min", Mode.WRITE: "15s", Mode.BULK: "15s", Mode.SCHEMA: "2min"}
    engine.dispose()


@pytest.mark.parametrize("which", ["sqlite_engine", "postgres_engine"])
def test_a_view_cannot_write(which: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(which)
    store = SqlStore(engine, ORG)
    with pytest.raises(Exception, match=r"read-?only"), store.reading() as tx:
        tx.progress.set_setting("paused", "all")
    with store.transaction() as tx:
        assert tx.progress.setting("paused") is None


def test_two_writers_of_one_sqlite_file_wait_and_then_say_so(sqlite_engine: Engine) -> None:
    store = SqlStore(sqlite_engine, ORG)
    with (
        store.transaction(),
        pytest.raises(TransientError, match=r"database is locked.*tried again by itself"),
        store.transaction(),
    ):
        pass


def test_a_server_that_is_not_there_is_transient_and_names_no_password(tmp_path: Path) -> None:
    url = f"postgresql://csops:{SECRET}@/state?host={tmp_path}&sslpassword={SECRET}"
    engine = open_engine(url, limits=IMPATIENT)
    with pytest.raises(TransientError, match="is the server up") as caught, SqlStore(engine, ORG).reading():
        pass
    with pytest.raises(TransientError):
        SqlStore(engine, ORG).leases.claim(org_id=ORG, owner="a", ttl_seconds=1)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.__cause__)
    assert SECRET not in place(engine)


def test_a_connection_that_breaks_is_transient_and_the_next_one_works(
    postgres_engine: Engine, postgres_server: PostgresServer
) -> None:
    store = SqlStore(postgres_engine, ORG)
    with pytest.raises(TransientError, match="tried again by itself"):
        _write_and_break(store, lambda: postgres_server.disconnect(str(postgres_engine.url.database)))
    with store.transaction() as tx:
        assert tx.mirror.count(Role.OPPORTUNITY) == 0


def test_idle_connections_that_broke_are_replaced_unnoticed(
    postgres_engine: Engine, postgres_server: PostgresServer
) -> None:
    store = SqlStore(postgres_engine, ORG)
    with store.transaction() as tx:
        tx.mirror.put(numbered(2))
    postgres_server.disconnect(str(postgres_engine.url.database))
    with store.reading() as tx:
        assert tx.mirror.count(Role.OPPORTUNITY) == 2


def test_a_statement_that_takes_too_long_is_transient(postgres_engine: Engine) -> None:
    with (
        pytest.raises(TransientError, match="statement timeout"),
        session(postgres_engine, Mode.WRITE) as connection,
    ):
        connection.execute(text("SELECT pg_sleep(20)"))


def test_postgresql_seeks_single_ids_right_after_a_load(postgres_engine: Engine) -> None:
    store = SqlStore(postgres_engine, ORG)
    for start in range(0, 6000, 1000):
        with store.transaction() as tx:
            tx.mirror.put(numbered(6000)[start : start + 1000])
    query = (
        "EXPLAIN SELECT digest FROM mirror WHERE org_id = :org AND role = 'opportunity' AND id = ANY(:ids)"
    )
    with session(postgres_engine, Mode.READ) as connection:
        plan = connection.execute(
            text(query), {"org": ORG, "ids": [row.id for row in numbered(500)]}
        ).scalars()
        assert any("Index Cond" in step and "id = ANY" in step for step in plan)


@pytest.mark.parametrize("which", ["sqlite_engine", "postgres_engine"])
def test_nobody_takes_the_lease_between_its_check_and_the_commit(
    which: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(which)
    other = open_engine(engine.url.render_as_string(hide_password=False), limits=IMPATIENT)
    store, refused = SqlStore(engine, ORG), []
    grant = store.leases.claim(org_id=ORG, owner="a", ttl_seconds=30)

    def intrude(_connection: object) -> None:
        with pytest.raises(TransientError) as caught:
            SqlStore(other, ORG).leases.claim(org_id=ORG, owner="b", ttl_seconds=30)
        refused.append(caught.value)

    event.listen(engine, "commit", intrude)
    with store.transaction(grant) as tx:
        tx.progress.set_setting("mark", "a")
    event.remove(engine, "commit", intrude)
    other.dispose()
    assert len(refused) == 1


def test_a_file_that_is_no_database_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"this is not a database, and long enough to be looked at" * 100)
    engine = open_engine(f"sqlite:///{tmp_path / 'state.db'}")
    with pytest.raises(PermanentError, match="restore a backup"):
        schema.prepare(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://root@localhost/x", "sqlite:///FILE"),
        ("not a url", "cannot be read"),
        ("sqlite://", "lost with the process"),
        ("sqlite:///:memory:", "lost with the process"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_what_to_write(url: str, words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        open_engine(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_usual_name_of_postgresql_means_the_driver_that_is_installed(scheme: str) -> None:
    engine = open_engine(f"{scheme}://csops:{SECRET}@db.example.com/state")
    assert engine.url.drivername == "postgresql+psycopg"
    assert place(engine) == "state on db.example.com"


def test_folders_on_the_way_to_the_file_are_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/var/lib/state.db")
    schema.prepare(engine)
    engine.dispose()
    assert (tmp_path / "var/lib/state.db").exists()


def test_the_org_of_a_database_can_be_asked_before_salesforce_is(sqlite_engine: Engine) -> None:
    assert bound_org(sqlite_engine) is None
    SqlStore(sqlite_engine, ORG).bind(org_id=ORG)
    assert bound_org(sqlite_engine) == ORG


def test_a_backup_taken_during_a_transaction_holds_what_was_committed(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    store, copy = SqlStore(sqlite_engine, ORG), tmp_path / "copy.db"
    with store.transaction() as tx:
        tx.mirror.put(numbered(3))
    with store.transaction() as tx:
        tx.mirror.clear(Role.OPPORTUNITY)
        backup(sqlite_engine, copy)
    restored = open_engine(f"sqlite:///{copy}")
    schema.check(restored)
    with SqlStore(restored, ORG).reading() as tx:
        assert tx.mirror.count(Role.OPPORTUNITY) == 3
    restored.dispose()


def test_a_backup_never_replaces_a_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(PermanentError, match="exists already"):
        backup(sqlite_engine, tmp_path / "copy.db")
    with pytest.raises(PermanentError, match="name another"):
        backup(sqlite_engine, tmp_path / "nowhere" / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_postgresql_is_backed_up_by_its_own_tool(postgres_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="pg_dump"):
        backup(postgres_engine, tmp_path / "copy")


def _load_and_fail(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.journal.add([told()])
    raise RuntimeError("stop")


def _write_and_break(store: SqlStore, disconnect: Callable[[], None]) -> None:
    with store.transaction() as tx:
        tx.mirror.put(numbered(2))
        disconnect()
        tx.mirror.put(numbered(1000))
