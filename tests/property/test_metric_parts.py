"""Retention put together from parts of the customers is that of one pass over all terms, before and after news."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from time import process_time

import pytest
from bench.terms_book import terms_of
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.builders import ruleset
from tests.fakes.landings import built
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.frames import Frame, frame_of
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.metric_parts import MetricParts
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.domain.forecast.landing import Facts, Lander, land, land_facts
from csops_sync.domain.forecast.periods import NrrBoundary
from csops_sync.domain.forecast.profile import CustomerIs, DueBy, EarlyRenewals, LatePolicy, MetricProfile
from csops_sync.domain.forecast.rates import DatedRate, Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState

TODAY = date(2026, 11, 24)
PROFILES = (
    MetricProfile(),
    MetricProfile(nrr_boundary=NrrBoundary.NEXT_OPEN, late=LatePolicy(30)),
    MetricProfile(due_by=DueBy.RENEWAL_DATE, early=EarlyRenewals.SIGNATURE),
    MetricProfile(outside_expansion=False),
    MetricProfile(customer=CustomerIs.TOP_PARENT),
)
RATES = (
    Exchange(
        into="JPY", policy=RatePolicy.PINNED, table=RateTable(home="JPY", pinned=(("USD", Fraction(150)),))
    ),
    Exchange(into="JPY"),
    Exchange(
        into="JPY",
        policy=RatePolicy.REPORTED,
        table=RateTable(
            home="JPY",
            dated=tuple(
                DatedRate(currency="USD", effective=date(2024, month, 1), value=Fraction(140 + month))
                for month in range(1, 13)
            ),
        ),
    ),
)
ODD = st.lists(st.sampled_from((*TermStanding, None)), min_size=40, max_size=40)


PARTS, SECONDS = 5_000, 2.0
"""So many parts, and the processor time in which they must be through: each part worked out alone takes 1 ms."""


def frame(profile: MetricProfile, exchange: Exchange) -> Frame:
    rules = replace(ruleset(confidence=RATED), forecast=built())
    return replace(
        frame_of(rules, as_of=TODAY, known_at=datetime(2026, 11, 24, tzinfo=UTC)),
        profile=profile,
        exchange=exchange,
    )


def book(seed: int, odd: list[TermStanding | None]) -> list[TermState]:
    """A generated book in which some terms stand otherwise than they were made, of groups of up to ten accounts."""
    made = []
    for place, term in enumerate(terms_of(120, today=TODAY, seed=seed)):
        standing = odd[place % len(odd)]
        if standing is None or place % 3:
            made.append(term)
            continue
        made.append(
            replace(
                term,
                standing=standing,
                prior=None if standing is TermStanding.ASIDE else term.prior,
                announced_cancellation=place % 2 == 0,
                follows_on=standing is TermStanding.SUPERSEDED,
                loss_reason="price" if standing is TermStanding.LOST else None,
                settled_on=None if place % 4 else term.end,
            )
        )
    grouped = (replace(one, customer_id=one.account_id[:14]) for one in made)
    return sorted(grouped, key=lambda one: one.key)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    odd=ODD,
    profile=st.sampled_from(PROFILES),
    exchange=st.sampled_from(RATES),
    parts=st.sampled_from((1, 5, 64)),
)
def test_parts_put_together_are_the_whole_and_stay_so_after_news(
    seed: int, odd: list[TermStanding | None], profile: MetricProfile, exchange: Exchange, parts: int
) -> None:
    framed, states = frame(profile, exchange), book(seed, odd)
    kept = MetricParts(parts)
    assert kept.report(states, frame=framed, by=GroupBy.QUARTER) == metrics_report(
        states, frame=framed, by=GroupBy.QUARTER
    )

    news = [
        replace(one, rank="A", proposed=False) if place % 31 == 0 else one for place, one in enumerate(states)
    ][1:]
    assert kept.report(news, frame=framed, by=GroupBy.QUARTER) == metrics_report(
        news, frame=framed, by=GroupBy.QUARTER
    )


@pytest.mark.parametrize("exchange", RATES)
def test_what_was_kept_under_another_definition_is_not_given(exchange: Exchange) -> None:
    states, kept = book(1, [None]), MetricParts(4)
    for profile in PROFILES:
        framed = frame(profile, exchange)
        found = kept.report(states, frame=framed, by=GroupBy.MONTH)
        assert found == metrics_report(states, frame=framed, by=GroupBy.MONTH)


@settings(max_examples=300, deadline=None)
@given(
    standing=st.sampled_from(TermStanding),
    prior=st.one_of(st.none(), st.integers(-5, 400)),
    new=st.one_of(st.none(), st.integers(-5, 400)),
    rank=st.sampled_from(("A", "C", "E", "gone", None)),
    proposed=st.booleans(),
    chosen=st.one_of(st.none(), st.sampled_from(RenewalType)),
)
def test_a_prepared_matrix_lands_a_term_as_the_plain_function_does(
    standing: TermStanding,
    prior: int | None,
    new: int | None,
    rank: str | None,
    proposed: bool,  # noqa: FBT001 - hypothesis gives it by name
    chosen: RenewalType | None,
) -> None:
    rules = built()
    lander = Lander(matrix=rules.matrix(), tolerance=rules.tolerance)
    [plain] = terms_of(1, today=TODAY)
    assert plain.prior is not None
    currency = plain.prior.currency
    money = type(plain.prior)
    state = replace(
        plain,
        standing=standing,
        prior=None if prior is None else money(Decimal(prior), currency),
        new=None if new is None else money(Decimal(new), currency),
        rank=rank,
        proposed=proposed,
        chosen_type=chosen,
    )
    for _ in range(2):
        landed = lander.land(state)
        units = (
            None if prior is None else prior * _units(currency),
            None if new is None else new * _units(currency),
        )
        facts = Facts(standing, *units, rank, proposed, chosen)
        assert landed == land_facts(facts, matrix=rules.matrix(), tolerance=rules.tolerance)
        assert landed == land(state=state, rules=rules).landed


def _units(currency: str) -> int:
    return 1 if currency == "JPY" else 100


def test_parts_without_a_customer_cost_next_to_nothing() -> None:
    made = frame(PROFILES[0], RATES[0])
    states = sorted(terms_of(2, today=TODAY), key=lambda one: one.key)

    begun = process_time()
    found = MetricParts(PARTS).report(states, frame=made, by=GroupBy.QUARTER)

    assert process_time() - begun < SECONDS
    assert found == metrics_report(states, frame=made, by=GroupBy.QUARTER)
