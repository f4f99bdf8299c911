"""Calls as reports read them: what was known at an instant, of renewals and of teams."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from csops_sync.domain.forecast.calls import Call, CalledRenewal, CalledTeam, CallSubject
from csops_sync.domain.forecast.periods import Window
from csops_sync.ports.store import Transaction

_ALL = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCalls:
    """The calls that counted at one instant: of renewals by renewal key, of teams by user and window."""

    renewals: Mapping[str, Call] = field(default_factory=dict)
    teams: Mapping[tuple[str, Window], Call] = field(default_factory=dict)

    def renewal(self, key: str) -> Call | None:
        """This function will give the call on a renewal; None where nobody made one, or it was withdrawn."""
        return self.renewals.get(key)

    def team(self, user_id: str, window: Window) -> Call | None:
        """This function will give the call for a user's team over exactly this window; None where there is none."""
        return self.teams.get((user_id, window))

    def of_window(self, window: Window) -> Mapping[str, Call]:
        """This function will give the calls of teams over exactly this window, by user id."""
        return {user: call for (user, over), call in self.teams.items() if over == window}


NO_CALLS = KnownCalls()


def calls_known(tx: Transaction, *, at: datetime, keys: Iterable[str] | None = None) -> KnownCalls:
    """This function will read what was called by an instant (aware): of these renewals alone, or (None) everything."""
    subjects = None if keys is None else [CalledRenewal(key=one) for one in keys]
    return _sorted(tx.forecast.calls.known(at=at, subjects=subjects))


class CallHistory:
    """All calls ever made, for reports that ask about many instants: one reading, then no more."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._made: defaultdict[CallSubject, list[Call]] = defaultdict(list)
        for one in sorted(calls, key=lambda one: (one.at, one.id)):
            self._made[one.subject].append(one)

    def on(self, subject: CallSubject, *, at: datetime) -> Call | None:
        """This function will give the call that counted on a subject at an instant (aware); None where none did."""
        made = self._made.get(subject, [])
        place = bisect_right(made, at, key=lambda one: one.at)
        last = made[place - 1] if place else None
        return last if last is not None and last.amount is not None else None

    def renewal(self, key: str, *, at: datetime) -> Call | None:
        """This function will give the call that counted on a renewal at an instant."""
        return self.on(CalledRenewal(key=key), at=at)

    def team(self, user_id: str, window: Window, *, at: datetime) -> Call | None:
        """This function will give the call that counted for a team and exactly this window at an instant."""
        return self.on(CalledTeam(user_id=user_id, window=window), at=at)


def call_history(tx: Transaction) -> CallHistory:
    """This function will read every call of the org."""
    return CallHistory(tx.forecast.calls.history(limit=_ALL))


def _sorted(calls: Iterable[Call]) -> KnownCalls:
    renewals: dict[str, Call] = {}
    teams: dict[tuple[str, Window], Call] = {}
    for one in calls:
        match one.subject:
            case CalledRenewal(key=key):
                renewals[key] = one
            case CalledTeam(user_id=user_id, window=window):
                teams[user_id, window] = one
    return KnownCalls(renewals=renewals, teams=teams)
