"""A renewal: what the product keeps about one term of one contract."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from csops_sync.domain.opening import OpenDecision


class Settled(StrEnum):
    """How a term ended being our business. Only `csops-sync reopen` undoes `won`, `lost` and `deleted`."""

    WON = "won"
    LOST = "lost"
    DELETED = "deleted"
    AUTO_RENEWED = "auto-renewed"
    SUPERSEDED = "superseded"
    TERMINATED = "terminated"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """One row per (contract, term).

    `term_start` and `term_end` are the days of the term that ends; the renewal date is the day after `term_end`.
    `anchor_key` is the key of the renewal that carries the shared opportunity: its own, unless co-termed.
    `opportunity_id` is None until created or adopted. `opened_on` and `adopted_on` are business dates.
    `review_on` is the first day on which time alone can change the decision; None if only facts can.
    `announced` is True once the opening has been put to the outbox as a message.
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

    @property
    def open_date(self) -> date | None:
        """The day on which it must be opened, None while no rule has decided one."""
        return self.decision.open_date if self.decision else None


def renewal_key(*, contract_id: str, ordinal: int) -> str:
    """This function will give the unique external id of a term: `8005g00000ABCDeAAP-1`; `[A-Za-z0-9_-]` only."""
    return f"{contract_id}-{ordinal}"


def parse_key(key: str) -> tuple[str, int] | None:
    """This function will split a renewal key into contract id and ordinal, or None where it is none of ours."""
    contract_id, dash, ordinal = key.rpartition("-")
    if not dash or not contract_id or not ordinal.isdecimal():
        return None
    return contract_id, int(ordinal)
