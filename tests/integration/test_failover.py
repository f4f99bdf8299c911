"""A PostgreSQL that fails over: read-only for a while, connections to a server that is a standby now."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from tests.contract.conftest import ORG
from tests.fakes.daemon import NoWait, RecordingLog, RecordingMeter, Ticks
from tests.fakes.postgres import PostgresServer

from csops_sync.adapters.store.engine import open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.health import Health
from csops_sync.app.holding import Holding
from csops_sync.app.instruments import Instruments
from csops_sync.app.lease_keeper import LeaseKeeper
from csops_sync.ports.errors import TransientError


@pytest.fixture
def standby(postgres_url: str) -> Iterator[Engine]:
    """An engine whose first connection leads to a server that has become a standby; all later ones to the primary."""
    engine = open_engine(postgres_url)

    def demote(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", demote, once=True)
    yield engine
    engine.dispose()


def _keeper(store: SqlStore, log: RecordingLog) -> LeaseKeeper:
    ticks = Ticks()
    holding = Holding(store.leases, org_id=ORG, owner="one", monotonic=ticks)
    instruments = Instruments(
        log=log,
        meter=RecordingMeter(),
        health=Health(ticks),
        stop=NoWait(),
        monotonic=ticks,
        system_now=lambda: pytest.fail("nobody asked for the time"),
        tell=lambda _line: None,
    )
    return LeaseKeeper(holding, instruments)


def test_a_database_that_is_read_only_is_waited_for(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    engine = open_engine(postgres_url)
    name = str(engine.url.database)
    store = SqlStore(engine, ORG)
    postgres_server.read_only(name, on=True)
    postgres_server.disconnect(name)
    with pytest.raises(TransientError, match="read-only at this moment"):
        store.leases.claim(org_id=ORG, owner="one", ttl_seconds=5)
    postgres_server.read_only(name, on=False)
    postgres_server.disconnect(name)

    assert store.leases.claim(org_id=ORG, owner="one", ttl_seconds=5) is not None
    engine.dispose()


def test_a_connection_to_a_server_that_became_a_standby_is_let_go(standby: Engine) -> None:
    store = SqlStore(standby, ORG)
    with pytest.raises(TransientError, match="read-only at this moment"):
        store.leases.claim(org_id=ORG, owner="one", ttl_seconds=5)

    assert store.leases.claim(org_id=ORG, owner="one", ttl_seconds=5) is not None


def test_the_heartbeat_goes_on_after_a_failover(standby: Engine) -> None:
    log = RecordingLog()
    keeper = _keeper(SqlStore(standby, ORG), log)
    stops = iter([False, True])

    keeper.hold(lambda _seconds: next(stops))

    assert keeper.grant is not None
    assert len(log.named("lease.unreachable")) == 1
