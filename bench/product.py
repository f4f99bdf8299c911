"""One step of csops-sync in a process of its own: `python -m bench.product STEP RULES CONNECTIONS`."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread

from requests.adapters import BaseAdapter

from bench.measuring import CallCounter, as_line, measured
from csops_sync.adapters.store import schema
from csops_sync.app.confidence.delivering import deliver_cards
from csops_sync.app.cycle import decide_and_store, run_cycle
from csops_sync.app.engine import Engine
from csops_sync.app.loading import load_all
from csops_sync.app.writing import deliver_records
from csops_sync.bootstrap import (
    Assembly,
    ConfigPaths,
    Transports,
    assemble,
    collect_seldom,
    environment,
    load_configuration,
    open_database,
)
from csops_sync.config.loader import Loaded
from csops_sync.ports.crm import Pulled
from csops_sync.ports.errors import TransientError
from csops_sync.ports.store import LeaseGrant, OutboxStatus, Transaction

Work = Callable[[], int]
"""Does something, and says how much it did."""
_BEAT_SECONDS = 3.0
_EVERYTHING = 1_000_000


def load(engine: Engine) -> int:
    """This function will do the first load and count its rows."""
    return sum(load_all(engine).rows.values())


def decide(engine: Engine) -> int:
    """This function will run one cycle and count the customers that it evaluated."""
    return run_cycle(engine).evaluated_accounts


def open_due(engine: Engine) -> int:
    """This function will deliver what is due for Salesforce and count the opportunities that it created."""
    with engine.store.reading() as tx:
        waiting = tx.outbox.with_status(OutboxStatus.PENDING, limit=_EVERYTHING)
    deliver_records(engine)
    keys = [row.key for row in waiting if row.kind == "create"]
    with engine.store.reading() as tx:
        return sum(row.status is OutboxStatus.SENT for row in tx.outbox.get(keys))


def tell_move(engine: Engine) -> int:
    """This function will see one move that has settled, tell it in Slack, and count the cards that stand there.

    With the wait for the poll and for the window, this is the whole time from an edit to its message.
    """
    run_cycle(engine)
    deliver_cards(engine)
    with engine.store.reading() as tx:
        return sum(row.kind == "card" for row in tx.outbox.with_status(OutboxStatus.SENT, limit=_EVERYTHING))


def read_changes(engine: Engine) -> Sequence[Work]:
    """This function will read what changed and store none of it; the work counts the rows."""
    return [lambda: len(_pull(engine).rows)]


def decide_changes(engine: Engine) -> Sequence[Work]:
    """This function will read what changed; each work decides about it, and counts the moves that were told or not.

    Others use the machine and its caches, so it is done three times. What the first two stored is rolled back.
    """
    pulled = _pull(engine)

    def work(*, is_kept: bool) -> int:
        opening = engine.store.transaction(engine.grant)
        report = decide_and_store(engine, pulled, opening if is_kept else _rolled_back(opening))
        return report.followed.settled

    return [partial(work, is_kept=False), partial(work, is_kept=False), partial(work, is_kept=True)]


class _NotKeptError(Exception):
    """Rolls a transaction back."""


@contextmanager
def _rolled_back(opening: AbstractContextManager[Transaction]) -> Iterator[Transaction]:
    with suppress(_NotKeptError), opening as tx:
        yield tx
        raise _NotKeptError


PREPARED: Mapping[str, Callable[[Engine], Sequence[Work]]] = {
    "read changes": read_changes,
    "decide changes": decide_changes,
}
"""Steps that are prepared before anything is measured. Of several works the one that took least CPU counts."""

STEPS: Mapping[str, Callable[[Engine], int]] = {
    "load": load,
    "evaluate": decide,
    "idle": decide,
    "re-evaluate": decide,
    "fall due": decide,
    "open": open_due,
    "tell a move": tell_move,
}


def main() -> None:
    """This function will do one step and print its measurement as one line."""
    step, rules, connections = sys.argv[1:]
    collect_seldom()
    loaded = load_configuration(ConfigPaths(rules=Path(rules), connections=Path(connections)), environment())
    if step == "prepare":
        _prepare(loaded)
        return
    counters: list[CallCounter] = []

    def count(adapter: BaseAdapter) -> BaseAdapter:
        counters.append(CallCounter(adapter))
        return counters[-1]

    assembly = assemble(loaded, transports=Transports(wrap_salesforce=count))
    with _held(assembly) as grant:
        engine = assembly.engine(grant)
        works = PREPARED[step](engine) if step in PREPARED else [partial(STEPS[step], engine)]
        results = [measured(work, lambda: sum(one.calls for one in counters)) for work in works]
    print(as_line(min(results, key=lambda one: one.cpu_seconds)))


def _pull(engine: Engine) -> Pulled:
    with engine.store.reading() as tx:
        watermarks = tx.progress.watermarks()
    return engine.reader.pull(watermarks)


def _prepare(loaded: Loaded) -> None:
    database = open_database(loaded.settings)
    schema.upgrade(database)
    database.dispose()


@contextmanager
def _held(assembly: Assembly) -> Iterator[LeaseGrant]:
    """Hold the org as the daemon does: a heartbeat on a thread of its own."""
    ended = Event()
    grant = assembly.holding.claim()
    if grant is None:
        raise RuntimeError("another process holds the benchmark's database")

    def beat() -> None:
        while not ended.wait(_BEAT_SECONDS):
            with suppress(TransientError):  # a long write transaction of SQLite keeps the beat waiting
                assembly.holding.claim()

    beating = Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield grant
    finally:
        ended.set()
        beating.join()
        assembly.holding.release()


if __name__ == "__main__":
    main()
