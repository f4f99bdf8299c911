"""Targets and calls beside the lines of a forecast, every number worked by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.fakes.landings import yen
from tests.fakes.reported import LAST_QUARTER, contract, frame, under

from csops_sync.app.forecast.calls import CallHistory, KnownCalls
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.plan import Plan
from csops_sync.app.forecast.ratio_targets import with_ratio_targets
from csops_sync.app.forecast.report_values import ForecastLine, ForecastReport, GroupBy
from csops_sync.domain.forecast.calls import Call, CalledRenewal, CalledTeam
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import Exchange, RatePolicy, RateTable
from csops_sync.domain.forecast.targets import EVERYTHING, ScopeKind, Target, TargetBook, TargetScope
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.domain.money import Money

NOON = datetime(2026, 2, 2, 3, tzinfo=UTC)
SATO, KIM, GONE, BOSS, HEAD = (f"00500000000000{number}AAA" for number in (1, 2, 3, 8, 9))
END = date(2026, 3, 31)
MINE = contract(1, end=END, rank="C", grouping=under(csm_id=SATO, manager_id=BOSS, segment="smb"))
OURS = contract(2, end=END, rank="C", grouping=under(csm_id=KIM, manager_id=BOSS, segment="smb"))
THEIRS = contract(3, end=END, rank="C", grouping=under(csm_id=HEAD, segment="large"))
WON = replace(contract(4, end=END, grouping=under(csm_id=SATO, manager_id=BOSS)), standing=TermStanding.WON)
BELOW = {
    SATO: frozenset({SATO}),
    BOSS: frozenset({BOSS, SATO, KIM}),
    HEAD: frozenset({HEAD, BOSS, SATO, KIM}),
}
STATES = (MINE, OURS, THEIRS)
PINNED = Exchange(
    into="JPY", policy=RatePolicy.PINNED, table=RateTable(home="JPY", pinned=(("USD", Fraction(150)),))
)


def call(millions: int, *, currency: str = "JPY", at: datetime = NOON) -> Call:
    """A call of so many millions."""
    subject = CalledRenewal(key=MINE.key)
    return Call(
        id=1, subject=subject, at=at, by_id=SATO, amount=Money(Decimal(millions) * 1_000_000, currency)
    )


def planned(
    *targets: Target, renewals: dict[str, Call] | None = None, teams: dict[str, Call] | None = None
) -> Plan:
    """What is planned and called over the last quarter."""
    known = KnownCalls(
        renewals=renewals or {}, teams={(user, LAST_QUARTER): one for user, one in (teams or {}).items()}
    )
    return Plan(targets=TargetBook.of(targets), calls=known, below=BELOW)


def report(plan: Plan, by: GroupBy = GroupBy.CSM, **changes: object) -> ForecastReport:
    """The quarter of three renewals, each landing at the same amount."""
    return forecast_report(STATES, frame=frame(plan=plan, **changes), by=by, window=LAST_QUARTER)


def lines(found: ForecastReport) -> dict[str, ForecastLine]:
    """Lines by key."""
    return {one.key: one for one in found.lines}


ONE = report(Plan()).lines[0].landing
"""What each of the three lands at."""


def test_nobody_called_and_nothing_was_planned_so_both_are_unknown() -> None:
    total = report(Plan()).total

    assert (total.target, total.gap, total.of_target, total.call, total.called) == (None,) * 4 + (0,)


def test_a_call_stands_in_the_place_of_its_renewals_landing_and_the_rest_lands_as_before() -> None:
    found = report(planned(renewals={MINE.key: call(9)}))

    assert found.total.call == yen(9_000_000) + ONE + ONE
    assert found.total.called == 1
    assert lines(found)[SATO].call == yen(9_000_000)
    assert lines(found)[KIM].call is None
    assert found.total.landing == ONE + ONE + ONE


def test_a_renewal_whose_end_is_known_counts_at_it_whatever_was_called() -> None:
    plan = planned(renewals={WON.key: call(9)})

    found = forecast_report([WON], frame=frame(plan=plan), by=GroupBy.CSM, window=LAST_QUARTER)

    assert found.total.call is None


def test_a_teams_call_covers_everybody_below_and_comes_before_calls_on_single_renewals() -> None:
    found = report(planned(renewals={MINE.key: call(9)}, teams={BOSS: call(5)}), by=GroupBy.MANAGER)

    assert found.total.call == yen(5_000_000) + ONE
    assert found.total.called == 2
    assert (lines(found)[BOSS].call, lines(found)[BOSS].called) == (yen(5_000_000), 2)
    assert lines(found)["-"].call is None


def test_a_larger_teams_call_speaks_for_the_smaller_ones() -> None:
    found = report(planned(teams={BOSS: call(5), HEAD: call(7)}))

    assert (found.total.call, found.total.called) == (yen(7_000_000), 3)


def test_a_teams_call_is_not_split_over_lines_that_hold_a_part_of_it() -> None:
    found = report(planned(teams={BOSS: call(5)}))

    assert [one.call for one in found.lines] == [None, None, None]
    assert found.total.call == yen(5_000_000) + ONE


def test_a_team_that_has_no_renewal_left_calls_nothing() -> None:
    """Its customers were handed over: what it called is no part of anybody else's landing."""
    alone = report(planned(teams={GONE: call(11)}))
    beside = report(planned(renewals={MINE.key: call(9)}, teams={GONE: call(11)}))

    assert (alone.total.call, alone.total.called) == (None, 0)
    assert (beside.total.call, beside.total.called) == (yen(9_000_000) + ONE + ONE, 1)


def test_a_directors_call_is_not_shown_on_the_line_of_their_direct_reports_alone() -> None:
    direct = contract(5, end=END, rank="C", grouping=under(csm_id=BOSS, manager_id=HEAD))
    plan = planned(teams={HEAD: call(20)})

    found = forecast_report(
        [*STATES, direct], frame=frame(plan=plan), by=GroupBy.MANAGER, window=LAST_QUARTER
    )

    assert {key: one.call for key, one in lines(found).items()} == {HEAD: None, BOSS: None, "-": None}
    assert (found.total.call, found.total.called) == (yen(20_000_000), 4)


def test_a_call_for_the_whole_leaves_other_teams_calls_for_its_parts_in_the_total() -> None:
    """KIM calls the quarter, SATO March: each speaks for a renewal of their own, and BOSS for both at once in vain."""
    march = Window(date(2026, 3, 1), END)
    calls = KnownCalls(teams={(KIM, LAST_QUARTER): call(3), (SATO, march): call(5), (BOSS, march): call(20)})

    found = report(Plan(calls=calls, below=BELOW), by=GroupBy.MONTH)

    assert lines(found)["2026-03"].call == yen(20_000_000) + ONE
    assert (found.total.call, found.total.called) == (yen(8_000_000) + ONE, 2)


def test_a_teams_call_is_for_exactly_its_period() -> None:
    other = KnownCalls(teams={(BOSS, Window(date(2026, 3, 1), END)): call(5)})

    assert report(Plan(calls=other, below=BELOW)).total.call is None
    by_month = report(Plan(calls=other, below=BELOW), by=GroupBy.MONTH)
    assert lines(by_month)["2026-03"].call == yen(5_000_000) + ONE
    assert by_month.total.call == yen(5_000_000) + ONE


def test_a_reader_does_not_see_the_call_of_a_team_that_is_more_than_theirs() -> None:
    plan = replace(planned(teams={BOSS: call(5)}), people=frozenset({SATO}), head=SATO)

    assert (
        forecast_report([MINE], frame=frame(plan=plan), by=GroupBy.CSM, window=LAST_QUARTER).total.call
        is None
    )


def test_a_call_in_another_currency_is_converted_and_without_a_rate_its_renewal_lands_as_before() -> None:
    plan = planned(renewals={MINE.key: call(1, currency="USD")})

    assert report(plan, exchange=PINNED).total.call == yen(150_000_000) + ONE + ONE
    assert report(plan).total.call is None


def target(millions: int, *, scope: TargetScope = EVERYTHING, currency: str = "JPY") -> Target:
    """A target of the last quarter."""
    amount = Money(Decimal(millions) * 1_000_000, currency)
    return Target(
        period="FY2025 Q4", window=LAST_QUARTER, scope=scope, landing=amount, origin="rules.yaml:9:5"
    )


def test_the_landing_is_held_against_its_target_line_by_line() -> None:
    boss = TargetScope(kind=ScopeKind.MANAGER, name=BOSS)
    found = report(planned(target(30), target(10, scope=boss)), by=GroupBy.MANAGER)

    assert (found.total.target, found.total.gap) == (yen(30_000_000), ONE + ONE + ONE - yen(30_000_000))
    assert found.total.of_target == Fraction((ONE + ONE + ONE).amount) / 30_000_000
    assert (lines(found)[BOSS].target, lines(found)["-"].target) == (yen(10_000_000), None)


def test_a_target_of_nothing_has_a_gap_and_no_share() -> None:
    total = report(planned(target(0))).total

    assert (total.target, total.of_target) == (yen(0), None)
    assert total.gap == total.landing


def test_targets_of_several_currencies_add_up_and_one_without_a_rate_refuses_them_in_words() -> None:
    plan = planned(target(30), target(1, currency="USD"))

    assert report(plan, exchange=PINNED).total.target == yen(180_000_000)
    refused = report(plan)
    assert refused.total.target is None
    assert ["rules.yaml:9:5" in one and "no rate from USD to JPY" in one for one in refused.remarks] == [True]


def test_a_reader_is_held_against_their_own_target_and_sees_no_other() -> None:
    mine, boss = (
        TargetScope(kind=kind, name=name) for kind, name in ((ScopeKind.CSM, SATO), (ScopeKind.MANAGER, BOSS))
    )
    plan = planned(target(99), target(4, scope=mine), target(10, scope=boss))
    own = replace(plan, people=frozenset({SATO}), head=SATO)

    by_csm = forecast_report([MINE], frame=frame(plan=own), by=GroupBy.CSM, window=LAST_QUARTER)
    by_manager = forecast_report([MINE], frame=frame(plan=own), by=GroupBy.MANAGER, window=LAST_QUARTER)

    assert by_csm.total.target == lines(by_csm)[SATO].target == yen(4_000_000)
    assert lines(by_manager)[BOSS].target is None
    nobody = replace(plan, people=frozenset(), head=None)
    assert (
        forecast_report([], frame=frame(plan=nobody), by=GroupBy.CSM, window=LAST_QUARTER).total.target
        is None
    )


def test_ratios_are_held_against_the_target_of_exactly_their_window() -> None:
    nrr = Target(period="FY2025 Q4", window=LAST_QUARTER, nrr=Fraction(104, 100), origin="rules.yaml:9:5")
    made = frame(plan=planned(nrr))

    found = with_ratio_targets(metrics_report(STATES, frame=made, by=GroupBy.QUARTER, past=1), made)

    assert {one.name: one.target_nrr for one in found.periods if one.target_nrr} == {
        "FY2025 Q4": Fraction(104, 100)
    }
    assert {one.target_grr for one in found.periods} == {None}


def test_what_had_been_called_by_an_instant_is_found_without_reading_again() -> None:
    hour = timedelta(hours=1)
    first = call(1)
    second = replace(call(2, at=NOON + hour), id=2)
    withdrawn = replace(second, id=3, at=NOON + 2 * hour, amount=None)
    team = replace(first, id=4, subject=CalledTeam(user_id=BOSS, window=LAST_QUARTER))
    history = CallHistory([withdrawn, first, second, team])

    known = [history.renewal(MINE.key, at=NOON + number * hour) for number in (-1, 0, 1, 2)]

    assert known == [None, first, second, None]
    assert history.team(BOSS, LAST_QUARTER, at=NOON) == team
    assert history.team(BOSS, Window(END, END), at=NOON) is None
