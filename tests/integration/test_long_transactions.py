"""A baseline of 100,000 contracts takes longer than a lease lasts, and on SQLite nobody can renew it meanwhile."""

import pytest
from tests.contract.conftest import ORG

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import Limits, open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.ports.errors import TransientError

SHORT = 0.2


def test_a_transaction_outlives_its_lease_on_sqlite_for_nobody_can_take_it(sqlite_url: str) -> None:
    engines = [open_engine(sqlite_url, limits=Limits(lock_seconds=SHORT)) for _ in range(2)]
    schema.upgrade(engines[0])
    ours, others = (SqlStore(engine, ORG) for engine in engines)
    grant = ours.leases.claim(org_id=ORG, owner="ours", ttl_seconds=SHORT)
    with ours.transaction(grant) as tx:
        tx.progress.set_setting("rules_hash", "r1")
        while others.leases.holder(ORG) is not None:
            continue  # the lease ends on the database's clock
        with pytest.raises(TransientError):
            others.leases.claim(org_id=ORG, owner="others", ttl_seconds=SHORT)
    with others.reading() as view:
        assert view.progress.setting("rules_hash") == "r1"
    taken = others.leases.claim(org_id=ORG, owner="others", ttl_seconds=SHORT)
    assert taken is not None
    assert grant is not None
    assert taken.epoch == grant.epoch + 1
    for engine in engines:
        engine.dispose()
