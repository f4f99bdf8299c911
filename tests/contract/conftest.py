"""The three stores that one contract binds: in memory, on SQLite, on PostgreSQL."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete
from tests.fakes.postgres import TEMPLATE, PostgresServer
from tests.fakes.store import MemoryDatabase, MemoryStore

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import Mode, open_engine
from csops_sync.adapters.store.session import session
from csops_sync.adapters.store.store import SqlStore
from csops_sync.adapters.store.tables import METADATA
from csops_sync.ports.store import Store, Transaction

ORG = "00D5g000001aBcDEAU"
OpenStore = Callable[[str], Store]


@pytest.fixture(scope="session")
def contract_database(postgres_server: PostgresServer) -> str:
    """One PostgreSQL database for the whole contract: making one for each test takes most of the time."""
    return postgres_server.url(postgres_server.create(template=TEMPLATE, name="contract"))


@pytest.fixture
def emptied_postgres_url(contract_database: str) -> str:
    """The contract's database, with no row in it."""
    engine = open_engine(contract_database)
    with session(engine, Mode.WRITE) as connection:
        for table in METADATA.tables.values():
            connection.execute(delete(table))
    engine.dispose()
    return contract_database


@pytest.fixture(params=["memory", "sqlite", "emptied_postgres"], ids=["memory", "sqlite", "postgres"])
def open_store(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    """Opens stores of an org; all of them share one fresh database, as processes would."""
    if request.param == "memory":
        database = MemoryDatabase()
        yield lambda org_id: MemoryStore(org_id, database)
        return
    url = request.getfixturevalue(f"{request.param}_url")
    engines = [open_engine(url)]
    schema.prepare(engines[0])

    def opened(org_id: str) -> Store:
        engines.append(open_engine(url))
        return SqlStore(engines[-1], org_id)

    yield opened
    for engine in engines:
        engine.dispose()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """A store of the org that most tests are about."""
    return open_store(ORG)


@pytest.fixture(params=["transaction", "rehearsal"])
def tx(request: pytest.FixtureRequest, store: Store) -> Iterator[Transaction]:
    """An open transaction, to be committed or always rolled back: both must read what they wrote."""
    opened = store.transaction() if request.param == "transaction" else store.rehearsal()
    with opened as transaction:
        yield transaction
