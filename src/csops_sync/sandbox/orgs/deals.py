"""A sale and what follows from it, as records: the contract, the won opportunity behind it, its renewal by a person.

The won opportunity carries the contract's dates too, so that an org reads the same whether its mapping takes the
standard Contract or the won Opportunity for the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from csops_sync.sandbox.orgs.dates import DAY, last_day
from csops_sync.sandbox.orgs.setup import NEW_BUSINESS, RENEWAL, Stages
from csops_sync.sandbox.seed import SeedRecord, Value

SALES_CYCLE = timedelta(days=60)
PAPERWORK = timedelta(days=10)
KNOWN_FOR = timedelta(days=8 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How an org names its opportunities: `{customer}`, `{month}` (yyyy-MM of the renewal date), `{start}`.

    The `{start}` of an amendment is the month from which it counts.
    """

    stages: Stages
    origin_name: str
    renewal_name: str
    amendment_name: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One contract. `key` makes its refs; `account`, `owner` are references; `amount` is a year's, in major units.

    `months` None is evergreen. `notice_days` counts for contracts that renew by themselves. `replaces` is the key of
    the earlier contract that this one took the place of.
    """

    key: str
    account: str
    customer: str
    owner: str
    start: date
    months: int | None
    amount: int
    auto_renews: bool = True
    notice_days: int = 60
    renewal_months: int | None = None
    status: str = "Activated"
    terminated_on: date | None = None
    cancellation_notice: date | None = None
    replaces: str | None = None

    @property
    def end(self) -> date | None:
        """The first term's last day, as Salesforce computes it; None for evergreen."""
        return last_day(self.start, self.months) if self.months else None


class Course(StrEnum):
    """Where a renewal opportunity stands."""

    PREPARED = "prepared"
    PROPOSED = "proposed"
    NEGOTIATED = "negotiated"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """A renewal opportunity that a person made for a deal's term which ends on `end`.

    `linked` says whether the person also pointed it at the contract. `made_on` is the day on which it was made.
    """

    deal: Deal
    end: date
    course: Course
    made_on: date
    amount: int
    linked: bool = True
    confidence: str | None = None
    closes_on: date | None = None


def contract_record(deal: Deal) -> SeedRecord:
    """This function will give the Contract row of a deal."""
    values: dict[str, Value] = {
        "AccountId": deal.account,
        "OwnerId": deal.owner,
        "Status": deal.status,
        "StartDate": deal.start,
        "ContractTerm": deal.months,
        "Annual_Amount__c": deal.amount,
        "Auto_Renews__c": deal.auto_renews,
        "Notice_Days__c": deal.notice_days or None,
        "Renewal_Term__c": deal.renewal_months,
        "Renewed_From__c": f"@contract-{deal.replaces}" if deal.replaces else None,
        "Terminated_On__c": deal.terminated_on,
        "Cancellation_Notice__c": deal.cancellation_notice,
    }
    return SeedRecord(
        ref=f"contract-{deal.key}", values=values, created_on=deal.start - PAPERWORK, by=deal.owner[1:]
    )


def origin_record(deal: Deal, language: Language) -> SeedRecord:
    """This function will give the won opportunity by which the deal was sold, with the contract's own dates on it."""
    values: dict[str, Value] = {
        "AccountId": deal.account,
        "OwnerId": deal.owner,
        "Name": language.origin_name.format(customer=deal.customer, start=f"{deal.start:%Y-%m}"),
        "StageName": language.stages.won,
        "CloseDate": deal.start - PAPERWORK,
        "Amount": deal.amount,
        "RecordTypeId": NEW_BUSINESS,
        "Contract_Start__c": deal.start,
        "Contract_End__c": deal.end,
        "Term_Months__c": deal.months,
        "Annual_Amount__c": deal.amount,
        "Auto_Renews__c": deal.auto_renews,
        "Notice_Days__c": deal.notice_days or None,
        "Renewal_Term__c": deal.renewal_months,
        "Terminated_On__c": deal.terminated_on,
        "Cancellation_Notice__c": deal.cancellation_notice,
        "Renews__c": f"@origin-{deal.replaces}" if deal.replaces else None,
    }
    return SeedRecord(
        ref=f"origin-{deal.key}", values=values, created_on=deal.start - SALES_CYCLE, by=deal.owner[1:]
    )


def renewal_record(renewing: Renewing, language: Language) -> SeedRecord:
    """This function will give the renewal opportunity that a person made."""
    deal = renewing.deal
    month = f"{renewing.end + DAY:%Y-%m}"
    values: dict[str, Value] = {
        "AccountId": deal.account,
        "OwnerId": deal.owner,
        "Name": language.renewal_name.format(customer=deal.customer, month=month),
        "StageName": _stage(renewing.course, language.stages),
        "CloseDate": renewing.closes_on or renewing.end,
        "Amount": renewing.amount,
        "RecordTypeId": RENEWAL,
        "Confidence__c": renewing.confidence,
        "NextStep": language.next_step if renewing.course is Course.PROPOSED else None,
    }
    if renewing.linked:
        values |= {"ContractId": f"@contract-{deal.key}", "Renews__c": f"@origin-{deal.key}"}
    return SeedRecord(
        ref=f"renewal-{deal.key}", values=values, created_on=renewing.made_on, by=deal.owner[1:]
    )


def amendment_record(deal: Deal, *, on: date, added: int, language: Language) -> SeedRecord:
    """This function will give the won opportunity that changed what a deal's contract earns a year from a day on."""
    values: dict[str, Value] = {
        "AccountId": deal.account,
        "OwnerId": deal.owner,
        "Name": language.amendment_name.format(customer=deal.customer, start=f"{on:%Y-%m}"),
        "StageName": language.stages.won,
        "CloseDate": on - PAPERWORK,
        "Amount": max(added, 0),
        "Recurring_Amount__c": added,
        "Amends_From__c": on,
        "ContractId": f"@contract-{deal.key}",
        "RecordTypeId": NEW_BUSINESS,
    }
    return SeedRecord(
        ref=f"amendment-{deal.key}-{on:%Y%m}", values=values, created_on=on - SALES_CYCLE, by=deal.owner[1:]
    )


def account_record(
    key: str, *, name: str, owner: str, today: date, values: Mapping[str, Value]
) -> SeedRecord:
    """This function will give an Account row, years old; `values` are its CSM, tier, fiscal year and the like."""
    return SeedRecord(
        ref=f"account-{key}",
        values={"Name": name, "OwnerId": owner, **values},
        created_on=today - KNOWN_FOR,
        by=owner[1:],
    )


def _stage(course: Course, stages: Stages) -> str:
    return {
        Course.PREPARED: stages.prepare,
        Course.PROPOSED: stages.propose,
        Course.NEGOTIATED: stages.negotiate,
        Course.WON: stages.won,
        Course.LOST: stages.lost,
    }[course]
