"""A renewal opportunity under watch, and how one reading sees it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.confidence.ranks import Standing


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One renewal opportunity under watch (instants UTC). What happened up to `watched_from` is no news.

    `standing` is the last one that changes explain, `compared_at` when the value was last the same; `differs_since` is
    set while it is not.
    """

    opportunity_id: str
    renewal_key: str
    account_id: str
    watched_from: datetime
    standing: Standing
    compared_at: datetime
    differs_since: datetime | None = None


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How an opportunity stands at this reading.

    `is_tracked` says whether its rank has a history. Where the org computes it (`is_computed`: a formula, a value of
    another record) it moves without the opportunity being modified, so nobody can be said to have moved it.
    """

    standing: Standing
    amount: Decimal | None
    by_id: str | None
    modified_at: datetime
    read_at: datetime
    is_tracked: bool
    is_computed: bool = False


def begin_watch(
    sight: Sight, *, opportunity_id: str, renewal_key: str, account_id: str, watched_from: datetime
) -> Watch:
    """This function will put an opportunity under watch; nothing that it stands at is a change."""
    return Watch(
        opportunity_id=opportunity_id,
        renewal_key=renewal_key,
        account_id=account_id,
        watched_from=watched_from,
        standing=sight.standing,
        compared_at=sight.read_at,
    )
