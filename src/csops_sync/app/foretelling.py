"""Which day brings the next openings, as far as is known by now."""

from dataclasses import dataclass
from datetime import date

from csops_sync.domain.renewal import Renewal
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOpening:
    """The next business date of the org on which renewals are to be opened, and how many (at least)."""

    on: date
    renewals: int


def next_opening(tx: Transaction, *, today: date) -> NextOpening | None:
    """This function will find the first open date after `today`, None where none is near: one seek of an index."""
    days = [one.review_on for one in tx.renewals.reviewed_after(today) if _opens_then(one)]
    first = next((day for day in days if day is not None), None)
    return None if first is None else NextOpening(on=first, renewals=days.count(first))


def _opens_then(renewal: Renewal) -> bool:
    waits = renewal.settled is None and renewal.opportunity_id is None
    return waits and renewal.open_date is not None and renewal.open_date == renewal.review_on
