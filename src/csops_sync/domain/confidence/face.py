"""What a card shows: everything that its text is made of, decided in the cycle, written down by the adapter."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.ranks import Direction, Standing


class CardState(StrEnum):
    """Whether somebody still has to answer. `quiet` asks nothing of anybody."""

    QUIET = "quiet"
    ASKING = "asking"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person as a card names them: Salesforce id and name; without an id they are known to Slack alone."""

    id: str | None
    name: str


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """One renewal and its last move. Instants UTC, amounts annual in major units as text, org text as it came.

    `path` holds every standing on the way. `notice_deadline` and `budget_last_day` are given only while they are near.
    `asked` are user ids and `@handles`; `reasons` are offered by button while `reason` is empty, where a reason is
    asked for. `direction` None is a net zero. `changed_until` is given where comparing values showed the move: it
    happened between the two.
    """

    opportunity_id: str
    renewal_key: str
    account_name: str
    tier: str | None
    renewal_date: date
    currency: str
    prior: str | None
    amount_before: str | None
    amount: str | None
    path: tuple[Standing, ...]
    direction: Direction | None
    changed_by: tuple[Who, ...]
    changed_at: datetime
    changed_until: datetime | None = None
    order_known: bool = True
    next_step: str | None = None
    notice_deadline: date | None = None
    budget_last_day: date | None = None
    state: CardState = CardState.QUIET
    asked: tuple[str, ...] = ()
    answered_by: Who | None = None
    answered_from: datetime | None = None
    answered_at: datetime | None = None
    snoozed_until: datetime | None = None
    note: str = ""
    reason: str | None = None
    reasons: tuple[str, ...] = ()


class ReplyKind(StrEnum):
    """What a reply in a card's thread is about."""

    MOVED = "moved"
    REVERSED = "reversed"
    ESCALATED = "escalated"
    ASKED_AGAIN = "asked_again"
    CORRECTED = "corrected"
    NOTED = "noted"
    CALLED = "called"


@dataclass(frozen=True, slots=True, kw_only=True)
class StormLine:
    """One renewal in the summary of a storm."""

    opportunity_id: str
    account_name: str
    path: tuple[Standing, ...]
    direction: Direction | None
    amount: str | None
    currency: str
    renewal_date: date
