"""What was read a moment ago is given again, and an order is seen by who looks next."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from gc import collect
from threading import Barrier, Event
from weakref import ref

import pytest
from tests.fakes.daemon import Ticks
from tests.fakes.memory_engine import Workshop

from csops_sync.app.health import Health
from csops_sync.interfaces.web.lately import MOST, SECONDS, Lately
from csops_sync.interfaces.web.live_data import Installed, LiveData
from csops_sync.ports.store import OutboxStatus


class Question:
    """A question that holds much."""


class Reader:
    """Reads, and counts how often."""

    def __init__(self) -> None:
        self.ticks = Ticks()
        self.lately = Lately(self.ticks)
        self.read = 0

    def ask(self, asked: str = "outbox") -> int:
        return self.lately.get(asked, self._read)

    def _read(self) -> int:
        self.read += 1
        return self.read


def test_what_was_read_is_given_again_for_so_long_and_no_longer() -> None:
    reader = Reader()
    reader.ask()
    reader.ticks.seconds += SECONDS - 0.01
    reader.ask()
    assert reader.read == 1

    reader.ticks.seconds += 0.01
    assert reader.ask() == 2


def test_other_questions_are_read_on_their_own_and_the_oldest_are_forgotten() -> None:
    reader = Reader()
    for number in range(MOST + 1):
        reader.ask(str(number))
    reader.ask(str(MOST))
    reader.ask("0")

    assert reader.read == MOST + 2


def test_what_is_given_to_nobody_any_more_is_not_kept() -> None:
    reader, asked = Reader(), Question()
    reader.lately.get(asked, lambda: 1)
    gone = ref(asked)
    del asked
    reader.ticks.seconds += SECONDS
    reader.ask()
    collect()

    assert gone() is None


def test_many_at_once_wait_for_one_reading() -> None:
    reader, together = Reader(), Barrier(4)

    def ask() -> int:
        together.wait(timeout=10)
        return reader.ask()

    with ThreadPoolExecutor(4) as threads:
        found = [asking.result() for asking in [threads.submit(ask) for _ in range(4)]]

    assert found == [1, 1, 1, 1]


def test_who_asks_after_an_order_is_not_given_what_was_being_read_before_it() -> None:
    reader, begun, ordered = Reader(), Event(), Event()

    def read_slowly() -> int:
        begun.set()
        assert ordered.wait(10)
        return 0

    with ThreadPoolExecutor(1) as threads:
        before = threads.submit(reader.lately.get, "outbox", read_slowly)
        assert begun.wait(10)
        reader.lately.forget()
        after = reader.ask()
        ordered.set()

        assert (before.result(), after, reader.ask()) == (0, 1, 1)


def test_an_error_is_not_kept() -> None:
    reader = Reader()

    def fail() -> int:
        raise LookupError("not now")

    with pytest.raises(LookupError):
        reader.lately.get("outbox", fail)

    assert reader.ask() == 1


def test_without_a_clock_everybody_reads() -> None:
    reader = Reader()
    reader.lately = Lately()
    reader.ask()

    assert reader.ask() == 2


def opened(shop: Workshop, ticks: Ticks) -> LiveData:
    """The data of a dashboard whose shop has one renewal to open."""
    shop.sell(shop.customer(), auto_renews=False)
    shop.sync()
    shop.day(7)

    def installed(_by: str) -> Installed:
        return Installed(office=shop.office(), org_id="o", org_name="example", mode="live")

    return LiveData(installed=installed, health=Health(ticks).view, lately=Lately(ticks))


def test_of_the_outbox_an_own_order_is_seen_at_once_and_that_of_another_within_a_second() -> None:
    shop, ticks = Workshop(), Ticks()
    data = opened(shop, ticks)

    def change(status: OutboxStatus) -> str:
        with shop.office().writing() as tx:
            (row,) = tx.outbox.with_status(*OutboxStatus)[:1]
            tx.outbox.put([replace(row, status=status)])
        return row.key

    def statuses() -> list[OutboxStatus]:
        found = data.operations(None)
        return [one.status for one in found.outbox.items if one.key == key]

    key = change(OutboxStatus.PARKED)
    assert statuses() == [OutboxStatus.PARKED]

    change(OutboxStatus.HELD)
    assert statuses() == [OutboxStatus.PARKED]
    ticks.seconds += SECONDS
    assert statuses() == [OutboxStatus.HELD]

    assert data.drop((key,), by="佐藤") == 1
    assert statuses() == []
    assert OutboxStatus.HELD not in data.operations(None).status.outbox


def test_what_an_approval_is_for_is_shown_beside_it() -> None:
    """Somebody with a scope looks first, then an admin; then another is held, and the admin looks again."""
    shop, ticks = Workshop(), Ticks()
    data = opened(shop, ticks)
    data.operations(frozenset({"somebody"}))
    ticks.seconds += 0.9 * SECONDS
    data.operations(None)
    with shop.office().writing() as tx:
        (row,) = tx.outbox.with_status(*OutboxStatus)[:1]
        tx.outbox.put([replace(row, status=OutboxStatus.HELD)])
    ticks.seconds += 0.3 * SECONDS
    found = data.operations(None)

    held = [one for one in found.outbox.items if one.status is OutboxStatus.HELD]
    assert found.status.outbox.get(OutboxStatus.HELD, 0) == len(held)
