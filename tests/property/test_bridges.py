"""Any two forecasts have a bridge: its bars add up exactly, and going back undoes them."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.landings import RANKS, built, one_cell, rules_of, term, yen

from csops_sync.domain.dates import add_months
from csops_sync.domain.forecast.bridge import Bridge, Side, bridge
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.profile import MetricProfile
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState

UNHURRIED = settings(deadline=None, max_examples=200)
IN_YEN = DueRates(exchange=Exchange(into="JPY"), calendar=FiscalCalendar())
PROFILE = MetricProfile()
PLAIN = term()
WINDOW = Window(PLAIN.end.replace(day=1), PLAIN.end)
RULES = (built(), rules_of(one_cell("0.5", "0.25")))
amounts = st.integers(0, 10**9).map(yen)


@st.composite
def states(draw: st.DrawFn, key: str) -> TermState:
    """A term in any state, due in the window or a month after it."""
    standing = draw(st.sampled_from(TermStanding))
    end = draw(st.sampled_from((PLAIN.end, add_months(PLAIN.end, 1))))
    return replace(
        PLAIN,
        key=key,
        end=end,
        in_force_until=end,
        standing=standing,
        prior=draw(st.none() | amounts),
        new=None if standing is TermStanding.UNOPENED else draw(st.none() | amounts),
        rank=draw(st.none() | st.sampled_from(RANKS)),
        chosen_type=draw(st.none() | st.sampled_from(RenewalType)),
        proposed=draw(st.booleans()),
        opportunity_id=None if standing is TermStanding.UNOPENED else "006000000000001AAA",
    )


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """Some of five terms, under one of two sets of rules."""
    keys = draw(st.sets(st.sampled_from("ABCDE")))
    found = tuple(draw(states(key)) for key in sorted(keys))
    return Side(states=found, rules=draw(st.sampled_from(RULES)), rates=IN_YEN)


def between(before: Side, after: Side) -> Bridge:
    return bridge(before=before, after=after, window=WINDOW, profile=PROFILE)


def landed(states: tuple[TermState, ...], rules: ForecastRules) -> int:
    """The sum of landings, worked out without the bridge."""
    due = [one for one in states if WINDOW.holds(one.end)]
    found = [land(state=one, rules=rules).amount for one in due]
    return sum(one.to_minor() for one in found if one is not None)


@UNHURRIED
@given(before=sides(), after=sides())
def test_the_bars_lead_exactly_from_one_forecast_to_the_other(before: Side, after: Side) -> None:
    found = between(before, after)

    assert found.start == yen(landed(tuple(before.states), before.rules))
    assert found.end == yen(landed(tuple(after.states), after.rules))
    assert found.start + sum((bar.amount for bar in found.bars), start=yen(0)) == found.end
    for bar in found.bars:
        assert sum((one.amount for one in bar.movers), start=yen(0)) == bar.amount


@UNHURRIED
@given(side=sides())
def test_nothing_moves_where_nothing_changed(side: Side) -> None:
    assert not any(bar.movers for bar in between(side, side).bars)


@UNHURRIED
@given(before=sides(), after=sides())
def test_the_way_back_is_as_long(before: Side, after: Side) -> None:
    there, back = between(before, after), between(after, before)

    assert sum(bar.amount.to_minor() for bar in there.bars) == -sum(
        bar.amount.to_minor() for bar in back.bars
    )
