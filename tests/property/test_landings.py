"""What holds for any matrix and any renewal: landings, types and intervals."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.landings import RANKS, one_cell, rules_of, term, yen

from csops_sync.domain.forecast.band import band, stake
from csops_sync.domain.forecast.landing import Landing, land
from csops_sync.domain.forecast.lint import LintKind, lint
from csops_sync.domain.forecast.matrix import NOTHING, RATED_TYPES, Matrix, Weights, half_up, weigh
from csops_sync.domain.forecast.renewal_type import Tolerance, type_of
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState

UNHURRIED = settings(deadline=None)  # a busy machine is no fault of a matrix
shares = st.decimals(min_value=0, max_value=1, places=3)
amounts = st.integers(0, 10**15)
uplifts = st.decimals(min_value="-0.9", max_value=3, places=3)
cells = st.builds(Weights, shares, shares)


@st.composite
def matrices(draw: st.DrawFn, *, falling: bool = False) -> Matrix:
    """A matrix; `falling`: no worse rank weighs more."""
    found: dict[tuple[RenewalType, str | None], Weights] = {}
    for kind in RATED_TYPES:
        row = draw(st.lists(cells, min_size=len(RANKS), max_size=len(RANKS)))
        if falling:
            bases, expansions = sorted(one.base for one in row), sorted(one.expansion for one in row)
            row = [Weights(*both) for both in zip(reversed(bases), reversed(expansions), strict=True)]
        found |= {(kind, rank): weights for rank, weights in zip(RANKS, row, strict=True)}
    unopened = draw(cells)
    found |= {(kind, None): unopened for kind in RATED_TYPES}
    return Matrix(cells=found, unopened=unopened)


@st.composite
def states(draw: st.DrawFn) -> TermState:
    """An open renewal of any amounts, rank and choice."""
    return term(
        prior=yen(draw(amounts)),
        new=draw(st.none() | amounts.map(yen)),
        rank=draw(st.none() | st.sampled_from(RANKS)),
        chosen_type=draw(st.none() | st.sampled_from(RenewalType)),
        proposed=draw(st.booleans()),
    )


def minor(landing: Landing) -> int:
    assert landing.amount is not None
    return landing.amount.to_minor()


@given(prior=amounts, new=amounts, weights=cells)
def test_the_whole_numbers_give_what_exact_fractions_give(prior: int, new: int, weights: Weights) -> None:
    exact = min(prior, new) * Fraction(weights.base) + max(new - prior, 0) * Fraction(weights.expansion)

    found = weigh(prior=prior, new=new, weights=weights)

    assert found.base + found.expansion == half_up(exact.numerator, exact.denominator)
    assert found.base >= 0
    assert found.expansion >= 0


@given(prior=amounts, new=amounts, probability=shares, rank=st.sampled_from((*RANKS, None)))
def test_one_weight_for_everything_is_amount_times_probability(
    prior: int, new: int, probability: Decimal, rank: str | None
) -> None:
    rules = rules_of(one_cell(str(probability), str(probability)))

    found = land(state=term(prior=yen(prior), new=yen(new), rank=rank), rules=rules)

    exact = new * Fraction(probability)
    assert minor(found) == half_up(exact.numerator, exact.denominator)


@UNHURRIED
@given(matrix=matrices(falling=True), state=states())
def test_a_landing_falls_with_the_rank_where_weights_do(matrix: Matrix, state: TermState) -> None:
    rules = rules_of(matrix)

    landings = [minor(land(state=replace(state, rank=rank), rules=rules)) for rank in RANKS]

    assert all(better >= worse for better, worse in pairwise(landings))
    assert not [one for one in lint(rules=rules) if one.kind is LintKind.RISING]


@UNHURRIED
@given(matrix=matrices(), prior=amounts, uplift=uplifts)
def test_opening_an_untouched_renewal_leaves_its_landing(matrix: Matrix, prior: int, uplift: Decimal) -> None:
    rules = rules_of(matrix)
    unopened = term(prior=yen(prior), new=None, standing=TermStanding.UNOPENED)
    opened = replace(
        unopened, standing=TermStanding.OPEN, new=yen(prior).with_uplift(uplift).rounded(), proposed=True
    )

    assert minor(land(state=opened, rules=rules)) == minor(land(state=unopened, rules=rules))
    assert not [one for one in lint(rules=rules, uplifts=(uplift,)) if one.kind is LintKind.OPENING]


@UNHURRIED
@given(matrix=matrices(), state=states())
def test_a_landing_lies_between_nothing_and_what_is_offered(matrix: Matrix, state: TermState) -> None:
    assert state.prior is not None
    found = land(state=state, rules=rules_of(matrix))

    untouched = state.new is None or (state.proposed and state.rank is None)
    most = state.prior if untouched or state.new is None else state.new
    assert 0 <= minor(found) <= most.to_minor()
    assert found.amount is not None
    assert found.base is not None
    assert found.expansion is not None
    assert found.amount == found.base + found.expansion
    assert found.base.to_minor() <= state.prior.to_minor()


@UNHURRIED
@given(matrix=matrices(), book=st.lists(states(), min_size=1, max_size=20))
def test_a_sum_of_landings_adds_rounded_values_and_lies_in_its_interval(
    matrix: Matrix, book: list[TermState]
) -> None:
    found = [land(state=state, rules=rules_of(matrix)) for state in book]
    stakes = [one for one in (stake(customer_id="a", landing=each) for each in found) if one is not None]

    around = band(stakes=stakes)

    total = sum(minor(one) for one in found)
    slack = len(found) + total // 10**12  # each value is rounded once, and an interval is floating point
    assert around.low - slack <= total <= around.high + slack
    assert 0 <= around.low <= around.high


@given(prior=amounts, new=amounts, share=st.decimals(min_value=0, max_value="0.999", places=3))
def test_a_type_is_what_exact_fractions_say(prior: int, new: int, share: Decimal) -> None:
    above, below = prior * (1 + Fraction(share)), prior * (1 - Fraction(share))

    expected = (
        RenewalType.UPSELL if new > above else RenewalType.DOWNSELL if new < below else RenewalType.FLAT
    )

    assert type_of(prior=prior, new=new, tolerance=Tolerance(share)) is expected


@UNHURRIED
@given(matrix=matrices(), other=cells)
def test_an_unrated_column_that_weighs_otherwise_than_unopened_is_found(
    matrix: Matrix, other: Weights
) -> None:
    changed = Matrix(
        cells={**matrix.cells, **{(kind, None): other for kind in RATED_TYPES}}, unopened=NOTHING
    )
    rules = rules_of(changed)

    found = [one for one in lint(rules=rules) if one.kind is LintKind.OPENING]

    assert bool(found) is (other.base > 0)
