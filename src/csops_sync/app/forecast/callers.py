"""Who may call what, as forms offer it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csops_sync.app.books import read_people
from csops_sync.app.forecast.call_rows import CallRow, call_rows
from csops_sync.app.forecast.calling import callers_of, currency_of
from csops_sync.app.office import Office
from csops_sync.domain.facts import Person
from csops_sync.domain.forecast.calls import CalledRenewal
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.ports.store import Transaction

People = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person whose call it can be, or whose team is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalCalls:
    """What was ever called of one renewal, the newest first, and who may call it now: nobody where it is over.

    `currency` is what it is called in, as an ISO 4217 code.
    """

    made: tuple[CallRow, ...] = ()
    callers: tuple[Caller, ...] = ()
    currency: str = ""


NOT_CALLED = RenewalCalls()
"""Nobody has called it, and nobody may."""


def calls_of_renewal(
    office: Office, state: TermState, *, people: Mapping[str, Person] | None = None
) -> RenewalCalls:
    """This function will read the calls of one renewal, withdrawals too, and who may make the next one.

    `people` are all users, None to have them read.
    """
    with office.store.reading() as tx:
        made = tx.forecast.calls.history(subject=CalledRenewal(key=state.key))
        callers: tuple[Caller, ...] = ()
        if state.standing in OPEN_STANDINGS:
            users = read_people(tx) if people is None else people
            found = callers_of(users, state.grouping.csm_id)
            callers = tuple(Caller(id=one.id, name=one.name) for one in found)
        return RenewalCalls(
            made=tuple(reversed(call_rows(tx, office, made))),
            callers=callers,
            currency=currency_of(office, state),
        )


def teams_among(tx: Transaction, states: Iterable[TermState], people: People) -> tuple[Caller, ...]:
    """This function will list the CSMs and managers of these renewals that a reader may call for, by name."""
    groupings = [one.grouping for one in states]
    ids = {one for each in groupings for one in (each.csm_id, each.manager_id) if one is not None}
    users = read_people(tx)
    found = [users[one] for one in ids if one in users and (people is None or one in people)]
    named = sorted((one.name, one.id) for one in found if one.is_active)
    return tuple(Caller(id=user_id, name=name) for name, user_id in named)
