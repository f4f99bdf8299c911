"""State without the outside: the database, its schema, and what a person asks or orders about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path

from csops_sync.adapters.store import binding, schema
from csops_sync.adapters.store.backup import backup
from csops_sync.adapters.store.engine import Database, open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.office import Office
from csops_sync.bootstrap.outside import as_us, salesforce_of, with_automation
from csops_sync.bootstrap.wires import Stopper, Transports, system_now
from csops_sync.config.loader import Loaded
from csops_sync.config.settings import Settings
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.errors import OutsideError, PermanentError


def open_database(settings: Settings) -> Database:
    """This function will open the database; the folder of an SQLite file is made, the schema is not touched."""
    return open_engine(settings.store_url.get_secret_value())


class Asks(Enum):
    """What is asked of Salesforce when state is opened without it: nothing, the time, or also who is who."""

    NOTHING = 0
    TIME = 1
    WHO = 2


@contextmanager
def opened_state(loaded: Loaded, *, by: str, asks: Asks = Asks.TIME) -> Iterator[tuple[Office, str]]:
    """This function will open state and rules for a person's questions and orders, and give the org's id.

    Salesforce may be down: the system tells the time then, and automation is shown as people. Raises PermanentError
    where the schema does not fit, or nothing was ever read.
    """
    with database_of(loaded) as database:
        schema.prepare(database)
        org_id = binding.bound_org(database)
        if org_id is None:
            raise PermanentError("nothing has been read yet: run `csops-sync run`, or `csops-sync sync` once")
        now, rules = _asked(loaded, asks)
        yield Office(store=SqlStore(database, org_id), rules=rules, now=now, by=by), org_id


@contextmanager
def database_of(loaded: Loaded) -> Iterator[Database]:
    """This function will open the configured database and let go of it at the end; its schema is not touched."""
    database = open_database(loaded.settings)
    try:
        yield database
    finally:
        database.dispose()


def schema_version(loaded: Loaded, *, upgrade: bool = False) -> str:
    """This function will give the schema's version; PermanentError unless it is this program's (or was made so)."""
    with database_of(loaded) as database:
        (schema.upgrade if upgrade else schema.check)(database)
        return schema.head()


def backup_database(loaded: Loaded, target: Path) -> None:
    """This function will copy the state to a file beside a running daemon (SQLite); see `adapters.store.backup`."""
    with database_of(loaded) as database:
        backup(database, target)


def _asked(loaded: Loaded, asks: Asks) -> tuple[datetime, RuleSet]:
    now, rules = system_now(), loaded.rules
    if asks is Asks.NOTHING or loaded.settings.missing():
        return now, rules
    salesforce = salesforce_of(loaded, Transports(), Stopper())
    try:
        now = salesforce.clock.now()
        if asks is Asks.WHO:
            rules = as_us(with_automation(loaded, salesforce), salesforce.reader.identity())
    except OutsideError:
        return now, rules
    return now, rules
