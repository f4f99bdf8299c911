"""The state of one term of one contract: everything that landing, retention, snapshots and bridges are computed from.

Amounts are annual, recurring, net of tax (DESIGN, "Amounts"), in the contract's own currency. Days are the org's
business dates.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.money import Money

_DAY = timedelta(days=1)


class Code(StrEnum):
    """A code that reports sort millions of terms by: it hashes as the text that it is, which costs a tenth."""

    __hash__ = str.__hash__


class RenewalType(Code):
    """What a renewal is, held against what was paid before. The word churn is kept for customers."""

    UPSELL = "upsell"
    FLAT = "flat"
    DOWNSELL = "downsell"
    LOST = "lost"


class TermStanding(Code):
    """How a term stands on a day.

    `unopened`: to be renewed, no opportunity yet. `open`: its opportunity is open. `won` and `lost`: its opportunity
    was. `auto-renewed`: it rolled on by itself. `superseded`: an active contract replaced it, early or on time.
    `terminated`: the contract was ended by people. `expired`: it ended and nothing follows. `aside`: it cannot be
    judged (no prior amount, a deleted opportunity, a drafted successor), and is reported and never guessed.
    """

    UNOPENED = "unopened"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    AUTO_RENEWED = "auto-renewed"
    SUPERSEDED = "superseded"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    ASIDE = "aside"


OPEN_STANDINGS = frozenset({TermStanding.UNOPENED, TermStanding.OPEN})
"""The terms whose end nobody knows yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """What a term is counted under; None where Salesforce does not say. People are user ids."""

    segment: str | None = None
    tier: str | None = None
    csm_id: str | None = None
    manager_id: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a term earns a year from a day within it on, until its next step: a ramp's, or an amendment's."""

    effective: date
    amount: Money


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TermState:
    """One term. `key` is its renewal key.

    `customer_id` is the top parent of the account, as it was when the state was worked out; the account itself where it
    has none. A definition profile says which of the two counts as the customer.
    `ordinal` is its place among the known terms of its contract, counted from 1 without gaps.
    `start` and `end` are both days of the term as agreed. `in_force_until` is the last day on which it earns: `end`,
    or the day before an early successor starts, or the day of a termination.
    `prior` is what is in force on the term's last day, None where unknown (then it stands `aside`). `steps` are what it
    earned before, from its first day on, the last of them `prior`; empty where it earned `prior` all along.
    `new` is what the renewal is at: what was won, what the open opportunity says, None where nobody said anything.
    `proposed` is True while `new` is only what we proposed and no person set a rank or an amount: an uplift in it is
    no expansion yet. `rank` is what a person rated, None for `unrated`. `chosen_type` is a person's choice of type.
    `follows_on` is True where another term in force continues this one's revenue (auto-renewal, a successor
    contract): its `new` is then counted by that term from the renewal date on, and never twice.
    `settled_on` is the day on which the opportunity closed; `loss_reason` the mapped reason, where there is one.
    `bookings` is what the opportunity is worth over its whole term (TCV), None where no deal says it: it stands beside
    the annual amounts, and is never summed with them.
    """

    key: str
    contract_id: str
    account_id: str
    customer_id: str
    ordinal: int
    start: date
    end: date
    in_force_until: date
    standing: TermStanding
    prior: Money | None
    new: Money | None = None
    proposed: bool = False
    rank: str | None = None
    chosen_type: RenewalType | None = None
    follows_on: bool = False
    announced_cancellation: bool = False
    open_date: date | None = None
    opportunity_id: str | None = None
    settled_on: date | None = None
    loss_reason: str | None = None
    grouping: Grouping = Grouping()
    steps: tuple[Step, ...] = ()
    bookings: Money | None = None

    @property
    def renewal_date(self) -> date:
        """The first day of the next term."""
        return self.end + _DAY

    def in_force(self, day: date) -> bool:
        """This function will say whether the term earns on a day."""
        return self.start <= day <= self.in_force_until
