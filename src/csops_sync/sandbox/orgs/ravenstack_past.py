"""What is over in the RavenStack org: renewals lost by its churn events, those that were won, customers who came back.

The set has days, flags and reasons, and no ranks: the path of ranks is made up, from C, on days that fit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.sandbox.orgs.dates import DAY, add_months
from csops_sync.sandbox.orgs.deals import Course, Deal, Language, Renewing, origin_record, renewal_record
from csops_sync.sandbox.seed import Change, SeedRecord, Value

REASONS = {
    "pricing": "Price",
    "features": "Features",
    "budget": "Budget",
    "competitor": "Competitor",
    "support": "Support",
}
UNKNOWN = "Unknown"
WON_PATH, LOST_PATH = ((40, "C"), (25, "B"), (12, "A")), ((14, "C"), (9, "D"), (4, "E"))
"""Days before the close, and the rank from then on."""
OPENED, SIGNED = timedelta(days=60), timedelta(days=9)
WIN_BACK = "Existing Business"


@dataclass(frozen=True, slots=True)
class Churn:
    """One churn event, its day moved as all days of the org are."""

    on: date
    reason: str
    is_reactivation: bool


class Events:
    """The churn events by account."""

    def __init__(self, rows: Iterable[Mapping[str, str]], *, shift: timedelta) -> None:
        self._of: dict[str, list[Churn]] = {}
        for row in rows:
            event = Churn(
                date.fromisoformat(row["churn_date"]) + shift,
                REASONS.get(row["reason_code"], UNKNOWN),
                row["is_reactivation"] == "TRUE",
            )
            self._of.setdefault(f"@account-{row['account_id']}", []).append(event)

    def reason(self, account: str, day: date) -> str:
        """This method will give the reason of the account's event that lies nearest to a day."""
        events = self._of.get(account, [])
        nearest = min(events, key=lambda one: (abs(one.on - day), one.on), default=None)
        return UNKNOWN if nearest is None else nearest.reason

    def win_backs(self, deals: Iterable[Deal]) -> frozenset[str]:
        """This method will give the keys of the deals by which customers came back: the first after each return."""
        of: dict[str, list[Deal]] = {}
        for deal in deals:
            of.setdefault(deal.account, []).append(deal)
        found: set[str] = set()
        for account, events in self._of.items():
            for event in events:
                later = [one for one in of.get(account, []) if one.start > event.on and event.is_reactivation]
                found.update(one.key for one in sorted(later, key=lambda one: one.start)[:1])
        return frozenset(found)


def lost_record(deal: Deal, *, end: date, stopped: date, reason: str, language: Language) -> SeedRecord:
    """This function will give the renewal that was lost on the day on which the customer stopped."""
    made_on = max(deal.start, stopped - timedelta(days=20))
    row = renewal_record(_begun(deal, end=end, made_on=made_on, amount=deal.amount), language)
    closing: dict[str, Value] = {
        "StageName": language.stages.lost,
        "CloseDate": stopped,
        "Loss_Reason__c": reason,
        "NextStep": f"Lost: {reason}",
    }
    changes = [*_path(LOST_PATH, stopped, made_on, language), Change(on=stopped, values=closing)]
    return replace(row, changes=_with_last_rank(changes, "E"))


def won_records(deal: Deal, *, share: int, today: date, language: Language) -> Iterator[SeedRecord]:
    """This function will give the renewals of the terms that a contract has rolled past.

    The contract says what it is worth now. An upgrade or a downgrade (`share` per cent) came with the first renewal;
    what was paid before stands on the sale.
    """
    before = amount_before(deal, share=share)
    for number, end in enumerate(ended_terms(deal, today=today), start=1):
        prior = before if number == 1 else deal.amount
        row = renewal_record(_begun(deal, end=end, made_on=end - OPENED, amount=prior), language)
        signed: dict[str, Value] = {
            "StageName": language.stages.won,
            "CloseDate": end - SIGNED,
            "Amount": deal.amount,
        }
        path = _path(WON_PATH, end - SIGNED, end - OPENED, language)
        changes = [*path, Change(on=end - SIGNED, values=signed)]
        yield replace(row, ref=f"{row.ref}-{number}", changes=changes)


def sale_record(deal: Deal, *, share: int, today: date, language: Language) -> SeedRecord:
    """This function will give the sale of a contract that has rolled on since: linked, with what was paid at first."""
    row = origin_record(deal, language)
    if not ended_terms(deal, today=today):
        return row
    amount = amount_before(deal, share=share)
    first: dict[str, Value] = {
        "Amount": amount,
        "Annual_Amount__c": amount,
        "ContractId": f"@contract-{deal.key}",
    }
    return replace(row, values={**row.values, **first})


def amount_before(deal: Deal, *, share: int) -> int:
    """This function will give what was paid before the renewal at `share` per cent of it."""
    return deal.amount * 100 // share


def ended_terms(deal: Deal, *, today: date) -> Sequence[date]:
    """This function will give the last days of the terms that a running contract has rolled past, oldest first."""
    if deal.months is None or not deal.auto_renews or deal.status != "Activated" or deal.terminated_on:
        return ()
    found: list[date] = []
    while (end := add_months(deal.start, deal.months * (len(found) + 1)) - DAY) < today:
        found.append(end)
    return found


def _begun(deal: Deal, *, end: date, made_on: date, amount: int) -> Renewing:
    return Renewing(deal=deal, end=end, course=Course.PREPARED, made_on=made_on, amount=amount)


def _path(
    steps: Sequence[tuple[int, str]], closed_on: date, made_on: date, language: Language
) -> Iterator[Change]:
    stages = (language.stages.propose, language.stages.negotiate, language.stages.negotiate)
    for (days, rank), stage in zip(steps, stages, strict=True):
        on = closed_on - timedelta(days=days)
        if on > made_on:
            yield Change(on=on, values={"StageName": stage, "Confidence__c": rank})


def _with_last_rank(changes: Sequence[Change], rank: str) -> Sequence[Change]:
    """Let a renewal that went too fast for its path end at the last rank all the same."""
    return [*changes[:-1], replace(changes[-1], values={**changes[-1].values, "Confidence__c": rank})]
