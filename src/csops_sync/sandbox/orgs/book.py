"""A hand-shaped book of business: customers, what they signed, and what people already did about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from csops_sync.sandbox.orgs.dates import start_for
from csops_sync.sandbox.orgs.deals import (
    Deal,
    Language,
    Renewing,
    account_record,
    contract_record,
    origin_record,
    renewal_record,
)
from csops_sync.sandbox.orgs.people import Staff
from csops_sync.sandbox.seed import SeedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer; `fiscal_year` is the month it starts in, None unknown; `csm` None takes the next one in turn."""

    name: str
    tier: str = "Standard"
    fiscal_year: int | None = 4
    industry: str | None = None
    country: str = "JP"
    csm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What was signed. Either `end` (the start follows from the term) or `start`; `months` None is evergreen."""

    amount: int
    end: date | None = None
    start: date | None = None
    months: int | None = 12
    notice_days: int = 60
    auto_renews: bool = True
    renewal_months: int | None = None
    status: str = "Activated"
    terminated_on: date | None = None
    cancellation_notice: date | None = None
    replaces: Deal | None = None


@dataclass(slots=True)
class Book:
    """Collects customers, deals and renewals in the order in which they are written down, as of `today`."""

    staff: Staff
    language: Language
    today: date
    _accounts: dict[str, SeedRecord] = field(default_factory=dict)
    _deals: list[Deal] = field(default_factory=list)
    _renewals: list[Renewing] = field(default_factory=list)

    def sell(self, customer: Customer, paper: Paper) -> Deal:
        """This function will write down a deal; a customer that is new gets its account."""
        account = self._account(customer)
        start, months = _run(paper)
        deal = Deal(
            key=str(len(self._deals) + 1),
            account=f"@{account.ref}",
            customer=customer.name,
            owner=str(account.values["OwnerId"]),
            start=start,
            months=months,
            amount=paper.amount,
            auto_renews=paper.auto_renews,
            notice_days=paper.notice_days,
            renewal_months=paper.renewal_months,
            status=paper.status,
            terminated_on=paper.terminated_on,
            cancellation_notice=paper.cancellation_notice,
            replaces=paper.replaces.key if paper.replaces else None,
        )
        self._deals.append(deal)
        return deal

    def renew(self, renewing: Renewing) -> None:
        """This function will write down a renewal opportunity that a person made."""
        self._renewals.append(renewing)

    def records(self) -> Mapping[str, list[SeedRecord]]:
        """This function will give Account, Contract and Opportunity rows, each after what it points at."""
        signed = [deal for deal in self._deals if deal.status == "Activated"]
        opportunities = [origin_record(deal, self.language) for deal in signed]
        opportunities += [renewal_record(renewing, self.language) for renewing in self._renewals]
        return {
            "Account": list(self._accounts.values()),
            "Contract": [contract_record(deal) for deal in self._deals],
            "Opportunity": opportunities,
        }

    def _account(self, customer: Customer) -> SeedRecord:
        if customer.name not in self._accounts:
            number = len(self._accounts)
            owner = self.staff.csm(number)
            self._accounts[customer.name] = account_record(
                str(number + 1),
                name=customer.name,
                owner=owner,
                today=self.today,
                values={
                    "CSM__c": customer.csm or owner,
                    "Tier__c": customer.tier,
                    "Fiscal_Year_Starts__c": customer.fiscal_year,
                    "Industry": customer.industry,
                    "BillingCountry": customer.country,
                },
            )
        return self._accounts[customer.name]


def _run(paper: Paper) -> tuple[date, int | None]:
    if paper.start is not None:
        return paper.start, paper.months
    if paper.end is None or paper.months is None:
        raise ValueError("a paper needs a start, or an end with a term in months")
    return start_for(paper.end, months=paper.months)
