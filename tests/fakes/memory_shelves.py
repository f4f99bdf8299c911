"""Shelves in dictionaries: the plainest reading of `ports.shelves`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.silencing import Silence
from csops_sync.domain.confidence.watch import Watch
from csops_sync.ports.shelves import InboxItem, Kept, LedgerRow, Shelf, label_of


@dataclass
class Shelves:
    """The values of each shelf by key."""

    watches: dict[str, Watch] = field(default_factory=dict)
    ledger: dict[str, LedgerRow] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    inbox: dict[str, InboxItem] = field(default_factory=dict)

    def copy(self) -> "Shelves":
        """Take a snapshot; values are frozen."""
        return Shelves(
            dict(self.watches), dict(self.ledger), dict(self.cards), dict(self.silences), dict(self.inbox)
        )


class MemoryShelf(Generic[Kept]):
    def __init__(self, values: dict[str, Kept]) -> None:
        self._values = values

    def get(self, keys: Sequence[str]) -> Sequence[Kept]:
        return [value for key, value in sorted(self._values.items()) if key in set(keys)]

    def of(self, owners: Sequence[str]) -> Sequence[Kept]:
        return [one for one in self._by_age() if label_of(one).owner in set(owners)]

    def put(self, values: Sequence[Kept]) -> None:
        self._values.update({label_of(one).key: one for one in values})

    def with_status(
        self, *statuses: str, since: datetime | None = None, limit: int = 10_000
    ) -> Sequence[Kept]:
        found = [one for one in self._by_age() if label_of(one).status in statuses]
        return [one for one in found if since is None or label_of(one).at >= since][:limit]

    def due(self, now: datetime, *, limit: int = 1000) -> Sequence[Kept]:
        found = [
            (due, label_of(one).key, one)
            for one in self._values.values()
            if (due := label_of(one).due_at) is not None and due <= now
        ]
        return [one for _, _, one in sorted(found, key=lambda each: each[:2])][:limit]

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._values.pop(key, None)

    def _by_age(self) -> list[Kept]:
        return sorted(self._values.values(), key=lambda one: (label_of(one).at, label_of(one).key))


class MemoryConfidence:
    def __init__(self, shelves: Shelves) -> None:
        self.watches: Shelf[Watch] = MemoryShelf(shelves.watches)
        self.ledger: Shelf[LedgerRow] = MemoryShelf(shelves.ledger)
        self.cards: Shelf[Card] = MemoryShelf(shelves.cards)
        self.silences: Shelf[Silence] = MemoryShelf(shelves.silences)
        self.inbox: Shelf[InboxItem] = MemoryShelf(shelves.inbox)
