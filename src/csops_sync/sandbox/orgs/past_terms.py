"""What is known of one drawn term: its days and amounts, how people rated its renewal, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from csops_sync.sandbox.orgs.past_ratings import Rating
from csops_sync.sandbox.orgs.past_truth import Offer

DAY = timedelta(days=1)


class Fate(StrEnum):
    """What became of a term. `running`: nobody knows yet, for it has not ended, or its deal is still open."""

    WON = "won"
    LOST = "lost"
    AUTO_RENEWED = "auto-renewed"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    RUNNING = "running"


KEPT = frozenset({Fate.WON, Fate.AUTO_RENEWED, Fate.SUPERSEDED})


class Timing(StrEnum):
    """When a won renewal was signed: early is before the second look, late after the term's last day."""

    EARLY = "early"
    ON_TIME = "on time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Step:
    """A year's amount, in major units, from a day on."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDeal:
    """The renewal opportunity of a term.

    `offered` is what people ask for from the first rating on. `closed_on` is the day of the signature or of the loss,
    which may lie ahead; `signed` is the amount then, None where it is lost. `won` is what becomes of it in the end.
    """

    opened_on: date
    offer: Offer
    offered: int
    ratings: Sequence[Rating]
    won: bool
    timing: Timing
    closed_on: date
    signed: int | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTerm:
    """One term. `contract` counts the customer's contracts, `ordinal` the terms of that contract, both from 1.

    `since` is the contract's first day. `steps` are the term's amounts, the first from its start: more than one are a
    ramp, or an amendment. `rolls` marks a contract that renews by itself. `continues` says that the contract replaces
    the one before it; without that it is new business. `until` is the last day in force, `notice` the day on which the
    customer announced to leave.
    """

    customer: int
    contract: int
    ordinal: int
    since: date
    start: date
    end: date
    months: int
    currency: str
    steps: Sequence[Step]
    rolls: bool
    continues: bool
    fate: Fate
    until: date
    deal: RenewalDeal | None = None
    notice: date | None = None

    @property
    def prior(self) -> int:
        """The year's amount in force on its last day."""
        return self.steps[-1].amount

    @property
    def number(self) -> int:
        """A number that no other term has, to draw by."""
        return (self.customer * 64 + self.contract) * 64 + self.ordinal
