"""Renewals as a list: filtered, sorted, summed, one page at a time."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import NOT_SAID
from csops_sync.app.forecast.listing_columns import columns
from csops_sync.app.forecast.listing_order import Weighed, sorting, turned
from csops_sync.app.forecast.listing_values import Choices, Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.landing import Landed, Landing, land
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What stands above each page of a list, as `RenewalsPage` has it."""

    found: int
    due: Money
    landing: Money
    unjudged: int
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All renewals that a filter lets through, in order, with what they sum up to; pages are cut out of it."""

    found: tuple[Weighed, ...]
    totals: Totals


def renewals_page(
    states: Iterable[TermState], *, frame: Frame, wanted: RenewalFilter, paging: Paging, directory: Directory
) -> RenewalsPage:
    """This function will give one page of the renewals that the filter lets through."""
    weigh = Weigher(frame).landed
    found = listed(states, frame=frame, wanted=wanted, paging=paging, directory=directory, weigh=weigh)
    return page_of(found, frame=frame, paging=paging, directory=directory)


def listed(
    states: Iterable[TermState],
    *,
    frame: Frame,
    wanted: RenewalFilter,
    paging: Paging,
    directory: Directory,
    weigh: Callable[[TermState], Landed],
) -> Listed:
    """This function will filter, sort and sum renewals; of the paging only the order counts."""
    within = [one for one in states if _is_within(one, wanted, frame)]
    rates = DueConversion(frame.due_rates)
    conditions = _conditions(wanted, frame)
    weighed = [(one, weigh(one)) for one in within if all(holds(one) for holds in conditions)]
    found = [one for one in weighed if not wanted.types or (one[1].type or NOT_SAID) in wanted.types]
    if wanted.text.strip():
        found = _called(found, wanted.text, directory)
    found.sort(key=lambda one: one[0].key)
    order = sorting(found, frame=frame, by=paging.sort, conversion=rates, directory=directory)
    found.sort(key=turned(order) if paging.descending else order, reverse=paging.descending)
    due, landing, unjudged = _sums(found, frame, rates)
    totals = Totals(
        found=len(found),
        due=due,
        landing=landing,
        unjudged=unjudged,
        choices=_choices(within, frame, directory),
    )
    return Listed(found=tuple(found), totals=totals)


def page_of(found: Listed, *, frame: Frame, paging: Paging, directory: Directory) -> RenewalsPage:
    """This function will cut one page out of a list; a page beyond the last one is the last one."""
    first = (paging.shown(len(found.found)) - 1) * paging.size
    shown = found.found[first : first + paging.size]
    return page_with(found.totals, shown, frame=frame, paging=paging, directory=directory)


def page_with(
    totals: Totals, shown: Sequence[Weighed], *, frame: Frame, paging: Paging, directory: Directory
) -> RenewalsPage:
    """This function will put what is shown of a list under its totals."""
    return RenewalsPage(
        basis=frame.basis,
        lines=lines_of(shown, frame=frame, directory=directory),
        found=totals.found,
        due=totals.due,
        landing=totals.landing,
        unjudged=totals.unjudged,
        page=paging.shown(totals.found),
        pages=paging.pages(totals.found),
        choices=totals.choices,
    )


def lines_of(weighed: Sequence[Weighed], *, frame: Frame, directory: Directory) -> tuple[RenewalLine, ...]:
    """This function will give renewals of a list as people see them."""
    rules, scenario = frame.rules, frame.scenario
    landed = [(state, land(state=state, rules=rules, scenario=scenario)) for state, _ in weighed]
    return renewal_lines(landed, directory)


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


def of_people(states: Iterable[TermState], people: frozenset[str] | None) -> list[TermState]:
    """This function will give the renewals that are for these users; of a hundred thousand at once, so no call each."""
    if people is None:
        return list(states)
    return [one for one in states if (under := one.grouping).csm_id in people or under.manager_id in people]


def _is_within(state: TermState, wanted: RenewalFilter, frame: Frame) -> bool:
    is_due = wanted.window is None or wanted.window.holds(frame.profile.due_day(state))
    return is_due and is_for(state, wanted.people)


def _conditions(wanted: RenewalFilter, frame: Frame) -> list[Callable[[TermState], bool]]:
    """Give what a term must hold to; nothing is asked about what the filter leaves open."""
    asked = ((one, one.chosen(wanted)) for one in columns(frame.rules.ranks).values())
    return [partial(column.holds, allowed=allowed) for column, allowed in asked if allowed]


def _called(weighed: Sequence[Weighed], text: str, directory: Directory) -> list[Weighed]:
    """Keep the renewals in whose account's name or contract's number a text occurs."""
    part = folded(text.strip())
    accounts = _holding(directory.accounts({state.account_id for state, _ in weighed}), part)
    contracts = _holding(directory.contracts({state.contract_id for state, _ in weighed}), part)
    return [one for one in weighed if one[0].account_id in accounts or one[0].contract_id in contracts]


def _holding(names: Mapping[str, str], part: str) -> frozenset[str]:
    return frozenset(record_id for record_id, name in names.items() if part in folded(name))


def folded(text: str) -> str:
    """This function will give a text as it is compared: in one case and one width."""
    return unicodedata.normalize("NFKC", text).casefold()


def _sums(found: Sequence[Weighed], frame: Frame, rates: DueConversion) -> tuple[Money, Money, int]:
    """Give what is due, what lands, and how many are in neither sum."""
    due = landing = unjudged = 0
    for one in found:
        amounts = amounts_of(one, frame, rates)
        if amounts is None:
            unjudged += 1
            continue
        due += amounts[0]
        landing += amounts[1]
    return Money.from_minor(due, rates.into), Money.from_minor(landing, rates.into), unjudged


def amounts_of(one: Weighed, frame: Frame, rates: DueConversion) -> tuple[int, int] | None:
    """This function will give what of a renewal is due and lands, in minor units of the report's currency.

    None where it is in no sum: it cannot be judged, or there is no rate.
    """
    state, landed = one
    at = rates.on(frame.profile.due_day(state))
    if landed.weights is None or state.prior is None or not at.knows(state.prior.currency):
        return None
    currency = state.prior.currency
    return at.minor(state.prior.to_minor(), currency), at.minor(landed.base + landed.expansion, currency)


def _choices(states: Sequence[TermState], frame: Frame, directory: Directory) -> Choices:
    segments = {one.grouping.segment for one in states if one.grouping.segment is not None}
    csms = {one.grouping.csm_id for one in states if one.grouping.csm_id is not None}
    ranks = {one.rank for one in states if one.rank is not None}
    return choices_among(segments, csms, ranks, frame=frame, directory=directory)


def choices_among(
    segments: Iterable[str],
    csms: Collection[str],
    ranks: Collection[str],
    *,
    frame: Frame,
    directory: Directory,
) -> Choices:
    """This function will put in order what a filter may offer of what occurs, people by name."""
    names = directory.people(csms)
    return Choices(
        segments=tuple(sorted(segments)),
        csms=tuple(sorted(((one, names.get(one, one)) for one in csms), key=lambda one: (one[1], one[0]))),
        ranks=tuple(rank for rank in frame.rules.ranks if rank in ranks),
    )


def _person(user_id: str | None, people: Mapping[str, str]) -> str | None:
    return None if user_id is None else people.get(user_id, user_id)
