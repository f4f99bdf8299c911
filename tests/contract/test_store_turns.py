"""A person's order and the holder of the lease never write in one moment; two holders do not wait for each other."""

from collections.abc import Callable
from threading import Event, Thread

from tests.contract.conftest import ORG

from csops_sync.ports.store import LeaseGrant, Store

_SHORT = 0.3
_LONG = 10.0


def granted(store: Store) -> LeaseGrant:
    """The lease of the org."""
    grant = store.leases.claim(org_id=ORG, owner="holder", ttl_seconds=60)
    assert grant is not None
    return grant


def test_an_order_waits_for_the_holders_commit_and_sees_it(open_store: Callable[[str], Store]) -> None:
    holder, person = open_store(ORG), open_store(ORG)
    read: list[str | None] = []
    done = Event()

    def order() -> None:
        with person.transaction() as tx:
            read.append(tx.progress.setting("decided"))
            tx.progress.set_setting("decided", "by a person")
        done.set()

    thread = Thread(target=order)
    with holder.transaction(granted(holder)) as tx:
        assert tx.progress.setting("decided") is None
        thread.start()
        assert not done.wait(_SHORT)
        tx.progress.set_setting("decided", "by the cycle")
    assert done.wait(_LONG)
    thread.join()

    assert read == ["by the cycle"]
    with holder.reading() as tx:
        assert tx.progress.setting("decided") == "by a person"


def test_the_holder_waits_for_an_orders_commit_and_sees_it(open_store: Callable[[str], Store]) -> None:
    holder, person = open_store(ORG), open_store(ORG)
    grant = granted(holder)
    read: list[str | None] = []
    done = Event()

    def cycle() -> None:
        with holder.transaction(grant) as tx:
            read.append(tx.progress.setting("ordered"))
        done.set()

    thread = Thread(target=cycle)
    with person.transaction() as tx:
        thread.start()
        assert not done.wait(_SHORT)
        tx.progress.set_setting("ordered", "yes")
    assert done.wait(_LONG)
    thread.join()
    assert read == ["yes"]
