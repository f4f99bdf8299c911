"""How far landings and calls were from what came of them: a closed period, as its snapshots told it beforehand.

A snapshot is weighed by the rules of its own day, as the bridge does it. All is converted at the rates that were known
at the period's close, so that no rate that moved, and none that was edited, looks like an error of judgement. A renewal
counts under the CSM who looks after it today. What is due in the period and has no result yet (still open, or not
judged) is left out on both sides. A renewal that was over by the snapshot counts there as it ended, whatever had been
called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from csops_sync.app.books import read_people
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.groups import NOT_SAID
from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.app.forecast.kept_terms import terms_in
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.period_words import period_named
from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.forecast.reports import People, due_in, frame_in, plain_frame_in
from csops_sync.app.forecast.told_period import ToldPeriod, of_team, told_period
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.app.row_scope import reports_of
from csops_sync.domain.forecast.accuracy import AccuracyLine, accuracy_by, accuracy_of, accuracy_total
from csops_sync.domain.forecast.periods import Period, PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Transaction

PERIODS_OFFERED = 4
"""How many closed quarters a page offers."""


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

    `period` is one as people write it (`2026-Q1`, `FY2026`, `2026-04`); None for the last quarter that is over. Where
    reports are `kept`, it is read once for all readers, and cut to what each of them sees.

    Raises as `reports.forecast_of` does; UnknownPeriodError; NotOverError where the period has not ended.
    """
    with office.store.reading() as tx:
        frame = plain_frame_in(tx, office, profile=profile)
        quarter = period_of(day=frame.as_of, kind=PeriodKind.QUARTER, calendar=frame.calendar)
        offered = tuple(quarter.moved(-back) for back in range(1, PERIODS_OFFERED + 1))
        chosen = period_named(period, calendar=frame.calendar) if period is not None else offered[0]
        if chosen.last >= frame.as_of:
            raise NotOverError(chosen, instead=offered[0])
        told = _told(office, chosen.window, profile, kept).seen_by(people)
        groups = {key: one.grouping.csm_id or NOT_SAID for key, one in told.states.items()}
        lines = accuracy_by(told.known, groups)
        below = read_people(tx) if told.called else {}
        teams = tuple(_team(told, user, reports_of(user, below.values())) for user in sorted(told.called))
        return AccuracyReport(
            basis=told.basis,
            period=chosen,
            offered=offered,
            total=accuracy_total(told.known),
            by_csm=lines,
            teams=teams,
            names=MirrorNames(tx.mirror).people(one.key or "" for one in (*lines, *teams)),
            waiting=len(told.waiting),
        )


def _told(office: Office, window: Window, profile: str | None, kept: KeptReports | None) -> ToldPeriod:
    """Read a period for all readers; anew, since what is kept must not be older than what it is kept under."""

    def read() -> ToldPeriod:
        with office.store.reading() as tx:
            frame = frame_in(tx, office, profile=profile)
            return told_period(tx, frame, window, _due(tx, office, frame, window))

    return read() if kept is None else kept.get(office, ("told", profile, window), read)


def _due(tx: Transaction, office: Office, frame: Frame, window: Window) -> Iterable[TermState]:
    """Give what is due in a period: of the terms that are kept in memory, else by an index."""
    if office.held is None:
        return due_in(tx, frame, window)
    return (one for one in terms_in(tx, office) if window.holds(frame.profile.due_day(one)))


def _team(told: ToldPeriod, user_id: str, team: frozenset[str]) -> AccuracyLine:
    """Compare the renewals of a user and everybody below them with the user's call."""
    line = accuracy_of(told.known, of_team(told, team), key=user_id)
    called = told.called[user_id]
    return replace(line, expected=tuple(replace(one, call=called.get(one.distance)) for one in line.expected))
