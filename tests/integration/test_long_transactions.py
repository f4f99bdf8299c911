"""Transactions that take longer than a lease lasts: a busy holder's on SQLite, a frozen one's on PostgreSQL.

A baseline of 100,000 contracts takes that long, and on SQLite nobody can renew the lease meanwhile.
"""

import pytest
from tests.contract.conftest import ORG
from tests.contract.samples import event

from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import Limits, open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.ports.errors import TransientError
from csops_sync.ports.store import Transaction

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


def test_a_holder_frozen_in_a_transaction_is_soon_out_of_the_next_ones_way_on_postgresql(
    postgres_url: str,
) -> None:
    """Until then its row locks, and the journal's, keep the next holder waiting."""
    engines = [
        open_engine(postgres_url, limits=Limits(silent_seconds=SHORT, lock_seconds=5)) for _ in range(2)
    ]
    frozen, following = (SqlStore(engine, ORG) for engine in engines)
    with pytest.raises(TransientError, match="tried again by itself"):
        _freeze_and_wake_up(frozen, following)
    with following.reading() as view:
        assert view.progress.setting("mark") == "following"
        assert [one.kind for one in view.journal.about()] == ["following"]
    for engine in engines:
        engine.dispose()


def _freeze_and_wake_up(frozen: SqlStore, following: SqlStore) -> None:
    grant = frozen.leases.claim(org_id=ORG, owner="frozen", ttl_seconds=SHORT)
    with frozen.transaction(grant) as tx:
        _write(tx, "frozen")
        while (taken := following.leases.claim(org_id=ORG, owner="following", ttl_seconds=60)) is None:
            continue  # the lease ends on the database's clock
        with following.transaction(taken) as other:
            _write(other, "following")
        _write(tx, "awake")


def _write(tx: Transaction, mark: str) -> None:
    tx.journal.add([event(mark)])
    tx.progress.set_setting("mark", mark)
