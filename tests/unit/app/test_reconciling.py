"""The full comparison: never before the baseline, which alone decides what an org begins with."""

from datetime import date

import pytest
from tests.fakes.memory_engine import Workshop

from csops_sync.app.loading import load_all
from csops_sync.app.reconciling import reconcile
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.store import OutboxStatus

RUN_FIRST = "csops-sync sync"


@pytest.fixture
def shop() -> Workshop:
    """An org with three renewals that fell due before anybody looked."""
    made = Workshop()
    made.crm.advance(days=10)
    for number in ("1", "2", "3"):
        made.sell(made.customer(f"customer {number}"), number=number)
    return made


def test_on_a_fresh_state_nothing_is_compared_and_nothing_decided(shop: Workshop) -> None:
    with pytest.raises(PermanentError, match=RUN_FIRST):
        reconcile(shop.engine())

    view = shop.sync()

    assert (view.baseline, view.held) == (True, 3)
    assert shop.opened() == []


def test_between_the_first_load_and_the_baseline_it_waits_too(shop: Workshop) -> None:
    load_all(shop.engine())

    with pytest.raises(PermanentError, match=RUN_FIRST):
        reconcile(shop.engine())


def test_after_the_baseline_it_takes_in_what_was_missed(shop: Workshop) -> None:
    shop.sync()
    shop.sell(shop.customer("late"), number="4", start=date(2026, 1, 1), end=date(2026, 12, 31))

    found = {one.role.value: one.missed for one in reconcile(shop.engine())}

    assert (found["account"], found["contract"]) == (1, 1)
    with shop.store.reading() as tx:
        assert tx.outbox.counts().get(OutboxStatus.PENDING) is None
