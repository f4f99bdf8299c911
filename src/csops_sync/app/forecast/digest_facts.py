"""What the weekly digest tells, read from the state: terms as they stand, and as they stood a week ago."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csops_sync.app.forecast.bridged_sides import Standpoint, bridged_sides
from csops_sync.app.forecast.called_lines import beside_calls
from csops_sync.app.forecast.conversion import Conversion, DueConversion
from csops_sync.app.forecast.digest_values import DigestFacts, DueRenewal, LandingFigure, RatioFigure, Team
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.frames import Frame, frame_then
from csops_sync.app.forecast.listing import renewal_lines
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.overdue import with_overdue
from csops_sync.app.forecast.report_values import (
    ForecastLine,
    GroupBy,
    PeriodMetrics,
    RenewalLine,
)
from csops_sync.app.forecast.reports import forecast_window, frame_in
from csops_sync.app.office import Office
from csops_sync.domain.dates import Duration, later
from csops_sync.domain.forecast.bridge import Bridge, bridge
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.periods import PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import OPEN_STANDINGS, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.crm import Role
from csops_sync.ports.forecast_store import Snapshot, SnapshotKind
from csops_sync.ports.store import Transaction

_WEEK = timedelta(days=7)
MOST_RISKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One day: its fiscal year, measured over all terms as they stood, and of these the terms that are due soon."""

    frame: Frame
    year: PeriodMetrics
    states: Sequence[TermState]
    kept: "_Kept"

    def total(self, window: Window) -> ForecastLine:
        """Sum what is due in a window."""
        return forecast_report(self.states, frame=self.frame, by=GroupBy.QUARTER, window=window).total

    @property
    def standpoint(self) -> Standpoint:
        """This side as an end of a bridge."""
        return Standpoint(self.frame, self.states)


def digest_facts(
    tx: Transaction, office: Office, *, due_within: Duration, profile: str | None = None
) -> DigestFacts:
    """This function will work out the digest of today, read from the state alone.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        NotYetWorkedOutError: no cycle has stored the states of terms yet.
    """
    frame = frame_in(tx, office, profile=profile)
    snapshot = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=frame.as_of - _WEEK)
    horizon = forecast_window(frame, GroupBy.QUARTER)
    until = later(frame.as_of, due_within)
    now = _side(tx.forecast.states.all(), frame, _Kept(frame=frame, last=max(until, horizon.last)))
    before = _before(tx, now, snapshot) if snapshot is not None else None
    moved = _moved(tx, before, now, horizon) if before is not None else None
    waiting = _waiting(tx, now, max(until, horizon.last))
    nrr, grr = _ratios(before, now)
    return DigestFacts(
        basis=frame.basis,
        before_on=snapshot.as_of if snapshot is not None else None,
        weights_changed=_is_reweighed(before, snapshot),
        quarter=_figure(before, now, PeriodKind.QUARTER),
        year=_figure(before, now, PeriodKind.YEAR),
        nrr=nrr,
        grr=grr,
        forecast=forecast_report(now.states, frame=frame, by=GroupBy.QUARTER, window=horizon),
        moved=moved,
        risks=_largest(waiting),
        teams=_teams([one for one in waiting if one.due <= until]),
        accounts=_accounts(tx, moved),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Which terms a digest goes on with: due from the fiscal year's start to a last day, overdue, or `also`."""

    frame: Frame
    last: date
    also: frozenset[str] = frozenset()

    def __call__(self, state: TermState) -> bool:
        due = self.frame.profile.due_day(state)
        begins = self.frame.calendar.year_start(self.frame.as_of)
        is_due = due <= self.last and (due >= begins or state.standing in OPEN_STANDINGS)
        return is_due or state.key in self.also


def _side(states: Iterable[TermState], frame: Frame, kept: _Kept) -> _Side:
    """Measure the year over all terms, of which there may be a million, and let go of what nothing else needs."""
    every = tuple(states)
    report = metrics_report(every, frame=frame, by=GroupBy.YEAR, past=0, ahead=0)
    return _Side(frame=frame, year=report.periods[0], states=tuple(filter(kept, every)), kept=kept)


def _before(tx: Transaction, now: _Side, snapshot: Snapshot) -> _Side:
    """Read the day of a snapshot: what was due, and what is due now, wherever it stood then."""
    kept = replace(now.kept, also=frozenset(one.key for one in now.states))
    return _side(tx.forecast.snapshots.read(snapshot.id), frame_then(tx, now.frame, snapshot), kept)


def _is_reweighed(before: _Side | None, snapshot: Snapshot | None) -> bool:
    """Whether a week ago had other rules, which were not kept with its snapshot."""
    if before is None or snapshot is None:
        return False
    return before.frame.rules_hash != snapshot.rules_hash


def _figure(before: _Side | None, now: _Side, kind: PeriodKind) -> LandingFigure:
    period = period_of(day=now.frame.as_of, kind=kind, calendar=now.frame.calendar)
    total = now.total(period.window)
    return LandingFigure(
        name=period.name,
        due=total.due,
        landing=total.landing,
        low=total.low,
        high=total.high,
        before=before.total(period.window).landing if before is not None else None,
        target=total.target,
        call=total.call,
    )


def _ratios(before: _Side | None, now: _Side) -> tuple[RatioFigure, RatioFigure]:
    """Give NRR and GRR of the fiscal year; in its first week there is nothing to hold them against."""
    year = now.year
    old = before.year if before is not None else None
    if old is not None and old.window != year.window:
        old = None
    return (
        RatioFigure(now=year.nrr, before=old.nrr if old else None, band=year.nrr_band),
        RatioFigure(now=year.grr, before=old.grr if old else None, band=year.grr_band),
    )


def _moved(tx: Transaction, before: _Side, now: _Side, horizon: Window) -> Bridge:
    """Lead from the landing of then to that of now; what was due and is not any more is looked up."""
    there = {one.key for one in now.states}
    gone = tx.forecast.states.get([one.key for one in before.states if one.key not in there])
    now = replace(now, states=(*now.states, *gone))
    sides = bridged_sides(before.standpoint, now.standpoint, window=horizon)
    return bridge(
        before=sides.before,
        after=sides.after,
        window=horizon,
        profile=now.frame.profile,
    )


def _waiting(tx: Transaction, now: _Side, last: date) -> Sequence[DueRenewal]:
    """List the renewals due by a day (overdue ones too) that nobody knows the end of, the soonest first."""
    due = now.frame.profile.due_day
    wanted = [one for one in now.states if one.standing in OPEN_STANDINGS and due(one) <= last]
    landed = [(one, land(state=one, rules=now.frame.rules)) for one in wanted]
    listed = with_overdue(renewal_lines(landed, MirrorNames(tx.mirror)), today=now.frame.as_of)
    lines = beside_calls(tx, listed, now.frame.plan.calls)
    conversion = DueConversion(now.frame.due_rates)
    steps = _next_steps(tx, lines)
    found = [_due_renewal(line, due(line.state), conversion.on(due(line.state)), steps) for line in lines]
    return sorted(found, key=lambda one: (one.due, one.line.account, one.line.state.key))


def _due_renewal(
    line: RenewalLine, due: date, conversion: Conversion, steps: Mapping[str, str]
) -> DueRenewal:
    prior, landing = (_converted(one, conversion) for one in (line.state.prior, line.landing.amount))
    return DueRenewal(
        line=line,
        due=due,
        prior=prior,
        landing=landing,
        call=_converted(line.call.amount, conversion) if line.call is not None else None,
        at_risk=prior - landing if prior is not None and landing is not None else None,
        next_step=steps.get(line.state.opportunity_id or "", ""),
    )


def _converted(amount: Money | None, conversion: Conversion) -> Money | None:
    if amount is None or not conversion.knows(amount.currency):
        return None
    return Money.from_minor(conversion.minor(amount.to_minor(), amount.currency), conversion.into)


def _next_steps(tx: Transaction, lines: Sequence[RenewalLine]) -> Mapping[str, str]:
    """Read what people typed as the next step, where the mapping names the field."""
    ids = sorted({one.state.opportunity_id for one in lines if one.state.opportunity_id is not None})
    rows = tx.mirror.get(Role.OPPORTUNITY, ids) if ids else ()
    return {row.id: str(row.values["next_step"]) for row in rows if row.values.get("next_step")}


def _largest(waiting: Sequence[DueRenewal]) -> tuple[DueRenewal, ...]:
    """Choose the renewals with the most to lose."""
    risky = [(one.at_risk.to_minor(), one) for one in waiting if one.at_risk is not None]
    ordered = sorted((one for one in risky if one[0] > 0), key=lambda one: (-one[0], one[1].line.state.key))
    return tuple(one for _, one in ordered[:MOST_RISKS])


def _teams(due: Sequence[DueRenewal]) -> tuple[Team, ...]:
    """Part renewals by manager, by name; those without one come last."""
    parts: defaultdict[str | None, list[DueRenewal]] = defaultdict(list)
    for one in due:
        parts[one.line.state.grouping.manager_id].append(one)
    teams = [
        Team(manager_id=manager, name=mine[0].line.manager, renewals=tuple(mine))
        for manager, mine in parts.items()
    ]
    return tuple(
        sorted(teams, key=lambda one: (one.manager_id is None, one.name or "", one.manager_id or ""))
    )


def _accounts(tx: Transaction, moved: Bridge | None) -> Mapping[str, str]:
    """Name the accounts whose terms moved the landing."""
    movers = (one for bar in (moved.bars if moved else ()) for one in bar.movers)
    return MirrorNames(tx.mirror).accounts({one.account_id for one in movers})
