"""The reports of an org, read from its state alone: what the terminal, the dashboard and the digest call.

Each reads one consistent view of the database. `people` restricts a report to what these users look after or manage
(row scope); None is everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.frames import Frame, frame_of
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.listing import is_for, renewal_lines
from csops_sync.app.forecast.measuring import PAST_PERIODS, grouped_metrics, metrics_report
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.report_values import ForecastReport, GroupBy, MetricsReport, RenewalLine
from csops_sync.app.forecast.standing import STATES
from csops_sync.app.loading import READ_UP_TO
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import FORECAST_PERIODS, PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.store import Transaction

People = frozenset[str] | None
_DAY = timedelta(days=1)


def forecast_of(
    office: Office,
    *,
    by: GroupBy = GroupBy.QUARTER,
    window: Window | None = None,
    profile: str | None = None,
    scenario: Scenario = Scenario.BASE,
    people: People = None,
) -> ForecastReport:
    """This function will say where renewals land. Without a window: the current period and the four after it.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        UnknownProfileError: they have no profile of that name.
        NotYetWorkedOutError: no cycle has stored the states of terms yet.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile, scenario=scenario)
        over = window or forecast_window(frame, by)
        states = [one for one in due_in(tx, frame, over) if is_for(one, people)]
        return forecast_report(states, frame=_named(tx, frame, by, states), by=by, window=over)


def metrics_of(
    office: Office,
    *,
    by: GroupBy = GroupBy.QUARTER,
    window: Window | None = None,
    past: int = PAST_PERIODS,
    profile: str | None = None,
    people: People = None,
) -> MetricsReport:
    """This function will give retention by month, quarter or year; by group, that of one window (the current quarter).

    Raises as `forecast_of` does; ValueError where a window is given for periods, which follow from today.
    """
    if window is not None and by in KINDS:
        raise ValueError(f"retention by {by} follows from today; a window is for groups")
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile)
        states = [one for one in tx.forecast.states.all() if is_for(one, people)]
        if by in KINDS:
            return metrics_report(states, frame=frame, by=by, past=past)
        over = window or current_quarter(frame)
        return grouped_metrics(states, frame=_named(tx, frame, by, states), by=by, window=over)


def renewal_of(office: Office, key: str, *, people: People = None) -> RenewalLine:
    """This function will give one renewal by its key.

    Raises as `forecast_of` does; RefusedError where there is none of that key that these people may see.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office)
        states = [one for one in tx.forecast.states.get([key]) if is_for(one, people)]
        if not states:
            raise RefusedError(
                f"there is no renewal {key}; `csops-sync forecast --csv` lists where they are due"
            )
        landed = [(one, land(state=one, rules=frame.rules)) for one in states]
        return renewal_lines(landed, MirrorNames(tx.mirror))[0]


class NotYetWorkedOutError(RefusedError):
    """No cycle has stored the states of terms yet."""

    def __init__(self) -> None:
        super().__init__(
            "the renewals of this org are not worked out yet: `csops-sync run` or `csops-sync sync` does it"
        )


def frame_in(
    tx: Transaction, office: Office, *, profile: str | None = None, scenario: Scenario = Scenario.BASE
) -> Frame:
    """This function will frame reports as of today, by what was known when the last cycle read.

    Raises as `forecast_of` does.
    """
    read = tx.progress.setting(READ_UP_TO)
    frame = frame_of(
        office.rules,
        as_of=office.today,
        known_at=datetime.fromisoformat(read) if read else office.now,
        profile=profile,
        scenario=scenario,
    )
    if tx.progress.setting(STATES) is None:
        raise NotYetWorkedOutError
    return frame


def forecast_window(frame: Frame, by: GroupBy) -> Window:
    """This function will give what is forecast if nobody says: this period and four more; by group, this quarter."""
    kind = KINDS.get(by)
    if kind is None:
        return current_quarter(frame)
    current = period_of(day=frame.as_of, kind=kind, calendar=frame.calendar)
    return Window(current.first, current.moved(FORECAST_PERIODS).last)


def current_quarter(frame: Frame) -> Window:
    """This function will give the quarter that today lies in."""
    return period_of(day=frame.as_of, kind=PeriodKind.QUARTER, calendar=frame.calendar).window


def due_in(tx: Transaction, frame: Frame, window: Window) -> Iterator[TermState]:
    """This function will walk the terms that are due in a window by the frame's profile, by an index."""
    ends = tx.forecast.states.due_between(window.first - _DAY, window.last)
    return (one for one in ends if window.holds(frame.profile.due_day(one)))


def _named(tx: Transaction, frame: Frame, by: GroupBy, states: Sequence[TermState]) -> Frame:
    """Add the names of the people that a report's lines are about."""
    if by not in (GroupBy.CSM, GroupBy.MANAGER):
        return frame
    ids = {one.grouping.csm_id if by is GroupBy.CSM else one.grouping.manager_id for one in states}
    names = MirrorNames(tx.mirror).people([one for one in ids if one is not None])
    return replace(frame, names=names)
