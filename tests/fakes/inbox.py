"""The inbox of a listener under test: keeps what came, and fails as often as a test says."""

import threading
from collections.abc import Callable

from csops_sync.ports.cards import Answer
from csops_sync.ports.errors import TransientError

PATIENCE = 10.0
"""Seconds of real time for which a test waits for something that comes from another thread."""


class Inbox:
    """Called from several threads. `raising` are errors of the next calls, one each; `before` runs in each call."""

    def __init__(self) -> None:
        self.kept: dict[str, Answer] = {}
        self.calls = 0
        self.raising: list[Exception] = []
        self.before: Callable[[], None] = lambda: None
        self._came = threading.Condition()

    def receive(self, answer: Answer) -> bool:
        """Keep an answer; False where it is there already."""
        self.before()
        with self._came:
            self.calls += 1
            self._came.notify_all()
            if self.raising:
                raise self.raising.pop(0)
            is_new = answer.key not in self.kept
            self.kept[answer.key] = answer
            return is_new

    def down(self, times: int = 1) -> None:
        """Let the database be away for so many calls."""
        self.raising += [TransientError("the database is away", code="pool")] * times

    def one(self) -> Answer:
        """Wait for the first answer and give it."""
        return self.several(1)[0]

    def several(self, count: int) -> list[Answer]:
        """Wait until so many different answers are kept, and give them in order."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.kept) >= count, PATIENCE), (
                f"{list(self.kept)} came, not {count}"
            )
            return list(self.kept.values())

    def called(self, times: int) -> None:
        """Wait until it was called so often."""
        with self._came:
            assert self._came.wait_for(lambda: self.calls >= times, PATIENCE), f"called {self.calls} times"
