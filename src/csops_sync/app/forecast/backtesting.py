"""A backtest: for each week, the landing as it would have been told then, against what really landed.

What was known in a week is the snapshot of that week where there is one, else rebuilt from mirrored histories (what of
it cannot be rebuilt is told in `domain.forecast.hindsight`). It is weighed by the rules of today in either case, so
that it judges the matrix in force, and not those that were in force then.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from csops_sync.app.forecast.calibrating import (
    SETTLED_AFTER,
    conversion_of,
    refuse_without_history,
    window_between,
)
from csops_sync.app.forecast.conversion import Conversion
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.report_values import Basis
from csops_sync.app.forecast.reports import due_in, frame_in
from csops_sync.app.forecast.stories import stories_of
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.backtest import Accuracy, Week, accuracy
from csops_sync.domain.forecast.hindsight import Story, became, decided_on
from csops_sync.domain.forecast.landing import NOT_JUDGED
from csops_sync.domain.forecast.observing import Left
from csops_sync.domain.forecast.periods import Period, PeriodKind, Window, period_of
from csops_sync.domain.forecast.term_state import TermStanding, TermState
from csops_sync.domain.forecast.weekly import YEAR, Known, Lived, Past, Weigh
from csops_sync.ports.forecast_store import SnapshotKind
from csops_sync.ports.store import Transaction

WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_AHEAD = (0, 1)
"""The landing of the quarter that a week lies in, and of the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """A backtest over the Mondays of `window`. `left` counts terms in no sum, `unsettled` names quarters not over yet.

    Amounts are in the currency of the basis, at today's rates.
    """

    basis: Basis
    window: Window
    weeks: Sequence[Week]
    accuracies: Sequence[Accuracy]
    left: Mapping[Left, int]
    unsettled: Sequence[str]


def backtest_of(office: Office, *, first: date | None = None, last: date | None = None) -> BacktestReport:
    """This function will tell the landings of each Monday between two days again. Without days: the last two years.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        NotYetWorkedOutError: no cycle has stored the states of terms yet.
        RefusedError: the days are no window, the rank has no history, or there is nothing to compare with.
    """
    with office.store.reading() as tx:
        frame = frame_in(tx, office)
        until = last or office.today - _DAY
        window = window_between(first, until, today=office.today, back=2 * YEAR)
        quarters = _quarters(window, frame)
        settled = [one for one in quarters if one.last <= frame.as_of - timedelta(days=SETTLED_AFTER)]
        _refuse_nothing(window, settled)
        over = Window(window.first - YEAR, settled[-1].last)
        stories = list(stories_of(tx, due_in(tx, frame, over), rules=office.rules))
        if office.rules.confidence is not None:
            refuse_without_history(stories)
        lived, left = _lived(stories, frame, since=settled[0].first, told=window.first)
        weeks = tuple(_weeks(tx, frame, Past(lived), window, settled))
    found = accuracy(weeks)
    if not found:
        raise RefusedError(
            f"no decided renewal was due in {settled[0].name} to {settled[-1].name}: there is nothing to compare with; "
            "choose an earlier --from"
        )
    return BacktestReport(
        basis=frame.basis_of(Window(frame.as_of, frame.as_of)),
        window=window,
        weeks=weeks,
        accuracies=found,
        left=left,
        unsettled=[one.name for one in quarters if one not in settled],
    )


def _refuse_nothing(window: Window, settled: Sequence[Period]) -> None:
    if not settled:
        raise RefusedError(
            f"no quarter of {window.first} to {window.last} ended {SETTLED_AFTER} days ago or before, so none has a "
            "landing to compare with; choose an earlier --from"
        )


def _weeks(
    tx: Transaction, frame: Frame, past: Past, window: Window, settled: Sequence[Period]
) -> Iterator[Week]:
    """Tell each Monday again, of its quarter and the next one, where these are settled."""
    weigh = _weigh(frame)
    for day in _mondays(window):
        now = period_of(day=day, kind=PeriodKind.QUARTER, calendar=frame.calendar)
        chosen = [(now.moved(ahead), ahead) for ahead in _AHEAD if now.moved(ahead) in settled]
        snapshot = _snapshot(tx, day) if chosen else None
        for period, ahead in chosen:
            yield past.week(
                day, name=period.name, window=period.window, ahead=ahead, weigh=weigh, snapshot=snapshot
            )


def _weigh(frame: Frame) -> Weigh:
    weigher, conversion = Weigher(frame), conversion_of(frame)

    def weigh(known: TermState) -> int | None:
        landed = weigher.landed(known)
        if known.prior is None or landed.kind in NOT_JUDGED or not conversion.knows(known.prior.currency):
            return None
        return conversion.minor(landed.base + landed.expansion, known.prior.currency)

    return weigh


def _snapshot(tx: Transaction, day: date) -> Known | None:
    """Give what the last snapshot of the week up to a day knew."""
    found = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=day)
    if found is None or found.as_of <= day - WEEK:
        return None
    return {one.key: one for one in tx.forecast.snapshots.read(found.id)}


def _lived(
    stories: Iterable[tuple[TermState, Story | None]], frame: Frame, *, since: date, told: date
) -> tuple[list[Lived], Mapping[Left, int]]:
    """Take what is decided; what is not is counted where it is due in the quarters that are told, from `told` on."""
    left: Counter[Left] = Counter()
    conversion = conversion_of(frame)
    found: list[Lived] = []
    for state, story in stories:
        one = _life(state, story, frame, conversion)
        if not isinstance(one, Left) and _is_guessed(one, frame, told):
            one = Left.NO_HISTORY
        if not isinstance(one, Left):
            found.append(one)
        elif frame.profile.due_day(state) >= since:
            left[one] += 1
    return found, dict(sorted(left.items()))


def _life(state: TermState, story: Story | None, frame: Frame, conversion: Conversion) -> Lived | Left:
    real, decided = became(state), decided_on(state, story=story)
    if real is None or decided is None or state.prior is None:
        return Left.UNJUDGED if state.standing is TermStanding.ASIDE else Left.UNDECIDED
    if not conversion.knows(state.prior.currency):
        return Left.NO_RATE
    return Lived(
        state=state,
        story=story,
        due=frame.profile.due_day(state),
        decided=decided,
        prior=conversion.minor(state.prior.to_minor(), state.prior.currency),
        real=conversion.minor(real.to_minor(), real.currency),
    )


def _is_guessed(one: Lived, frame: Frame, told: date) -> bool:
    """Whether a week, from the first one that tells of a term on, would have to guess what was said of it."""
    if one.story is None or one.story.known_from is None:
        return False
    quarter = period_of(day=one.due, kind=PeriodKind.QUARTER, calendar=frame.calendar)
    begins = max(told, quarter.moved(-_AHEAD[-1]).first, one.story.opened_on)
    return begins < one.decided and one.story.is_guessed(begins)


def _quarters(window: Window, frame: Frame) -> list[Period]:
    """Give the quarters that a window's weeks tell of, the one after its last included."""
    one = period_of(day=window.first, kind=PeriodKind.QUARTER, calendar=frame.calendar)
    last = period_of(day=window.last, kind=PeriodKind.QUARTER, calendar=frame.calendar).moved(_AHEAD[-1])
    found = [one]
    while found[-1].first < last.first:
        found.append(found[-1].moved(1))
    return found


def _mondays(window: Window) -> Iterator[date]:
    day = window.first + timedelta(days=-window.first.weekday() % 7)
    while day <= window.last:
        yield day
        day += WEEK
