"""The open decision of the example, as the domain gives it."""

from datetime import date

from csops_sync.domain.budget_season import BudgetSeason
from csops_sync.domain.dates import Duration
from csops_sync.domain.open_decision import (
    Bound,
    BoundKind,
    CalendarEffect,
    FloorEffect,
    OpenDecision,
    TurnedBy,
)
from csops_sync.domain.rules import BusinessDayRoll, FloorAnchor

TERM_END = date(2026, 9, 30)
NOTICE = Duration(days=60)
SEASON = BudgetSeason(
    fiscal_year_start=date(2026, 4, 1), opens_on=date(2025, 11, 1), locks_on=date(2026, 2, 1)
)
BOUNDS = (
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
        kind=BoundKind.NOTICE,
        day=date(2026, 5, 3),
        anchor_day=date(2026, 8, 1),
        offset=Duration(days=90),
    ),
)
DECISION = OpenDecision(
    open_date=date(2025, 12, 1),
    decided_by=BoundKind.BUDGET_SEASON,
    bounds=BOUNDS,
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
    budget=SEASON,
)
