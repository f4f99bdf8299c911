"""Intervals, pooling, scores and suggestions, held against numbers worked by hand or found in tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.past_observations import MATRIX

from csops_sync.domain.forecast.backtest import Source, Verdict, Way, Week, accuracy
from csops_sync.domain.forecast.calibration import ThinHistoryError, calibrate
from csops_sync.domain.forecast.estimates import Rate, clustered_mean, independent, rate, student
from csops_sync.domain.forecast.matrix import RATED_TYPES, Weights
from csops_sync.domain.forecast.observing import UNOPENED, UNRATED, Observation
from csops_sync.domain.forecast.pooling import Placed, falling, shrunk, strength
from csops_sync.domain.forecast.realised import realised, scatter_of_quarters
from csops_sync.domain.forecast.scoring import Tried, score, trial
from csops_sync.domain.forecast.suggesting import Present, Table, rated_cell, suggested
from csops_sync.domain.forecast.term_state import RenewalType

RANKS = ("A", "B", "C", "D", "E")
PRESENT = Present(matrix=MATRIX, ranks=RANKS)


def renewal(
    number: int, *, rank: str = "B", renewed: bool = True, customer: str | None = None, kept: int = 100
) -> Observation:
    """A flat renewal of a month of its own; four a quarter."""
    due = date(2024 + number // 48 % 2, number // 4 % 12 + 1, 28)
    return Observation(
        key=f"k-{number}",
        customer_id=customer or f"c-{number}",
        due=due,
        known_on=due,
        cell=rated_cell(RenewalType.FLAT, rank),
        weights=Weights(Decimal("0.8")),
        kept=kept,
        added=0,
        kept_real=kept if renewed else 0,
        added_real=0,
        beyond=0,
        is_renewed=renewed,
    )


def test_wilsons_interval_of_nine_in_ten_is_that_of_the_textbook() -> None:
    """9 of 10 at 95 %: 0.596 to 0.982."""
    found = rate(share=0.9, n=10, worth=10)

    assert (round(found.low, 3), round(found.high, 3)) == (0.596, 0.982)


def test_all_of_few_is_no_certainty() -> None:
    """5 of 5 at 95 %: from 0.566."""
    found = rate(share=1.0, n=5, worth=5)

    assert (round(found.low, 3), found.high) == (0.566, 1.0)
    assert rate(share=None, n=0, worth=0).value is None


def test_a_large_customer_is_one_customer() -> None:
    assert independent([("a", 1.0), ("b", 1.0), ("c", 1.0)]) == pytest.approx(3)
    assert independent([("a", 1.0), ("a", 1.0), ("b", 1.0)]) == pytest.approx(9 / 5)
    assert independent([("a", 98.0), ("b", 1.0), ("c", 1.0)]) < 1.05
    assert independent([]) == 0


@pytest.mark.parametrize(
    ("freedom", "table"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (7, 2.365), (30, 2.042)]
)
def test_students_t_is_that_of_the_table(freedom: int, table: float) -> None:
    assert student(level=0.95, freedom=freedom) == pytest.approx(table, rel=0.01)


def test_students_t_without_freedom_is_refused() -> None:
    with pytest.raises(ValueError, match="two observations"):
        student(level=0.95, freedom=0)


def test_what_goes_together_says_less_than_as_many_by_themselves() -> None:
    apart = clustered_mean((str(place), float(place % 2)) for place in range(20))
    together = clustered_mean((str(place % 2), float(place % 2)) for place in range(20))

    assert apart.value == together.value == 0.5
    assert apart.low is not None
    assert together.low is not None
    assert together.low < apart.low
    assert clustered_mean([("one", 1.0), ("one", 2.0)]).low is None
    with pytest.raises(ValueError, match="nothing"):
        clustered_mean([])


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 50)), min_size=1, max_size=8))
def test_falling_values_fall_keep_their_mean_and_leave_falling_ones_alone(
    drawn: list[tuple[float, float]],
) -> None:
    placed = [Placed(*one) for one in drawn]
    found = falling(placed)

    assert all(before >= after - 1e-12 for before, after in pairwise(found))
    total = sum(one.value * one.worth for one in placed)
    assert sum(value * one.worth for value, one in zip(found, placed, strict=True)) == pytest.approx(total)
    assert falling([Placed(value, 1.0) for value in found]) == pytest.approx(found)


def test_few_lean_on_the_parent_and_many_do_not() -> None:
    few, many = (Rate(value=0.0, n=n, independent=float(n)) for n in (2, 2_000))

    assert shrunk(few, 0.8, 20).value > 0.7
    assert shrunk(many, 0.8, 20).value < 0.01
    assert shrunk(Rate(value=None, n=0, independent=0.0), 0.8, 20).value == 0.8


def test_cells_that_differ_beyond_chance_lean_less() -> None:
    alike = [Rate(value=value, n=50, independent=50.0) for value in (0.79, 0.8, 0.81)]
    apart = [Rate(value=value, n=50, independent=50.0) for value in (0.5, 0.8, 1.0)]

    assert strength(apart, 0.8) < 20 < strength(alike, 0.8)


def test_quarters_that_scatter_beyond_chance_divide_what_renewals_are_worth() -> None:
    """Of 20 quarters' renewals all are renewed in every other quarter, and none between."""
    swinging = [renewal(number, renewed=number // 12 % 2 == 0) for number in range(96)]
    even = [renewal(number, renewed=number % 2 == 0) for number in range(96)]

    assert scatter_of_quarters([swinging]) > 5
    assert scatter_of_quarters([even]) == 1
    calm, wild = (realised(swinging, scatter=scatter).count for scatter in (1.0, 5.0))
    assert wild.high - wild.low > 1.5 * (calm.high - calm.low)


def test_brier_and_bias_are_those_worked_by_hand() -> None:
    """Weight 0.8: renewed (0.2^2), lost (0.8^2). Told 160 of 200 at stake, and 100 came to be."""
    found = score([Tried(one, one.weights) for one in (renewal(0), renewal(1, renewed=False))])

    assert found.brier.value == pytest.approx((0.04 + 0.64) / 2)
    assert found.bias.value == pytest.approx((160 - 100) / 200)
    assert found.error == pytest.approx(0.3)
    with pytest.raises(ValueError, match="nothing to score"):
        score([])


def test_suggested_weights_never_rise_by_rank_and_leave_the_unseen_alone() -> None:
    """B was renewed more often than A; C to E were never seen."""
    seen = [renewal(n, rank="A", renewed=n % 10 > 2) for n in range(200)]
    seen += [renewal(n + 200, rank="B", renewed=n % 10 > 0) for n in range(200)]
    found = suggested(seen, present=PRESENT)

    for kind in RATED_TYPES:
        row = [found[rated_cell(kind, rank)].base for rank in RANKS]
        assert row == sorted(row, reverse=True)
    flat = [found[rated_cell(RenewalType.FLAT, rank)].base for rank in RANKS]
    assert flat[0] == flat[1] == Decimal("0.80")
    assert flat[3:] == [Decimal("0.60"), Decimal("0.10")], "weights in force"
    assert found[UNOPENED] == MATRIX.unopened
    assert found[UNRATED].base == Decimal("0.90")


def test_unrated_and_unopened_are_one_rate_unless_unrated_has_a_weight_of_its_own() -> None:
    """Of 50 that nobody had rated all were renewed, of 50 that nobody had opened none."""
    seen = [replace(renewal(n), cell=UNRATED) for n in range(50)]
    seen += [replace(renewal(n + 50, renewed=False), cell=UNOPENED) for n in range(50)]

    one = suggested(seen, present=PRESENT)
    apart = suggested(seen, present=replace(PRESENT, unrated_alone=True))

    assert one[UNRATED].base == one[UNOPENED].base == Decimal("0.50")
    assert (apart[UNRATED].base, apart[UNOPENED].base) == (Decimal("1.00"), Decimal("0.00"))


def test_weights_are_tried_only_on_quarters_after_what_they_were_learned_from() -> None:
    """Nothing is learned from a renewal whose end was not known on the day that a quarter was first told."""
    seen = [renewal(number) for number in range(96)]
    learned: list[date] = []

    def teach(known: Sequence[Observation]) -> Table | None:
        if len(known) < 40:
            return None
        learned.append(max(one.known_on for one in known))
        return {}

    tried = trial(seen, teach=teach, days_before=60)

    assert tried is not None
    assert tried.quarters == len(learned) == 4
    assert learned[0] < date(2025, 1, 1) - timedelta(days=60)
    assert tried.n == 48
    assert tried.difference.value == 0, "an empty table leaves the weights in force"
    assert trial(seen, teach=lambda _known: None, days_before=60) is None


@pytest.mark.parametrize(
    ("seen", "short"),
    [
        ([], "0 rated and decided renewals"),
        ([renewal(n) for n in range(39)], "39 rated and decided renewals"),
        ([renewal(n, customer=f"c-{n % 3}") for n in range(96)], "3 customers"),
        ([renewal(n % 12) for n in range(60)], "1 quarters"),
    ],
)
def test_history_that_is_too_thin_is_refused_with_what_is_missing(
    seen: list[Observation], short: str
) -> None:
    with pytest.raises(ThinHistoryError, match=short):
        calibrate(seen, present=PRESENT, days_before=60)


def week(*, period: str, told: int, real: int = 100, rate_told: int | None = 100) -> Week:
    return Week(
        on=date(2026, 1, 5),
        period=period,
        ahead=0,
        source=Source.REBUILT,
        terms=1,
        due=100,
        real=real,
        matrix=told,
        all_renews=100,
        last_years_rate=rate_told,
    )


def test_accuracy_is_the_mean_error_and_bias_of_the_weeks() -> None:
    """Off by +10 % and -10 %: an error of 10 %, no bias."""
    found = accuracy([week(period="Q1", told=110), week(period="Q2", told=90)])

    matrix = found[0]
    assert (matrix.way, matrix.weeks, matrix.periods) == (Way.MATRIX, 2, 2)
    assert matrix.error.value == pytest.approx(0.1)
    assert matrix.bias.value == pytest.approx(0)
    assert [one.verdict for one in found] == [None, Verdict.LOSES, Verdict.LOSES]


def test_weeks_without_a_year_before_leave_the_years_rate_out() -> None:
    found = accuracy([week(period="Q1", told=110, rate_told=None)])

    assert [one.way for one in found] == [Way.MATRIX, Way.ALL_RENEWS]
    assert found[1].verdict is Verdict.NO_DIFFERENCE, "one quarter says nothing about chance"
    assert accuracy([]) == ()
