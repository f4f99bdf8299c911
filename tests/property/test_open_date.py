"""Properties of dates, calendars, terms and open dates that hold for any contract and any rule."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from csops_sync.domain.budget_season import budget_season, fiscal_year_start
from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.dates import Duration, add_months, earlier, later, months_between
from csops_sync.domain.facts import Contract
from csops_sync.domain.opening import BoundKind, OpenDecision, decide_open_date
from csops_sync.domain.rules import BudgetSeasonRule, BusinessDayRoll, Floor, FloorAnchor, OpenRule, PaidFrom
from csops_sync.domain.terms import Term, new_term, notice_deadline, terms_through

ONE_DAY = timedelta(days=1)
BUDGET = {BoundKind.BUDGET_SEASON, BoundKind.BUDGET_LOCK}

days = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))
durations = st.builds(Duration, months=st.integers(0, 15), days=st.integers(0, 120))
holidays = st.frozensets(st.dates(min_value=date(2023, 1, 1), max_value=date(2028, 12, 31)), max_size=40)
closures = st.builds(
    lambda first, count: frozenset(first + timedelta(days=each) for each in range(count)),
    st.dates(min_value=date(2023, 1, 1), max_value=date(2028, 12, 31)),
    st.integers(0, 20),
)
calendars = st.builds(
    BusinessCalendar,
    name=st.just("JP"),
    holidays=st.builds(frozenset.union, holidays, closures),
    weekend=st.frozensets(st.integers(0, 6), max_size=3),
)
terms = st.builds(
    lambda start, length: Term(start, start + timedelta(days=length), 1),
    st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 12, 31)),
    st.one_of(st.integers(0, 40), st.integers(80, 1200)),
)
maybe = st.one_of(st.none(), durations)
rules = st.builds(
    OpenRule,
    before_renewal=maybe,
    before_notice_deadline=maybe,
    before_budget_season=maybe,
    before_budget_lock=maybe,
    not_before=st.lists(
        st.builds(Floor, anchor=st.sampled_from(FloorAnchor), offset=durations), max_size=3
    ).map(tuple),
    business_day=st.sampled_from(BusinessDayRoll),
)


@dataclass(frozen=True)
class Asked:
    """Everything that one decision depends on."""

    term: Term
    new_term_months: int
    notice_deadline: date | None
    fiscal_month: int | None
    rule: OpenRule
    season: BudgetSeasonRule
    calendar: BusinessCalendar

    def decide(self) -> OpenDecision | None:
        """Ask for the decision."""
        return decide_open_date(
            term=self.term,
            new_term_months=self.new_term_months,
            notice_deadline=self.notice_deadline,
            fiscal_month=self.fiscal_month,
            rule=self.rule,
            season=self.season,
            calendar=self.calendar,
        )

    def ceiling(self) -> date:
        """The day that a floor may not pass, seen from within the term."""
        nearest = min(self.notice_deadline or self.term.end, self.term.end)
        return max(self.term.start, nearest)

    def floor(self) -> date:
        """The latest floor, held at the ceiling."""
        offsets = {
            FloorAnchor.TERM_START: lambda offset: later(self.term.start, offset),
            FloorAnchor.RENEWAL_DATE: lambda offset: earlier(self.term.renewal_date, offset),
        }
        floors = [offsets[each.anchor](each.offset) for each in self.rule.not_before]
        return min(max([self.term.start, *floors]), self.ceiling())


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """Any term under any rule, on any calendar."""
    term, calendar = draw(terms), draw(calendars)
    notice = draw(st.one_of(st.none(), durations))
    return Asked(
        term=term,
        new_term_months=draw(st.integers(1, 40)),
        notice_deadline=notice_deadline(
            term=term, notice=notice, auto_renews=True, roll=BusinessDayRoll.NONE, calendar=calendar
        ),
        fiscal_month=draw(st.one_of(st.none(), st.integers(1, 12))),
        rule=draw(rules),
        season=BudgetSeasonRule(
            paid_from=draw(st.sampled_from(PaidFrom)), invoice_before=Duration(days=draw(st.integers(0, 90)))
        ),
        calendar=calendar,
    )


@given(asked())
def test_the_open_date_is_the_first_business_day_from_the_floor_or_the_earliest_reachable_bound(
    one: Asked,
) -> None:
    """By preceding: the last business day up to that day where none of the floor is lost, else the first after it."""
    decision = replace(one, rule=replace(one.rule, business_day=BusinessDayRoll.PRECEDING)).decide()
    if decision is None:
        return
    reachable = [bound.day for bound in decision.bounds if not bound.missed]
    wanted = max(one.floor(), min(reachable, default=one.term.start))
    before, after = _last_business_day(wanted, one.calendar), _first_business_day(wanted, one.calendar)
    fits = before >= one.floor() or (before >= one.term.start and wanted <= one.ceiling() < after)
    assert decision.open_date == (before if fits else after)


@given(asked())
def test_the_open_date_is_later_than_its_bound_only_by_floor_or_calendar_and_then_says_so(one: Asked) -> None:
    """And earlier only by the calendar; the decision names what moved it, and nothing that did not."""
    decision = one.decide()
    if decision is None:
        return
    bound = decision.deciding.day
    assert decision.floor.counts == (one.floor() > bound)
    assert (decision.calendar is not None) == (decision.open_date != max(bound, one.floor()))
    if decision.calendar is not None:
        assert decision.calendar.from_day == max(bound, one.floor())
        assert decision.calendar.to_day == decision.open_date
        assert not one.calendar.is_business_day(decision.calendar.from_day)


@given(asked())
def test_the_open_date_never_lies_before_the_term_and_is_a_business_day(one: Asked) -> None:
    """Unless the rule leaves days off where they are."""
    decision = one.decide()
    if decision is None:
        return
    assert decision.open_date >= one.term.start
    if one.rule.business_day is not BusinessDayRoll.NONE:
        assert one.calendar.is_business_day(decision.open_date)


@given(asked())
def test_a_floor_never_passes_the_notice_deadline_or_the_end_date(one: Asked) -> None:
    """Past them lies an open date only by its own bound, or in a term without a business day up to them."""
    decision = one.decide()
    if decision is None:
        return
    ceiling = min(one.notice_deadline or one.term.end, one.term.end)
    if decision.open_date > max(ceiling, one.term.start):
        first = _first_business_day(one.term.start, one.calendar)
        missed_only = all(bound.missed for bound in decision.bounds)
        assert decision.deciding.day > ceiling or first > ceiling or missed_only
    if decision.ceiling is not None:
        assert decision.ceiling.anchor_day == ceiling
        assert decision.ceiling.instead_of > decision.ceiling.day >= ceiling


@given(asked())
def test_every_bound_is_kept_and_only_a_season_over_on_the_floor_is_missed(one: Asked) -> None:
    """Earliest first, each at its anchor less its offset."""
    decision = one.decide()
    if decision is None:
        return
    assert [bound.day for bound in decision.bounds] == sorted(bound.day for bound in decision.bounds)
    for bound in decision.bounds:
        assert bound.day == earlier(bound.anchor_day, bound.offset)
        over = decision.budget is not None and decision.budget.last_day < one.floor()
        assert bound.missed == (bound.kind in BUDGET and over)
    binding = [bound for bound in decision.bounds if not bound.missed] or list(decision.bounds)
    assert decision.deciding.day == min(bound.day for bound in binding)


@given(asked())
def test_a_decision_survives_being_stored(one: Asked) -> None:
    """To JSON text and back it is the same value."""
    decision = one.decide()
    if decision is not None:
        assert OpenDecision.from_dict(json.loads(json.dumps(decision.to_dict()))) == decision


def _last_business_day(day: date, calendar: BusinessCalendar) -> date:
    while not calendar.is_business_day(day):
        day -= ONE_DAY
    return day


def _first_business_day(day: date, calendar: BusinessCalendar) -> date:
    while not calendar.is_business_day(day):
        day += ONE_DAY
    return day


@given(day=days, calendar=calendars)
def test_preceding_and_following_enclose_a_day_and_leave_business_days_alone(
    day: date, calendar: BusinessCalendar
) -> None:
    """There is no business day strictly between them, but for the day itself."""
    before, after = calendar.preceding(day), calendar.following(day)
    assert before <= day <= after
    assert calendar.is_business_day(before)
    assert calendar.is_business_day(after)
    between = [before + timedelta(days=each) for each in range(1, (after - before).days)]
    assert not any(calendar.is_business_day(each) for each in between)
    assert calendar.next_after(day) == calendar.following(day + ONE_DAY) > day


@given(day=days, months=st.integers(-200, 200))
def test_months_land_in_their_month_on_their_day_or_its_last(day: date, months: int) -> None:
    """The day of the month is kept, or clipped to the month's last."""
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + ONE_DAY).day == 1)


@given(start=days, first=st.integers(0, 60), second=st.integers(0, 60))
def test_whole_months_count_exactly_and_grow_with_time(start: date, first: int, second: int) -> None:
    """So many months from a day are as many months."""
    assert months_between(start=start, until=add_months(start, first)) == first
    assert months_between(start=start, until=add_months(start, first) + ONE_DAY) > first
    near, far = sorted((first, second))
    assert months_between(start=start, until=add_months(start, near)) <= Fraction(far)


@given(duration=durations)
@example(duration=Duration())
def test_a_duration_reads_back_as_it_was_written(duration: Duration) -> None:
    """In the words of the rules."""
    assert Duration.parse(str(duration)) == duration


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Rolling, evergreen and fixed contracts of any length."""
    start = draw(st.dates(min_value=date(2018, 1, 1), max_value=date(2025, 12, 31)))
    length = draw(st.one_of(st.none(), st.integers(0, 1200)))
    return Contract(
        id="8005g00000ABCDeAAP",
        account_id="0015g00000ABCDeAAP",
        number="1",
        start=start,
        end=None if length is None else start + timedelta(days=length),
        term_months=draw(st.one_of(st.none(), st.integers(0, 40))),
        auto_renews=draw(st.booleans()),
        renewal_term_months=draw(st.one_of(st.none(), st.integers(0, 40))),
        notice=None,
        annual_amount=None,
        currency="JPY",
        predecessor_id=None,
        owner_id=None,
        values={},
    )


@given(contract=contracts(), today=days)
def test_terms_tile_the_contract_without_gap_or_overlap(contract: Contract, today: date) -> None:
    """From its start to the term that holds today, and the new term after it."""
    terms = terms_through(contract=contract, today=today)
    tiled = (*terms, new_term(contract=contract, term=terms[-1]))
    assert tiled[0].start == contract.start
    assert [term.ordinal for term in tiled] == list(range(1, len(tiled) + 1))
    for term, following in pairwise(tiled):
        assert following.start == term.renewal_date == term.end + ONE_DAY


@given(contract=contracts(), today=days)
def test_the_last_term_holds_today_where_the_contract_rolls_on(contract: Contract, today: date) -> None:
    """Or is the first one, of a contract still to start; all before it are over."""
    terms = terms_through(contract=contract, today=today)
    assert all(term.end < today for term in terms[:-1])
    if contract.auto_renews or (contract.end is None and not contract.term_months):
        assert terms[-1].end >= today


@given(contract=contracts(), today=days, later_day=days)
def test_terms_that_were_told_once_stay_as_they_are(contract: Contract, today: date, later_day: date) -> None:
    """A later day only adds terms: a renewal key given for an ordinal means the same term for ever."""
    first, second = sorted((today, later_day))
    told = terms_through(contract=contract, today=first)
    assert terms_through(contract=contract, today=second)[: len(told)] == told


@given(
    month=st.integers(1, 12),
    renewal_date=days,
    months=st.integers(1, 40),
    paid_from=st.sampled_from(PaidFrom),
)
def test_the_year_that_pays_holds_a_part_of_the_new_term(
    month: int, renewal_date: date, months: int, paid_from: PaidFrom
) -> None:
    """It starts in the customer's month, and its season is over before it starts."""
    season = budget_season(
        fiscal_month=month,
        renewal_date=renewal_date,
        new_term_months=months,
        rule=BudgetSeasonRule(paid_from=paid_from),
    )
    year = season.fiscal_year_start
    assert year == fiscal_year_start(day=year, fiscal_month=month)
    assert year < add_months(renewal_date, months)
    assert add_months(year, 12) > renewal_date
    assert season.opens_on <= season.last_day < season.locks_on < year
