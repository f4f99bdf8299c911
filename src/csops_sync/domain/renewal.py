"""A renewal: what the product keeps about one term of one contract."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.opening import OpenDecision

_KEY = re.compile(r"(?P<contract>[A-Za-z0-9]{15,18})-(?P<ordinal>\d+)(r(?P<revision>\d+))?")


class Settled(StrEnum):
    """How a term ended being our business. Only `csops-sync reopen` undoes `won`, `lost` and `deleted`."""

    WON = "won"
    LOST = "lost"
    DELETED = "deleted"
    AUTO_RENEWED = "auto-renewed"
    SUPERSEDED = "superseded"
    TERMINATED = "terminated"
    EXPIRED = "expired"


class Cancellation(StrEnum):
    """What an announced cancellation that stands in Salesforce is to a term: of this one, or of an earlier one."""

    ANNOUNCED = "announced"
    LEFT_OVER = "left-over"


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """One row per (contract, term).

    `term_start` and `term_end` are the days of the term that ends; the renewal date is the day after `term_end`.
    `anchor_key` is the key of the renewal that carries the shared opportunity: its own, unless co-termed.
    `opportunity_id` is None until created or adopted. `opened_on` and `adopted_on` are business dates.
    `review_on` is the first day on which time alone can change the decision; None if only facts can.
    `announced` is True once the opening has been put to the outbox as a message. `refused` are opportunities that a
    person said are not this renewal (`unadopt`, `reopen`): they neither settle it nor are adopted again.
    `cancellation` is how the customer's announced cancellation stood when the row was decided last, None for none.
    """

    key: str
    contract_id: str
    account_id: str
    ordinal: int
    term_start: date
    term_end: date
    anchor_key: str
    rule: str | None = None
    rules_hash: str = ""
    decision: OpenDecision | None = None
    review_on: date | None = None
    opportunity_id: str | None = None
    opened_on: date | None = None
    adopted_on: date | None = None
    announced: bool = False
    settled: Settled | None = None
    refused: tuple[str, ...] = ()
    cancellation: Cancellation | None = None

    @property
    def open_date(self) -> date | None:
        """The day on which it must be opened, None while no rule has decided one."""
        return self.decision.open_date if self.decision else None


@dataclass(frozen=True, slots=True, order=True)
class TermRef:
    """What a renewal key says: the contract, the term's ordinal, and how often a person reopened the term."""

    contract_id: str
    ordinal: int
    revision: int = 1


def renewal_key(*, contract_id: str, ordinal: int, revision: int = 1) -> str:
    """This function will give the unique external id of a term: `8005g00000ABCDeAAP-1`, reopened once `…-1r2`."""
    suffix = f"r{revision}" if revision > 1 else ""
    return f"{contract_id}-{ordinal}{suffix}"


def parse_key(key: str) -> TermRef | None:
    """This function will read a renewal key, or give None where it is none of ours."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    return TermRef(found["contract"], int(found["ordinal"]), int(found["revision"] or 1))
