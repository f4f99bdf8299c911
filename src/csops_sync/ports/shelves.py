"""Tables of whole values, found by key, by owner, by status, or because their time has come.

What confidence keeps is small and is always read whole: a watch or a card for each open renewal, a row of the ledger
for each change. Instants are aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.changes import ConfidenceChange, Verdict
from csops_sync.domain.confidence.comparing import HISTORY_IS_LATE_FOR
from csops_sync.domain.confidence.silencing import Silence
from csops_sync.domain.confidence.watch import Watch


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One change of confidence and what became of it.

    `move_id` names the move that it settled into, `message_key` the outbox row that tells it; `reason` says in words
    why it was told to nobody, `held` why it was not told at once, `held_until` when it is decided about again (UTC).
    `seen_at` is when this product first saw it.
    """

    change: ConfidenceChange
    seen_at: datetime
    verdict: Verdict = Verdict.WAITING
    move_id: str | None = None
    message_key: str | None = None
    reason: str = ""
    held: str = ""
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """One event from Slack, as it came: a reaction, a click, a submitted note. `key` is unique to it.

    `payload` is Slack's JSON as text; `outcome` says in words what came of it, empty until it is processed.
    """

    key: str
    kind: str
    payload: str
    received_at: datetime
    outcome: str = ""


@cheaply_made
@dataclass(frozen=True, slots=True)
class Label:
    """How a value is found: its key, whose it is, how it stands, when it was, and when it must be looked at."""

    key: str
    owner: str
    status: str
    at: datetime
    due_at: datetime | None = None


Keepable: TypeAlias = Watch | LedgerRow | Card | Silence | InboxItem
Kept = TypeVar("Kept", bound=Keepable)


class Shelf(Protocol[Kept]):
    """One table of one kind of value."""

    def get(self, keys: Sequence[str]) -> Sequence[Kept]:
        """This function will read values by key, ordered by it; those that are not there are left out."""
        ...

    def of(self, owners: Sequence[str]) -> Sequence[Kept]:
        """This function will read all values of these owners, ordered by instant and key."""
        ...

    def put(self, values: Sequence[Kept]) -> None:
        """This function will insert or replace values."""
        ...

    def with_status(
        self, *statuses: str, since: datetime | None = None, limit: int = 10_000
    ) -> Sequence[Kept]:
        """This function will read values by status, from an instant on, ordered by instant and key."""
        ...

    def due(self, now: datetime, *, limit: int = 1000) -> Sequence[Kept]:
        """This function will read values whose time has come, the longest due first."""
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """This function will remove values by key; those that are not there are left out."""
        ...


class Confidence(Protocol):
    """Everything that confidence keeps, within one transaction."""

    watches: Shelf[Watch]
    ledger: Shelf[LedgerRow]
    cards: Shelf[Card]
    silences: Shelf[Silence]
    inbox: Shelf[InboxItem]


def label_of(value: Keepable) -> Label:
    """This function will say how a value is found; watches by opportunity, all else as its docstring says.

    A watch whose value differs from its history is due once the history is late.
    """
    match value:
        case Watch(differs_since=since):
            due_at = None if since is None else since + HISTORY_IS_LATE_FOR
            return Label(value.opportunity_id, value.account_id, "", value.watched_from, due_at)
        case LedgerRow(change=change):
            return Label(change.id, change.opportunity_id, value.verdict.value, change.until or change.at)
        case Card():
            return Label(value.id, value.opportunity_id, value.state.value, value.moved_at, value.due_at)
        case Silence():
            return Label(
                value.id, value.subject, "ended" if value.ended_at else "on", value.since, value.until
            )
        case InboxItem():
            status = "done" if value.outcome else "pending"
            return Label(value.key, value.kind, status, value.received_at)
