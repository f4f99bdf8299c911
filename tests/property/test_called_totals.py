"""Over random trees of teams and their calls: in a total each renewal counts once, and no call is left out in vain.

Calls of teams are powers of two above all else, so that a total tells which of them are in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.reported import FY2025, contract, frame, under

from csops_sync.app.forecast.calls import KnownCalls
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.plan import Plan
from csops_sync.app.forecast.report_values import ForecastReport, GroupBy
from csops_sync.domain.forecast.calls import Call, CalledRenewal, CalledTeam, CallSubject
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.money import Money

UNIT = 10**10
ABOVE = {"head": None, "boss": "head", "other": "head", "sato": "boss", "kim": "boss", "left": "other"}
BELOW = {
    "head": frozenset(ABOVE),
    "boss": frozenset({"boss", "sato", "kim"}),
    "other": frozenset({"other", "left"}),
    **{one: frozenset({one}) for one in ("sato", "kim", "left")},
}
QUARTERS = (
    Window(date(2025, 4, 1), date(2025, 6, 30)),
    Window(date(2025, 7, 1), date(2025, 9, 30)),
    Window(date(2025, 10, 1), date(2025, 12, 31)),
    Window(date(2026, 1, 1), date(2026, 3, 31)),
)
GROUPED = st.sampled_from([GroupBy.QUARTER, GroupBy.QUARTER, GroupBy.CSM, GroupBy.MANAGER])
Team = tuple[str, Window]
teams = st.lists(
    st.tuples(st.sampled_from(sorted(ABOVE)), st.sampled_from((*QUARTERS, FY2025))), max_size=8, unique=True
)
renewals = st.lists(
    st.tuples(st.sampled_from(sorted(ABOVE)), st.sampled_from(QUARTERS), st.booleans()), max_size=8
)


def called(subject: CallSubject, amount: int) -> Call:
    money = Money.from_minor(amount, "JPY")
    return Call(id=1, subject=subject, at=datetime(2025, 4, 1, tzinfo=UTC), by_id="head", amount=money)


@dataclass(frozen=True)
class Case:
    """Renewals by key, the calls on some of them, and those of teams."""

    states: Mapping[str, TermState]
    own: Mapping[str, int]
    teams: tuple[Team, ...]
    by: GroupBy

    def report(self) -> ForecastReport:
        calls = KnownCalls(
            renewals={key: called(CalledRenewal(key=key), amount) for key, amount in self.own.items()},
            teams={
                (user, window): called(CalledTeam(user_id=user, window=window), UNIT << place)
                for place, (user, window) in enumerate(self.teams)
            },
        )
        made = frame(plan=Plan(calls=calls, below=BELOW))
        return forecast_report(list(self.states.values()), frame=made, by=self.by, window=FY2025)

    def covers(self, team: Team) -> frozenset[str]:
        user, window = team
        return frozenset(
            key
            for key, one in self.states.items()
            if window.holds(one.end) and {one.grouping.csm_id, one.grouping.manager_id} & BELOW[user]
        )

    def may_count(self, team: Team) -> bool:
        return bool(self.covers(team)) and (team[1] == FY2025 or self.by is GroupBy.QUARTER)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    states, own = {}, {}
    for number, (csm, window, is_called) in enumerate(draw(renewals), 1):
        above = ABOVE[csm]
        grouping = under(csm_id=csm, manager_id=above) if above else under(csm_id=csm)
        one = contract(number, end=window.last, rank="C", grouping=grouping)
        states[one.key] = one
        if is_called:
            own[one.key] = 1_000 * number
    return Case(states=states, own=own, teams=tuple(draw(teams)), by=draw(GROUPED))


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_a_renewal_counts_once_in_a_total_and_a_call_is_left_out_only_where_another_speaks(
    case: Case,
) -> None:
    total = case.report().total
    minor = total.call.to_minor() if total.call is not None else 0
    counted = [one for place, one in enumerate(case.teams) if minor // UNIT >> place & 1]
    taken = frozenset[str]().union(*map(case.covers, counted))
    rest = case.states.keys() - taken
    landing = total.landing.to_minor() // len(case.states) if case.states else 0

    assert all(map(case.may_count, counted))
    assert all(case.covers(one).isdisjoint(case.covers(two)) for one, two in combinations(counted, 2))
    if taken or case.own:
        assert minor % UNIT == sum(case.own.get(key, landing) for key in rest)
    else:
        assert total.call is None
    assert total.called == len(taken) + len(rest & case.own.keys())
    whole = [one for one in counted if one[1] == FY2025]
    for one in filter(case.may_count, set(case.teams) - set(counted)):
        before = whole if one[1] == FY2025 else counted
        assert any(case.covers(one) & case.covers(other) for other in before)


@settings(max_examples=100, deadline=None)
@given(case=cases())
def test_the_total_is_the_sum_of_the_periods_where_nobody_calls_the_whole(case: Case) -> None:
    parts = tuple(one for one in case.teams if one[1] != FY2025)
    found = Case(states=case.states, own=case.own, teams=parts, by=GroupBy.QUARTER).report()

    said = [one for one in found.lines if one.call is not None]
    assert (found.total.call is not None) == bool(said)
    if found.total.call is not None:
        amounts = [one.call if one.call is not None else one.landing for one in found.lines]
        assert sum(one.to_minor() for one in amounts) == found.total.call.to_minor()
    assert found.total.called == sum(one.called for one in found.lines)
