"""A closed period as it stands today, and as its snapshots told it: read once for all readers, and cut to each scope.

What is due in the period and has no result yet is on neither side. A renewal counts under who looks after it today; one
that was over by a snapshot counts there as it ended, whatever had been called.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.app.forecast.calls import calls_known
from csops_sync.app.forecast.closed import close_of, closing_frame
from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame, frame_then
from csops_sync.app.forecast.judged import Judged, judged
from csops_sync.app.forecast.listing import is_for, of_people
from csops_sync.app.forecast.report_values import Basis
from csops_sync.domain.forecast.accuracy import DISTANCES, Foresight, Known
from csops_sync.domain.forecast.calls import Call
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction

MOST_STALE = timedelta(days=7)
"""How much older than asked a snapshot may be to stand for its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPeriod:
    """What came of a period, and what was expected of it.

    `states` are all terms that `known` tells of, by key, as they are looked after today; `waiting` are those without a
    result. `called` are the calls for the whole period, by the user who leads the team and by distance.
    """

    basis: Basis
    known: Known
    states: Mapping[str, TermState]
    waiting: tuple[TermState, ...]
    called: Mapping[str, Mapping[int, Money | None]]

    def seen_by(self, people: frozenset[str] | None) -> "ToldPeriod":
        """This function will keep what these people look after or manage today; None keeps everything."""
        if people is None:
            return self
        states = {one.key: one for one in of_people(self.states.values(), people)}
        return replace(
            self,
            known=self.known.only(states),
            states=states,
            waiting=tuple(of_people(self.waiting, people)),
            called={user: each for user, each in self.called.items() if user in people},
        )


def told_period(tx: Transaction, frame: Frame, window: Window, due: Iterable[TermState]) -> ToldPeriod:
    """This function will read a closed period; `due` are the terms that are due in it today."""
    return _Reading(tx, frame, window).read({one.key: one for one in due})


class _Reading:
    """The reading of one period, under today's frame."""

    def __init__(self, tx: Transaction, frame: Frame, window: Window) -> None:
        snapshot = close_of(tx, window, None)
        known = frame if snapshot is None else closing_frame(tx, frame, snapshot, window)
        self._tx = tx
        self._frame = frame
        self._window = window
        self._conversion = DueConversion(known.due_rates)
        self._states: dict[str, TermState] = {}
        self._called: defaultdict[str, dict[int, Money | None]] = defaultdict(dict)

    def read(self, today: Mapping[str, TermState]) -> ToldPeriod:
        """Read what came of these terms, and what each distance's snapshot told of them and others."""
        results = self._results(today)
        waiting = tuple(one for key, one in today.items() if key not in results)
        foresights = [
            self._foresight(distance, snapshot, today, frozenset(one.key for one in waiting))
            for distance in DISTANCES
            if (snapshot := self._snapshot(distance)) is not None
        ]
        return ToldPeriod(
            basis=self._frame.basis,
            known=Known(results=results, foresights=foresights, currency=self._frame.exchange.into),
            states=self._states,
            waiting=waiting,
            called=self._called,
        )

    def _results(self, today: Mapping[str, TermState]) -> dict[str, int]:
        settled = [one for one in today.values() if one.standing not in OPEN_STANDINGS]
        found = list(judged(settled, frame=self._frame, conversion=self._conversion))
        self._states.update((one.state.key, one.state) for one in found)
        return {one.state.key: one.landing for one in found}

    def _snapshot(self, distance: int) -> Snapshot | None:
        day = self._window.last - timedelta(days=distance)
        found = self._tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=day)
        return found if found is not None and day - found.as_of <= MOST_STALE else None

    def _foresight(
        self, distance: int, snapshot: Snapshot, today: Mapping[str, TermState], unknown: Collection[str]
    ) -> Foresight:
        then = frame_then(self._tx, self._frame, snapshot)
        due = [
            one
            for one in self._tx.forecast.snapshots.read(snapshot.id)
            if self._window.holds(self._frame.profile.due_day(one)) and one.key not in unknown
        ]
        found = list(judged(due, frame=then, conversion=self._conversion))
        self._look_after([one.state for one in found], today)
        return Foresight(
            distance=distance,
            as_of=snapshot.as_of,
            landings={one.state.key: one.landing for one in found},
            calls=self._calls(distance, snapshot, found),
        )

    def _look_after(self, then: Iterable[TermState], today: Mapping[str, TermState]) -> None:
        """Note who looks after terms of a snapshot today; of one that is no more, who did then."""
        terms = {one.key: one for one in then}
        elsewhere = self._tx.forecast.states.get([key for key in terms if key not in today])
        moved = {one.key: one for one in elsewhere}
        self._states.update((key, today.get(key) or moved.get(key, one)) for key, one in terms.items())

    def _calls(self, distance: int, snapshot: Snapshot, found: Iterable[Judged]) -> dict[str, int]:
        """Give what single renewals that were open had been called by a snapshot, and note the calls of teams."""
        calls = calls_known(self._tx, at=snapshot.taken_at)
        for user, call in calls.of_window(self._window).items():
            self._called[user][distance] = self._money(call)
        minors = {
            one.state.key: self._minor(calls.renewal(one.state.key), self._frame.profile.due_day(one.state))
            for one in found
            if one.state.standing in OPEN_STANDINGS
        }
        return {key: minor for key, minor in minors.items() if minor is not None}

    def _minor(self, call: Call | None, day: date) -> int | None:
        """Give a call in minor units at the rates of a due day; None where there is no call, or no rate."""
        if call is None or call.amount is None:
            return None
        rates = self._conversion.on(day)
        amount = call.amount
        return rates.minor(amount.to_minor(), amount.currency) if rates.knows(amount.currency) else None

    def _money(self, call: Call | None) -> Money | None:
        minor = self._minor(call, self._window.first)
        return None if minor is None else Money.from_minor(minor, self._frame.exchange.into)


def of_team(told: ToldPeriod, team: frozenset[str]) -> list[str]:
    """This function will give the keys of a period's terms that a team looks after today."""
    return [key for key, one in told.states.items() if is_for(one, team)]
