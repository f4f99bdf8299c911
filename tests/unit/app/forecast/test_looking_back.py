"""Calibration and backtest over stored states: what is left out, what is refused, and what a snapshot knew."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.landings import EXAMPLE, built, term, yen
from tests.fakes.store import MemoryStore
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.backtesting import BacktestReport, backtest_of
from csops_sync.app.forecast.calibrating import calibration_of, refuse_without_history, window_between
from csops_sync.app.forecast.frames import NoForecastRulesError
from csops_sync.app.forecast.reports import NotYetWorkedOutError
from csops_sync.app.forecast.standing import STATES
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.forecast.backtest import Source, Way
from csops_sync.domain.forecast.hindsight import Said, Story
from csops_sync.domain.forecast.observing import Left
from csops_sync.domain.forecast.profile import CustomerIs, MetricProfile
from csops_sync.domain.forecast.term_state import Grouping, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.ports.crm import Json, Role, Row
from csops_sync.ports.forecast_store import SnapshotKind, Taking

RULES = replace(ruleset(confidence=RATED), forecast=built())
NOW = datetime(2026, 11, 20, tzinfo=UTC)
MONDAY = date(2026, 6, 1)
END = date(2026, 6, 30)


def lived(number: int, *, end: date = END, standing: TermStanding = TermStanding.AUTO_RENEWED) -> TermState:
    """A year of ¥1,000,000 of a customer of its own, without an opportunity, that went on at the same amount."""
    return term(
        key=f"k-{number}",
        account_id=f"a-{number}",
        customer_id=f"a-{number}",
        start=date(end.year - 1, end.month, 1),
        end=end,
        in_force_until=end,
        standing=standing,
        new=None if standing is TermStanding.EXPIRED else yen(1_000_000),
        opportunity_id=None,
    )


def office(*states: TermState, snapshot: tuple[TermState, ...] = (), filled: bool = True) -> Office:
    """An org with these states, and a snapshot of the Monday where there is one."""
    store = MemoryStore()
    with store.transaction() as tx:
        if filled:
            tx.progress.set_setting(STATES, "1")
        if snapshot:
            tx.forecast.states.replace_of_accounts([], snapshot)
            taken = Taking(kind=SnapshotKind.DAY, as_of=MONDAY, taken_at=NOW, rules_hash="r")
            tx.forecast.snapshots.take(taken)
        tx.forecast.states.replace_of_accounts([one.account_id for one in snapshot], states)
    return Office(store=store, rules=RULES, now=NOW)


def backtested(desk: Office) -> BacktestReport:
    return backtest_of(desk, first=MONDAY, last=MONDAY + timedelta(days=6))


def test_a_week_is_told_by_its_snapshot_where_there_is_one() -> None:
    """Opened and rated A then: 1 x 1,000,000, where rebuilding knows of no deal: 0.9."""
    rated = replace(lived(1), standing=TermStanding.OPEN, rank="A")

    [rebuilt] = [one for one in backtested(office(lived(1))).weeks if one.ahead == 0]
    [snapped] = [one for one in backtested(office(lived(1), snapshot=(rated,))).weeks if one.ahead == 0]

    assert (rebuilt.source, rebuilt.matrix, rebuilt.real) == (Source.REBUILT, 900_000, 1_000_000)
    assert (snapped.source, snapped.matrix, snapped.real) == (Source.SNAPSHOT, 1_000_000, 1_000_000)


def test_what_a_snapshot_did_not_know_is_in_no_sum() -> None:
    [week] = [
        one for one in backtested(office(lived(1), lived(2), snapshot=(lived(1),))).weeks if one.ahead == 0
    ]

    assert (week.terms, week.due) == (1, 1_000_000)


def test_last_years_rate_counts_what_was_decided_by_then() -> None:
    """Of two terms of the year before one expired; the third, due this quarter, is told at a half."""
    before = date(2026, 3, 31)
    states = (lived(1, end=before), lived(2, end=before, standing=TermStanding.EXPIRED), lived(3))

    [week] = [one for one in backtested(office(*states)).weeks if one.ahead == 0]

    assert week.told(Way.LAST_YEARS_RATE) == 500_000
    assert week.told(Way.ALL_RENEWS) == 1_000_000
    assert week.off(Way.LAST_YEARS_RATE) == pytest.approx(-0.5)


def test_what_is_in_no_sum_is_counted_by_why() -> None:
    open_still = replace(lived(2), standing=TermStanding.UNOPENED, new=None)
    dollars = replace(lived(3), prior=Money(Decimal(9), "USD"), new=Money(Decimal(9), "USD"))
    aside = replace(lived(4), standing=TermStanding.ASIDE)

    report = backtested(office(lived(1), open_still, dollars, aside))

    assert report.left == {Left.UNDECIDED: 1, Left.NO_RATE: 1, Left.UNJUDGED: 1}
    assert {one.due for one in report.weeks if one.ahead == 0} == {1_000_000}


def test_a_quarter_that_is_not_over_and_settled_is_named_and_not_compared() -> None:
    """The second quarter ended 51 days ago: who signs late may not have signed yet."""
    report = backtest_of(office(lived(1)), first=MONDAY, last=date(2026, 11, 15))

    assert report.unsettled == ["FY2026 Q2", "FY2026 Q3", "FY2026 Q4"]
    assert {one.period for one in report.weeks} == {"FY2026 Q1"}


def test_calibration_counts_what_it_leaves_out_in_its_refusal() -> None:
    with pytest.raises(
        RefusedError, match=r"0 rated and decided renewals .*of the 2 renewals due until 2026-09-21"
    ):
        calibration_of(office(lived(1), lived(2)))


def test_calibration_counts_the_customers_of_its_definition() -> None:
    """Two subsidiaries of one group, unopened 60 days before their end: two customers by account, one by top parent."""
    terms = [replace(lived(number), customer_id="P") for number in (1, 2)]

    def refusal(customer: CustomerIs) -> str:
        forecast = replace(built(), profiles=(MetricProfile(customer=customer),))
        desk = replace(office(*terms), rules=replace(RULES, forecast=forecast))
        with pytest.raises(RefusedError) as refused:
            calibration_of(desk)
        return str(refused.value)

    assert ", 2 customers (needs" in refusal(CustomerIs.ACCOUNT)
    assert ", 1 customers (needs" in refusal(CustomerIs.TOP_PARENT)


def test_segments_with_weights_of_their_own_are_left_out() -> None:
    enterprise = replace(lived(1), grouping=Grouping(segment="enterprise"))
    forecast = built({**EXAMPLE, "segments": {"enterprise": {"unopened": 0.5}}})
    desk = replace(office(enterprise, lived(2)), rules=replace(RULES, forecast=forecast))

    with pytest.raises(RefusedError, match="of the 2 renewals due until 2026-09-21, 1 were open"):
        calibration_of(desk)


def test_without_states_or_rules_it_says_what_to_do() -> None:
    with pytest.raises(NotYetWorkedOutError):
        backtest_of(office(filled=False))
    with pytest.raises(NoForecastRulesError):
        calibration_of(replace(office(), rules=replace(RULES, forecast=None)))


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (date(2026, 6, 2), date(2026, 6, 1), "turn them round"),
        (date(2026, 6, 2), date(2026, 11, 20), "not over yet"),
        (date.min, date(2026, 6, 2), "--from 0001-01-01 is too early: choose 1970-01-01"),
        (None, date.min, "--to 0001-01-01 is too early"),
        (None, date.max, "not over yet"),
    ],
)
def test_days_that_are_no_past_window_are_refused(first: date | None, last: date, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        window_between(first, last, today=date(2026, 11, 20))


def test_a_rank_that_was_never_seen_to_move_is_refused_and_not_guessed() -> None:
    still = Story(said=(Said(on=MONDAY, rank="A"), Said(on=END, rank="A")))
    moved = Story(said=(Said(on=MONDAY), Said(on=END, rank="A")))
    unrated = Story(said=(Said(on=MONDAY),))

    with pytest.raises(RefusedError, match="Set History Tracking"):
        refuse_without_history([(lived(1), still), (lived(2), unrated), (lived(3), None)])
    refuse_without_history([(lived(1), still), (lived(2), moved)])
    refuse_without_history([(lived(1), unrated), (lived(2), None)])


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_of_all_are_refused_in_words(day: date) -> None:
    desk = office(lived(1))
    for ask in (calibration_of, backtest_of):
        with pytest.raises(RefusedError):
            ask(desk, first=day)
        with pytest.raises(RefusedError):
            ask(desk, last=day)


def test_a_backtest_from_the_earliest_day_tells_every_week_since() -> None:
    report = backtest_of(office(lived(1)), first=date(1970, 1, 1), last=END)

    assert (report.window.first, {one.terms for one in report.weeks}) == (date(1970, 1, 1), {0, 1})


@pytest.mark.parametrize(
    ("first", "days_before", "advice"),
    [
        (None, 0, "Ask for a day on which fewer were decided with more --days-before, or again when"),
        (None, 60, "Ask for a day on which more are rated with fewer --days-before, or again when"),
        (date(2026, 1, 1), 60, "Ask for more with an earlier --from, for a day on which more are rated"),
    ],
)
def test_a_refusal_advises_only_what_can_still_be_done(
    first: date | None, days_before: int, advice: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        calibration_of(office(lived(1)), first=first, days_before=days_before)

    assert advice in str(refused.value)


def test_a_rank_that_is_guessed_is_left_out_of_both_counted_and_told() -> None:
    """Two deals of one age: of the one an edit of 3 June is mirrored; the A of the other is a guess before it."""
    won = [
        replace(lived(number), standing=TermStanding.WON, opportunity_id=f"006{number}", rank="A")
        for number in (1, 2)
    ]
    desk = office(*won, lived(3))
    with desk.store.transaction() as tx:
        tx.mirror.put([_deal(1), _deal(2), *(_row(Role.STAGE_HISTORY, number, STAGED) for number in (1, 2))])
        tx.mirror.put([_row(Role.FIELD_HISTORY, 1, EDITED)])

    report = backtested(desk)

    assert report.left == {Left.NO_HISTORY: 1}
    assert {one.terms for one in report.weeks if one.ahead == 0} == {2}
    with pytest.raises(
        RefusedError, match=r"Set History Tracking on Opportunity\): 1 have no history that far back"
    ):
        calibration_of(desk, days_before=90)


STAGED: dict[str, Json] = {"at": "2026-03-01T01:00:00.000+0000", "stage": "受注", "amount": 1_000_000.0}
EDITED: dict[str, Json] = {
    "at": "2026-06-03T01:00:00.000+0000",
    "field": "confidence",
    "old": "C",
    "new": "A",
}


def _deal(number: int) -> Row:
    values: dict[str, Json] = {
        "name": "更新",
        "stage": "受注",
        "closed": True,
        "won": True,
        "close_date": "2026-06-25",
        "amount": 1_000_000.0,
        "confidence": "A",
        "created_at": STAGED["at"],
        "currency": "JPY",
    }
    return Row(
        role=Role.OPPORTUNITY, id=f"006{number}", parent_id="a", stamp_ms=0, deleted=False, values=values
    )


def _row(role: Role, number: int, values: dict[str, Json]) -> Row:
    return Row(
        role=role, id=f"{role}{number}", parent_id=f"006{number}", stamp_ms=0, deleted=False, values=values
    )
