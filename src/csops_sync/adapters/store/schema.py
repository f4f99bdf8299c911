"""The schema's version: Alembic run by program, in one transaction, so that a kill leaves all of it or nothing."""

from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from csops_sync.adapters.store.engine import Mode, is_postgres, place
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.tables import METADATA
from csops_sync.ports.errors import PermanentError

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('csops-sync schema', 0))")


def head() -> str:
    """Name the schema version of this program."""
    newest = _scripts().get_current_head()
    if newest is None:
        raise PermanentError("This installation has no migrations: install csops-sync again.", code="schema")
    return newest


def current(engine: Engine) -> str | None:
    """Name the schema version of the database, None where there is none yet."""
    with session(engine, Mode.READ) as connection:
        return _version(connection)


def upgrade(engine: Engine) -> None:
    """Bring the database to this program's version; a second process waits, and finds nothing left to do.

    Raises PermanentError where the database is newer than this program.
    """
    with session(engine, Mode.SCHEMA) as connection:
        if is_postgres(engine):
            connection.execute(_LOCK)
        _refuse_newer(engine, _version(connection))
        config = _config()
        config.attributes.update(connection=connection, metadata=METADATA)
        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raise PermanentError, with what to do, unless the database has exactly this program's version."""
    version = current(engine)
    _refuse_newer(engine, version)
    if version != head():
        raise PermanentError(
            f"The database {place(engine)} has schema {version or 'none'}, and this program needs {head()}: stop all "
            "replicas, back up, and run `csops-sync db upgrade`.",
            code="schema",
        )


def prepare(engine: Engine) -> None:
    """Make ready for a start: SQLite is upgraded, PostgreSQL (which others may use at this moment) only checked.

    The version is read first: an upgrade takes the write lock, for which a question would wait behind a long cycle.
    """
    if is_postgres(engine):
        check(engine)
    elif current(engine) != head():
        upgrade(engine)


def _refuse_newer(engine: Engine, version: str | None) -> None:
    if version is not None and version not in {script.revision for script in _scripts().walk_revisions()}:
        raise PermanentError(
            f"The database {place(engine)} has schema {version}, which this program (schema {head()}) does not know: "
            "a newer csops-sync has upgraded it. Install that version, or restore a backup from before.",
            code="schema",
        )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(resources.files("csops_sync.migrations")).replace("%", "%%")
    )
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
