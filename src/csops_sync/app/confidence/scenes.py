"""Everything around one renewal that telling a move needs: customer, contracts, opportunity, people, amounts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from csops_sync.app.at_hand import NO_BOOKS
from csops_sync.app.books import read_books
from csops_sync.app.engine import Engine
from csops_sync.domain.amounts import prior_amount, total
from csops_sync.domain.book import AccountBook, lookup_in
from csops_sync.domain.conditions import Lookup
from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.face import Who
from csops_sync.domain.confidence.settling import Move
from csops_sync.domain.facts import Contract, Opportunity, Person
from csops_sync.domain.money import Money, annualised
from csops_sync.domain.people import find_csm, resolve
from csops_sync.domain.renewal import Renewal
from csops_sync.domain.rules import BusinessDayRoll, RuleSet
from csops_sync.domain.terms import Term, new_term_months, notice_deadline
from csops_sync.ports.store import Transaction


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One renewal opportunity with its customer. `renewals` share it, the anchor first.

    Without slots: what routes, mentions and faces ask for again and again is worked out once.
    """

    book: AccountBook
    renewals: tuple[Renewal, ...]
    opportunity: Opportunity
    rules: RuleSet

    @property
    def renewal(self) -> Renewal:
        """The renewal that carries the opportunity."""
        return self.renewals[0]

    @cached_property
    def contract(self) -> Contract | None:
        """The anchor's contract; None where it is gone."""
        return self.book.contract(self.renewal.contract_id)

    @cached_property
    def csm(self) -> Person | None:
        """Who looks after the renewal."""
        return find_csm(self.book, paths=self.rules.csm, contract=self.contract, opportunity=self.opportunity)

    @property
    def term(self) -> Term:
        """The term that ends."""
        return Term(self.renewal.term_start, self.renewal.term_end, self.renewal.ordinal)

    def resolve(self, path: str) -> str | None:
        """This function will turn a mention into a user id or a handle, None where nobody active is found."""
        return resolve(
            self.book, path=path, csm=self.csm, contract=self.contract, opportunity=self.opportunity
        )

    def lookup(self) -> Lookup:
        """This function will give the lookup of the routes' conditions."""
        return lookup_in(
            self.book, segments=self.rules.segments, contract=self.contract, opportunity=self.opportunity
        )

    def who(self, user_id: str) -> Who:
        """This function will name a person."""
        person = self.book.people.get(user_id)
        return Who(id=user_id, name=person.name if person else user_id)

    def prior(self) -> Money | None:
        """This function will give the annual amount of all contracts that share the renewal."""
        return self._prior

    @cached_property
    def _prior(self) -> Money | None:
        contracts = [(self.book.contract(one.contract_id), one.term_end) for one in self.renewals]
        amounts = [
            prior_amount(self.book, contract=one, rules=self.rules, until=end) if one else None
            for one, end in contracts
        ]
        return total(amounts)

    def yearly(self, amount: Decimal | None) -> Decimal | None:
        """This function will make an Opportunity.Amount annual, as the mapping's `amount_basis` says it is kept."""
        if amount is None or not self.rules.term_amounts or self.contract is None:
            return amount
        months = new_term_months(contract=self.contract, term=self.term)
        return annualised(amount=Money(amount, self.opportunity.currency), months=months).amount

    def deadline(self) -> date | None:
        """This function will give the last day on which the customer can stop the renewal."""
        if self.contract is None:
            return None
        return notice_deadline(
            term=self.term,
            notice=self.contract.notice,
            auto_renews=self.contract.auto_renews,
            roll=BusinessDayRoll.NONE,
            calendar=self.rules.calendar.own,
        )

    def budget_last_day(self) -> date | None:
        """This function will give the last day of the budget season that pays, where it is known."""
        decision = self.renewal.decision
        return decision.budget.last_day if decision and decision.budget else None


def at_home(
    tx: Transaction, found: Sequence[Move | ConfidenceChange], homes: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """This function will give the (account, opportunity) of each as they are now.

    `homes` are the accounts of opportunities that were looked at; the others' watches say theirs.
    """
    watches = tx.confidence.watches.get(
        [one.opportunity_id for one in found if one.opportunity_id not in homes]
    )
    accounts = {**homes, **{one.opportunity_id: one.account_id for one in watches}}
    return [(accounts.get(one.opportunity_id, one.account_id), one.opportunity_id) for one in found]


def read_scenes(
    engine: Engine,
    tx: Transaction,
    pairs: Iterable[tuple[str, str]],
    *,
    people: Mapping[str, Person],
    books: Mapping[str, AccountBook] = NO_BOOKS,
) -> Mapping[str, Scene]:
    """This function will read the scenes of (account, opportunity) pairs, by opportunity; `books` are not read again.

    One whose opportunity or customer is gone, or whose rows make no sense, is left out.
    """
    wanted: dict[str, set[str]] = {}
    for account_id, opportunity_id in pairs:
        wanted.setdefault(account_id, set()).add(opportunity_id)
    at_hand = [books[one] for one, deals in wanted.items() if one in books and _has(books[one], deals)]
    unread = sorted(wanted.keys() - {one.account.id for one in at_hand})
    read = read_books(tx, unread, people=dict(people), default_currency=engine.rules.default_currency)
    found: dict[str, Scene] = {}
    for book in (*at_hand, *read):
        for opportunity_id in wanted[book.account.id]:
            scene = _scene(book, opportunity_id, engine.rules)
            if scene is not None:
                found[opportunity_id] = scene
    return found


def _has(book: AccountBook, opportunity_ids: Iterable[str]) -> bool:
    """Say whether a book has all of these: a renewal may be tied, in this cycle, to one of another customer."""
    return all(book.opportunity(one) is not None for one in opportunity_ids)


def _scene(book: AccountBook, opportunity_id: str, rules: RuleSet) -> Scene | None:
    opportunity = book.opportunity(opportunity_id)
    tied = [one for one in book.renewals if one.opportunity_id == opportunity_id]
    if opportunity is None or opportunity.is_deleted or not tied:
        return None
    return Scene(book=book, renewals=_anchor_first(tied), opportunity=opportunity, rules=rules)


def _anchor_first(renewals: Sequence[Renewal]) -> tuple[Renewal, ...]:
    return tuple(sorted(renewals, key=lambda one: (one.key != one.anchor_key, one.key)))
