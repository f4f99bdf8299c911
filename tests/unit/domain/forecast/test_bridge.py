"""Bridges between two forecasts, by hand: the arithmetic of each case in words beside it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.fakes.landings import built, one_cell, rules_of, term, yen

from csops_sync.domain.forecast.bridge import Bridge, BridgeDoesNotTieError, Cause, Side, bridge
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import DatedRate, Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money

RULES = built()
EVER = Window(date(2000, 1, 1), date(2100, 12, 31))
IN_YEN = DueRates(exchange=Exchange(into="JPY"), calendar=FiscalCalendar())


def side(*states: TermState, rules: ForecastRules = RULES, rates: DueRates = IN_YEN) -> Side:
    return Side(states=states, rules=rules, rates=rates)


def pinned(yen_a_dollar: int) -> DueRates:
    table = RateTable(home="JPY", pinned=(("USD", Fraction(yen_a_dollar)),))
    exchange = Exchange(into="JPY", policy=RatePolicy.PINNED, table=table)
    return DueRates(exchange=exchange, calendar=FiscalCalendar())


def between(before: Side, after: Side, *, window: Window = EVER) -> Bridge:
    return bridge(before=before, after=after, window=window, profile=MetricProfile())


def bars(found: Bridge) -> dict[str, int]:
    """The bars that moved anything, in yen."""
    return {bar.cause.value: int(bar.amount.amount) for bar in found.bars if bar.movers}


def test_every_cause_of_one_renewal_has_its_own_bar_in_the_fixed_order() -> None:
    """Unopened at 1,000,000 x 0.9 = 900,000, and a week later 1,030,000.

    Opened by us at 1,000,000: unrated weighs what it weighed, so nothing. Rated C as flat: 1,000,000 x 0.9, nothing.
    The amount goes to 1,200,000 while the type is held flat; flat has no expansion weight. As an upsell, unrated
    still: 1,000,000 x 0.9. Rated C: 1,000,000 x 0.95 + 200,000 x 0.4 = 1,030,000.
    """
    before = term(standing=TermStanding.UNOPENED)
    after = term(new=yen(1_200_000), rank="C", opportunity_id="006A")

    found = between(side(before), side(after))

    assert (found.start, found.end) == (yen(900_000), yen(1_030_000))
    assert [bar.cause for bar in found.bars] == list(Cause)
    assert bars(found) == {"rank": 130_000}


def test_amount_type_and_rank_are_told_apart() -> None:
    """Flat at B: 1,000,000 x 0.98. The amount rises by 200,000 as flat: 980,000 still.

    As an upsell at B: 1,000,000 x 1 + 200,000 x 0.7 = 1,140,000, so the type adds 160,000. From B to C: 950,000 +
    80,000, so the rank takes 110,000.
    """
    before = term(new=yen(1_000_000), rank="B")
    after = term(new=yen(1_200_000), rank="C")

    assert bars(between(side(before), side(after))) == {"type": 160_000, "rank": -110_000}


def test_less_money_moves_the_amount_and_then_the_type() -> None:
    """Flat at C: 900,000. 700,000 as flat: x 0.9 = 630,000, so -270,000; as a downsell x 0.85 = 595,000, so -35,000."""
    found = between(side(term(new=yen(1_000_000), rank="C")), side(term(new=yen(700_000), rank="C")))

    assert bars(found) == {"amount": -270_000, "type": -35_000}


def test_won_and_lost_are_settled() -> None:
    """Flat at C, 900,000: won at 1,000,000 adds 100,000; the other, lost, takes its 900,000."""
    won, lost = term(key="A-1", new=yen(1_000_000), rank="C"), term(key="B-1", new=yen(1_000_000), rank="C")

    found = between(
        side(won, lost),
        side(replace(won, standing=TermStanding.WON), replace(lost, standing=TermStanding.LOST)),
    )

    assert bars(found) == {"settled": -800_000}
    assert [(one.key, one.amount) for one in found.bars[6].movers] == [
        ("B-1", yen(-900_000)),
        ("A-1", yen(100_000)),
    ]


@pytest.mark.parametrize(("offered", "landing"), [(1_500_000, 1_150_000), (600_000, 510_000)])
def test_all_of_what_was_lost_is_settled_whatever_it_was_offered_at(offered: int, landing: int) -> None:
    """A lost term has no new amount any more, and nobody changed an amount or a type.

    At C an upsell keeps 0.9 of 1,000,000 and 0.5 of 500,000 more, a downsell 0.85 of 600,000: all of it was lost.
    """
    before = term(new=yen(offered), rank="C")

    found = between(side(before), side(replace(before, standing=TermStanding.LOST, new=None)))

    assert (found.start, bars(found)) == (yen(landing), {"settled": -landing})


def test_a_term_that_comes_goes_or_is_worth_another_sum_is_the_contract() -> None:
    """New: 900,000. Gone: -900,000. Prior from 1,000,000 to 2,000,000, unopened: 900,000 more."""
    gone, came, dearer = (term(key=key, standing=TermStanding.UNOPENED) for key in ("A-1", "B-1", "C-1"))

    found = between(side(gone, dearer), side(came, replace(dearer, prior=yen(2_000_000))))

    assert bars(found) == {"contract": 900_000}
    assert [one.key for one in found.bars[0].movers] == ["A-1", "B-1", "C-1"]


def test_a_term_that_moves_out_of_the_window_takes_its_landing_with_it() -> None:
    stays = term(standing=TermStanding.UNOPENED)
    window = Window(stays.end, stays.end)
    moved = replace(stays, end=date(2090, 1, 1), in_force_until=date(2090, 1, 1))

    assert bars(between(side(stays), side(moved), window=window)) == {"term moved": -900_000}
    assert bars(between(side(moved), side(stays), window=window)) == {"term moved": 900_000}


def test_new_weights_and_new_rates_come_last() -> None:
    """100 dollars at 150 yen and 0.5: 7,500. Weighed 0.8: 12,000, so 4,500. At 160 yen: 12,800, so 800 more."""
    state = term(prior=Money(yen(100).amount, "USD"), new=Money(yen(100).amount, "USD"), rank="C")
    rates = [pinned(150), pinned(160)]
    before = side(state, rules=rules_of(one_cell("0.5")), rates=rates[0])
    after = side(state, rules=rules_of(one_cell("0.8")), rates=rates[1])

    found = between(before, after)

    assert (found.start, found.end) == (yen(7_500), yen(12_800))
    assert bars(found) == {"weights": 4_500, "fx": 800}


def test_a_renewal_that_moves_into_another_quarter_is_worth_that_quarters_rate() -> None:
    """100 dollars, unopened x 0.9, due 31 March at the 150 yen of January: 13,500. Due 30 April, at 160: 14,400.

    Its dates moved, so all of the 900 is theirs; nobody edited a rate.
    """
    table = RateTable(
        home="JPY",
        dated=tuple(
            DatedRate(currency="USD", effective=date(2026, month, 1), value=Fraction(rate))
            for month, rate in ((1, 150), (4, 160))
        ),
    )
    rates = DueRates(exchange=Exchange(into="JPY", table=table), calendar=FiscalCalendar())
    dollars = term(prior=Money(yen(100).amount, "USD"), new=None, standing=TermStanding.UNOPENED)
    march, april = (
        replace(dollars, end=day, in_force_until=day) for day in (date(2026, 3, 31), date(2026, 4, 30))
    )

    found = between(side(march, rates=rates), side(april, rates=rates))

    assert (found.start, found.end) == (yen(13_500), yen(14_400))
    assert bars(found) == {"term moved": 900}


def test_a_persons_choice_of_type_is_the_type() -> None:
    """Flat at C 900,000; called a downsell: x 0.85."""
    before = term(new=yen(1_000_000), rank="C")

    found = between(side(before), side(replace(before, chosen_type=RenewalType.DOWNSELL)))

    assert bars(found) == {"type": -50_000}


def test_what_cannot_be_judged_is_worth_nothing_on_that_side() -> None:
    known = term(standing=TermStanding.UNOPENED)

    assert bars(between(side(replace(known, prior=None)), side(known))) == {"contract": 900_000}


def test_one_term_twice_on_a_side_is_an_error_and_never_a_number() -> None:
    twice = term(standing=TermStanding.UNOPENED)

    with pytest.raises(BridgeDoesNotTieError, match="900000"):
        between(side(twice), side(twice, twice))


def test_two_currencies_are_no_bridge() -> None:
    dollars = DueRates(exchange=Exchange(into="USD"), calendar=FiscalCalendar())

    with pytest.raises(ValueError, match="use one currency"):
        between(side(), side(rates=dollars))
