"""Which term of a contract is open business, and under which renewal it runs.

A renewal is given once per (contract, ordinal). While it is unsettled, a moved end date moves the same renewal. The
terms that a contract has rolled past settle as auto-renewed. State that was lost is rebuilt from the keys that the
opportunities carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.renewal import Renewal, Settled, parse_key, renewal_key
from csops_sync.domain.terms import Term, terms_through

_STICKY = frozenset({Settled.WON, Settled.LOST, Settled.DELETED})
_DAY = timedelta(days=1)
_QUARTER = 4


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
    latest = known[-1] if known else None
    if latest is None:
        return _tracked(contract, terms[-1], _fresh(contract, terms[-1], terms[-1].ordinal), ())
    if latest.settled in _STICKY:
        return _after_settled(contract, terms, latest)
    return _moved_or_rolled(contract, terms, latest)


def belongs_to_term(opportunity: Opportunity, *, term: Term) -> bool:
    """This function will say whether a linked opportunity is about this term's renewal.

    The deal that the contract came from is linked to it too; it closed around the term's start. What closes after
    the first quarter of the term is its renewal, early as it may be.
    """
    quarter = (term.end - term.start) / _QUARTER
    return opportunity.close_date > term.start + quarter


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
    written = opportunity.values.get("renewal_date")
    target = opportunity.close_date
    if isinstance(written, str) and written:
        target = date.fromisoformat(written) - _DAY
    return min(terms, key=lambda term: (abs(term.end - target), term.ordinal))


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
    length = latest.term_end - latest.term_start
    if current.end <= latest.term_end + length / 2:
        moved = replace(latest, term_end=max(current.end, latest.term_start))
        return _tracked(contract, current, moved, ())
    ordinal = latest.ordinal + 1
    start = max(current.start, latest.term_end + _DAY)
    term = Term(start=min(start, current.end), end=current.end, ordinal=ordinal)
    return _tracked(contract, term, _fresh(contract, term, ordinal), ())


def _moved_or_rolled(contract: Contract, terms: Sequence[Term], latest: Renewal) -> Tracked:
    current = terms[-1]
    rolled_past = any(term.end == latest.term_end for term in terms[:-1])
    if not rolled_past:
        term = Term(start=current.start, end=current.end, ordinal=latest.ordinal)
        same = replace(latest, term_start=term.start, term_end=term.end, settled=None)
        return _tracked(contract, term, same, ())
    over = replace(latest, settled=Settled.AUTO_RENEWED, review_on=None)
    term = Term(start=current.start, end=current.end, ordinal=latest.ordinal + 1)
    return _tracked(contract, term, _fresh(contract, term, term.ordinal), (over,))


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
