"""Calls as people read them: about what, whose, when; for `csops-sync calls` and the dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from csops_sync.app.forecast.frames import frame_of
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.period_words import period_key
from csops_sync.app.office import Office
from csops_sync.domain.forecast.calls import Call, CalledRenewal, CalledTeam, CallSubject
from csops_sync.domain.forecast.periods import FiscalCalendar, PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money
from csops_sync.ports.store import Transaction

_ALL = 1_000_000_000
People = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call. `about` is the customer and contract, or the team; `period` is the team's.

    `kind` is `renewal` or `team`, `subject` the renewal key or the user id. `amount` None withdraws those before it.
    `counts`: it is the one that counts now. `at` is aware UTC.
    """

    id: int
    kind: str
    subject: str
    about: str
    period: str
    amount: Money | None
    by: str
    by_id: str
    at: datetime
    note: str
    counts: bool


def calls_of(office: Office, *, is_whole: bool = False, people: People = None) -> tuple[CallRow, ...]:
    """This function will list the calls that count now; with `is_whole` every call that was ever made, oldest first.

    `people` restricts it to what these users look after or manage; None is everything.
    """
    with office.store.reading() as tx:
        calls = tx.forecast.calls
        found = calls.history(limit=_ALL) if is_whole else calls.known(at=office.now)
        seen = [one for one in found if people is None or _is_seen(tx, one, people)]
        return call_rows(tx, office, seen)


def call_rows(tx: Transaction, office: Office, calls: Sequence[Call]) -> tuple[CallRow, ...]:
    """This function will put names to calls."""
    keys = [one.subject.key for one in calls if isinstance(one.subject, CalledRenewal)]
    states = {one.key: one for one in tx.forecast.states.get(keys)}
    teams = {one.subject.user_id for one in calls if isinstance(one.subject, CalledTeam)}
    names = MirrorNames(tx.mirror)
    written = _Written(
        abouts=_abouts(states, names),
        people=names.people({one.by_id for one in calls} | teams),
        calendar=frame_of(office.rules, as_of=office.today, known_at=office.now).calendar,
        counting=frozenset(
            one.id for one in tx.forecast.calls.known(at=office.now, subjects=[one.subject for one in calls])
        ),
    )
    return tuple(written.row(one) for one in calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What calls are written down with: what renewals are called by key, people by id, and which calls count."""

    abouts: Mapping[str, str]
    people: Mapping[str, str]
    calendar: FiscalCalendar
    counting: frozenset[int]

    def row(self, call: Call) -> CallRow:
        kind, subject, about, period = self._subject(call.subject)
        return CallRow(
            id=call.id,
            kind=kind,
            subject=subject,
            about=about,
            period=period,
            amount=call.amount,
            by=self.people.get(call.by_id, call.by_id),
            by_id=call.by_id,
            at=call.at,
            note=call.note,
            counts=call.id in self.counting,
        )

    def _subject(self, subject: CallSubject) -> tuple[str, str, str, str]:
        match subject:
            case CalledRenewal(key=key):
                return "renewal", key, self.abouts.get(key, key), ""
            case CalledTeam(user_id=user_id, window=window):
                period = period_of_window(window, self.calendar)
                return "team", user_id, self.people.get(user_id, user_id), period


def _abouts(states: Mapping[str, TermState], names: MirrorNames) -> Mapping[str, str]:
    accounts = names.accounts({one.account_id for one in states.values()})
    contracts = names.contracts({one.contract_id for one in states.values()})
    return {
        key: f"{accounts.get(one.account_id, one.account_id)}, {contracts.get(one.contract_id, one.contract_id)}"
        for key, one in states.items()
    }


def period_of_window(window: Window, calendar: FiscalCalendar) -> str:
    """This function will name a window: the period that it is, or its two days."""
    for kind in PeriodKind:
        period = period_of(day=window.first, kind=kind, calendar=calendar)
        if period.window == window:
            return period_key(period)
    return f"{window.first} to {window.last}"


def _is_seen(tx: Transaction, call: Call, people: frozenset[str]) -> bool:
    if isinstance(call.subject, CalledTeam):
        return call.subject.user_id in people
    return any(is_for(one, people) for one in tx.forecast.states.get([call.subject.key]))
