"""The second clock: what was known on a day, and closed periods as known at their close.

A closed period keeps the figures that were known at its close, taken from the snapshot of it. What came later (a
contract dated back, a deal settled late) stands beside them as `restated`: the same days and the same definition, by
what is known now. Both are at the rates that were known at the close, so that an edited rate restates nothing. Both are
scoped by who looks after a renewal now, so that one that was handed over restates nothing either.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from csops_sync.app.forecast.frames import Frame, frame_then
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.measuring import grouped_metrics, measured
from csops_sync.app.forecast.people_names import with_names
from csops_sync.app.forecast.report_values import ForecastLine, MetricsReport, PeriodMetrics
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.renewal_rates import RenewalRates
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction

MOST = 512
"""How many lines of closed periods are kept in memory."""

People = frozenset[str] | None
Line = TypeVar("Line")


class NotKnownThenError(RefusedError):
    """Nothing was kept by an instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose terms a report shows: those that these users look after now, or by an instant.

    `mine` are the keys of their terms as they stand. A term that is no more counts under who looked after it at the
    close.
    """

    people: frozenset[str]
    mine: frozenset[str]
    known: datetime | None = None

    @property
    def token(self) -> Hashable:
        """What lines of closed periods are remembered by: another one once a term is handed over."""
        return self.people, hash(self.mine)

    def cut(self, tx: Transaction, then: Iterable[TermState]) -> list[TermState]:
        """This function will keep the terms of a close that the people look after now."""
        terms = list(then)
        others = self._standing(tx, [one.key for one in terms if one.key not in self.mine])
        return [one for one in terms if one.key in self.mine or is_for(others.get(one.key, one), self.people)]

    def cut_all(self, tx: Transaction, then: Iterable[TermState]) -> list[TermState]:
        """This function will do the same where `mine` are all of their terms: only those they had need looking up."""
        return self.cut(tx, (one for one in then if one.key in self.mine or is_for(one, self.people)))

    def _standing(self, tx: Transaction, keys: Sequence[str]) -> dict[str, TermState]:
        """Give terms as they stand, by key, or as they stood by the instant."""
        if self.known is None or not keys:
            return {one.key: one for one in tx.forecast.states.get(keys)}
        snapshot = tx.forecast.snapshots.known_at(self.known)
        stood = tx.forecast.snapshots.read(snapshot.id) if snapshot is not None else ()
        wanted = frozenset(keys)
        return {one.key: one for one in stood if one.key in wanted}


def scope_of(people: People, states: Iterable[TermState], known: datetime | None) -> Scope | None:
    """This function will scope closes by the terms that a report cut to these people; None for everything."""
    if people is None:
        return None
    return Scope(people=people, mine=frozenset(one.key for one in states), known=known)


class Remembered(Generic[Line]):
    """Lines that never change, by what they were asked for. Threads may share it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._lines: OrderedDict[Hashable, Line] = OrderedDict()

    def find(self, asked: Hashable) -> Line | None:
        """This function will give a line that was worked out before."""
        with self._lock:
            return self._lines.get(asked)

    def keep(self, asked: Hashable, line: Line) -> Line:
        """This function will keep a line and give it back; the oldest one goes where there are too many."""
        with self._lock:
            self._lines[asked] = line
            while len(self._lines) > self._most:
                self._lines.popitem(last=False)
        return line


class ClosedLines(Remembered[PeriodMetrics]):
    """Lines of closed periods, worked out once: snapshots never change. Threads may share it.

    It holds those of retention itself, and under `landings` those of forecasts.
    """

    def __init__(self, most: int = MOST) -> None:
        super().__init__(most)
        self.landings: Remembered[ForecastLine] = Remembered(most)


def known_at(tx: Transaction, frame: Frame, instant: datetime) -> tuple[Frame, Iterable[TermState]]:
    """This function will give the frame and the terms of the last snapshot that was taken by an instant.

    Raises:
        NotKnownThenError: none was.
    """
    snapshot = tx.forecast.snapshots.known_at(instant)
    if snapshot is None:
        kept = tx.forecast.snapshots.list()
        first = (
            f"the first is of {kept[0].taken_at:%Y-%m-%dT%H:%M:%SZ}"
            if kept
            else "`csops-sync run` takes one a day"
        )
        raise NotKnownThenError(f"no snapshot was taken by {instant.isoformat()}; {first}")
    return frame_then(tx, frame, snapshot), tx.forecast.snapshots.read(snapshot.id)


def as_closed(  # noqa: PLR0913 - the report, what it measured, and for whom
    tx: Transaction,
    report: MetricsReport,
    *,
    states: Iterable[TermState],
    frame: Frame,
    people: People = None,
    lines: ClosedLines | None = None,
    known: datetime | None = None,
) -> MetricsReport:
    """This function will put what was known at their close in the place of closed periods, restated where it differs.

    `states` are those that the report measured: all terms of `people`, which is the scope that they were cut to. A
    period whose close this product did not see stays as it is; under `known` so does one whose close was kept after
    that instant.
    """
    book = tuple(states)
    memory = lines if lines is not None else ClosedLines()
    scope = scope_of(people, book, known)
    token = None if scope is None else scope.token

    def of(line: PeriodMetrics) -> PeriodMetrics:
        snapshot = None if line.predicted else close_of(tx, line.window, known)
        if snapshot is None:
            return line
        closing = closing_frame(tx, frame, snapshot, line.window)
        asked = (snapshot.id, snapshot.taken_at, closing.rules_hash, line.window, frame.profile, token)
        found = memory.find(asked)
        if found is None:
            then = _terms_of(tx, snapshot, scope)
            found = memory.keep(asked, measured(then, frame=closing, line=line))
        return _beside(found, _now(line, book, frame=frame, closing=closing), snapshot)

    return replace(report, periods=tuple(of(line) for line in report.periods))


def groups_as_closed(
    tx: Transaction,
    report: MetricsReport,
    *,
    states: Sequence[TermState],
    frame: Frame,
    people: People = None,
    known: datetime | None = None,
) -> MetricsReport:
    """This function will give the groups of a closed window as known at its close; the total says what restates it.

    `states`, `people` and `known` are as in `as_closed`.
    """
    if report.total is None or report.total.predicted:
        return report
    window = report.total.window
    snapshot = close_of(tx, window, known)
    if snapshot is None:
        return report
    closing = closing_frame(tx, frame, snapshot, window)
    then = list(_terms_of(tx, snapshot, scope_of(people, states, known)))
    found = grouped_metrics(
        then, frame=with_names(tx, closing, by=report.by, states=then), by=report.by, window=window
    )
    total = found.total if found.total is not None else report.total
    return replace(
        report,
        periods=tuple(replace(line, known_at=snapshot.taken_at) for line in found.periods),
        total=_beside(total, _now(report.total, states, frame=frame, closing=closing), snapshot),
    )


def _terms_of(tx: Transaction, snapshot: Snapshot, scope: Scope | None) -> Iterable[TermState]:
    """Read the terms of a close, of those in scope."""
    terms = tx.forecast.snapshots.read(snapshot.id)
    return terms if scope is None else scope.cut_all(tx, terms)


def _now(line: PeriodMetrics, states: Iterable[TermState], *, frame: Frame, closing: Frame) -> PeriodMetrics:
    """Give what is known now of the days of a line, at the rates that were known at its close."""
    return line if closing.exchange == frame.exchange else measured(states, frame=closing, line=line)


def close_of(tx: Transaction, window: Window, known: datetime | None) -> Snapshot | None:
    """This function will find the snapshot of the close of a window, where there was one by an instant (None: now)."""
    found = tx.forecast.snapshots.latest(kind=SnapshotKind.PERIOD_END, until=window.last)
    if found is None or found.as_of != window.last:
        return None
    return found if known is None or found.taken_at <= known else None


def closing_frame(tx: Transaction, frame: Frame, snapshot: Snapshot, window: Window) -> Frame:
    """This function will frame what was known at a close, under today's definition, on the morning after it."""
    _, closes = window.measured(frame.profile.nrr_boundary)
    then = frame_then(tx, frame, snapshot)
    return replace(then, as_of=closes, profile=frame.profile, calendar=frame.calendar, names=frame.names)


def _beside(closed: PeriodMetrics, now: PeriodMetrics, snapshot: Snapshot) -> PeriodMetrics:
    restated = now if _figures(closed) != _figures(now) else None
    return replace(closed, known_at=snapshot.taken_at, restated=restated)


def _figures(line: PeriodMetrics) -> tuple[object, ...]:
    """Give what counts as a figure of a period: not how it is called, nor which terms wait or cannot be judged.

    Nor by how many customers: where no amount is another, accounts were merged or moved below another parent since, and
    who counts as one customer now is no later paper.
    """
    found = line.measured
    amounts = replace(found, start_logos=0, kept_logos=None) if found is not None else None
    return (line.start, line.end, amounts, line.movements, _rates(line.renewals))


def _rates(rates: RenewalRates | None) -> RenewalRates | None:
    if rates is None:
        return None
    return replace(rates, open_keys=(), overdue=(), unjudged=(), due_logos=0, renewed_logos=0)
