"""Over random terms: the lines of a forecast add up to its total, however they are grouped, and to a plain sum."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.landings import RANKS
from tests.fakes.reported import FY2025, contract, frame

from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.measuring import grouped_metrics
from csops_sync.app.forecast.report_values import ForecastLine, GroupBy
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.rates import Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

TABLE = RateTable(home="JPY", pinned=(("USD", Fraction(1501, 10)),))
FRAME = frame(exchange=Exchange(into="JPY", policy=RatePolicy.PINNED, table=TABLE))
"""Yen, with a rate for dollars and none for euros."""
SUMS = ("due", "landing", "won", "lost", "open")
words = st.sampled_from([None, "a", "b", "c"])
money = st.builds(
    Money.from_minor,
    st.integers(0, 10**12),
    st.sampled_from(["JPY", "JPY", "USD", "EUR"]),
)


@st.composite
def terms(draw: st.DrawFn, number: int) -> TermState:
    prior = draw(st.none() | money)
    change = draw(st.none() | st.integers(0, 30))
    return contract(
        number,
        customer=draw(st.integers(1, 5)),
        start=date(2024, 1, 1),
        end=date(2025, 2, 1) + timedelta(days=draw(st.integers(0, 500))),
        standing=draw(st.sampled_from(TermStanding)),
        prior=prior,
        new=None
        if prior is None or change is None
        else prior.with_uplift(Decimal(change - 10) / 10).rounded(),
        rank=draw(st.sampled_from([None, *RANKS, "F"])),
        proposed=draw(st.booleans()),
        chosen_type=draw(st.none() | st.sampled_from(RenewalType)),
        grouping=draw(
            st.builds(Grouping, segment=words, tier=words, csm_id=words, manager_id=words, product=words)
        ),
    )


@st.composite
def books(draw: st.DrawFn) -> list[TermState]:
    return [draw(terms(number)) for number in range(draw(st.integers(0, 12)))]


@given(book=books(), by=st.sampled_from(GroupBy))
def test_lines_add_up_to_the_total_and_the_total_to_a_sum_over_terms(
    book: list[TermState], by: GroupBy
) -> None:
    report = forecast_report(book, frame=FRAME, by=by, window=FY2025)

    for name in SUMS:
        assert _added(report.lines, name) == getattr(report.total, name), name
    assert sum(line.terms for line in report.lines) == report.total.terms
    assert sum(line.unjudged for line in report.lines) == report.total.unjudged == len(report.unjudged)
    due = [one for one in book if FY2025.holds(one.end)]
    assert report.total.terms + report.total.unjudged == len(due)
    assert report.total.landing.amount == sum(map(_plain_landing, due))


@given(book=books(), by=st.sampled_from(GroupBy))
def test_every_line_lies_within_its_band_and_is_won_or_open(book: list[TermState], by: GroupBy) -> None:
    report = forecast_report(book, frame=FRAME, by=by, window=FY2025)

    for line in (*report.lines, report.total):
        assert line.low.amount <= line.landing.amount <= line.high.amount
        assert line.won + line.open == line.landing


@settings(max_examples=50)
@given(book=books(), by=st.sampled_from([GroupBy.SEGMENT, GroupBy.CSM, GroupBy.PRODUCT]))
def test_what_groups_of_retention_start_with_adds_up(book: list[TermState], by: GroupBy) -> None:
    """Past windows; a customer in two groups starts in both with its share."""
    kept = [one if not one.follows_on else replace(one, follows_on=False) for one in book]
    over = replace(FRAME, as_of=date(2026, 12, 31))

    report = grouped_metrics(kept, frame=over, by=by, window=FY2025)

    assert report.total is not None
    assert sum(one.start.amount for one in report.periods) == report.total.start.amount
    moved = [one.movements for one in report.periods if one.movements is not None]
    assert report.total.movements is not None
    assert sum(one.end.amount for one in moved) == report.total.movements.end.amount


def _added(lines: tuple[ForecastLine, ...], name: str) -> Money:
    return Money(sum((getattr(line, name).amount for line in lines), Decimal()), "JPY")


def _plain_landing(state: TermState) -> int:
    """One landing in yen, by exact fractions, rounded half up; nothing where it is in no sum."""
    amount = land(state=state, rules=FRAME.rules).amount
    if amount is None or amount.currency == "EUR":
        return 0
    exact = Fraction(amount.amount) * (Fraction(1501, 10) if amount.currency == "USD" else 1)
    return int(exact + Fraction(1, 2))


@given(book=books(), scenario=st.sampled_from(Scenario))
def test_landings_of_many_are_those_of_one(book: list[TermState], scenario: Scenario) -> None:
    """The domain's `land` is the oracle."""
    weighed = replace(FRAME, scenario=scenario)
    weigher = Weigher(weighed)

    for state in book:
        assert weigher.landed(state) == land(state=state, rules=FRAME.rules, scenario=scenario).landed
