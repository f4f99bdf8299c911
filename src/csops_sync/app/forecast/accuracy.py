"""How far landings and calls were from what came of them: a closed period, as its snapshots told it beforehand.

A snapshot is weighed by the rules of its own day, as the bridge does it. All is converted at the rates that were known
at the period's close, so that no rate that moved, and none that was edited, looks like an error of judgement. A renewal
counts under the CSM who looks after it today. What is due in the period and has no result yet (still open, or not
judged) is left out on both sides. A renewal that was over by the snapshot counts there as it ended, whatever had been
called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import date, timedelta

from csops_sync.app.books import read_people
from csops_sync.app.forecast.calls import KnownCalls, calls_known
from csops_sync.app.forecast.closed import close_of, closing_frame
from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.frames import Frame, frame_then
from csops_sync.app.forecast.groups import NOT_SAID
from csops_sync.app.forecast.judged import judged
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.kept_terms import terms_in
from csops_sync.app.forecast.listing import is_for, of_people
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.period_words import period_named
from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.forecast.reports import People, due_in, frame_in
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.app.row_scope import reports_of
from csops_sync.domain.forecast.accuracy import (
    DISTANCES,
    AccuracyLine,
    Foresight,
    Known,
    accuracy_by,
    accuracy_of,
    accuracy_total,
)
from csops_sync.domain.forecast.calls import Call
from csops_sync.domain.forecast.periods import Period, PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction

PERIODS_OFFERED = 4
"""How many closed quarters a page offers."""
MOST_STALE = timedelta(days=7)
"""How much older than asked a snapshot may be to stand for its day."""


class NotOverError(RefusedError):
    """A period that is not over has no result; `instead` is one that is."""

    def __init__(self, period: Period, *, instead: Period) -> None:
        super().__init__(
            Sentence(
                "accuracy.not-over",
                "{period} is not over; ask for one that is, such as {other}",
                period=period.name,
                other=instead.name,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyReport:
    """One closed period. `offered` are others to ask for, the newest first.

    `by_csm` are the renewals of each CSM by user id (`-`: nobody's), with the calls on single renewals; `teams` are
    those of each user who called the whole period, with that call. `names` are those of people. `waiting` terms have no
    result yet and are in no line.
    """

    basis: Basis
    period: Period
    offered: tuple[Period, ...]
    total: AccuracyLine
    by_csm: tuple[AccuracyLine, ...]
    teams: tuple[AccuracyLine, ...]
    names: Mapping[str, str]
    waiting: int

    @property
    def is_kept(self) -> bool:
        """Whether any snapshot tells what was expected of the period."""
        return any(one.landing is not None for one in self.total.expected)


def accuracy_report(
    office: Office,
    *,
    period: str | None = None,
    profile: str | None = None,
    people: People = None,
    kept: KeptReports | None = None,
) -> AccuracyReport:
    """This function will compare a closed period with what was expected 180, 90 and 30 days before its end.

    `period` is one as people write it (`2026-Q1`, `FY2026`, `2026-04`); None for the last quarter that is over. What is
    due in it is found once for all readers where reports are `kept`.

    Raises as `reports.forecast_of` does; UnknownPeriodError; NotOverError where the period has not ended.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile)
        quarter = period_of(day=frame.as_of, kind=PeriodKind.QUARTER, calendar=frame.calendar)
        offered = tuple(quarter.moved(-back) for back in range(1, PERIODS_OFFERED + 1))
        chosen = period_named(period, calendar=frame.calendar) if period is not None else offered[0]
        if chosen.last >= frame.as_of:
            raise NotOverError(chosen, instead=offered[0])
        past = _Past(tx, frame, chosen.window, people, _due(tx, office, frame, chosen.window, kept))
        known = past.known()
        lines = accuracy_by(known, past.groups)
        teams = tuple(past.team(user, known) for user in past.callers())
        return AccuracyReport(
            basis=frame.basis,
            period=chosen,
            offered=offered,
            total=accuracy_total(known),
            by_csm=lines,
            teams=teams,
            names=MirrorNames(tx.mirror).people(one.key or "" for one in (*lines, *teams)),
            waiting=past.waiting,
        )


def _due(
    tx: Transaction, office: Office, frame: Frame, window: Window, kept: KeptReports | None
) -> Iterable[TermState]:
    """Give what is due in a period: of the terms that are kept in memory, else by an index."""
    if office.held is None:
        return due_in(tx, frame, window)

    def find() -> tuple[
        TermState, ...
    ]:  # read anew: what is kept must not be older than what it is kept under
        with office.store.reading() as now:
            return tuple(one for one in terms_in(now, office) if window.holds(frame.profile.due_day(one)))

    return find() if kept is None else kept.get(office, ("due", frame.profile.name, window), find)


@dataclass(slots=True)
class _Past:
    """One closed period as it stands today, and as its snapshots told it."""

    tx: Transaction
    frame: Frame
    window: Window
    people: People
    due: InitVar[Iterable[TermState]]
    today: dict[str, TermState] = field(init=False)
    groups: dict[str, str] = field(init=False, default_factory=dict)
    calls: dict[int, KnownCalls] = field(init=False, default_factory=dict)
    waiting: int = field(init=False, default=0)
    _states: dict[str, TermState] = field(init=False, default_factory=dict)
    _unknown: frozenset[str] = field(init=False, default=frozenset())
    _conversion: DueConversion = field(init=False)

    def __post_init__(self, due: Iterable[TermState]) -> None:
        snapshot = close_of(self.tx, self.window, None)
        known = self.frame if snapshot is None else closing_frame(self.tx, self.frame, snapshot, self.window)
        self._conversion = DueConversion(known.due_rates)
        self.today = {one.key: one for one in of_people(due, self.people)}

    def known(self) -> Known:
        """Give what came of the period, and what was expected of it."""
        results = self._results()
        self._unknown = frozenset(self.today.keys() - results.keys())
        self.waiting = len(self._unknown)
        foresights = [
            self._foresight(distance, snapshot)
            for distance in DISTANCES
            if (snapshot := self._snapshot(distance)) is not None
        ]
        return Known(results=results, foresights=foresights, currency=self.frame.exchange.into)

    def callers(self) -> tuple[str, ...]:
        """Name the users who called the whole period, of those that the reader may see."""
        users = {user for calls in self.calls.values() for user in calls.of_window(self.window)}
        return tuple(sorted(one for one in users if self.people is None or one in self.people))

    def team(self, user_id: str, known: Known) -> AccuracyLine:
        """Compare the renewals of a user and everybody below them with the user's call."""
        below = reports_of(user_id, read_people(self.tx).values())
        mine = [key for key in known.keys if is_for(self._states[key], below)]
        line = accuracy_of(known, mine, key=user_id)
        called = {
            distance: self._money(calls.team(user_id, self.window)) for distance, calls in self.calls.items()
        }
        return replace(
            line, expected=tuple(replace(one, call=called.get(one.distance)) for one in line.expected)
        )

    def _results(self) -> dict[str, int]:
        settled = [one for one in self.today.values() if one.standing not in OPEN_STANDINGS]
        found = judged(settled, frame=self.frame, conversion=self._conversion)
        results = {one.state.key: one.landing for one in found}
        for key in results:
            self._count(self.today[key])
        return results

    def _snapshot(self, distance: int) -> Snapshot | None:
        day = self.window.last - timedelta(days=distance)
        found = self.tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=day)
        return found if found is not None and day - found.as_of <= MOST_STALE else None

    def _foresight(self, distance: int, snapshot: Snapshot) -> Foresight:
        then = frame_then(self.tx, self.frame, snapshot)
        states = self._seen_then(snapshot)
        found = list(judged(states, frame=then, conversion=self._conversion))
        calls = self.calls[distance] = calls_known(self.tx, at=snapshot.taken_at)
        minors = {
            one.state.key: self._minor(calls.renewal(one.state.key), self.frame.profile.due_day(one.state))
            for one in found
            if one.state.standing in OPEN_STANDINGS
        }
        return Foresight(
            distance=distance,
            as_of=snapshot.as_of,
            landings={one.state.key: one.landing for one in found},
            calls={key: minor for key, minor in minors.items() if minor is not None},
        )

    def _seen_then(self, snapshot: Snapshot) -> list[TermState]:
        """Give the terms that were due in the period by a snapshot, of those that the reader sees today."""
        due = [
            one
            for one in self.tx.forecast.snapshots.read(snapshot.id)
            if self.window.holds(self.frame.profile.due_day(one)) and one.key not in self._unknown
        ]
        elsewhere = [one.key for one in due if one.key not in self.today]
        moved = {one.key: one for one in self.tx.forecast.states.get(elsewhere)}
        seen = []
        for one in due:
            today = self.today.get(one.key) or moved.get(one.key, one)
            if is_for(today, self.people):
                self._count(today)
                seen.append(one)
        return seen

    def _count(self, state: TermState) -> None:
        self._states[state.key] = state
        self.groups[state.key] = state.grouping.csm_id or NOT_SAID

    def _minor(self, call: Call | None, day: date) -> int | None:
        """Give a call in minor units at the rates of a due day; None where there is no call, or no rate."""
        if call is None or call.amount is None:
            return None
        rates = self._conversion.on(day)
        amount = call.amount
        return rates.minor(amount.to_minor(), amount.currency) if rates.knows(amount.currency) else None

    def _money(self, call: Call | None) -> Money | None:
        minor = self._minor(call, self.window.first)
        return None if minor is None else Money.from_minor(minor, self.frame.exchange.into)
