"""In which order a list of renewals stands. What has no value comes last, whichever way the order goes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.listing_values import SortBy
from csops_sync.domain.forecast.landing import Landed, Landing
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money

Weighed = tuple[TermState, Landed]
_Order = tuple[bool, str | int]
_Key = Callable[[Weighed], _Order]


class Named(Protocol):
    """What accounts and people are called, by id."""

    def accounts(self, ids: Iterable[str]) -> Mapping[str, str]:
        """This function will give the names of accounts."""
        ...

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        """This function will give the names of users."""
        ...


def sorting(
    weighed: Sequence[Weighed], *, frame: Frame, by: SortBy, conversion: DueConversion, directory: Named
) -> _Key:
    """This function will give the key that sorts these renewals; amounts are compared in the report's currency.

    Sorted in reverse, take `turned` of it.
    """
    if by in _AMOUNTS:
        return _by_amount(by, conversion, frame.profile.due_day)
    if by is SortBy.ACCOUNT:
        accounts = directory.accounts({state.account_id for state, _ in weighed})
        return lambda one: (False, accounts.get(one[0].account_id, one[0].account_id))
    if by is SortBy.CSM:
        csms = (state.grouping.csm_id for state, _ in weighed)
        people = directory.people({one for one in csms if one is not None})
        return lambda one: _last_if_none(people.get(one[0].grouping.csm_id or "", one[0].grouping.csm_id))
    if by is SortBy.RANK:
        places = {rank: place for place, rank in enumerate(frame.rules.ranks)}
        return lambda one: (one[0].rank not in places, places.get(one[0].rank or "", 0))
    return _PLAIN.get(by, lambda one: (False, frame.profile.due_day(one[0]).toordinal()))


def turned(key: _Key) -> _Key:
    """This function will give a key for the reverse order, by which what has no value comes last there too."""

    def reverse(one: Weighed) -> _Order:
        is_missing, value = key(one)
        return (not is_missing, value)

    return reverse


def at_risk(state: TermState, landing: Landing) -> Money | None:
    """This function will give what of the prior amount is not expected to land; None where it cannot be judged."""
    base = landing.base
    if state.prior is None or base is None or base.currency != state.prior.currency:
        return None
    return state.prior - base


_AMOUNTS: Mapping[SortBy, Callable[[TermState, Landed], int | None]] = {
    SortBy.PRIOR: lambda state, _: None if state.prior is None else state.prior.to_minor(),
    SortBy.NEW: lambda state, _: None if state.new is None else state.new.to_minor(),
    SortBy.LANDING: lambda _, landed: None if landed.weights is None else landed.base + landed.expansion,
    SortBy.RISK: lambda state, landed: (
        None if landed.weights is None or state.prior is None else state.prior.to_minor() - landed.base
    ),
}


def _by_amount(by: SortBy, conversion: DueConversion, due: Callable[[TermState], date]) -> _Key:
    minor = _AMOUNTS[by]

    def key(one: Weighed) -> _Order:
        state, landed = one
        of = state.new if by is SortBy.NEW else state.prior
        amount = minor(state, landed)
        if amount is None or of is None:
            return (True, 0)
        rates = conversion.on(due(state))
        return (False, rates.minor(amount, of.currency)) if rates.knows(of.currency) else (True, 0)

    return key


def _last_if_none(value: str | None) -> _Order:
    return (value is None, value or "")


_PLAIN: Mapping[SortBy, _Key] = {
    SortBy.TYPE: lambda one: _last_if_none(one[1].type),
    SortBy.STANDING: lambda one: (False, one[0].standing.value),
}
