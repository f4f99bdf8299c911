"""A drawn past as a whole: customers one after another, their rows object by object, and the truth about them all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from csops_sync.sandbox.orgs.deals import Language
from csops_sync.sandbox.orgs.names import japanese_company
from csops_sync.sandbox.orgs.past_lives import Lives
from csops_sync.sandbox.orgs.past_records import Customer, PastRecords
from csops_sync.sandbox.orgs.past_targets import target_records
from csops_sync.sandbox.orgs.past_terms import Fate, PastTerm, RenewalDeal
from csops_sync.sandbox.orgs.past_truth import Truth
from csops_sync.sandbox.orgs.people import Staff
from csops_sync.sandbox.orgs.spread import draw, pick
from csops_sync.sandbox.seed import SeedRecord

TIERS = ((8, "Enterprise"), (62, "Standard"), (30, "Starter"))
FISCAL_YEARS = ((75, 4), (10, 1), (10, 10), (5, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBook:
    """`customers` drawn lives over the last `quarters` quarters. The same arguments give the same book.

    Nothing is held: each walk through the book draws its customers anew. `named_from` is the number of the first name.
    """

    seed: int
    customers: int
    quarters: int
    truth: Truth
    staff: Staff
    language: Language
    named_from: int = 0

    @property
    def today(self) -> date:
        """The day up to which the past is known."""
        return self.truth.today

    def __iter__(self) -> Iterator[Customer]:
        lives = Lives(seed=self.seed, quarters=self.quarters, truth=self.truth, staff=self.staff)
        for number in range(1, self.customers + 1):
            yield Customer(
                number=number,
                name=japanese_company(self.named_from + number - 1, seed=self.seed),
                csm=lives.csm(number),
                tier=pick(TIERS, draw(self.seed, number, "past tier")),
                fiscal_year=pick(FISCAL_YEARS, draw(self.seed, number, "past fiscal year")),
                terms=tuple(lives.terms(number)),
            )

    def records(self) -> Mapping[str, Iterable[SeedRecord]]:
        """This method will give the rows of each object, made while they are read."""
        write = PastRecords(today=self.today, language=self.language)
        return {
            "Account": _Rows(self, lambda one: iter((write.account(one),))),
            "Contract": _Rows(self, write.contracts),
            "Opportunity": _Rows(self, write.opportunities),
            "Renewal_Target__c": list(target_records(self, today=self.today, team_of=self._teams())),
        }

    def _teams(self) -> dict[str, str]:
        """The manager's name of each CSM: that is what a team is called."""
        users = {f"@{user.ref}": user.values for user in self.staff.users()}
        managed = {ref: values["ManagerId"] for ref, values in users.items() if values.get("ManagerId")}
        return {ref: str(users[str(manager)]["Name"]) for ref, manager in managed.items()}

    def as_json(self) -> dict[str, object]:
        """This method will write down the rates, and of each term what was drawn."""
        emails = {f"@{user.ref}": str(user.values["Email"]) for user in self.staff.users()}
        return {
            "model": {**self.truth.as_json(), "today": self.today.isoformat()},
            "terms": [
                self._told(customer, term, emails[customer.csm])
                for customer in self
                for term in customer.terms
            ],
        }

    def _told(self, customer: Customer, term: PastTerm, csm: str) -> dict[str, object]:
        deal = term.deal if term.deal is not None and term.deal.opened_on < self.today else None
        steps = [one for place, one in enumerate(term.steps) if not place or one.on < self.today]
        return {
            "account": customer.name,
            "contract": customer.contract_name(term),
            "opportunity": None if deal is None else customer.renewal_name(term, self.language),
            "ordinal": term.ordinal,
            "csm": csm,
            "currency": term.currency,
            "start": term.start.isoformat(),
            "end": term.end.isoformat(),
            "until": term.until.isoformat(),
            "steps": [{"on": one.on.isoformat(), "amount": one.amount} for one in steps],
            "prior": steps[-1].amount,
            "continues": term.continues,
            "rolls": term.rolls,
            "fate": term.fate.value,
            "notice": None if term.notice is None else term.notice.isoformat(),
            "deal": None if deal is None else self._told_deal(term, deal),
        }

    def _told_deal(self, term: PastTerm, deal: RenewalDeal) -> dict[str, object]:
        rated = [one for one in deal.ratings if one.on < self.today]
        known: dict[str, object] = {
            "opened_on": deal.opened_on.isoformat(),
            "type": deal.offer.value if rated else None,
            "offered": deal.offered if rated else None,
            "ratings": [{"on": one.on.isoformat(), "rank": one.rank, "chance": one.chance} for one in rated],
        }
        if term.fate is Fate.RUNNING:
            return known
        closed = {"timing": deal.timing.value, "closed_on": deal.closed_on.isoformat()}
        return {**known, **closed, "signed": deal.signed, "reason": deal.reason}


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one object, as often as they are asked for."""

    book: PastBook
    rows: Callable[[Customer], Iterator[SeedRecord]]

    def __iter__(self) -> Iterator[SeedRecord]:
        for customer in self.book:
            yield from self.rows(customer)
