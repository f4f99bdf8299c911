"""The lists of the CRM page: contracts and opportunities, filtered, in order, page by page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.pages.org_reader import OrgReader, Record
from csops_sync.sandbox.salesforce.schema import Json

PAGE_SIZE = 50
NO_END = "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a list. `first` and `last` count from 1."""

    rows: Sequence[object]
    total: int
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
    names = _names(reader, "Account")
    rows = [row for row in reader.records("Contract") if _matches(wanted, names, row, "ContractNumber")]
    rows.sort(key=lambda row: _next_end_first(row, today))
    replaced = _replaced(reader)
    return _cut(
        len(rows),
        page,
        lambda cut: [_contract(reader, row, names, replaced=row["Id"] in replaced) for row in rows[cut]],
    )


def opportunities(reader: OrgReader, *, wanted: str, kind: str, page: int) -> Listed:
    """This function will list opportunities, the newest first."""
    names = _names(reader, "Account")
    rows = [
        row
        for row in reader.records("Opportunity")
        if _is_of(row, kind) and _matches(wanted, names, row, "Name", "Renewal_Key__c")
    ]
    rows.sort(key=lambda row: (str(row["CreatedDate"]), str(row["Id"])), reverse=True)
    return _cut(len(rows), page, lambda cut: [opportunity_line(reader, row) for row in rows[cut]])


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
    return _contract(reader, row, {}, replaced=replaced)


def _contract(reader: OrgReader, row: Record, names: dict[str, str], *, replaced: bool) -> ContractLine:
    account = str(row["AccountId"])
    state, tone = _state(row, reader.today(), replaced=replaced)
    return ContractLine(
        id=str(row["Id"]),
        number=str(row["ContractNumber"]),
        customer_id=account,
        customer=names.get(account) or reader.name_of(account),
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


def _replaced(reader: OrgReader) -> set[Json]:
    return {row["Renewed_From__c"] for row in reader.records("Contract") if row["Renewed_From__c"]}


def _names(reader: OrgReader, name: str) -> dict[str, str]:
    return {str(row["Id"]): str(row["Name"]) for row in reader.records(name)}


def _matches(wanted: str, names: dict[str, str], row: Record, *fields: str) -> bool:
    if not wanted:
        return True
    texts: Iterable[str] = (
        names.get(str(row["AccountId"]), ""),
        *(str(row[field] or "") for field in fields),
    )
    lowered = wanted.casefold()
    return any(lowered in text.casefold() for text in texts)


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


def _cut(total: int, page: int, rows: Callable[[slice], Sequence[object]]) -> Listed:
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    cut = slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    return Listed(rows=rows(cut), total=total, page=page, pages=pages)


def _amount(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: Json) -> int | None:
    return int(value) if isinstance(value, int | float) else None
