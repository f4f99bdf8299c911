"""What the benchmark has people do: rate the renewals that were opened, one after the other within an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.fakes.sandbox import SandboxProcess
from tests.fakes.sandbox_rest import Rest

MOST = 1000
"""Renewals that are rated: the changes of one poll."""
HOUR = timedelta(hours=1)
SETTLED_SECONDS = 360
"""So long after the last change every window of the rules is over."""
_ELEVEN_IN_TOKYO = 2


def come_to_work(sandbox: SandboxProcess) -> None:
    """This function will let it be 11:00 on the next business day, when people may be mentioned."""
    sandbox.advance_business_days(1)
    sandbox.set_clock(sandbox.now().replace(hour=_ELEVEN_IN_TOKYO, minute=0, second=0))


def rate(sandbox: SandboxProcess, ranks: Sequence[str], *, opened_since: datetime, most: int = MOST) -> int:
    """This function will set the ranks in turn on what was opened since an instant, and count the changes.

    Everybody makes some of them, as few as people make by hand; all of them have settled when it comes back. No more
    than so many (`most`) are rated.
    """
    rest = Rest(sandbox)
    users = _ids(rest, "SELECT Id FROM User WHERE IsActive = true AND ManagerId != null ORDER BY Id")
    since = opened_since.strftime("%Y-%m-%dT%H:%M:%SZ")
    deals = _ids(
        rest,
        f"SELECT Id FROM Opportunity WHERE IsClosed = false AND CreatedDate >= {since} ORDER BY Id LIMIT {most}",  # noqa: S608 - an instant and a number of our own
    )
    began = sandbox.now()
    sandbox.advance(seconds=HOUR.total_seconds() + SETTLED_SECONDS)
    for number, deal in enumerate(deals):
        at = (began + HOUR * number / len(deals)).replace(microsecond=0)
        rank = ranks[number % len(ranks)]
        user = users[number % len(users)]
        sandbox.update("Opportunity", deal, {"Confidence__c": rank}, by=user, at=at.isoformat())
    return len(deals)


def _ids(rest: Rest, query: str) -> list[str]:
    return [str(one["Id"]) for one in rest.query(query)["records"]]
