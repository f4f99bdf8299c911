"""State, as the rest of the product sees it: one transaction at a time, every table keyed by the org first.

A `Transaction` is short and never spans a network call. What it commits, it commits at once. Instants are aware UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.forecast_store import Forecast
from csops_sync.ports.shelves import Confidence, InboxItem
from csops_sync.ports.written import WrittenFields


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGrant:
    """The right to act for an org until `expires_at` (database clock). `epoch` grows with every change of owner."""

    org_id: str
    owner: str
    epoch: int
    expires_at: datetime


class Leases(Protocol):
    """One row an org, changed by conditional update on the database's clock."""

    def claim(self, *, org_id: str, owner: str, ttl_seconds: float) -> LeaseGrant | None:
        """This function will take or renew the lease, or give None where another owner holds it.

        An owner's name must be unique to its process: who claims under the same name renews, also after the end.
        """
        ...

    def release(self, grant: LeaseGrant) -> None:
        """This function will give the lease back, so that a standby need not wait for its end."""
        ...

    def holder(self, org_id: str) -> LeaseGrant | None:
        """This function will say who holds the lease now, if anyone does."""
        ...


class OutboxStatus(StrEnum):
    """The life of an intent. Only `pending` is claimed; `sending` and `unknown` are resolved before anything else."""

    PENDING = "pending"
    HELD = "held"
    SHADOW = "shadow"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


UNFINISHED = tuple(
    status
    for status in OutboxStatus
    if status not in (OutboxStatus.SENT, OutboxStatus.CANCELLED, OutboxStatus.DROPPED)
)
"""Few rows at any time, while those that are over grow in number for as long as they are kept."""


class Target(StrEnum):
    """Where an outbox row goes; messages, cards and the weekly digest go to Slack, all else to Salesforce."""

    SALESFORCE = "salesforce"
    SLACK = "slack"
    CARDS = "cards"
    TASKS = "tasks"
    FIGURES = "figures"
    DIGEST = "digest"


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One intent on its way. `payload` is the intent as JSON text; `after` are keys that must be `sent` first.

    `not_before` and `claimed_until` are instants; `attempts` counts sends; `result` is the opportunity id or
    `channel/ts`; `error` the last one, in words. `body_hash` tells whether a decision made again is the same.
    """

    key: str
    target: Target
    kind: str
    account_id: str
    payload: str
    reason: str
    rules_hash: str
    status: OutboxStatus
    created_at: datetime
    body_hash: str
    after: tuple[str, ...] = ()
    attempts: int = 0
    not_before: datetime | None = None
    sending_at: datetime | None = None
    claimed_until: datetime | None = None
    epoch: int = 0
    result: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the history that `explain` tells. `detail` is a JSON object as text."""

    at: datetime
    kind: str
    account_id: str
    detail: str
    contract_id: str | None = None
    renewal_key: str | None = None
    opportunity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadState:
    """How far a role's first load is. `delta_from_ms` was fixed before it began; `mapping_hash` binds the rows."""

    role: Role
    mapping_hash: str
    delta_from_ms: int
    last_id: str
    done: bool


class Mirror(Protocol):
    """The rows of Salesforce as last read."""

    def changed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """This function will keep the rows that differ from what is stored (by stamp, deletion or values)."""
        ...

    def put(self, rows: Sequence[Row]) -> None:
        """This function will insert or replace rows, in batches."""
        ...

    def get(self, role: Role, ids: Sequence[str]) -> Sequence[Row]:
        """This function will read rows by id; those that are not there are left out."""
        ...

    def children(self, role: Role, parent_ids: Sequence[str]) -> Sequence[Row]:
        """This function will read all rows of a role below these parents."""
        ...

    def stream(self, role: Role, *, after_id: str = "", limit: int = 2000) -> Sequence[Row]:
        """This function will read rows in order of id, for a pass over everything."""
        ...

    def stamps(self, role: Role, *, after_id: str = "", limit: int = 10000) -> Sequence[tuple[str, int]]:
        """This function will read (id, stamp) of rows not deleted, in order of id, for reconciliation."""
        ...

    def count(self, role: Role) -> int:
        """This function will count a role's rows that are not deleted."""
        ...

    def mark_deleted(self, role: Role, ids: Sequence[str]) -> None:
        """This function will mark rows as deleted that Salesforce no longer shows."""
        ...

    def clear(self, role: Role) -> None:
        """This function will forget a role's rows, before a new first load."""
        ...


class Progress(Protocol):
    """Watermarks, first loads and small settings, all per org."""

    def watermarks(self) -> Mapping[Role, int]:
        """This function will read every role's watermark (epoch ms)."""
        ...

    def set_watermarks(self, watermarks: Mapping[Role, int]) -> None:
        """This function will move watermarks forward; one that would go back stays."""
        ...

    def loads(self) -> Mapping[Role, LoadState]:
        """This function will read the state of all first loads."""
        ...

    def set_load(self, state: LoadState) -> None:
        """This function will record how far a first load is."""
        ...

    def setting(self, name: str) -> str | None:
        """This function will read a small named value, such as `rules_hash` or `paused`."""
        ...

    def set_setting(self, name: str, value: str | None) -> None:
        """This function will store or (None) remove a small named value."""
        ...


class Renewals(Protocol):
    """One row per (contract, term)."""

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[Renewal]:
        """This function will read all renewals of these accounts, as their contracts stood when last evaluated."""
        ...

    def of_contracts(self, contract_ids: Sequence[str]) -> Sequence[Renewal]:
        """This function will read all renewals of these contracts, whatever account they are stored under."""
        ...

    def get(self, key: str) -> Renewal | None:
        """This function will read one renewal."""
        ...

    def put(self, renewals: Sequence[Renewal]) -> None:
        """This function will insert or replace renewals, in batches."""
        ...

    def due_accounts(self, today: date) -> Sequence[str]:
        """This function will list the accounts with a renewal whose `review_on` is today or before."""
        ...

    def reviewed_after(self, day: date, *, limit: int = 1000) -> Sequence[Renewal]:
        """This function will read the renewals whose `review_on` lies after a day, the soonest first, then by key."""
        ...

    def by_opportunity(self, opportunity_id: str) -> Sequence[Renewal]:
        """This function will read the renewals that share this opportunity."""
        ...

    def accounts_of_opportunities(self, opportunity_ids: Sequence[str]) -> Sequence[str]:
        """This function will list, in order, the accounts with a renewal that is tied to any of these opportunities."""
        ...


class Outbox(Protocol):
    """Intents on their way, and what became of them."""

    def of_accounts(self, account_ids: Sequence[str]) -> Sequence[OutboxRow]:
        """This function will read the unsent rows (pending, held, shadow, parked) of these accounts."""
        ...

    def get(self, keys: Sequence[str]) -> Sequence[OutboxRow]:
        """This function will read rows by key."""
        ...

    def put(self, rows: Sequence[OutboxRow]) -> None:
        """This function will insert or replace rows as they are given."""
        ...

    def with_status(
        self, *statuses: OutboxStatus, target: Target | None = None, limit: int = 1000
    ) -> Sequence[OutboxRow]:
        """This function will list rows by status, oldest first, for one target or for all together."""
        ...

    def digests(self, status: OutboxStatus) -> Mapping[str, str]:
        """This function will give the body hash of every row with a status, by key."""
        ...

    def due(self, *, target: Target, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """This function will list pending rows whose time has come, oldest first, without claiming them."""
        ...

    def claim(
        self,
        *,
        target: Target,
        now: datetime,
        until: datetime,
        epoch: int,
        limit: int,
        keys: Sequence[str] | None = None,
    ) -> Sequence[OutboxRow]:
        """This function will turn due pending rows, oldest first, into `sending`, and give them; of `keys`, if given.

        A row with `after` waits while any of these is still on its way. It is due once one of them was sent, and is
        cancelled, with a note in `error`, once all of them came to nothing.
        """
        ...

    def settle(self, row: OutboxRow) -> bool:
        """This function will record the outcome of a claimed row; False where its epoch no longer holds it."""
        ...

    def counts(self, *statuses: OutboxStatus) -> Mapping[OutboxStatus, int]:
        """This function will count rows by status: of these, or of all where none is named."""
        ...


class Journal(Protocol):
    """The history that `explain` tells; append only."""

    def add(self, events: Sequence[Event]) -> None:
        """This function will append events."""
        ...

    def about(
        self, *, account_id: str | None = None, renewal_key: str | None = None, limit: int = 500
    ) -> Sequence[Event]:
        """This function will read the newest events that match all that is given, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """Instants before which what is over is removed.

    With `journal` go the watches, ledgers and cards of renewals that were over by then, and reactions; `inbox` is for
    the other answers from Slack, `silences` for when they ended.
    """

    outbox: datetime
    journal: datetime
    inbox: datetime
    silences: datetime


class Transaction(Protocol):
    """All tables within one database transaction."""

    mirror: Mirror
    progress: Progress
    renewals: Renewals
    outbox: Outbox
    written: WrittenFields
    journal: Journal
    confidence: Confidence
    forecast: Forecast


class Store(Protocol):
    """The database. Every method may raise TransientError where it is not to be reached."""

    leases: Leases

    def transaction(self, grant: LeaseGrant | None = None) -> AbstractContextManager[Transaction]:
        """This function will open a write transaction, committed on a clean exit, rolled back on an error.

        With a grant, the commit is fenced: LeaseLostError where its epoch no longer holds the org.
        Without one (a person's order) it excludes every other write transaction of the org while it is open.
        """
        ...

    def rehearsal(self) -> AbstractContextManager[Transaction]:
        """This function will open a transaction of which nothing stays: what `plan` decides in.

        It takes no lock, so a daemon goes on beside it. `claim`, `settle` and snapshots are not to be had in it.
        """
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """This function will open a consistent read-only view."""
        ...

    def bulk_loading(self) -> AbstractContextManager[None]:
        """This function will make the commits of a first load cheap; a power cut may take back the last of them."""
        ...

    def receive(self, item: InboxItem) -> bool:
        """This function will put an event into the inbox at once, without a lease; False where it is there already.

        Any process may: Slack gives each event to one of the open connections, whoever holds the org.
        """
        ...

    def bind(self, *, org_id: str) -> None:
        """This function will bind the state to an org id on first use; WrongOrgError where it has another."""
        ...

    def tidy(self, cutoffs: Cutoffs) -> Iterator[tuple[str, int]]:
        """This function will remove what is over and older than its cutoff, and give (table, rows removed)."""
        ...
