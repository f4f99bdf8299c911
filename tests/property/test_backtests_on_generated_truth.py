"""Backtests over drawn pasts: errors with intervals, and a sensible matrix no worse than guessing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from tests.fakes.past_observations import MATRIX, SURELY_OVER, TODAY, TOLERANCE, Lived, drawn

from csops_sync.domain.forecast.backtest import BASELINES, Accuracy, Verdict, Way, Week, accuracy
from csops_sync.domain.forecast.estimates import clustered_mean
from csops_sync.domain.forecast.hindsight import Story, as_known, became, decided_on
from csops_sync.domain.forecast.landing import facts_of, land_facts
from csops_sync.domain.forecast.matrix import Matrix, Weights
from csops_sync.domain.forecast.periods import FiscalCalendar, PeriodKind, period_of
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.forecast.weekly import Lived as LivedTerm
from csops_sync.domain.forecast.weekly import Past

SEEDS = range(1, 31)
FIRST_MONDAY, WEEKS = date(2024, 4, 1), 92
CALENDAR = FiscalCalendar()
NEVER = Matrix(cells=dict.fromkeys(MATRIX.cells, Weights(Decimal("0.1"))), unopened=Weights(Decimal("0.1")))
"""Weights of somebody who thinks that hardly anybody renews."""


def past(lived: Iterator[Lived]) -> Past:
    found = []
    for one in lived:
        real, decided = became(one.state), decided_on(one.state, story=one.story)
        if real is None or decided is None or one.state.prior is None or one.state.prior.currency != "JPY":
            continue
        found.append(
            LivedTerm(
                state=one.state,
                story=one.story,
                due=one.state.end,
                decided=decided,
                prior=one.state.prior.to_minor(),
                real=real.to_minor(),
            )
        )
    return Past(found)


def weeks(seed: int, matrix: Matrix = MATRIX) -> list[Week]:
    """Every Monday of 92 weeks, of the quarter that it lies in and of the next one, while these are settled."""

    def weigh(known: TermState) -> int | None:
        landed = land_facts(facts_of(known), matrix=matrix, tolerance=TOLERANCE)
        return None if landed.weights is None else landed.base + landed.expansion

    terms, found = past(drawn(seed=seed, customers=150)), []
    for week in range(WEEKS):
        day = FIRST_MONDAY + timedelta(days=7 * week)
        now = period_of(day=day, kind=PeriodKind.QUARTER, calendar=CALENDAR)
        for ahead in (0, 1):
            period = now.moved(ahead)
            if period.last <= SURELY_OVER:
                found.append(
                    terms.week(day, name=period.name, window=period.window, ahead=ahead, weigh=weigh)
                )
    return found


@cache
def accuracies() -> tuple[tuple[Accuracy, ...], ...]:
    return tuple(accuracy(weeks(seed)) for seed in SEEDS)


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_sensible_matrix_is_no_worse_than_a_baseline_within_sampling_error(baseline: Way) -> None:
    """Over 30 books; in each the weeks of a quarter go together, and books are independent."""
    against = [
        one.against.value for each in accuracies() for one in each if one.way is baseline and one.against
    ]

    mean = clustered_mean((str(place), value) for place, value in enumerate(against))
    assert len(against) == len(SEEDS)
    assert not mean.is_above
    assert sum(one.verdict is Verdict.LOSES for each in accuracies() for one in each) <= 0.1 * len(SEEDS)


def test_every_error_is_told_with_its_interval_win_or_lose() -> None:
    for each in accuracies():
        assert [one.way for one in each] == list(Way)
        for one in each:
            assert one.periods >= 6
            assert one.error.low is not None
            assert one.error.high is not None
            assert one.error.low <= one.error.value <= one.error.high
            assert (one.verdict is None) == (one.way is Way.MATRIX)


def test_a_matrix_that_is_far_off_loses_and_is_told_so() -> None:
    lost = [one.verdict for seed in SEEDS[:5] for one in accuracy(weeks(seed, NEVER)) if one.way in BASELINES]

    assert len(lost) == 10
    assert Verdict.WINS not in lost
    assert lost.count(Verdict.LOSES) >= 8


def test_landings_come_nearer_to_the_truth_as_the_quarter_goes_on() -> None:
    """What is told in the first weeks of a quarter is further off than what is told in its last."""
    early: list[float] = []
    late: list[float] = []
    for one in (each for seed in SEEDS[:10] for each in weeks(seed) if each.ahead == 0):
        off = one.off(Way.MATRIX)
        quarter = period_of(day=one.on, kind=PeriodKind.QUARTER, calendar=CALENDAR)
        if off is not None and (one.on - quarter.first).days < 21:
            early.append(abs(off))
        elif off is not None and (quarter.last - one.on).days < 21:
            late.append(abs(off))

    assert sum(late) / len(late) < 0.75 * sum(early) / len(early)


def test_what_is_told_on_a_day_does_not_depend_on_what_came_after() -> None:
    """Whatever became of terms that were undecided then: lost, at no amount, rated and closed otherwise."""
    day, undecided = date(2025, 5, 12), 0
    for one in drawn(seed=3, customers=300):
        decided = decided_on(one.state, story=one.story)
        if decided is None or decided <= day:
            continue
        known = as_known(one.state, story=one.story, day=day)
        undecided += known is not None
        assert as_known(_otherwise(one.state), story=_after(one.story, day), day=day) == known

    assert undecided > 100


def _otherwise(state: TermState) -> TermState:
    end = TermStanding.LOST if state.standing is not TermStanding.LOST else TermStanding.WON
    chosen = RenewalType.DOWNSELL
    return replace(state, standing=end, new=None, rank="E", chosen_type=chosen, settled_on=TODAY)


def _after(story: Story | None, day: date) -> Story | None:
    """Another end of the same story."""
    if story is None:
        return None
    then = [one for one in story.said if one.on <= day]
    later = replace(story.said[0], on=max(day + timedelta(days=1), story.opened_on), rank="E", new=None)
    return Story(said=(*then, later), closed_on=TODAY)
