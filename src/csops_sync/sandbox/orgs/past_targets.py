"""Targets by quarter: what the head of customer success wants renewed of what falls due, in all and by team."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from csops_sync.sandbox.orgs.dates import add_months
from csops_sync.sandbox.orgs.past_records import Customer
from csops_sync.sandbox.seed import SeedRecord, Value

NAME = "Renewal_Target__c"
PERCENT = 90
QUARTER, AHEAD = 3, 4
WHOLE = ""


def target_records(
    customers: Iterable[Customer], *, today: date, team_of: dict[str, str]
) -> Iterator[SeedRecord]:
    """This function will give a target for each quarter that is over, current or one of the next four, by currency.

    Quarters are those of the calendar. A target is 90 % of what falls due, whatever becomes of it. `team_of` names the
    team of each CSM; the target of all teams has no team.
    """
    latest = add_months(_quarter(today), QUARTER * AHEAD)
    due: Counter[tuple[date, str, str]] = Counter()
    for customer in customers:
        for term in customer.terms:
            begins = _quarter(term.end)
            if begins <= latest:
                due[(begins, term.currency, WHOLE)] += term.prior
                due[(begins, term.currency, team_of[customer.csm])] += term.prior
    for number, ((begins, currency, team), amount) in enumerate(sorted(due.items()), start=1):
        values: dict[str, Value] = {
            "Name": f"{begins:%Y-%m} {currency} {team}".strip(),
            "Period_Start__c": begins,
            "Period_Months__c": QUARTER,
            "Amount__c": amount * PERCENT // 100,
            "Currency__c": currency,
            "Team__c": team or None,
        }
        yield SeedRecord(ref=f"target-{number}", values=values, created_on=min(begins, today), by="@head")


def _quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % QUARTER, 1)
