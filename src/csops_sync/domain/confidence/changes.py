"""One change of confidence: a row of the ledger, with exactly one verdict in the end."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.ranks import Direction, Standing


class Source(StrEnum):
    """How a change was found."""

    HISTORY = "history"
    COMPARED = "compared"


class Verdict(StrEnum):
    """What became of a change. `waiting` is the only one that is not final."""

    WAITING = "waiting"
    TOLD = "told"
    MERGED = "merged"
    SUMMARISED = "summarised"
    SILENCED = "silenced"
    NET_ZERO = "net_zero"
    UNROUTED = "unrouted"
    CORRECTION = "correction"
    HELD = "held"


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceChange:
    """One move of one renewal. Instants are UTC; amounts are those of Opportunity.Amount, in its currency.

    `id` is that of the history row; `<opportunity>@<second>` for a second whose rows give no single order, told as one
    net move with `order_known` False; `<opportunity>~<milliseconds>` for one found by comparing values, with a number
    where it is not the first of its stamp; it happened between `at` and `until`. `rows` are the history rows that it is
    made of, `place` orders changes of one second. `late` is True where it was seen only after later changes had been
    told, or after the end of its own second had. `direction` None is a net zero.
    """

    id: str
    opportunity_id: str
    renewal_key: str
    account_id: str
    before: Standing
    after: Standing
    direction: Direction | None
    at: datetime
    by_id: str | None = None
    until: datetime | None = None
    order_known: bool = True
    source: Source = Source.HISTORY
    amount_before: Decimal | None = None
    amount_after: Decimal | None = None
    rows: tuple[str, ...] = ()
    place: int = 0
    late: bool = False
