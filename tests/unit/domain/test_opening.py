"""What an open decision keeps and says, beyond the dates of the table."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from csops_sync.domain.budget_season import BudgetSeason
from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.dates import Duration
from csops_sync.domain.opening import (
    Bound,
    BoundKind,
    CalendarEffect,
    CeilingEffect,
    CeilingKind,
    FloorEffect,
    OpenDecision,
    TurnedBy,
    decide_open_date,
)
from csops_sync.domain.rules import BudgetSeasonRule, BusinessDayRoll, Floor, FloorAnchor, OpenRule, PaidFrom
from csops_sync.domain.terms import Term

WEEKDAYS = BusinessCalendar("JP", frozenset())
TERM = Term(date(2025, 10, 1), date(2026, 9, 30), 1)
ENTERPRISE = OpenRule(
    before_renewal=Duration(days=180),
    before_notice_deadline=Duration(days=90),
    before_budget_season=Duration(days=14),
    not_before=(Floor(anchor=FloorAnchor.TERM_START, offset=Duration(days=60)),),
)


def decide(
    rule: OpenRule, *, term: Term = TERM, deadline: date | None = None, month: int | None = 4
) -> OpenDecision:
    """Decide for a year's renewal on a calendar without holidays."""
    decision = decide_open_date(
        term=term,
        new_term_months=12,
        notice_deadline=deadline,
        fiscal_month=month,
        rule=rule,
        season=BudgetSeasonRule(),
        calendar=WEEKDAYS,
    )
    assert decision is not None
    return decision


EXPLAINED = OpenDecision(
    open_date=date(2025, 12, 1),
    decided_by=BoundKind.BUDGET_SEASON,
    bounds=(
        Bound(
            kind=BoundKind.BUDGET_SEASON,
            day=date(2025, 10, 18),
            anchor_day=date(2025, 11, 1),
            offset=Duration(days=14),
        ),
        Bound(
            kind=BoundKind.RENEWAL,
            day=date(2026, 4, 4),
            anchor_day=date(2026, 10, 1),
            offset=Duration(days=180),
        ),
        Bound(
            kind=BoundKind.NOTICE, day=date(2026, 5, 3), anchor_day=date(2026, 8, 1), offset=Duration(days=90)
        ),
    ),
    floor=FloorEffect(
        anchor=FloorAnchor.TERM_START,
        anchor_day=date(2025, 10, 1),
        offset=Duration(days=60),
        day=date(2025, 11, 30),
        counts=True,
    ),
    calendar=CalendarEffect(
        calendar="JP",
        from_day=date(2025, 11, 30),
        to_day=date(2025, 12, 1),
        roll=BusinessDayRoll.FOLLOWING,
        turned_by=TurnedBy.FLOOR,
    ),
    notice_deadline=date(2026, 8, 1),
    budget=BudgetSeason(
        fiscal_year_start=date(2026, 4, 1), opens_on=date(2025, 11, 1), locks_on=date(2026, 2, 1)
    ),
)


def test_the_worked_case_of_the_design_comes_out_to_the_last_word() -> None:
    """Every bound earliest first, the floor, the calendar, the season: 61 days from opening to its last day."""
    decision = decide(ENTERPRISE, deadline=date(2026, 8, 1))
    assert decision == EXPLAINED
    assert decision.deciding.day == date(2025, 10, 18)
    assert decision.budget is not None
    assert (decision.budget.last_day - decision.open_date).days == 61


def test_nothing_to_count_back_from_is_no_decision() -> None:
    """A notice bound alone decides nothing where there is no deadline, nor a budget bound without a fiscal year."""
    for rule in (
        OpenRule(before_notice_deadline=Duration(days=30)),
        OpenRule(before_budget_season=Duration()),
    ):
        assert (
            decide_open_date(
                term=TERM,
                new_term_months=12,
                notice_deadline=None,
                fiscal_month=None,
                rule=rule,
                season=BudgetSeasonRule(),
                calendar=WEEKDAYS,
            )
            is None
        )


def test_of_equal_bounds_the_renewal_decides() -> None:
    """1 Oct 2026 less 61 days and the deadline of 1 Aug 2026 are one day."""
    rule = OpenRule(before_renewal=Duration(days=61), before_notice_deadline=Duration())
    decision = decide(rule, deadline=date(2026, 8, 1))
    assert decision.decided_by is BoundKind.RENEWAL
    assert [bound.kind for bound in decision.bounds] == [BoundKind.RENEWAL, BoundKind.NOTICE]


def test_a_missed_season_stays_in_the_decision_and_is_marked() -> None:
    """Signed on 15 Feb 2026, after the lock on 1 Feb: both bounds are kept, the renewal decides."""
    term = Term(date(2026, 2, 15), date(2026, 9, 30), 1)
    rule = replace(ENTERPRISE, not_before=(), before_budget_lock=Duration(days=30))
    decision = decide(rule, term=term)
    assert {bound.kind: bound.missed for bound in decision.bounds} == {
        BoundKind.BUDGET_SEASON: True,
        BoundKind.BUDGET_LOCK: True,
        BoundKind.RENEWAL: False,
    }
    assert decision.decided_by is BoundKind.RENEWAL
    assert decision.budget_missed


def test_a_rule_that_does_not_aim_at_the_budget_misses_none() -> None:
    """The season is known and kept, for the message; that it is long over is no news."""
    decision = decide(OpenRule(before_renewal=Duration(days=90)))
    assert decision.open_date > date(2026, 1, 31)
    assert decision.budget is not None
    assert not decision.budget_missed


def test_a_ceiling_says_what_it_held_back_and_where() -> None:
    """1 Oct 2025 plus 330 days is 27 Aug 2026, past the deadline of 3 Aug."""
    late = Floor(anchor=FloorAnchor.TERM_START, offset=Duration(days=330))
    decision = decide(replace(ENTERPRISE, not_before=(late,)), deadline=date(2026, 8, 3), month=None)
    assert decision.ceiling == CeilingEffect(
        kind=CeilingKind.NOTICE_DEADLINE,
        anchor_day=date(2026, 8, 3),
        day=date(2026, 8, 3),
        instead_of=date(2026, 8, 27),
    )
    assert decision.open_date == date(2026, 8, 3)


def test_a_ceiling_that_changes_nothing_is_not_reported() -> None:
    """The floor of 27 Aug is past the deadline, but the bound, 1 Sep, is later than both."""
    late = Floor(anchor=FloorAnchor.TERM_START, offset=Duration(days=330))
    decision = decide(
        OpenRule(before_renewal=Duration(days=30), not_before=(late,)), deadline=date(2026, 8, 3)
    )
    assert decision.open_date == date(2026, 9, 1)
    assert decision.ceiling is None
    assert not decision.floor.counts


def test_the_calendar_says_when_the_ceiling_turned_it() -> None:
    """The deadline of Saturday 1 Aug is the floor; Friday is taken, for Monday would pass the deadline."""
    on_deadline = Floor(anchor=FloorAnchor.TERM_START, offset=Duration(days=304))
    decision = decide(replace(ENTERPRISE, not_before=(on_deadline,)), deadline=date(2026, 8, 1), month=None)
    assert decision.open_date == date(2026, 7, 31)
    assert decision.calendar is not None
    assert decision.calendar.turned_by is TurnedBy.CEILING


def test_floors_name_their_anchor() -> None:
    """The later floor is kept, here back from the renewal date: 1 Oct 2026 less 3 months."""
    floors = (*ENTERPRISE.not_before, Floor(anchor=FloorAnchor.RENEWAL_DATE, offset=Duration(months=3)))
    floor = decide(replace(ENTERPRISE, not_before=floors)).floor
    assert (floor.anchor, floor.anchor_day, floor.day) == (
        FloorAnchor.RENEWAL_DATE,
        date(2026, 10, 1),
        date(2026, 7, 1),
    )


def test_a_fiscal_year_of_the_invoice_reaches_the_decision() -> None:
    """The season rule as a whole is heeded, not its defaults."""
    decision = decide_open_date(
        term=TERM,
        new_term_months=12,
        notice_deadline=None,
        fiscal_month=4,
        rule=OpenRule(before_renewal=Duration(days=30)),
        season=BudgetSeasonRule(paid_from=PaidFrom.YEAR_OF_INVOICE, invoice_before=Duration(months=7)),
        calendar=WEEKDAYS,
    )
    assert decision is not None
    assert decision.budget is not None
    assert decision.budget.fiscal_year_start == date(2025, 4, 1)


def test_a_stored_decision_reads_back_as_it_was() -> None:
    """Through JSON text, with and without its optional parts."""
    bare = replace(EXPLAINED, calendar=None, notice_deadline=None, budget=None)
    held = replace(
        EXPLAINED,
        ceiling=CeilingEffect(
            kind=CeilingKind.END_DATE,
            anchor_day=date(2026, 9, 30),
            day=date(2026, 9, 30),
            instead_of=date(2026, 11, 1),
        ),
        budget_missed=True,
    )
    for decision in (EXPLAINED, bare, held):
        assert OpenDecision.from_dict(json.loads(json.dumps(decision.to_dict()))) == decision


Damage = Callable[[dict[str, object]], object]


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda stored: stored.pop("open_date"), "stored open decision: open_date is None"),
        (lambda stored: stored.update(budget_missed="no"), "budget_missed is 'no'"),
        (lambda stored: stored.update(bounds=["soon"]), "bounds is 'soon'"),
        (lambda stored: stored.update(floor=7), "floor is 7"),
        (lambda stored: stored.update(decided_by="luck"), "luck"),
    ],
)
def test_a_damaged_decision_is_refused_by_name(damage: Damage, named: str) -> None:
    """The text says which value, and that evaluating again replaces the row."""
    stored: dict[str, object] = dict(EXPLAINED.to_dict())
    damage(stored)
    with pytest.raises(ValueError, match=named):
        OpenDecision.from_dict(stored)
