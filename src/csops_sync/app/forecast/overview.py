"""The dashboard's first page and its matrix, each from one consistent view of the state."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from csops_sync.app.forecast.bridged_sides import Standpoint, bridged_sides
from csops_sync.app.forecast.callers import teams_among
from csops_sync.app.forecast.closed import ClosedLines, as_closed
from csops_sync.app.forecast.closed_landings import landings_as_closed
from csops_sync.app.forecast.conversion import DueConversion
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.frames import Frame, frame_then
from csops_sync.app.forecast.judged import Judged, Tally, judged
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.kept_terms import terms_in, terms_then
from csops_sync.app.forecast.listing import of_people, renewal_lines
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.open_periods import open_periods
from csops_sync.app.forecast.overdue import with_overdue
from csops_sync.app.forecast.overview_values import ChangeLine, Changes, Overview, Span, TypeCell
from csops_sync.app.forecast.ratio_targets import with_ratio_targets
from csops_sync.app.forecast.report_values import GroupBy, MetricsReport
from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.forecast.scope_parts import ScopeParts
from csops_sync.app.forecast.standing import REVISION
from csops_sync.app.office import Office
from csops_sync.domain.forecast.bridge import Bar, bridge
from csops_sync.domain.forecast.landing import Landing, land
from csops_sync.domain.forecast.periods import FORECAST_PERIODS, PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.forecast_store import SnapshotKind
from csops_sync.ports.store import Transaction

People = frozenset[str] | None
MOST_RISKS = 6
_MONTH_LETTERS = 7
_WEEK = timedelta(days=7)


def overview_of(
    office: Office,
    *,
    span: Span,
    people: People = None,
    closed: ClosedLines | None = None,
    parts: ScopeParts | None = None,
    kept: KeptReports | None = None,
) -> Overview:
    """This function will say where the renewals of a span land, retention by quarter, what moved, and what is at risk.

    Retention of closed quarters is as known at their close. Landings are by what is known now, so that they add up,
    with what was known of a closed quarter at its close beside it. `closed` keeps what was worked out of closes,
    `parts` the retention of the same customers from one asking to the next, and `kept` retention for all spans.

    Raises as `reports.forecast_of` does.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office, people=people)
        window = span_window(frame, span)
        conversion = DueConversion(frame.due_rates)
        states = of_people(terms_in(tx, office), people)
        due = [one for one in states if window.holds(frame.profile.due_day(one))]
        landed = list(judged(due, frame=frame, conversion=conversion))
        report = forecast_report(due, frame=frame, by=GroupBy.QUARTER, window=window)
        report = landings_as_closed(tx, report, states=states, frame=frame, people=people, lines=closed)

        def measure() -> MetricsReport:
            measured = metrics_report if parts is None else parts.of(people).report
            metrics = measured(states, frame=frame, by=GroupBy.QUARTER)
            metrics = as_closed(tx, metrics, states=states, frame=frame, people=people, lines=closed)
            return with_ratio_targets(metrics, frame)

        seen = tx.progress.setting(REVISION), frame.known_at  # what is kept is of the state that is read here
        return Overview(
            span=span,
            target=report.total.target,
            teams=teams_among(tx, due, people),
            open_periods=open_periods(frame, window),
            by_quarter=report,
            by_type=_by_type(landed, frame, conversion.into),
            metrics=measure() if kept is None else kept.get(office, ("retention", people, seen), measure),
            risks=with_overdue(
                renewal_lines(_risks(landed, frame), MirrorNames(tx.mirror)), today=office.today
            ),
            changes=_changes(tx, office, frame, window, states, people),
        )


def span_window(frame: Frame, span: Span) -> Window:
    """This function will give the days that a span covers, by the org's own fiscal year."""
    kind = PeriodKind.YEAR if span is Span.YEAR else PeriodKind.QUARTER
    current = period_of(day=frame.as_of, kind=kind, calendar=frame.calendar)
    if span is Span.AHEAD:
        return Window(current.moved(1).first, current.moved(FORECAST_PERIODS).last)
    return current.window


def _by_type(landed: Iterable[Judged], frame: Frame, currency: str) -> tuple[TypeCell, ...]:
    cells: defaultdict[tuple[str, RenewalType | None], Tally] = defaultdict(Tally)
    for one in landed:
        kind = None if one.state.standing is TermStanding.UNOPENED else one.type
        cells[frame.profile.due_day(one.state).isoformat()[:_MONTH_LETTERS], kind].add(one)
    return tuple(
        TypeCell(
            month=month,
            type=kind,
            terms=cells[month, kind].terms,
            due=Money.from_minor(cells[month, kind].due, currency),
            landing=Money.from_minor(cells[month, kind].landing, currency),
        )
        for month in sorted({one for one, _ in cells})
        for kind in (*RenewalType, None)
        if (month, kind) in cells
    )


def _risks(landed: Iterable[Judged], frame: Frame) -> list[tuple[TermState, Landing]]:
    """Choose the renewals still open with the most to lose, compared in the report's currency."""
    risky = [one for one in landed if one.state.standing in OPEN_STANDINGS and one.prior > one.base]
    risky.sort(key=lambda one: (one.base - one.prior, one.state.key))
    return [(one.state, land(state=one.state, rules=frame.rules)) for one in risky[:MOST_RISKS]]


def _changes(
    tx: Transaction,
    office: Office,
    frame: Frame,
    window: Window,
    states: Sequence[TermState],
    people: People,
) -> Changes | None:
    """Bridge from the last snapshot that is a week old, weighed by the rules of then; None before there is one."""
    snapshot = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=frame.as_of - _WEEK)
    if snapshot is None:
        return None
    then = frame_then(tx, frame, snapshot)
    old = of_people(terms_then(tx, office, snapshot), people)
    sides = bridged_sides(Standpoint(then, old), Standpoint(frame, states), window=window)
    found = bridge(
        before=sides.before,
        after=sides.after,
        window=window,
        profile=frame.profile,
    )
    return Changes(
        since=snapshot.as_of,
        before=found.start,
        after=found.end,
        lines=tuple(_line(bar) for bar in found.bars if bar.movers),
    )


def _line(bar: Bar) -> ChangeLine:
    return ChangeLine(cause=bar.cause.value, amount=bar.amount, terms=len(bar.movers))
