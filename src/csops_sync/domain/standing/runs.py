"""The terms of a contract that are or were in force: when each stopped earning, and how it stands.

How the open term stands is what `eligibility.judge` says, and which rows a contract has is what `tracking` says. Added
here are the terms before and between those rows, and where a contract was cut off. Where the design is silent:

- A term that was never tracked (it was over before the product came, or while it was away) settled as auto-renewed,
  unless a won deal is linked that closed for it.
- A terminated contract ends on the day that its mapped date says; without one on its own end date, or on the end of the
  term that was terminated where it had rolled past that.
- A contract that is neither active nor terminated counts while there is proof that it was in force: a renewal of its
  own, a settled deal, an active successor. It then ends on its end date. A draft has none of these.
- An active successor outweighs a termination, for ending the old contract is how people tidy up after an early renewal.
  A termination within the term outweighs a won deal, for what was won did not come to be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from csops_sync.domain.book import AccountBook, lookup_in
from csops_sync.domain.conditions import Condition
from csops_sync.domain.eligibility import Standing, Verdict, find_successor, judge
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.domain.renewal import Renewal, Settled, renewal_key
from csops_sync.domain.rules import RuleSet
from csops_sync.domain.terms import Term, terms_through
from csops_sync.domain.tracking import Tracked, belongs_to_term, known_renewals, outcome, track

_DAY = timedelta(days=1)
_STANDINGS = {
    Standing.ELIGIBLE: TermStanding.UNOPENED,
    Standing.CANCELLING: TermStanding.UNOPENED,
    Standing.NO_RULE: TermStanding.UNOPENED,
    Standing.OPENED: TermStanding.OPEN,
    Standing.OVERDUE: TermStanding.EXPIRED,
    Standing.INACTIVE: TermStanding.EXPIRED,
    Standing.TERMINATED: TermStanding.TERMINATED,
    Standing.SUPERSEDED: TermStanding.SUPERSEDED,
    Standing.SUCCESSOR_DRAFTED: TermStanding.ASIDE,
    Standing.SETTLED: TermStanding.ASIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One term. `until` is the last day on which it earns, `follows_on` says that another term carries it on.

    The term's ordinal is its place among the contract's terms, so the next one is that of the next term.

    `renewal` is its row, None for one that was never tracked; `opportunity` is its renewal deal, if it has one.
    `successor` is the active contract that replaces its contract; `is_last` marks the last term of the contract.
    """

    key: str
    term: Term
    until: date
    standing: TermStanding
    follows_on: bool
    is_last: bool
    renewal: Renewal | None = None
    opportunity: Opportunity | None = None
    successor: Contract | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Life:
    """What is known of a contract as a whole; `ended_on` is its last day, None while it has none of its own."""

    contract: Contract
    tracked: Tracked
    verdict: Verdict
    successor: Contract | None
    is_terminated: bool
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A term with its key, and its row where it was tracked."""

    key: str
    term: Term
    renewal: Renewal | None


def runs_of(book: AccountBook, *, contract: Contract, rules: RuleSet, today: date) -> tuple[Run, ...]:
    """This function will list the terms of a contract, first to last; none where it has not been in force.

    `today` is the org's business date.
    """
    tracked = track(book, contract=contract, today=today)
    if tracked is None:
        return ()
    life = _life(book, tracked, rules=rules, today=today)
    if not _was_in_force(book, life, rules):
        return ()
    slots = _in_turn(_slots(book, tracked, today))
    kept = [one for one in slots if life.ended_on is None or one.term.start <= life.ended_on]
    following = [*kept[1:], None]
    return tuple(_run(book, life, one, after) for one, after in zip(kept, following, strict=True))


def _life(book: AccountBook, tracked: Tracked, *, rules: RuleSet, today: date) -> _Life:
    contract = tracked.contract
    verdict = judge(book, tracked=tracked, rules=rules, today=today)
    successor = _active_successor(book, contract, verdict, rules)
    is_terminated = _holds(rules.lifecycle.terminated, book, contract)
    ends = [
        successor.start - _DAY if successor and successor.start else None,
        terminated_on(book, contract=contract, rules=rules) if is_terminated else None,
        contract.end if verdict.standing is Standing.INACTIVE else None,
    ]
    return _Life(
        contract=contract,
        tracked=tracked,
        verdict=verdict,
        successor=successor,
        is_terminated=is_terminated,
        ended_on=min((day for day in ends if day is not None), default=None),
    )


def terminated_on(book: AccountBook, *, contract: Contract, rules: RuleSet) -> date | None:
    """This function will give the last day of a terminated contract: its mapped date, else an end date."""
    condition = rules.lifecycle.terminated
    paths = [clause.path for clause in condition.clauses] if condition else []
    days = (_day(contract, path) for path in paths)
    mapped = min((day for day in days if day is not None), default=None)
    if mapped is not None:
        return mapped
    mine = [one for one in book.renewals if one.contract_id == contract.id]
    ended = min((one.term_end for one in mine if one.settled is Settled.TERMINATED), default=None)
    has_rolled = any(one.settled is Settled.AUTO_RENEWED for one in mine)
    return ended if has_rolled and ended is not None else contract.end or ended


def _day(contract: Contract, path: str) -> date | None:
    source, _, name = path.partition(".")
    value = contract.values.get(name) if source == "contract" else None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None  # a status such as `Terminated` is no day


def _active_successor(
    book: AccountBook, contract: Contract, verdict: Verdict, rules: RuleSet
) -> Contract | None:
    """Give the contract that replaces this one: by link, or the won opportunity that is itself a contract."""
    linked = find_successor(book, contract=contract, active=rules.lifecycle.active)
    own = book.contract(verdict.opportunity_id) if verdict.opportunity_id else None
    found = (one for one in (linked, own) if one is not None and one.id != contract.id)
    return next((one for one in found if _holds(rules.lifecycle.active, book, one)), None)


def _was_in_force(book: AccountBook, life: _Life, rules: RuleSet) -> bool:
    contract = life.contract
    if life.is_terminated or life.successor or _holds(rules.lifecycle.active, book, contract):
        return True
    if life.verdict.standing is Standing.SETTLED:
        return True
    mine = [one for one in book.renewals if one.contract_id == contract.id]
    is_tracked = bool(mine) and life.verdict.standing is Standing.INACTIVE
    return is_tracked or any(one.settled or one.opportunity_id for one in mine)


def _slots(book: AccountBook, tracked: Tracked, today: date) -> list[_Slot]:
    """Give the rows of a contract, the last revision of each, and the computed terms that none of them covers."""
    contract, last = tracked.contract, tracked.renewal
    terms = terms_through(contract=contract, today=today)
    known = (*known_renewals(book, contract=contract, terms=terms), *tracked.past, last)
    rows = {one.ordinal: one for one in known if one.ordinal <= last.ordinal}
    slots = [_tracked_slot(one) for one in rows.values() if one.term_start <= one.term_end]
    first = min(rows)
    for term in terms:
        if not any(_overlap(term, one.term) for one in slots if one.renewal is not None):
            slots.append(_Slot(key=_key(contract, term, first), term=term, renewal=None))
    return sorted(slots, key=lambda one: (one.term.start, one.term.end))


def _tracked_slot(renewal: Renewal) -> _Slot:
    term = Term(renewal.term_start, renewal.term_end, renewal.ordinal)
    return _Slot(key=renewal.key, term=term, renewal=renewal)


def _key(contract: Contract, term: Term, first: int) -> str:
    """Name a term without a row: before the first row as a renewal key would, later by its day, which none has."""
    if term.ordinal < first:
        return renewal_key(contract_id=contract.id, ordinal=term.ordinal)
    return f"{contract.id}_{term.start:%Y%m%d}"


def _overlap(one: Term, other: Term) -> bool:
    return one.start <= other.end and other.start <= one.end


def _in_turn(slots: Sequence[_Slot]) -> Iterator[_Slot]:
    """Let each term begin after the one before it, and count them: rows rebuilt from opportunities may reach back.

    Where terms without a row stand between rows, a term's place is not the ordinal in its key.
    """
    free, place = date.min, 0
    for slot in slots:
        if slot.term.end < free:
            continue
        place += 1
        term = Term(max(slot.term.start, free), slot.term.end, place)
        yield _Slot(key=slot.key, term=term, renewal=slot.renewal)
        free = term.renewal_date


def _run(book: AccountBook, life: _Life, slot: _Slot, after: _Slot | None) -> Run:
    opportunity = _opportunity(book, life, slot, after)
    is_last = after is None
    standing = _last_standing(life, slot, opportunity) if is_last else _past_standing(life, slot, opportunity)
    ends = [slot.term.end, *([life.ended_on] if life.ended_on else [])]
    return Run(
        key=slot.key,
        term=slot.term,
        until=min(ends),
        standing=standing,
        follows_on=not is_last or life.successor is not None,
        is_last=is_last,
        renewal=slot.renewal,
        opportunity=opportunity,
        successor=life.successor if is_last else None,
    )


def _opportunity(book: AccountBook, life: _Life, slot: _Slot, after: _Slot | None) -> Opportunity | None:
    own = book.opportunity(slot.renewal.opportunity_id) if slot.renewal else None
    if own is not None:
        return own
    if after is None:
        is_current = slot.key == life.tracked.renewal.key
        return book.opportunity(life.verdict.opportunity_id) if is_current else None
    taken = {one.opportunity_id for one in book.renewals}
    deals = [
        one
        for one in book.opportunities
        if one.contract_id == life.contract.id
        and one.is_won
        and not one.is_deleted
        and one.id not in taken
        and belongs_to_term(one, term=slot.term)
        and not belongs_to_term(one, term=after.term)
    ]
    return max(deals, key=lambda one: (one.close_date, one.id), default=None)


def _settled(slot: _Slot, opportunity: Opportunity | None) -> Settled | None:
    if opportunity is not None:
        return outcome(opportunity)
    row = slot.renewal  # `won` without an opportunity says that a successor followed on time
    return row.settled if row is not None and row.opportunity_id else None


def _past_standing(life: _Life, slot: _Slot, opportunity: Opportunity | None) -> TermStanding:
    """Say how a term stands that another term of its contract follows."""
    settled = _settled(slot, opportunity)
    if settled is Settled.WON:
        return TermStanding.WON
    if settled is Settled.LOST:
        return TermStanding.LOST
    rolls = life.contract.auto_renews or life.contract.end is None
    return TermStanding.ASIDE if settled is Settled.DELETED and not rolls else TermStanding.AUTO_RENEWED


def _last_standing(life: _Life, slot: _Slot, opportunity: Opportunity | None) -> TermStanding:
    settled = _settled(slot, opportunity)
    if settled is Settled.LOST:
        return TermStanding.LOST
    is_cut = life.ended_on is not None and life.ended_on <= slot.term.end
    if life.is_terminated and life.successor is None and is_cut:
        return TermStanding.TERMINATED
    if settled is Settled.WON:
        return TermStanding.WON
    if life.successor is not None:
        return TermStanding.SUPERSEDED
    if slot.key == life.tracked.renewal.key:
        return _STANDINGS[life.verdict.standing]
    return TermStanding.TERMINATED if life.is_terminated else TermStanding.EXPIRED


def _holds(condition: Condition | None, book: AccountBook, contract: Contract) -> bool:
    return condition is not None and condition.holds(lookup_in(book, contract=contract))
