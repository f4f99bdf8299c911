"""The rows of one drawn customer: its account, its contracts as they were changed, its deals with all their days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from csops_sync.sandbox.orgs.deals import (
    PAPERWORK,
    Course,
    Deal,
    Language,
    Renewing,
    account_record,
    amendment_record,
    contract_record,
    origin_record,
    renewal_record,
)
from csops_sync.sandbox.orgs.past_lives import ANNOUNCED
from csops_sync.sandbox.orgs.past_terms import DAY, Fate, PastTerm, RenewalDeal
from csops_sync.sandbox.seed import Change, SeedRecord, Value

NOTICE_DAYS = 60
_GROUP_EVERY, _BELOW = 10, (2, 3)
"""Of ten customers that follow one another the second belongs to the first, and the third to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with all its terms; `csm` is the reference of the user who looks after it. Names are its own."""

    number: int
    name: str
    csm: str
    tier: str
    fiscal_year: int | None
    terms: Sequence[PastTerm]

    @property
    def ref(self) -> str:
        """The reference of its account."""
        return f"@account-past-{self.number}"

    @property
    def parent(self) -> str | None:
        """The reference of the account that this one belongs to; None where it is no subsidiary."""
        return f"@account-past-{self.number - 1}" if self.number % _GROUP_EVERY in _BELOW else None

    def contract_name(self, term: PastTerm) -> str:
        """This method will give the name of a term's contract, which no other contract has."""
        return f"{self.name} {term.since:%Y-%m} #{term.contract}"

    def renewal_name(self, term: PastTerm, language: Language) -> str:
        """This method will give the name of a term's renewal opportunity, which no other opportunity has."""
        return language.renewal_name.format(customer=self.name, month=f"{term.end + DAY:%Y-%m}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRecords:
    """Writes customers down, as of `today`: what lies ahead is not in the rows."""

    today: date
    language: Language

    def account(self, customer: Customer) -> SeedRecord:
        """This method will give the Account row."""
        values: dict[str, Value] = {
            "ParentId": customer.parent,
            "CSM__c": customer.csm,
            "Tier__c": customer.tier,
            "Fiscal_Year_Starts__c": customer.fiscal_year,
            "BillingCountry": "JP",
            "CurrencyIsoCode": customer.terms[0].currency,
        }
        key = customer.ref.removeprefix("@account-")
        return account_record(key, name=customer.name, owner=customer.csm, today=self.today, values=values)

    def contracts(self, customer: Customer) -> Iterator[SeedRecord]:
        """This method will give a Contract row for each contract, whose amounts and notices changed while it ran."""
        for term in _first_terms(customer.terms):
            last = [one for one in customer.terms if one.contract == term.contract][-1]
            row = contract_record(self._deal(customer, term))
            made_on = min(_signed_on(customer.terms, term), self.today - DAY)
            values = {
                **row.values,
                "Name": customer.contract_name(term),
                "CurrencyIsoCode": term.currency,
                "Renewed_From__c": _contract_ref(customer, term.contract - 1) if term.continues else None,
            }
            changes = [one for one in _contract_changes(term, last) if made_on <= one.on < self.today]
            yield replace(row, values=values, created_on=made_on, changes=changes)

    def opportunities(self, customer: Customer) -> Iterator[SeedRecord]:
        """This method will give the sale of each new contract, its amendments, and renewals that people had begun."""
        before: PastTerm | None = None
        for term in customer.terms:
            sold = term.ordinal == 1 and (
                before is None or before.deal is None or before.fate is not Fate.WON
            )
            if sold:
                yield self._sale(customer, term)
            yield from self._amendments(customer, term)
            if term.deal is not None and term.deal.opened_on < self.today:
                yield self._renewal(customer, term, term.deal)
            before = term

    def _sale(self, customer: Customer, term: PastTerm) -> SeedRecord:
        row = origin_record(self._deal(customer, term), self.language)
        closed_on = min(term.start - PAPERWORK, self.today - DAY)
        values = {**row.values, "CloseDate": closed_on, "CurrencyIsoCode": term.currency}
        return replace(row, values=values)

    def _amendments(self, customer: Customer, term: PastTerm) -> Iterator[SeedRecord]:
        """Give the won deal of each step that has come: an amendment's, or a ramp's."""
        for before, step in pairwise(term.steps):
            if step.on < self.today:
                row = amendment_record(
                    self._deal(customer, term),
                    on=step.on,
                    added=step.amount - before.amount,
                    language=self.language,
                )
                yield replace(row, values={**row.values, "CurrencyIsoCode": term.currency})

    def _renewal(self, customer: Customer, term: PastTerm, deal: RenewalDeal) -> SeedRecord:
        asked = Renewing(
            deal=self._deal(customer, term),
            end=term.end,
            course=Course.PREPARED,
            made_on=deal.opened_on,
            amount=term.prior,
        )
        row = renewal_record(asked, self.language)
        values = {
            **row.values,
            "Name": customer.renewal_name(term, self.language),
            "CurrencyIsoCode": term.currency,
            "Renews__c": None,
        }
        changes = [one for one in self._moves(deal) if one.on < self.today]
        ref = f"renewal-past-{customer.number}-{term.contract}-{term.ordinal}"
        return replace(row, ref=ref, values=values, changes=changes)

    def _moves(self, deal: RenewalDeal) -> Iterator[Change]:
        stages = self.language.stages
        entered = (stages.propose, stages.negotiate, stages.negotiate)
        for place, (rating, stage) in enumerate(zip(deal.ratings, entered, strict=False)):
            amount: dict[str, Value] = {} if place else {"Amount": deal.offered}
            yield Change(on=rating.on, values={"StageName": stage, "Confidence__c": rating.rank, **amount})
        values: dict[str, Value] = {
            "StageName": stages.won if deal.won else stages.lost,
            "CloseDate": deal.closed_on,
            "Loss_Reason__c": deal.reason,
        }
        if deal.signed is not None:
            values["Amount"] = deal.signed
        yield Change(on=deal.closed_on, values=values)

    def _deal(self, customer: Customer, term: PastTerm) -> Deal:
        return Deal(
            key=f"past-{customer.number}-{term.contract}",
            account=customer.ref,
            customer=customer.name,
            owner=customer.csm,
            start=term.since,
            months=term.months,
            amount=term.steps[0].amount,
            auto_renews=term.rolls,
            notice_days=NOTICE_DAYS if term.rolls else 0,
        )


def _first_terms(terms: Sequence[PastTerm]) -> list[PastTerm]:
    return [one for one in terms if one.ordinal == 1]


def _signed_on(terms: Sequence[PastTerm], first: PastTerm) -> date:
    """Give the day on which a contract was signed: that of the deal it comes from, which may be late."""
    deals = [one.deal for one in terms if one.contract == first.contract - 1 and one.deal is not None]
    return deals[-1].closed_on if first.continues and deals else first.start - PAPERWORK


def _contract_ref(customer: Customer, contract: int) -> str:
    return f"@contract-past-{customer.number}-{contract}"


def _contract_changes(first: PastTerm, last: PastTerm) -> list[Change]:
    """Give the steps of the amount, the notice and the termination, in order of days."""
    found = [Change(on=one.on, values={"Annual_Amount__c": one.amount}) for one in first.steps[1:]]
    if last.notice is not None:
        found.append(Change(on=last.notice, values={"Cancellation_Notice__c": last.notice}))
    if last.fate is Fate.TERMINATED:
        found.append(Change(on=last.end - ANNOUNCED + DAY, values={"Terminated_On__c": last.end}))
    return sorted(found, key=lambda one: one.on)
