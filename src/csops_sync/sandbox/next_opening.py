"""The day to which a rehearsal jumps: when the next renewal is opened, or the next date that a contract holds.

The sandbox knows no rules, so it cannot compute when a renewal is to be opened. Whoever does can tell it
(`POST /sandbox/next_opening`); as long as that day lies ahead, it is the next one. Otherwise the sandbox goes by what
the org itself stores: the first day after today that is the last day for notice, or the last day of the term, of a
contract that runs. It says which of the two it was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from csops_sync.sandbox.orgs.dates import DAY, add_months
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json
from csops_sync.sandbox.salesforce.stamps import date_of

TOLD, NOTICE, END = "told", "notice", "end"
_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A day ahead. `why` is `told`, `notice` or `end`; `what` is what was told, or the contract's number."""

    on: date
    why: str
    what: str
    contract: str | None = None


class NextOpening:
    """Keeps what was told, and reads the org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._told: Opening | None = None

    def today(self) -> date:
        """This function will give the org's business date."""
        zone = ZoneInfo(str(self._org.setting("TimeZoneSidKey") or "UTC"))
        return self._org.now().astimezone(zone).date()

    def tell(self, on: date | None, what: str) -> None:
        """This function will note the next opening by somebody who knows the rules; None forgets it."""
        self._told = None if on is None else Opening(on=on, why=TOLD, what=what)

    def next(self) -> Opening | None:
        """This function will give the next day after the org's today, None where nothing lies ahead."""
        today = self.today()
        if self._told is not None and self._told.on > today:
            return self._told
        soonest: Opening | None = None
        for one in self._dates(today):
            if soonest is None or one.on < soonest.on:
                soonest = one
            if soonest.on == today + DAY:
                break
        return soonest

    def _dates(self, today: date) -> Iterator[Opening]:
        """Give each running contract's own next date."""
        self._org.settle()
        kind = self._org.schema["Contract"]
        for row in self._org.tables[kind.name]:
            contract = kind.record(row)
            found = _next_date(contract, today) if _runs(contract) else None
            if found is not None and not self._is_replaced(str(row[0])):
                on, why = found
                number = str(contract["ContractNumber"])
                yield Opening(on=on, why=why, what=number, contract=str(row[0]))

    def _is_replaced(self, contract: str) -> bool:
        return bool(self._org.tables["Contract"].find("Renewed_From__c", contract))


def _runs(contract: Mapping[str, Json]) -> bool:
    ended = contract["IsDeleted"] or contract["Terminated_On__c"] is not None
    return contract["Status"] == "Activated" and contract["EndDate"] is not None and not ended


def _next_date(contract: Mapping[str, Json], today: date) -> tuple[date, str] | None:
    """Give the first of the term's last day for notice and its last day that lies ahead, of the term that runs."""
    end = date_of(str(contract["EndDate"]))
    automatic = bool(contract["Auto_Renews__c"])
    if end <= today and automatic:
        end = _rolled(end, contract, today)
    days = int(contract["Notice_Days__c"] or 0) if automatic else 0
    dates = [(end - timedelta(days=days), NOTICE)] if days else []
    return min(((on, why) for on, why in [*dates, (end, END)] if on > today), default=None)


def _rolled(end: date, contract: Mapping[str, Json], today: date) -> date:
    """Give the end of the term in which a contract stands that renews by itself, after today."""
    months = int(contract["Renewal_Term__c"] or 0) or min(_YEAR, int(contract["ContractTerm"] or _YEAR))
    terms = 0
    while end <= today:
        terms += 1
        end = add_months(date_of(str(contract["EndDate"])) + DAY, months * terms) - DAY
    return end
