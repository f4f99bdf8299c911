"""The reports of an org, read from its state alone: what the terminal, the dashboard and the digest call.

Each reads one consistent view of the database. `people` restricts a report to what these users look after or manage
(row scope); None is everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from csops_sync.app.forecast.called_lines import with_calls
from csops_sync.app.forecast.closed import as_closed, groups_as_closed, known_at
from csops_sync.app.forecast.closed_landings import landings_as_closed
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.frames import Frame, frame_of
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.listing import is_for, renewal_lines
from csops_sync.app.forecast.measuring import PAST_PERIODS, grouped_metrics, metrics_report
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.org_rates import org_rates
from csops_sync.app.forecast.overdue import with_overdue
from csops_sync.app.forecast.people_names import with_names
from csops_sync.app.forecast.plan import plan_in
from csops_sync.app.forecast.ratio_targets import with_ratio_targets
from csops_sync.app.forecast.report_values import ForecastReport, GroupBy, MetricsReport, RenewalLine
from csops_sync.app.forecast.standing import STATES
from csops_sync.app.loading import READ_UP_TO
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import FORECAST_PERIODS, PeriodKind, Window, period_of
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Transaction

People = frozenset[str] | None
_DAY = timedelta(days=1)


def forecast_of(  # noqa: PLR0913 - one keyword for each thing that a reader may choose
    office: Office,
    *,
    by: GroupBy = GroupBy.QUARTER,
    window: Window | None = None,
    profile: str | None = None,
    scenario: Scenario = Scenario.BASE,
    people: People = None,
    known: datetime | None = None,
    rates: RatePolicy | None = None,
) -> ForecastReport:
    """This function will say where renewals land. Without a window: the current period and the four after it.

    A closed window is as known at its close, restated where later paper changed it; in a longer one each closed period
    has what was known at its close beside it.

    `known` is an instant in the past: the report is then that of the last snapshot taken by it, as of its day.
    `rates` is a policy for other currencies, None for that of the rules.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        UnknownProfileError: they have no profile of that name.
        NotYetWorkedOutError: no cycle has stored the states of terms yet.
        NotKnownThenError: nothing was kept by the instant asked for.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile, scenario=scenario, people=people, rates=rates)
        every: Iterable[TermState] | None = None
        if known is not None:
            frame, every = known_at(tx, frame, known)
            frame = replace(frame, plan=plan_in(tx, office, people=people, at=frame.known_at))
        over = window or forecast_window(frame, by)
        due = due_in(tx, frame, over) if every is None else every
        states = [one for one in due if is_for(one, people)]
        frame = with_names(tx, frame, by=by, states=states)
        report = forecast_report(states, frame=frame, by=by, window=over)
        return landings_as_closed(tx, report, states=states, frame=frame, people=people, known=known)


def metrics_of(  # noqa: PLR0913 - one keyword for each thing that a reader may choose
    office: Office,
    *,
    by: GroupBy = GroupBy.QUARTER,
    window: Window | None = None,
    past: int = PAST_PERIODS,
    profile: str | None = None,
    people: People = None,
    known: datetime | None = None,
    rates: RatePolicy | None = None,
) -> MetricsReport:
    """This function will give retention by month, quarter or year; by group, that of one window (the current quarter).

    Closed periods are as known at their close, restated where later paper changed them. `known` is as in `forecast_of`,
    and then what was restated by that instant is; so is `rates`.

    Raises as `forecast_of` does; ValueError where a window is given for periods, which follow from today.
    """
    if window is not None and by in KINDS:
        raise ValueError(f"retention by {by} follows from today; a window is for groups")
    with office.store.reading() as tx:
        frame = frame_in(tx, office, profile=profile, people=people, rates=rates)
        every: Iterable[TermState] = tx.forecast.states.all()
        if known is not None:
            frame, every = known_at(tx, frame, known)
        states = [one for one in every if is_for(one, people)]
        if by in KINDS:
            report = metrics_report(states, frame=frame, by=by, past=past)
            found = as_closed(tx, report, states=states, frame=frame, people=people, known=known)
            return with_ratio_targets(found, frame)
        over = window or current_quarter(frame)
        frame = with_names(tx, frame, by=by, states=states)
        report = grouped_metrics(states, frame=frame, by=by, window=over)
        found = groups_as_closed(tx, report, states=states, frame=frame, people=people, known=known)
        return with_ratio_targets(found, frame)


def renewal_of(office: Office, key: str, *, people: People = None) -> RenewalLine:
    """This function will give one renewal by its key.

    Raises as `forecast_of` does; RefusedError where there is none of that key that these people may see.
    """
    with office.store.reading() as tx:
        frame = plain_frame_in(tx, office)
        states = [one for one in tx.forecast.states.get([key]) if is_for(one, people)]
        if not states:
            raise RefusedError(
                f"there is no renewal {key}; `csops-sync forecast --csv` lists where they are due"
            )
        landed = [(one, land(state=one, rules=frame.rules)) for one in states]
        lines = with_overdue(renewal_lines(landed, MirrorNames(tx.mirror)), today=office.today)
        return with_calls(tx, lines, at=office.now)[0]


class NotYetWorkedOutError(RefusedError):
    """No cycle has stored the states of terms yet."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "forecast.not-yet",
                "the renewals of this org are not worked out yet: `csops-sync run` or `csops-sync sync` does it",
            )
        )


def frame_in(
    tx: Transaction,
    office: Office,
    *,
    profile: str | None = None,
    scenario: Scenario = Scenario.BASE,
    people: People = None,
    rates: RatePolicy | None = None,
) -> Frame:
    """This function will frame reports as of today, by what was known when the last cycle read.

    `rates` is a policy for other currencies, None for that of the rules. Calls count from the moment at which they are
    made.

    Raises as `forecast_of` does; RefusedError where the org's rates are asked for, and are not read.
    """
    if rates not in (None, RatePolicy.PINNED) and not reads_rates(office):
        raise RefusedError(
            f"rates {rates} are the org's own, which are not read: set `forecast: rate_policy: {rates}` in rules.yaml"
        )
    frame = plain_frame_in(tx, office, profile=profile, scenario=scenario)
    return replace(frame, plan=plan_in(tx, office, people=people)).at_rates(org_rates(tx), asked=rates)


def plain_frame_in(
    tx: Transaction, office: Office, *, profile: str | None = None, scenario: Scenario = Scenario.BASE
) -> Frame:
    """This function will frame what sums nothing: as `frame_in`, without plan and the org's rates, which take reading.

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


def reads_rates(office: Office) -> bool:
    """This function will say whether the rules convert at the org's own rates, so that these are read."""
    rules = office.rules.forecast
    return rules is not None and rules.rate_policy is not RatePolicy.PINNED


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
