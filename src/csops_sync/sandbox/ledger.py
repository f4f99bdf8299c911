"""What the sandbox itself saw: every write with its outcome, every HTTP call counted, the queries. The tests' judge."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from csops_sync.sandbox.clock import VirtualClock

KEPT_QUERIES = 2_000
"""Texts of queries that the ledger keeps, the newest; a first load of a million rows would fill it with its pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that was asked for over the API.

    `operation` is `create`, `update`, `delete`, `upsert`, or a Slack method; `target` the object or the channel;
    `id` the record's or the message's; `outcome` is `ok` or the error's code. `at` is the sandbox's time.
    """

    at: datetime
    service: str
    actor: str
    operation: str
    target: str
    id: str | None
    values: Mapping[str, object]
    outcome: str


class Ledger:
    """Grows only, but for the texts of queries. Safe to be used from several threads."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._writes: list[Write] = []
        self._calls: Counter[str] = Counter()
        self._queries: dict[str, None] = {}
        self._lock = threading.Lock()

    def write(  # noqa: PLR0913  # one line of a ledger has that many columns
        self,
        *,
        service: str,
        actor: str,
        operation: str,
        target: str,
        id: str | None,  # noqa: A002  # the column's name
        values: Mapping[str, object],
        outcome: str = "ok",
    ) -> None:
        """This function will note one write, done or refused."""
        line = Write(
            at=self._clock.now(),
            service=service,
            actor=actor,
            operation=operation,
            target=target,
            id=id,
            values=dict(values),
            outcome=outcome,
        )
        with self._lock:
            self._writes.append(line)

    def mark(self) -> int:
        """This function will give the present end of the ledger, for `roll_back`."""
        with self._lock:
            return len(self._writes)

    def roll_back(self, mark: int) -> None:
        """This function will note that what was done since the mark has been undone."""
        with self._lock:
            for place in range(mark, len(self._writes)):
                line = self._writes[place]
                if line.outcome == "ok":
                    self._writes[place] = replace(line, outcome="rolled_back")

    def call(self, service: str, method: str, path: str) -> None:
        """This function will count one HTTP request; the server does it for both services."""
        with self._lock:
            self._calls[f"{service} {method} {path}"] += 1

    def query(self, text: str) -> None:
        """This function will keep the text of a query that was asked for, each text once."""
        with self._lock:
            self._queries.pop(text, None)
            self._queries[text] = None
            if len(self._queries) > KEPT_QUERIES:
                del self._queries[next(iter(self._queries))]

    def writes(self) -> tuple[Write, ...]:
        """This function will give the writes so far, oldest first."""
        with self._lock:
            return tuple(self._writes)

    def snapshot(self) -> object:
        """This function will give a copy for `restore`."""
        with self._lock:
            return list(self._writes), Counter(self._calls), dict(self._queries)

    def restore(self, saved: object) -> None:
        """This function will go back to a `snapshot`; TypeError for anything else."""
        match saved:
            case (list() as writes, Counter() as calls, dict() as queries):
                with self._lock:
                    self._writes, self._calls, self._queries = list(writes), Counter(calls), dict(queries)
            case _:
                raise TypeError("not a snapshot of a ledger")

    def as_json(self) -> dict[str, object]:
        """This function will give the ledger as the control endpoint shows it."""
        with self._lock:
            writes = [{**asdict(line), "at": line.at.isoformat()} for line in self._writes]
            calls = dict(sorted(self._calls.items()))
            return {"writes": writes, "calls": calls, "queries": list(self._queries)}
