"""The sandbox's org with a past in this process: its rows, its truth, and its customers as the product's books."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from csops_sync.domain.book import AccountBook
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Account, Contract, Opportunity, Person
from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.orgs.catalogue import build
from csops_sync.sandbox.salesforce.loader import load_org
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.seed import OrgSeed

Row = Mapping[str, Any]
Told = dict[str, Any]
"""A term of the truth, as `/sandbox/truth` gives it."""


@dataclass(frozen=True, slots=True)
class PastOrg:
    """A loaded org, and the seed that it came from."""

    org: Org
    seed: OrgSeed
    today: date

    def rows(self, name: str) -> list[Row]:
        """Give the rows of an object as records."""
        kind = self.org.schema[name]
        return [kind.record(row) for row in self.org.tables[name]]

    def truth(self) -> tuple[Told, list[Told]]:
        """Give the model, and all terms."""
        assert self.seed.truth is not None
        told: Any = self.seed.truth()
        return told["model"], told["terms"]

    def books(self) -> Iterator[AccountBook]:
        """Give each customer as a cycle would see it on its first day: nothing was stored before."""
        people = {str(row["Id"]): _person(row) for row in self.rows("User")}
        contracts, deals = defaultdict(list), defaultdict(list)
        for row in self.rows("Contract"):
            contracts[row["AccountId"]].append(_contract(row))
        for row in self.rows("Opportunity"):
            deals[row["AccountId"]].append(_opportunity(row))
        for row in self.rows("Account"):
            yield AccountBook(
                account=_account(row),
                contracts=tuple(contracts[row["Id"]]),
                opportunities=tuple(deals[row["Id"]]),
                people=people,
            )


def past_org(
    name: str = "history",
    *,
    contracts: int,
    seed: int = 1,
    today: date = date(2026, 4, 1),
    history: int | None = None,
) -> PastOrg:
    """Build and load an org; its clock stands at the beginning of `today`."""
    built = build(name, seed=seed, contracts=contracts, today=today, history=history)
    clock = VirtualClock(datetime(today.year, today.month, today.day, tzinfo=UTC), frozen=True)
    return PastOrg(load_org(load([Path(one) for one in built.options]), clock, built), built, today)


def _person(row: Row) -> Person:
    return Person(
        id=row["Id"], name=row["Name"], email=row["Email"], is_active=True, manager_id=row["ManagerId"]
    )


def _account(row: Row) -> Account:
    return Account(
        id=row["Id"],
        name=row["Name"],
        owner_id=row["OwnerId"],
        country=row["BillingCountry"],
        fiscal_year_starts=_whole(row["Fiscal_Year_Starts__c"]),
        values={"name": row["Name"], "csm": row["CSM__c"], "tier": row["Tier__c"]},
    )


def _contract(row: Row) -> Contract:
    notice = _whole(row["Notice_Days__c"])
    return Contract(
        id=row["Id"],
        account_id=row["AccountId"],
        number=row["ContractNumber"],
        start=_day(row["StartDate"]),
        end=_day(row["EndDate"]),
        term_months=_whole(row["ContractTerm"]),
        auto_renews=row["Auto_Renews__c"],
        renewal_term_months=_whole(row["Renewal_Term__c"]),
        notice=None if notice is None else Duration(days=notice),
        annual_amount=_amount(row["Annual_Amount__c"]),
        currency=row.get("CurrencyIsoCode") or "USD",
        predecessor_id=row["Renewed_From__c"],
        owner_id=row["OwnerId"],
        values={
            "status": row["Status"],
            "terminated_on": row["Terminated_On__c"],
            "cancellation_notice": row["Cancellation_Notice__c"],
            "name": row["Name"],
        },
    )


def _opportunity(row: Row) -> Opportunity:
    closes_on = _day(row["CloseDate"])
    assert closes_on is not None
    return Opportunity(
        id=row["Id"],
        account_id=row["AccountId"],
        name=row["Name"],
        stage=row["StageName"],
        is_closed=row["IsClosed"],
        is_won=row["IsWon"],
        is_deleted=False,
        close_date=closes_on,
        amount=_amount(row["Amount"]),
        currency=row.get("CurrencyIsoCode") or "USD",
        owner_id=row["OwnerId"],
        contract_id=row["ContractId"],
        renewal_key=row["Renewal_Key__c"],
        created_by_id=row["CreatedById"],
        last_modified_by_id=row["LastModifiedById"],
        last_modified_at=datetime.fromisoformat(row["LastModifiedDate"]),
        values={
            "confidence": row["Confidence__c"],
            "loss_reason": row["Loss_Reason__c"],
            "recurring_amount": _amount(row["Recurring_Amount__c"]),
            "amends_from": row["Amends_From__c"],
        },
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _amount(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
