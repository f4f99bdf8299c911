"""Which term of a contract is open business, and under which renewal it runs.

A renewal is given once per (contract, ordinal). While it is unsettled, a moved end date moves the same renewal. The
terms that a contract has rolled past settle as auto-renewed. State that was lost is rebuilt from the keys that the
opportunities carry. Where the design is silent, this module reads it so:

- What an opportunity says by now settles a term before the contract's new dates are looked at: winning a renewal and
  extending its contract is one act of people, and may be one poll.
- A won term whose end moves by less than four weeks was corrected; one that moves by more has a new term after it. A
  lost or deleted one stays settled up to half its length: a customer who leaves is often given some weeks.
- A term of a contract that renews by itself is over once its end has passed, also where somebody has entered the next
  end by then.
- A later term starts after the one before it, though a contract that is extended in place keeps its first start.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.domain.amending import amends_from
from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.renewal import Renewal, Settled, parse_key, renewal_key
from csops_sync.domain.terms import Term, terms_through

_STICKY = frozenset({Settled.WON, Settled.LOST, Settled.DELETED})
_DAY = timedelta(days=1)
_YEAR = timedelta(days=364)
_CORRECTION = timedelta(days=27)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A contract with its current term's renewal, and the earlier renewals whose state changed."""

    contract: Contract
    term: Term
    renewal: Renewal
    past: tuple[Renewal, ...] = ()


def track(book: AccountBook, *, contract: Contract, today: date) -> Tracked | None:
    """This function will find a contract's current term and renewal; None where it has no usable dates."""
    terms = terms_through(contract=contract, today=today)
    if not terms:
        return None
    known = _known(book, contract=contract, terms=terms)
    if not known:
        return _tracked(contract, terms[-1], _fresh(contract, terms[-1], terms[-1].ordinal), ())
    latest = _as_it_stands(book, contract, known[-1])
    if latest.account_id != contract.account_id:
        latest = replace(latest, account_id=contract.account_id)
    if latest.settled in _STICKY:
        return _after_settled(contract, terms, latest)
    before = [one.term_end for one in known if one.ordinal < latest.ordinal]
    if _is_rolled_past(contract, terms, latest, today):
        return _rolled(contract, terms[-1], latest)
    return _moved(contract, terms[-1], latest, after=max(before, default=None))


def known_renewals(book: AccountBook, *, contract: Contract, terms: Sequence[Term]) -> tuple[Renewal, ...]:
    """This function will list a contract's renewals in order of term, those too that only opportunities remember.

    `terms` are those of the contract up to today (`terms_through`), at least one.
    """
    return tuple(_known(book, contract=contract, terms=terms))


def belongs_to_term(opportunity: Opportunity, *, term: Term) -> bool:
    """This function will say whether a linked opportunity is about this term's renewal.

    The deal that the contract came from is linked to it too; it closed around the term's start. What closes after
    the first quarter of the term is its renewal, early as it may be. Of a longer term only the last year counts: a
    contract that was extended in place is linked to the deals of the years before. An amendment renews nothing.
    """
    if amends_from(opportunity) is not None:
        return False
    length = min(term.end - term.start, _YEAR)
    return opportunity.close_date > term.end - length * 3 / 4


def linked_deals(
    book: AccountBook, *, contract: Contract, renewal: Renewal, term: Term
) -> tuple[Opportunity, ...]:
    """This function will list people's opportunities that are linked to the contract and belong to this term."""
    others = {one.opportunity_id for one in book.renewals if one.key != renewal.key}
    return tuple(
        one
        for one in book.opportunities
        if one.contract_id == contract.id
        and one.renewal_key is None
        and one.id not in (contract.id, *renewal.refused)
        and one.id not in others
        and belongs_to_term(one, term=term)
    )


def _as_it_stands(book: AccountBook, contract: Contract, renewal: Renewal) -> Renewal:
    """Give a stored renewal as its opportunity settles it by now, for the term as it was stored."""
    own = book.opportunity(renewal.opportunity_id)
    if own is not None:
        kept = None if renewal.settled in _STICKY else renewal.settled
        settled = outcome(own) or kept
        return renewal if settled is renewal.settled else replace(renewal, settled=settled)
    if renewal.opportunity_id is not None or renewal.settled in _STICKY:
        return renewal
    term = Term(renewal.term_start, renewal.term_end, renewal.ordinal)
    deals = linked_deals(book, contract=contract, renewal=renewal, term=term)
    done = next((one for one in deals if outcome(one)), None)
    return replace(renewal, settled=outcome(done), opportunity_id=done.id) if done else renewal


def _known(book: AccountBook, *, contract: Contract, terms: Sequence[Term]) -> list[Renewal]:
    stored = [_found_again(book, one) for one in book.renewals if one.contract_id == contract.id]
    keys = {one.key for one in stored}
    tied = {one.opportunity_id for one in stored}
    rebuilt = [
        _rebuild(opportunity, contract=contract, terms=terms)
        for opportunity in book.opportunities
        if opportunity.renewal_key not in keys
        and opportunity.id not in tied
        and contract.id in _contracts_of(opportunity)
    ]
    return sorted([*stored, *rebuilt], key=_order)


def _found_again(book: AccountBook, stored: Renewal) -> Renewal:
    """Give a renewal that knows of no opportunity the one that carries its key: state was lost after its opening.

    A living one goes before a deleted one; a deleted one settles the renewal, so that nothing is created over it.
    """
    if stored.opportunity_id is not None:
        return stored
    carrying = [
        one
        for one in book.opportunities
        if one.renewal_key == stored.anchor_key and one.id not in stored.refused
    ]
    found = min(carrying, key=lambda one: (one.is_deleted, one.id), default=None)
    return stored if found is None else replace(stored, opportunity_id=found.id)


def _contracts_of(opportunity: Opportunity) -> frozenset[str]:
    """Give the contracts whose renewal this opportunity says it is: by its key, and as co-termed with it."""
    ref = parse_key(opportunity.renewal_key) if opportunity.renewal_key else None
    if ref is None:
        return frozenset()
    members = str(opportunity.values.get("co_term_contracts") or "")
    return frozenset({ref.contract_id, *members.split(",")}) - {""}


def _order(renewal: Renewal) -> tuple[int, int]:
    ref = parse_key(renewal.key)
    return (renewal.ordinal, ref.revision if ref else 1)


def _rebuild(opportunity: Opportunity, *, contract: Contract, terms: Sequence[Term]) -> Renewal:
    """Make the renewal that must have stood behind an opportunity with our key, after state was lost."""
    anchor = str(opportunity.renewal_key)
    ref = parse_key(anchor)
    term = _term_of(opportunity, terms)
    is_anchor = ref is not None and ref.contract_id == contract.id
    fresh = _fresh(contract, term, ref.ordinal if ref and is_anchor else term.ordinal)
    return replace(
        fresh,
        key=anchor if is_anchor else fresh.key,
        anchor_key=anchor,
        opportunity_id=opportunity.id,
        settled=outcome(opportunity),
    )


def _term_of(opportunity: Opportunity, terms: Sequence[Term]) -> Term:
    """Give the term that an opportunity renews: until the renewal date written on it, else the one it closes near."""
    written = opportunity.values.get("renewal_date")
    if not (isinstance(written, str) and written):
        return _nearest(terms, opportunity.close_date)
    end = date.fromisoformat(written[:10]) - _DAY
    near = _nearest(terms, end)
    return replace(near, end=end) if end >= near.start else near


def _nearest(terms: Sequence[Term], end: date) -> Term:
    return min(terms, key=lambda term: (abs(term.end - end), term.ordinal))


def outcome(opportunity: Opportunity) -> Settled | None:
    """This function will say how an opportunity settles its term, or None while it is open."""
    if opportunity.is_deleted:
        return Settled.DELETED
    if opportunity.is_closed:
        return Settled.WON if opportunity.is_won else Settled.LOST
    return None


def _after_settled(contract: Contract, terms: Sequence[Term], latest: Renewal) -> Tracked:
    """A won, lost or deleted renewal settles its term, also where the end date is corrected a little afterwards."""
    current = terms[-1]
    if current.end <= latest.term_end + _leeway(latest):
        moved = replace(latest, term_end=max(current.end, latest.term_start))
        return _tracked(contract, current, moved, ())
    ordinal = latest.ordinal + 1
    term = _term_after(current, ordinal, latest.term_end)
    return _tracked(contract, term, _fresh(contract, term, ordinal), (replace(latest, review_on=None),))


def _leeway(renewal: Renewal) -> timedelta:
    half = (renewal.term_end - renewal.term_start) / 2
    return half if renewal.settled in (Settled.LOST, Settled.DELETED) else min(half, _CORRECTION)


def _is_rolled_past(contract: Contract, terms: Sequence[Term], latest: Renewal, today: date) -> bool:
    """Say whether the contract has gone on by itself since the renewal's term."""
    if _nearest(terms, latest.term_end) is not terms[-1]:
        return True
    entered = terms[-1].end > latest.term_end + _leeway(latest)
    return contract.auto_renews and latest.term_end < today and entered


def _rolled(contract: Contract, current: Term, latest: Renewal) -> Tracked:
    over = replace(latest, settled=latest.settled or Settled.AUTO_RENEWED, review_on=None)
    term = _term_after(current, latest.ordinal + 1, latest.term_end)
    return _tracked(contract, term, _fresh(contract, term, term.ordinal), (over,))


def _moved(contract: Contract, current: Term, latest: Renewal, *, after: date | None) -> Tracked:
    term = _term_after(current, latest.ordinal, after)
    if (latest.term_start, latest.term_end, latest.settled) != (term.start, term.end, None):
        latest = replace(latest, term_start=term.start, term_end=term.end, settled=None)
    return _tracked(contract, term, latest, ())


def _term_after(current: Term, ordinal: int, before: date | None) -> Term:
    start = max(current.start, before + _DAY) if before is not None else current.start
    return Term(start=min(start, current.end), end=current.end, ordinal=ordinal)


def _fresh(contract: Contract, term: Term, ordinal: int) -> Renewal:
    key = renewal_key(contract_id=contract.id, ordinal=ordinal)
    return Renewal(
        key=key,
        contract_id=contract.id,
        account_id=contract.account_id,
        ordinal=ordinal,
        term_start=term.start,
        term_end=term.end,
        anchor_key=key,
    )


def _tracked(contract: Contract, term: Term, renewal: Renewal, past: tuple[Renewal, ...]) -> Tracked:
    return Tracked(contract=contract, term=term, renewal=renewal, past=past)
