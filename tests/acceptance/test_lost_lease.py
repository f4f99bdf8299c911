"""A process that lost the org in the middle: what it had begun is not written, and the next owner does it once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.fakes.lives import let_lease_run_out, once_at
from tests.fakes.persevering import persevere
from tests.fakes.rig import Rig
from tests.fakes.world import World, new_world

from csops_sync.app.cycle import run_cycle
from csops_sync.app.delivery import run_delivery
from csops_sync.ports.errors import LeaseLostError
from csops_sync.ports.store import OutboxStatus

INSERT = "request POST /services/data/v66.0/composite/sobjects"
LAST_READ = "response POST /services/data/v66.0/composite"


@dataclass
class Watch:
    """A monotonic clock that can be made to have run on, as it has after a process was stopped."""

    slept: float = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.slept


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def world(clock: Watch) -> Iterator[World]:
    with new_world() as made:
        made.transports = replace(made.transports, monotonic=clock)
        yield made


@pytest.fixture
def other(world: World) -> Iterator[Rig]:
    """A second process on the same state."""
    rig = Rig(sandbox=world.sandbox.reached_anew(), database=world.database)
    yield rig
    rig.restart()


def take_over(other: Rig) -> None:
    """Wait until the first process's lease has run out, then own the org."""
    let_lease_run_out(other)
    other.engine()


def test_what_is_decided_under_a_lost_lease_is_not_stored(world: World, other: Rig) -> None:
    world.sell_and_wait("みなと商事")
    stale = world.engine()
    take_over(other)

    with pytest.raises(LeaseLostError):
        run_cycle(stale)

    with stale.store.reading() as tx:
        assert OutboxStatus.PENDING not in tx.outbox.counts()


def test_a_process_that_slept_before_its_insert_sends_nothing(world: World, other: Rig, clock: Watch) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    stale = world.engine()

    def sleep() -> None:
        clock.slept += 11
        take_over(other)
        persevere(other)

    run_cycle(stale)
    world.crossings.begin(once_at(LAST_READ, sleep))
    with pytest.raises(LeaseLostError):
        run_delivery(stale)
    persevere(other)

    assert INSERT not in world.crossings.names
    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert world.outcome().told[f"opened/{sold.key}"] == 1


def test_a_process_that_slept_between_claiming_and_inserting_sends_nothing(
    world: World, other: Rig, clock: Watch
) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    stale = world.engine()

    def sleep() -> None:
        clock.slept += 11
        take_over(other)

    run_cycle(stale)
    world.crossings.begin(once_at("after commit", sleep))
    with pytest.raises(LeaseLostError):
        run_delivery(stale)
    persevere(other)

    assert INSERT not in world.crossings.names
    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert world.outcome().told[f"opened/{sold.key}"] == 1


def test_an_insert_that_was_on_its_way_when_the_lease_was_lost_is_found_by_the_next_owner(
    world: World, other: Rig
) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    stale = world.engine()
    run_cycle(stale)
    world.crossings.begin(once_at(INSERT, lambda: take_over(other)))

    with pytest.raises(LeaseLostError):
        run_delivery(stale)
    persevere(other)

    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert world.outcome().told[f"opened/{sold.key}"] == 1


def test_a_post_that_was_on_its_way_when_the_lease_was_lost_is_found_by_the_next_owner(
    world: World, other: Rig
) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    stale = world.engine()
    run_cycle(stale)
    world.crossings.begin(once_at("request chat.postMessage", lambda: take_over(other)))

    with pytest.raises(LeaseLostError):
        run_delivery(stale)
    persevere(other)

    assert world.told("opened/") == [f"opened/{sold.key}"]
    world.outcome()
