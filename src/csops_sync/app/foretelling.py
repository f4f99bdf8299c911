"""Which day brings the next openings, as far as is known by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from csops_sync.domain.renewal import Renewal
from csops_sync.ports.store import Transaction

_DAY = timedelta(days=1)
_PAGE = 1_000
"""Reviews that are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOpening:
    """The next business date of the org on which renewals are to be opened, and how many (at least)."""

    on: date
    renewals: int


def next_opening(tx: Transaction, *, today: date) -> NextOpening | None:
    """This function will find the first open date after `today`, None where there is none: seeks of an index.

    Reviews that open nothing may lie before it, thousands of them: they are read a page after the other, and a page
    that ends within a day is followed by one that begins with that day.
    """
    after, limit = today, _PAGE
    while True:
        page = tx.renewals.reviewed_after(after, limit=limit)
        opening = _first(page)
        if opening is not None or len(page) < limit:
            return opening
        resumed = max(one.review_on or after for one in page) - _DAY
        after, limit = (resumed, _PAGE) if resumed > after else (after, limit * 2)


def _first(page: Sequence[Renewal]) -> NextOpening | None:
    days = [one.review_on for one in page if _opens_then(one)]
    first = next((day for day in days if day is not None), None)
    return None if first is None else NextOpening(on=first, renewals=days.count(first))


def _opens_then(renewal: Renewal) -> bool:
    waits = renewal.settled is None and renewal.opportunity_id is None
    return waits and renewal.open_date is not None and renewal.open_date == renewal.review_on
