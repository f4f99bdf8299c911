"""Adopt before create: which open opportunity of a person already is the renewal.

By contract link first. Without a link only one-to-one: exactly one opportunity and exactly one unsettled term that
match each other both ways. Anything else is ambiguous: nothing is created and nothing stamped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from csops_sync.domain.amending import amends_from
from csops_sync.domain.book import AccountBook, lookup_in
from csops_sync.domain.dates import earlier, later
from csops_sync.domain.eligibility import linked_opportunities
from csops_sync.domain.facts import Opportunity
from csops_sync.domain.rules import RenewalRule
from csops_sync.domain.tracking import Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """A term that may be opened, with the rule that says how its opportunity is recognised."""

    tracked: Tracked
    rule: RenewalRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoptions:
    """Renewal key to the opportunity that is it, and renewal key to the candidates among which a person must choose."""

    matched: Mapping[str, Opportunity] = field(default_factory=dict)
    ambiguous: Mapping[str, tuple[Opportunity, ...]] = field(default_factory=dict)


def find_adoptions(book: AccountBook, *, seekers: Sequence[Seeker]) -> Adoptions:
    """This function will match terms without an opportunity to the opportunities that people made."""
    linked = {one.tracked.renewal.key: _open_linked(book, one.tracked) for one in seekers}
    unlinked = [one for one in seekers if not linked[one.tracked.renewal.key]]
    loose = {one.tracked.renewal.key: loose_candidates(book, seeker=one) for one in unlinked}
    claims = [candidate.id for candidates in loose.values() for candidate in candidates]
    matched: dict[str, Opportunity] = {}
    ambiguous: dict[str, tuple[Opportunity, ...]] = {}
    for key, found in {**{k: v for k, v in linked.items() if v}, **loose}.items():
        contested = key in loose and any(claims.count(one.id) > 1 for one in found)
        if len(found) == 1 and not contested:
            matched[key] = found[0]
        elif found:
            ambiguous[key] = found
    return Adoptions(matched=matched, ambiguous=ambiguous)


def loose_candidates(book: AccountBook, *, seeker: Seeker) -> tuple[Opportunity, ...]:
    """This function will list open opportunities without key or contract that close about when the term ends.

    They must look like a renewal too: as the rule's `adopt.when` says, else by the record type or the type that the
    rule gives to its own. Where the rule names none of these, nothing is adopted without a link.
    """
    window = seeker.rule.adopt.close_date_within
    first = earlier(seeker.tracked.term.end, window)
    last = later(seeker.tracked.term.end, window) + timedelta(days=1)
    return tuple(
        one
        for one in book.opportunities
        if one.renewal_key is None
        and one.contract_id is None
        and amends_from(one) is None
        and not (one.is_deleted or one.is_closed)
        and one.id not in (seeker.tracked.contract.id, *seeker.tracked.renewal.refused)
        and first <= one.close_date <= last
        and _looks_like_renewal(book, one, seeker.rule)
    )


def _looks_like_renewal(book: AccountBook, opportunity: Opportunity, rule: RenewalRule) -> bool:
    if rule.adopt.when.clauses:
        return rule.adopt.when.holds(lookup_in(book, opportunity=opportunity))
    template = rule.opportunity
    by_record_type = template.record_type and opportunity.values.get("record_type") == template.record_type
    by_type = template.type and opportunity.values.get("type") == template.type
    return bool(by_record_type or by_type)


def _open_linked(book: AccountBook, tracked: Tracked) -> tuple[Opportunity, ...]:
    return tuple(
        one for one in linked_opportunities(book, tracked=tracked) if not (one.is_deleted or one.is_closed)
    )
