"""Ramps and mid-term amendments, from the won deals that say from when they count: by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.fakes.amended import deal
from tests.fakes.builders import FIELDS, book, contract, opportunity, rule, ruleset
from tests.fakes.landings import built
from tests.fakes.term_books import RATED, lived, states, yen

from csops_sync.domain.adoption import Seeker, loose_candidates
from csops_sync.domain.book import AccountBook
from csops_sync.domain.dates import Duration
from csops_sync.domain.facts import Contract, Opportunity
from csops_sync.domain.forecast.in_force import revenue_book
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.movements import movements
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.retention import retention
from csops_sync.domain.forecast.term_state import RenewalType, Step, TermStanding, TermState
from csops_sync.domain.tracking import track

RULES = replace(ruleset(confidence=RATED), forecast=built())
IN_YEN = Exchange(into="JPY")
RAMP = contract(
    start=date(2023, 10, 1), end=date(2026, 9, 30), term_months=36, auto_renews=False, annual_amount=None
)
YEAR = contract(auto_renews=False)
TODAY = date(2026, 5, 1)


def sold(of: Contract, amount: int) -> Opportunity:
    """The deal that a contract came from."""
    assert of.start is not None
    return _won(1, of, amount, closes=of.start, values={"record_type": "New"})


def amendment(number: int, of: Contract, amount: int, since: str, **changes: object) -> Opportunity:
    """A won deal that adds so much a year from a day on; it closed on that day."""
    closes = date.fromisoformat(since)
    return replace(_won(number, of, amount, closes=closes, values={"amends_from": since}), **changes)  # type: ignore[arg-type]  # real fields


def _won(number: int, of: Contract, amount: int, *, closes: date, values: dict[str, str]) -> Opportunity:
    return deal(of, number, amount, closes.isoformat(), **values)


def only(of: AccountBook, *, today: date = TODAY) -> TermState:
    [state] = states(of, rules=RULES, today=today)
    return state


def ramped() -> AccountBook:
    """Three years at ¥1M, ¥2M and ¥3M: sold at 1M, with two steps of 1M each."""
    deals = (
        sold(RAMP, 1_000_000),
        amendment(2, RAMP, 1_000_000, "2024-10-01"),
        amendment(3, RAMP, 1_000_000, "2025-10-01"),
    )
    return book(RAMP, opportunities=deals)


def test_a_ramp_of_1m_2m_3m_has_its_last_step_for_prior_and_renewed_at_3m_it_is_flat() -> None:
    """What is in force on the last day is 1M + 1M + 1M = 3M; 3M against 3M is flat, and lands by the base alone."""
    state = only(ramped())
    renewed = replace(state, standing=TermStanding.OPEN, new=yen(3_000_000), rank="A")

    assert state.prior == yen(3_000_000)
    assert state.steps == (
        Step(effective=date(2023, 10, 1), amount=yen(1_000_000)),
        Step(effective=date(2024, 10, 1), amount=yen(2_000_000)),
        Step(effective=date(2025, 10, 1), amount=yen(3_000_000)),
    )
    assert land(state=renewed, rules=built()).type is RenewalType.FLAT
    assert land(state=renewed, rules=built()).amount == yen(3_000_000)


def test_each_step_of_a_ramp_is_expansion_in_its_own_year() -> None:
    """October 2024 to September 2025 begins at 1M (close of 30 September) and ends at 2M: NRR 200 %, GRR 100 %."""
    terms = revenue_book(terms=[only(ramped())], profile=MetricProfile())
    second = Window(date(2024, 10, 1), date(2025, 9, 30))

    found = retention(book=terms, window=second, exchange=IN_YEN)
    moved = movements(book=terms, window=second, exchange=IN_YEN).total

    assert (found.nrr, found.grr) == (Fraction(2), Fraction(1))
    assert (moved.start, moved.expansion, moved.end) == (yen(1_000_000), yen(1_000_000), yen(2_000_000))


def test_steps_that_lie_ahead_count_in_the_prior_and_not_yet_in_force() -> None:
    state = only(ramped(), today=date(2024, 3, 1))
    terms = revenue_book(terms=[state], profile=MetricProfile())

    assert state.prior == yen(3_000_000)
    assert terms.by_term(day=date(2024, 3, 1), rates=IN_YEN.opening(Window(TODAY, TODAY))) == {
        state.key: 1_000_000
    }


def test_an_upsell_inside_the_term_raises_prior_from_its_day_on() -> None:
    """The contract is worth 6M on its last day, 1.5M of it since 1 February: it was 4.5M until 31 January."""
    deal = amendment(1, YEAR, 1_500_000, "2026-02-01")

    state = only(book(YEAR, opportunities=(deal,)))

    assert (state.prior, state.standing) == (yen(6_000_000), TermStanding.UNOPENED)
    assert [(one.effective, one.amount) for one in state.steps] == [
        (date(2025, 10, 1), yen(4_500_000)),
        (date(2026, 2, 1), yen(6_000_000)),
    ]


def test_an_amendment_that_takes_away_is_contraction() -> None:
    """8M until January, 2M fewer from February: 6M. The quarter from January: 6 ÷ 8 = 75 %, GRR too."""
    deal = amendment(1, YEAR, 0, "2026-02-01")
    deal = replace(deal, values={**deal.values, "recurring_amount": Decimal(-2_000_000)})
    terms = revenue_book(terms=[only(book(YEAR, opportunities=(deal,)))], profile=MetricProfile())

    found = retention(book=terms, window=Window(date(2026, 1, 1), date(2026, 3, 31)), exchange=IN_YEN)

    assert (found.nrr, found.grr) == (Fraction(3, 4), Fraction(3, 4))


def test_an_amendment_late_in_the_term_settles_no_term() -> None:
    """Without the day it would be the renewal that was won; with it the term is still to be renewed."""
    late = amendment(1, YEAR, 600_000, "2026-08-01")
    renewal = replace(late, values={})

    assert only(book(YEAR, opportunities=(late,)), today=date(2026, 9, 1)).standing is TermStanding.UNOPENED
    assert only(book(YEAR, opportunities=(renewal,)), today=date(2026, 9, 1)).standing is TermStanding.WON


def test_an_open_amendment_is_not_taken_for_a_renewal_that_a_person_made() -> None:
    loose = opportunity(values={"record_type": "Renewal", "amends_from": "2026-10-01"})
    tracked = track(book(YEAR), contract=YEAR, today=TODAY)
    assert tracked is not None
    seeker = Seeker(tracked=tracked, rule=rule())

    plain = replace(loose, values={"record_type": "Renewal"})
    assert loose_candidates(book(YEAR, opportunities=(plain,)), seeker=seeker) == (plain,)
    assert loose_candidates(book(YEAR, opportunities=(loose,)), seeker=seeker) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"is_won": False},
        {"is_deleted": True},
        {"contract_id": None},
        {"currency": "USD"},
        {"amount": Decimal(7_000_000)},
        {"values": {"amends_from": "2025-10-01"}},
        {"values": {"amends_from": "2026-10-01"}},
    ],
    ids=["lost", "deleted", "unlinked", "foreign", "more than all", "on the first day", "after the last day"],
)
def test_what_is_no_amendment_of_the_term_leaves_it_without_steps(changes: dict[str, object]) -> None:
    deal = replace(amendment(1, YEAR, 1_500_000, "2026-02-01"), **changes)  # type: ignore[arg-type]  # real fields

    state = only(book(YEAR, opportunities=(deal,)))

    assert (state.steps, state.prior) == ((), yen(6_000_000))


def test_an_amount_for_the_rest_of_the_term_is_annualised_over_it() -> None:
    """¥800,000 for the eight months from February to September: 800,000 ÷ 8 x 12 = 1,200,000 a year."""
    by_term = replace(RULES, term_amounts=True)
    deal = amendment(1, YEAR, 800_000, "2026-02-01")

    [state] = states(book(YEAR, opportunities=(deal,)), rules=by_term, today=TODAY)

    assert state.steps[0].amount == yen(6_000_000 - 1_200_000)


def test_a_contract_that_rolls_on_keeps_the_steps_of_each_term_apart() -> None:
    """5M, 6M from February 2026; rolled on at 6M in October; 7M from March 2027."""
    rolling = replace(contract(), annual_amount=Decimal(7_000_000))
    deals = (
        amendment(1, rolling, 1_000_000, "2026-02-01"),
        amendment(2, rolling, 1_000_000, "2027-03-01"),
    )

    found = lived(book(rolling, opportunities=deals), rules=RULES, today=date(2027, 5, 1))[1]

    assert [[int(step.amount.amount) for step in one.steps] for one in found] == [
        [5_000_000, 6_000_000],
        [6_000_000, 7_000_000],
    ]
    assert (found[0].prior, found[0].new) == (yen(6_000_000), yen(6_000_000))


def test_the_stub_of_a_co_termed_contract_reads_neither_as_upsell_nor_as_downsell() -> None:
    """It joined on 15 April for ¥830,000 until 30 September: 16 days of April are 16/30 months, and five whole ones.

    830,000 ÷ (16/30 + 5) x 12 = 1,800,000 a year. Both are renewed in one opportunity at 6,000,000 + 1,800,000: flat.
    """
    joined = contract(
        2,
        start=date(2026, 4, 15),
        end=date(2026, 9, 30),
        term_months=None,
        auto_renews=False,
        annual_amount=Decimal(830_000),
    )
    rules = ruleset(
        replace(rule(), co_term_within=Duration(days=31)),
        confidence=RATED,
        contract_term_amounts=True,
        opportunity_fields=FIELDS,
    )
    decided, _ = lived(book(YEAR, joined), rules=rules, today=date(2026, 7, 6))
    deal = opportunity(
        renewal_key=decided.renewals[0].anchor_key,
        amount=Decimal(7_800_000),
        values={"confidence": "B", "term_months": Decimal(12)},
    )
    rows = tuple(replace(one, opportunity_id=deal.id) for one in decided.renewals)

    found = states(
        replace(decided, renewals=rows, opportunities=(deal,)), rules=rules, today=date(2026, 7, 7)
    )

    assert [(one.prior, one.new) for one in found] == [
        (yen(6_000_000), yen(6_000_000)),
        (yen(1_800_000), yen(1_800_000)),
    ]
    assert {land(state=one, rules=built()).type for one in found} == {RenewalType.FLAT}
