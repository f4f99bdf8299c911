"""The second clock of landings: a closed window as known at its close, and closed periods within a longer one.

A window that is over is shown as it was known at its close, whole, by the rules, rates and calls of then; what is known
of it now stands beside it as `restated`, weighed and converted as then, so that only later paper restates. Whoever
sees the renewals of some people sees by both clocks those that these look after now. A window that is not over says
where it will land by what is known now, all lines by one clock, so that they add up: what was won after a quarter
closed counts in the year's landing. What was known of such a quarter at its close stands beside.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from csops_sync.app.forecast.calls import NO_CALLS
from csops_sync.app.forecast.closed import ClosedLines, Scope, close_of, closing_frame, scope_of
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.people_names import with_names
from csops_sync.app.forecast.period_words import period_key, periods_in
from csops_sync.app.forecast.report_values import ForecastLine, ForecastReport
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.forecast_store import Snapshot
from csops_sync.ports.store import Transaction

People = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closes:
    """Reads what was known at closes that were kept by an instant (None: now), of the terms in scope (None: all)."""

    tx: Transaction
    frame: Frame
    scope: Scope | None
    known: datetime | None

    def of(self, window: Window) -> Snapshot | None:
        return close_of(self.tx, window, self.known)

    def states(self, snapshot: Snapshot, window: Window) -> list[TermState]:
        """Read the terms of a close; within a scope those that were due in the window."""
        terms = self.tx.forecast.snapshots.read(snapshot.id)
        if self.scope is None:
            return list(terms)
        due_day = self.frame.profile.due_day
        return self.scope.cut(self.tx, (one for one in terms if window.holds(due_day(one))))

    def framed(self, snapshot: Snapshot, window: Window) -> Frame:
        return closing_frame(self.tx, self.frame, snapshot, window)


def landings_as_closed(  # noqa: PLR0913 - the report, what it summed, and for whom
    tx: Transaction,
    report: ForecastReport,
    *,
    states: Sequence[TermState],
    frame: Frame,
    people: People = None,
    known: datetime | None = None,
    lines: ClosedLines | None = None,
) -> ForecastReport:
    """This function will give a closed window as known at its close, and else what closed within it beside its lines.

    `states` are those that the report summed in `frame`, `people` the scope that they were cut to. What is over and
    whose close was not kept (under `known`: by that instant) stays as it is, and a remark says so. `lines` keeps what
    was known at closes from one asking to the next; `states` are then all terms of the people, due or not, so that it
    is seen when one is handed over.
    """
    closes = _Closes(tx=tx, frame=frame, scope=scope_of(people, states, known), known=known)
    snapshot = closes.of(report.window)
    shown = report if snapshot is None else _closed(closes, snapshot, report, states)
    parts = dict(_parts(shown, frame))
    memory = lines if lines is not None else ClosedLines()
    return replace(
        shown,
        lines=tuple(_beside(closes, shown, one, parts.get(one.key), memory) for one in shown.lines),
        remarks=(*shown.remarks, *_unseen(closes, shown, parts)),
    )


def _closed(
    closes: _Closes, snapshot: Snapshot, report: ForecastReport, states: Iterable[TermState]
) -> ForecastReport:
    by, window = report.by, report.window
    then = closes.states(snapshot, window)
    frame = with_names(closes.tx, closes.framed(snapshot, window), by=by, states=then)
    closed = forecast_report(then, frame=frame, by=by, window=window)
    uncalled = replace(frame, plan=replace(frame.plan, calls=NO_CALLS))
    now = forecast_report(states, frame=uncalled, by=by, window=window)
    if _figures(now) == _figures(closed):
        return replace(closed, closed=True)
    basis = replace(now.basis, as_of=closes.frame.as_of, known_at=closes.frame.known_at)
    return replace(closed, closed=True, restated=replace(now, basis=basis))


def _parts(report: ForecastReport, frame: Frame) -> Iterator[tuple[str, Window]]:
    """Give the days of each line of a report by period, as far as they lie in its window."""
    if report.by not in KINDS:
        return
    for one in periods_in(report.window, kind=KINDS[report.by], calendar=frame.calendar):
        first, last = max(one.first, report.window.first), min(one.last, report.window.last)
        yield period_key(one), Window(first, last)


def _beside(
    closes: _Closes, report: ForecastReport, line: ForecastLine, part: Window | None, memory: ClosedLines
) -> ForecastLine:
    """Give a line with what was known at its own close, where that was another one and other figures."""
    snapshot = None if part is None or part == report.window else closes.of(part)
    if part is None or snapshot is None:
        return line
    frame = closes.framed(snapshot, part)
    basis = (
        snapshot.id,
        snapshot.taken_at,
        frame.rules_hash,
        frame.profile,
        frame.scenario,
        frame.asked_rates,
    )
    asked = (*basis, report.by, line.key, part, closes.scope and closes.scope.token)
    then = memory.landings.find(asked)
    if then is None:
        whole = forecast_report(closes.states(snapshot, part), frame=frame, by=report.by, window=part)
        found = next(one for one in whole.lines if one.key == line.key)
        plain = replace(found, target=None, call=None, called=0, known_at=snapshot.taken_at)
        then = memory.landings.keep(asked, plain)
    return replace(line, at_close=then) if _amounts(then) != _amounts(line) else line


def _unseen(closes: _Closes, report: ForecastReport, parts: dict[str, Window]) -> Iterator[Sentence]:
    """Say of which days that are over no close was kept; of a closed window all is as known at its own close."""
    if report.closed:
        return
    names = {parts[line.key]: line.name for line in report.lines if len(parts) > 1}
    over = [
        names.get(days, f"{days.first} to {days.last}")
        for days in tuple(parts.values()) or (report.window,)
        if days.last < closes.frame.as_of and closes.of(days) is None
    ]
    if over:
        yield Sentence(
            "forecast.no-close",
            "csops-sync has kept no close of {days}, so only what is known now can be told",
            days=tuple(over),
        )


def _figures(report: ForecastReport) -> tuple[object, ...]:
    """Give what later paper may change: not who looks after a renewal by now, which moves it from line to line."""
    lines = report.lines if report.by in KINDS else ()
    return tuple((one.key, _amounts(one)) for one in (*lines, report.total))


def _amounts(line: ForecastLine) -> tuple[object, ...]:
    return (line.terms, line.due, line.landing, line.won, line.lost, line.open, line.unjudged)
