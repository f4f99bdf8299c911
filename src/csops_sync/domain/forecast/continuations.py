"""Which term continues which: by the contract's own next term, else by the account's next contract.

A term that `follows_on` says only that something continues it. Its own contract's next ordinal comes first; else it is
the account's contract that first begins after it. A merger of contracts gives several terms one continuation.

It is a matter of contracts, and so the same whoever counts as the customer: a successor is looked for within one
account, so a sister company's contract continues nothing, though both are one customer by their top parent.
"""

from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from csops_sync.domain.forecast.term_state import TermState

_DAY = timedelta(days=1)
Identity = tuple[str, int]


class DuplicateTermError(ValueError):
    """One term of one contract was given twice; it would be counted twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuations:
    """For every term's key, the term that continues it, and the other way round.

    `unfollowed` names terms that follow on although nothing in the set continues them: a filter cut them apart, or a
    contract is not mapped.
    """

    after: Mapping[str, TermState]
    before: Mapping[str, tuple[TermState, ...]]
    unfollowed: tuple[str, ...]


def continuations(terms: Iterable[TermState]) -> Continuations:
    """This function will find every term's continuation, in one pass over the terms of all customers.

    Raises:
        DuplicateTermError: two states describe one term of one contract.
    """
    known = _by_identity(terms)
    after: dict[str, TermState] = {}
    searching: list[TermState] = []
    for (contract_id, ordinal), term in known.items():
        following = known.get((contract_id, ordinal + 1))
        if following is not None:
            after[term.key] = following
        elif term.follows_on:
            searching.append(term)
    unfollowed = _search(searching, known, after)
    return Continuations(after=after, before=_turned(after, known.values()), unfollowed=unfollowed)


def _search(
    searching: list[TermState], known: Mapping[Identity, TermState], after: dict[str, TermState]
) -> tuple[str, ...]:
    """Adds the accounts' next contracts to `after`, and gives the keys for which there is none."""
    firsts = _first_terms(known, {term.account_id for term in searching}) if searching else {}
    for term in searching:
        following = _next_contract(term, firsts[term.account_id])
        if following is not None:
            after[term.key] = following
    return tuple(term.key for term in searching if term.key not in after)


def _turned(after: Mapping[str, TermState], terms: Iterable[TermState]) -> dict[str, tuple[TermState, ...]]:
    before: dict[str, tuple[TermState, ...]] = {}
    for term in terms:
        following = after.get(term.key)
        if following is not None:
            before[following.key] = (*before.get(following.key, ()), term)
    return before


def _by_identity(terms: Iterable[TermState]) -> dict[Identity, TermState]:
    known: dict[Identity, TermState] = {}
    for term in terms:
        if known.setdefault((term.contract_id, term.ordinal), term) is not term:
            raise DuplicateTermError(
                f"term {term.ordinal} of contract {term.contract_id} is there twice; give the states of one day only"
            )
    return known


def _first_terms(
    known: Mapping[Identity, TermState], accounts: Container[str]
) -> dict[str, tuple[list[date], list[TermState]]]:
    """Per account, the first term of each contract by its start, for a search by day."""
    found: dict[str, list[TermState]] = {}
    for (contract_id, ordinal), term in known.items():
        if term.account_id in accounts and (contract_id, ordinal - 1) not in known:
            found.setdefault(term.account_id, []).append(term)
    ordered = {
        account: sorted(terms, key=lambda term: (term.start, term.key)) for account, terms in found.items()
    }
    return {account: ([term.start for term in terms], terms) for account, terms in ordered.items()}


def _next_contract(term: TermState, firsts: tuple[list[date], list[TermState]]) -> TermState | None:
    days, terms = firsts
    for place in range(bisect_left(days, term.in_force_until + _DAY), len(terms)):
        if terms[place].contract_id != term.contract_id:
            return terms[place]
    return None
