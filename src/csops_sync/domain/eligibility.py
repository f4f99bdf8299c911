"""Whether a term's renewal may be opened, and in words why not."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from csops_sync.domain.book import AccountBook, lookup_in
from csops_sync.domain.cancellation import cancellation_of
from csops_sync.domain.conditions import Condition
from csops_sync.domain.dates import earlier
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.intent_reasons import CANCELLING, TERMINATED
from csops_sync.domain.renewal import Cancellation, Renewal, Settled
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.sentences import Sentence, Wording
from csops_sync.domain.tracking import Tracked, linked_deals, outcome

_MAY_BE_RENEWED = Sentence("why.eligible", "the term may be renewed and has no renewal opportunity")
_REPLACED_EARLY = Wording("why.replaced", "it is replaced early by contract {number}")
_FOLLOWED = Wording("why.followed", "it is followed by contract {number}")
_INACTIVE = Sentence("why.inactive", "the contract is not active")


class Standing(StrEnum):
    """Where a term stands. Only `eligible` is opened; `cancelling` follows its rule; `opened` is kept in order."""

    ELIGIBLE = "eligible"
    CANCELLING = "cancelling"
    OPENED = "opened"
    SETTLED = "settled"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    SUCCESSOR_DRAFTED = "successor-drafted"
    INACTIVE = "inactive"
    OVERDUE = "overdue"
    NO_RULE = "no-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The standing of a term, the sentence that explains it, and how it settles the term, if it does."""

    standing: Standing
    why: str
    settled: Settled | None = None
    opportunity_id: str | None = None


def judge(book: AccountBook, *, tracked: Tracked, rules: RuleSet, today: date) -> Verdict:
    """This function will give the standing of a tracked term: the first reason that applies, in the order of weight."""
    return (
        _settled_by_opportunity(book, tracked)
        or _terminated(book, tracked, rules)
        or _replaced(book, tracked, rules)
        or _already_opened(tracked)
        or _inactive(book, tracked, rules)
        or _overdue(tracked, rules, today)
        or _cancelling(book, tracked, rules, today)
        or Verdict(standing=Standing.ELIGIBLE, why=_MAY_BE_RENEWED)
    )


def linked_opportunities(book: AccountBook, *, tracked: Tracked) -> tuple[Opportunity, ...]:
    """This function will list people's opportunities that are linked to the contract and belong to this term."""
    return linked_deals(book, contract=tracked.contract, renewal=tracked.renewal, term=tracked.term)


def _settled_by_opportunity(book: AccountBook, tracked: Tracked) -> Verdict | None:
    renewal = tracked.renewal
    own = book.opportunity(renewal.opportunity_id)
    if renewal.opportunity_id and own is None and renewal.settled:
        return _settlement(renewal.settled, renewal.opportunity_id)
    settled = outcome(own) if own else None
    if settled:
        return _settlement(settled, renewal.opportunity_id)
    if own is not None:
        return None
    for one in linked_opportunities(book, tracked=tracked):
        settled = outcome(one)
        if settled:
            return _settlement(settled, one.id)
    return None


def _settlement(settled: Settled, opportunity_id: str | None) -> Verdict:
    return Verdict(
        standing=Standing.SETTLED,
        why=Sentence(
            "why.settled",
            "the term is settled: its opportunity {opportunity} was {settled}",
            opportunity=opportunity_id,
            settled=settled,
        ),
        settled=settled,
        opportunity_id=opportunity_id,
    )


def _terminated(book: AccountBook, tracked: Tracked, rules: RuleSet) -> Verdict | None:
    if not _holds(rules.lifecycle.terminated, book, tracked.contract):
        return None
    return Verdict(standing=Standing.TERMINATED, why=TERMINATED(), settled=Settled.TERMINATED)


def _replaced(book: AccountBook, tracked: Tracked, rules: RuleSet) -> Verdict | None:
    successor = find_successor(book, contract=tracked.contract, active=rules.lifecycle.active)
    if successor is None:
        return None
    if not _holds(rules.lifecycle.active, book, successor):
        if book.opportunity(successor.id) is not None:
            return None  # contracts are opportunities here, and this one is open: adoption deals with it
        return Verdict(
            standing=Standing.SUCCESSOR_DRAFTED,
            why=Sentence(
                "why.drafted", "contract {number} is drafted as its successor", number=successor.number
            ),
        )
    early = successor.start is not None and successor.start <= tracked.term.end
    settled = Settled.SUPERSEDED if early else Settled.WON
    words = _REPLACED_EARLY if early else _FOLLOWED
    return Verdict(standing=Standing.SUPERSEDED, why=words(number=successor.number), settled=settled)


def find_successor(book: AccountBook, *, contract: Contract, active: Condition) -> Contract | None:
    """This function will find the contract that replaces this one, by the mapped link; an active one before a draft."""
    found = [one for one in book.contracts if one.predecessor_id == contract.id != one.id]
    return next((one for one in found if _holds(active, book, one)), next(iter(found), None))


def _already_opened(tracked: Tracked) -> Verdict | None:
    renewal = tracked.renewal
    if renewal.opportunity_id is None:
        return None
    return Verdict(
        standing=Standing.OPENED,
        why=Sentence(
            "why.opened",
            "it has its renewal opportunity {opportunity}",
            opportunity=renewal.opportunity_id,
        ),
        opportunity_id=renewal.opportunity_id,
    )


def _inactive(book: AccountBook, tracked: Tracked, rules: RuleSet) -> Verdict | None:
    if _holds(rules.lifecycle.active, book, tracked.contract):
        return None
    return Verdict(standing=Standing.INACTIVE, why=_INACTIVE)


def _overdue(tracked: Tracked, rules: RuleSet, today: date) -> Verdict | None:
    oldest = earlier(today, rules.guards.max_overdue)
    if tracked.term.renewal_date >= oldest:
        return None
    return Verdict(
        standing=Standing.OVERDUE,
        why=Sentence(
            "why.overdue",
            "its renewal date {day} passed more than {limit} ago",
            day=tracked.term.renewal_date,
            limit=rules.guards.max_overdue,
        ),
    )


def _cancelling(book: AccountBook, tracked: Tracked, rules: RuleSet, today: date) -> Verdict | None:
    stands = cancellation_of(book, tracked=tracked, rules=rules, today=today)
    if stands is not Cancellation.ANNOUNCED:
        return None
    return Verdict(standing=Standing.CANCELLING, why=CANCELLING())


def _holds(condition: Condition | None, book: AccountBook, contract: Contract) -> bool:
    return condition is not None and condition.holds(lookup_in(book, contract=contract))


def is_settled_forever(renewal: Renewal) -> bool:
    """This function will say whether only `reopen` can bring this term back."""
    return renewal.settled in (Settled.WON, Settled.LOST, Settled.DELETED)
