"""What `plan`, `explain`, `outbox list` and `status` show: values that queries build and renderers write down.

Words in them are final and unpadded, and English unless another language is asked for; dates, money and counts are
values. Instants are aware UTC, dates are the org's. The renderers add nothing but layout, so that text and `--json`
always say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from csops_sync.app.confidence_views import CardRow, ConfidenceCounts
from csops_sync.domain.facts import Scalar
from csops_sync.domain.money import Money
from csops_sync.ports.store import OutboxStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRow:
    """One opportunity to be inserted. `bound` says what decided: `budget season 2025-11-01`, `renewal less 90 days`.

    `values` are the mapped fields exactly as they will be sent; `amount` is annual, None where it is not known.
    `copies` are what is taken over from the last won opportunity; with `line_items` no amount is sent.
    """

    key: str
    account_id: str
    account_name: str
    contract_ids: tuple[str, ...]
    renewal_date: date
    open_date: date
    amount: Money | None
    bound: str
    rule: str
    reason: str
    values: Mapping[str, Scalar]
    held: bool = False
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One field of an update. `label` is for people (`close date`), `field` is the mapped name."""

    field: str
    label: str
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """One opportunity to be changed, or (with `renewal_key`) adopted. `why` is short: `contract extended`."""

    key: str
    account_id: str
    opportunity_id: str
    opportunity_name: str
    changes: tuple[ChangeRow, ...]
    why: str
    renewal_key: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow:
    """Something left alone, ambiguous, or worth a look: what it is about, and what there is to say."""

    subject_id: str
    subject: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One Slack message to be posted. `text` says what it holds: `1 renewal opened, 1 mention`."""

    key: str
    channel: str
    notice: str
    text: str
    renewal_keys: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsView:
    """How much of the unforeseen one cycle may do before it asks."""

    creates: int
    updates: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """What the next `sync` does. `held_hash` approves the rows marked `held`; None where nothing is held.

    `figures` are the fields of the forecast that are written into opportunities, ours alone.
    `blocked` says in words why nothing may be created now (a field that cannot be read, a first load under way).
    """

    as_of: date
    timezone: str
    read_up_to: datetime
    rules_hash: str
    creates: tuple[CreateRow, ...] = ()
    updates: tuple[UpdateRow, ...] = ()
    adoptions: tuple[UpdateRow, ...] = ()
    left_alone: tuple[RemarkRow, ...] = ()
    ambiguous: tuple[RemarkRow, ...] = ()
    messages: tuple[MessageRow, ...] = ()
    figures: tuple[UpdateRow, ...] = ()
    notes: tuple[RemarkRow, ...] = ()
    limits: LimitsView
    held_hash: str | None = None
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingAmount:
    """What a contract earns more a year (less, below zero) from `effective` on, a day in a later term."""

    effective: date
    added: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractHeader:
    """The contract that is explained. `terms` are in words: `renews by itself`, `60 days' notice`.

    `amount` is what it earns a year by the last day of its current term, `coming` what is agreed for later terms.
    """

    id: str
    number: str
    account_id: str
    account_name: str
    amount: Money | None
    start: date | None
    end: date | None
    terms: tuple[str, ...] = ()
    coming: tuple[ComingAmount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One line under an open date: a bound, the floor, the ceiling or the calendar, its day and its arithmetic.

    `mark` points the line out: `earliest` on the bound that decided, `missed` on one that did not bind.
    """

    name: str
    day: date
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One line of the history: when, what happened in a word (`created`, `told`, `- -> C`), and the rest in words.

    `language` is that of `text`.
    """

    at: datetime
    name: str
    text: str
    detail: Mapping[str, Scalar] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalView:
    """One term's renewal. `open_date` None: it is not opened, and `remarks` say why.

    `origin` is where the rule stands (`rules.yaml:24`). `state` says how things stand (`opened`, `won`, `due`).
    `events` are in the order of time, changes of confidence (`B -> D`) among them; `cards` stand as they do now.
    """

    key: str
    renewal_date: date
    open_date: date | None
    rule: str | None
    origin: str | None
    state: str
    opportunity_id: str | None = None
    steps: tuple[StepRow, ...] = ()
    remarks: tuple[str, ...] = ()
    events: tuple[EventRow, ...] = ()
    cards: tuple[CardRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainView:
    """A contract, and each of its renewals that we know. `remarks` are about the contract: gaps, overlaps."""

    contract: ContractHeader
    timezone: str
    renewals: tuple[RenewalView, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """One row of the outbox, for people: what it is, how it stands, and what went wrong last."""

    key: str
    kind: str
    target: str
    status: OutboxStatus
    reason: str
    attempts: int
    created_at: datetime
    not_before: datetime | None = None
    result: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxView:
    """Rows of the outbox, oldest first. `left_out` counts those beyond the limit asked for."""

    items: tuple[OutboxItem, ...]
    timezone: str
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One mirrored object: rows that are not deleted, and how far it was read. `note` says what is degraded."""

    role: str
    rows: int
    read_up_to: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """How the product stands. `paused` and `mode` are what an operator chose; `problems` say what to do next.

    `last_cycle_at` is when a cycle last had news: one without any writes nothing, not even that it was there.
    `confidence` None: the rules have none.
    """

    org_id: str | None
    org_name: str
    as_of: datetime
    timezone: str
    mode: str
    paused: tuple[str, ...]
    rules_hash: str | None
    lease_owner: str | None
    lease_until: datetime | None
    last_cycle_at: datetime | None
    sources: tuple[SourceRow, ...]
    outbox: Mapping[OutboxStatus, int]
    confidence: ConfidenceCounts | None = None
    problems: tuple[str, ...] = ()
