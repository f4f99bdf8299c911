"""The generated org's opportunities: the sale behind each contract, and the renewals that people made."""

from collections.abc import Hashable, Sequence
from datetime import date
from functools import cache

from csops_sync.sandbox.orgs.columns import Columns
from csops_sync.sandbox.orgs.deals import (
    PAPERWORK,
    SALES_CYCLE,
    Course,
    Language,
    origin_record,
    renewal_record,
)
from csops_sync.sandbox.orgs.drawn import Numbered
from csops_sync.sandbox.orgs.shapes import account_of, special_of
from csops_sync.sandbox.seed import DAY, REF, Figure, Plain, SeedRecord


class Opportunities(Numbered):
    """The won opportunities behind the contracts, and after them the renewals that people made."""

    differing = (
        Figure("AccountId", "Account"),
        Figure("OwnerId", REF),
        Figure("Name"),
        Figure("CloseDate", DAY),
        Figure("Amount"),
        Figure("ContractId", "Contract"),
        Figure("Renews__c", "Opportunity"),
        Figure("Contract_Start__c", DAY),
        Figure("Contract_End__c", DAY),
        Figure("Term_Months__c"),
        Figure("Annual_Amount__c"),
        Figure("Auto_Renews__c"),
        Figure("Notice_Days__c"),
        Figure("Terminated_On__c", DAY),
        Figure("Cancellation_Notice__c", DAY),
    )

    def __init__(self, columns: Columns, language: Language) -> None:
        self._origins = len(columns.signed)
        self._language = language
        super().__init__(columns, self._origins + len(columns.renewed))

    def record(self, number: int) -> SeedRecord:
        """This method will make the record of a number."""
        contract = self._contract(number)
        paper = self.columns.paper(contract)
        if number < self._origins:
            return origin_record(self.shaper.deal(contract, paper), self._language)
        return renewal_record(self.shaper.renewing(contract, paper), self._language)

    def likeness(self, number: int) -> Hashable:
        """This method will tell by stage and by the month of the close date, on which the fiscal period depends."""
        contract = self._contract(number)
        if number < self._origins:
            return None, _month(self.columns.start[contract] - PAPERWORK.days)
        course = self.shaper.course(contract)
        return course, _month(self._closes_on(contract, course))

    def figures(self, number: int) -> Sequence[Plain]:
        """This method will give what was sold, or what is to be renewed."""
        contract = self._contract(number)
        place, owner = self.columns.account_place(contract), self.made_by(number)
        customer = self.shaper.customer(account_of(contract))
        if number < self._origins:
            return (place, owner, *self._sold(contract, customer))
        return (place, owner, *self._renewing(contract, customer))

    def made_on(self, number: int) -> int:
        """This method will give the day on which the sale, or the renewal, was begun."""
        contract = self._contract(number)
        if number < self._origins:
            return self.columns.start[contract] - SALES_CYCLE.days
        return self.shaper.renewal_made_on(contract, self.columns.paper(contract))

    def made_by(self, number: int) -> str:
        """This method will give the owner of the account."""
        return self.shaper.staff.csm(account_of(self._contract(number)))

    def pointing(self, name: str, to: int) -> Sequence[int]:
        """This method will find the opportunities of an account, of a contract, or after an opportunity."""
        match name:
            case "AccountId":
                contracts = self.columns.contracts_of(to)
                sold = [self._origin(one) for one in contracts if self.shaper.is_signed(one)]
                return [*sold, *(place for one in contracts for place in self._renewals(one, linked=False))]
            case "ContractId":
                return self._renewals(to, linked=True)
            case _ if to < self._origins:
                contract = self._contract(to)
                after = contract + 1
                replacing = after < self.shaper.count and special_of(after) == "replacing"
                return [*([self._origin(after)] if replacing else []), *self._renewals(contract, linked=True)]
            case _:
                return []

    def _sold(self, contract: int, customer: str) -> Sequence[Plain]:
        columns, special = self.columns, special_of(contract)
        start, over = columns.start[contract], columns.over[contract]
        amount, notice, months = (
            float(columns.amount[contract]),
            columns.notice[contract],
            columns.months[contract],
        )
        return (
            self._language.origin_name.format(customer=customer, start=_month(start)),
            start - PAPERWORK.days,
            amount,
            None,
            self._origin(contract - 1) if special == "replacing" else None,
            start,
            columns.last_day(contract),
            float(months) if months else None,
            amount,
            bool(columns.automatic[contract]),
            float(notice) if notice else None,
            over if special == "terminated" else None,
            over if special == "cancelling" else None,
        )

    def _renewing(self, contract: int, customer: str) -> Sequence[Plain]:
        linked = self.shaper.is_linked(contract)
        amount = self.shaper.renewal_amount(contract, self.columns.paper(contract))
        return (
            self._language.renewal_name.format(
                customer=customer, month=_month(self.columns.end[contract] + 1)
            ),
            self._closes_on(contract, self.shaper.course(contract)),
            float(amount),
            contract if linked else None,
            self._origin(contract) if linked else None,
            *(None, None, None, None, False, None, None, None),
        )

    def _closes_on(self, contract: int, course: Course) -> int:
        if course in (Course.WON, Course.LOST):
            return self.shaper.today.toordinal() - 1
        return self.columns.end[contract]

    def _contract(self, number: int) -> int:
        if number < self._origins:
            return self.columns.signed[number]
        return self.columns.renewed[number - self._origins]

    def _origin(self, contract: int) -> int:
        return self.columns.signed.place_of(contract)

    def _renewals(self, contract: int, *, linked: bool) -> Sequence[int]:
        place = self.columns.renewal_place(contract)
        if place is None or (linked and not self.shaper.is_linked(contract)):
            return []
        return [self._origins + place]


@cache
def _month(day: int) -> str:
    return f"{date.fromordinal(day):%Y-%m}"
