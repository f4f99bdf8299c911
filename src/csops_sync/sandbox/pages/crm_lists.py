"""The lists of the CRM page: contracts and opportunities, filtered, in order, page by page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from csops_sync.sandbox.pages.org_reader import OrgReader, Record
from csops_sync.sandbox.salesforce.schema import Json

PAGE_SIZE = 50
MOST_LISTED = 50_000
"""Rows of an object that a list looks at: in a larger org, the first contracts and the newest opportunities."""
NO_END = "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a list. `first` and `last` count from 1; `whole` says whether every row was looked at."""

    rows: Sequence[object]
    total: int
    whole: bool
    page: int
    pages: int

    @property
    def first(self) -> int:
        """The number of the first row shown, 0 where there is none."""
        return (self.page - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.page * PAGE_SIZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityLine:
    """One opportunity of a list."""

    id: str
    name: str
    customer_id: str
    customer: str
    stage: str
    tone: str
    close_date: str
    amount: float | None
    key: str
    by_sync: bool
    confidence: str
    owner: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """One contract of a list; `state` is a word of `words.py`, `tone` the colour it is shown in."""

    id: str
    number: str
    customer_id: str
    customer: str
    start: str
    end: str
    months: int | None
    automatic: bool
    notice_days: int | None
    amount: float | None
    state: str
    tone: str
    renewal: OpportunityLine | None


def contracts(reader: OrgReader, *, wanted: str, page: int) -> Listed:
    """This function will list contracts, those that end next first, those that are over last."""
    today = reader.today()
    every = islice(reader.records("Contract"), MOST_LISTED)
    rows = [row for row in every if _matches(reader, wanted, row, "ContractNumber")]
    rows.sort(key=lambda row: _next_end_first(row, today))
    whole = reader.count("Contract") <= MOST_LISTED
    return _cut(len(rows), page, whole, lambda cut: [contract_line(reader, row) for row in rows[cut]])


def opportunities(reader: OrgReader, *, wanted: str, kind: str, page: int) -> Listed:
    """This function will list opportunities, the newest first."""
    every = islice(reader.newest("Opportunity"), MOST_LISTED)
    rows = [
        row for row in every if _is_of(row, kind) and _matches(reader, wanted, row, "Name", "Renewal_Key__c")
    ]
    whole = reader.count("Opportunity") <= MOST_LISTED
    return _cut(len(rows), page, whole, lambda cut: [opportunity_line(reader, row) for row in rows[cut]])


def opportunity_line(reader: OrgReader, row: Record) -> OpportunityLine:
    """This function will write one opportunity as lists show it."""
    won, closed = bool(row["IsWon"]), bool(row["IsClosed"])
    return OpportunityLine(
        id=str(row["Id"]),
        name=str(row["Name"]),
        customer_id=str(row["AccountId"] or ""),
        customer=reader.name_of(row["AccountId"]),
        stage=str(row["StageName"]),
        tone="good" if won else "bad" if closed else "live",
        close_date=str(row["CloseDate"] or ""),
        amount=_amount(row["Amount"]),
        key=str(row["Renewal_Key__c"] or ""),
        by_sync=bool(row["Renewal_Key__c"]),
        confidence=str(row["Confidence__c"] or ""),
        owner=reader.name_of(row["OwnerId"]),
        created=reader.local(row["CreatedDate"]),
    )


def contract_line(reader: OrgReader, row: Record) -> ContractLine:
    """This function will write one contract as lists show it."""
    replaced = bool(reader.related("Contract", "Renewed_From__c", str(row["Id"])))
    account = str(row["AccountId"])
    state, tone = _state(row, reader.today(), replaced=replaced)
    return ContractLine(
        id=str(row["Id"]),
        number=str(row["ContractNumber"]),
        customer_id=account,
        customer=reader.name_of(account),
        start=str(row["StartDate"] or ""),
        end=str(row["EndDate"] or ""),
        months=_whole(row["ContractTerm"]),
        automatic=bool(row["Auto_Renews__c"]),
        notice_days=_whole(row["Notice_Days__c"]),
        amount=_amount(row["Annual_Amount__c"]),
        state=state,
        tone=tone,
        renewal=_renewal(reader, row),
    )


def _renewal(reader: OrgReader, contract: Record) -> OpportunityLine | None:
    """The newest opportunity that points at the contract."""
    linked = reader.related("Opportunity", "ContractId", str(contract["Id"]))
    newest = max(linked, key=lambda row: str(row["CreatedDate"]), default=None)
    return opportunity_line(reader, newest) if newest else None


def _state(row: Record, today: str, *, replaced: bool) -> tuple[str, str]:
    if row["Status"] != "Activated":
        return "draft", "calm"
    if row["Terminated_On__c"]:
        return "terminated", "bad"
    if replaced:
        return "replaced", "calm"
    if row["Cancellation_Notice__c"]:
        return "cancelling", "warn"
    if row["EndDate"] and str(row["EndDate"]) < today and not row["Auto_Renews__c"]:
        return "ended", "calm"
    return "running", "good"


def _next_end_first(row: Record, today: str) -> tuple[bool, str, str]:
    end = str(row["EndDate"] or NO_END)
    return end < today, end, str(row["Id"])


def _matches(reader: OrgReader, wanted: str, row: Record, *fields: str) -> bool:
    if not wanted:
        return True
    lowered = wanted.casefold()
    if any(lowered in str(row[field] or "").casefold() for field in fields):
        return True
    return lowered in reader.name_of(row["AccountId"]).casefold()


def _is_of(row: Record, kind: str) -> bool:
    match kind:
        case "by_sync":
            return bool(row["Renewal_Key__c"])
        case "open":
            return not row["IsClosed"]
        case "closed":
            return bool(row["IsClosed"])
        case _:
            return True


def _cut(total: int, page: int, whole: bool, rows: Callable[[slice], Sequence[object]]) -> Listed:  # noqa: FBT001  # told, not switched
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    cut = slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    return Listed(rows=rows(cut), total=total, whole=whole, page=page, pages=pages)


def _amount(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: Json) -> int | None:
    return int(value) if isinstance(value, int | float) else None
