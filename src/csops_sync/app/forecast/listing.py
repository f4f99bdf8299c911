"""Renewals as a list: filtered, sorted, summed, one page at a time."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import NOT_SAID, rank_column
from csops_sync.app.forecast.listing_order import Weighed, sorting
from csops_sync.app.forecast.listing_values import Choices, Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.landing import Landing, land
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money


class Directory(Protocol):
    """What records are called, by id; one that is not there is left out."""

    def accounts(self, ids: Iterable[str]) -> Mapping[str, str]:
        """This function will give the names of accounts."""
        ...

    def contracts(self, ids: Iterable[str]) -> Mapping[str, str]:
        """This function will give the numbers of contracts."""
        ...

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        """This function will give the names of users."""
        ...


def renewals_page(
    states: Iterable[TermState], *, frame: Frame, wanted: RenewalFilter, paging: Paging, directory: Directory
) -> RenewalsPage:
    """This function will give one page of the renewals that the filter lets through."""
    within = [one for one in states if _is_within(one, wanted, frame)]
    rates = Conversion(frame.exchange.opening(Window(frame.as_of, frame.as_of)))
    found = _matching(within, frame, wanted, directory)
    found.sort(key=lambda one: one[0].key)
    found.sort(
        key=sorting(found, frame=frame, by=paging.sort, conversion=rates, directory=directory),
        reverse=paging.descending,
    )
    pages = max(1, -(-len(found) // paging.size))
    page = min(paging.page, pages)
    shown = [
        (state, land(state=state, rules=frame.rules, scenario=frame.scenario))
        for state, _ in found[(page - 1) * paging.size : page * paging.size]
    ]
    due, landing, unjudged = _sums(found, rates)
    return RenewalsPage(
        basis=frame.basis,
        lines=renewal_lines(shown, directory),
        found=len(found),
        due=due,
        landing=landing,
        unjudged=unjudged,
        page=page,
        pages=pages,
        choices=_choices(within, frame, directory),
    )


def _matching(
    states: Iterable[TermState], frame: Frame, wanted: RenewalFilter, directory: Directory
) -> list[Weighed]:
    weigher = Weigher(frame)
    weighed = [(one, weigher.landed(one)) for one in states if _is_wanted(one, wanted, frame)]
    found = [one for one in weighed if not wanted.types or (one[1].type or NOT_SAID) in wanted.types]
    return _called(found, wanted.text, directory) if wanted.text.strip() else found


def renewal_lines(
    landed: Sequence[tuple[TermState, Landing]], directory: Directory
) -> tuple[RenewalLine, ...]:
    """This function will put names to renewals; an id without one stands for itself."""
    accounts = directory.accounts({state.account_id for state, _ in landed})
    contracts = directory.contracts({state.contract_id for state, _ in landed})
    groupings = [state.grouping for state, _ in landed]
    people = directory.people(
        {one for each in groupings for one in (each.csm_id, each.manager_id) if one is not None}
    )
    return tuple(
        RenewalLine(
            state=state,
            landing=landing,
            account=accounts.get(state.account_id, state.account_id),
            contract=contracts.get(state.contract_id, state.contract_id),
            csm=_person(state.grouping.csm_id, people),
            manager=_person(state.grouping.manager_id, people),
        )
        for state, landing in landed
    )


def is_for(state: TermState, people: frozenset[str] | None) -> bool:
    """This function will say whether one of these users looks after a renewal, or manages who does."""
    return people is None or state.grouping.csm_id in people or state.grouping.manager_id in people


def _is_within(state: TermState, wanted: RenewalFilter, frame: Frame) -> bool:
    is_due = wanted.window is None or wanted.window.holds(frame.profile.due_day(state))
    return is_due and is_for(state, wanted.people)


def _is_wanted(state: TermState, wanted: RenewalFilter, frame: Frame) -> bool:
    grouping = state.grouping
    asked = (
        (wanted.segments, grouping.segment),
        (wanted.tiers, grouping.tier),
        (wanted.csm_ids, grouping.csm_id),
        (wanted.manager_ids, grouping.manager_id),
        (wanted.products, grouping.product),
        (wanted.ranks, rank_column(state, ranks=frame.rules.ranks)),
        (wanted.standings, state.standing),
    )
    return all(not allowed or (value or NOT_SAID) in allowed for allowed, value in asked)


def _called(weighed: Sequence[Weighed], text: str, directory: Directory) -> list[Weighed]:
    """Keep the renewals in whose account's name or contract's number a text occurs."""
    part = _folded(text.strip())
    accounts = _holding(directory.accounts({state.account_id for state, _ in weighed}), part)
    contracts = _holding(directory.contracts({state.contract_id for state, _ in weighed}), part)
    return [one for one in weighed if one[0].account_id in accounts or one[0].contract_id in contracts]


def _holding(names: Mapping[str, str], part: str) -> frozenset[str]:
    return frozenset(record_id for record_id, name in names.items() if part in _folded(name))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _sums(found: Sequence[Weighed], rates: Conversion) -> tuple[Money, Money, int]:
    """Give what is due, what lands, and how many are in neither sum."""
    due = landing = unjudged = 0
    for state, landed in found:
        if landed.weights is None or state.prior is None or not rates.knows(state.prior.currency):
            unjudged += 1
            continue
        currency = state.prior.currency
        due += rates.minor(state.prior.to_minor(), currency)
        landing += rates.minor(landed.base + landed.expansion, currency)
    return Money.from_minor(due, rates.into), Money.from_minor(landing, rates.into), unjudged


def _choices(states: Sequence[TermState], frame: Frame, directory: Directory) -> Choices:
    segments = {one.grouping.segment for one in states if one.grouping.segment is not None}
    csms = {one.grouping.csm_id for one in states if one.grouping.csm_id is not None}
    ranks = {one.rank for one in states}
    names = directory.people(csms)
    return Choices(
        segments=tuple(sorted(segments)),
        csms=tuple(sorted(((one, names.get(one, one)) for one in csms), key=lambda one: (one[1], one[0]))),
        ranks=tuple(rank for rank in frame.rules.ranks if rank in ranks),
    )


def _person(user_id: str | None, people: Mapping[str, str]) -> str | None:
    return None if user_id is None else people.get(user_id, user_id)
