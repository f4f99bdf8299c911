"""The day on which a renewal must be opened: the earliest bound, then floor, ceiling and business day.

Where the design is silent, this module reads it so:

- **Floor.** The term's start is always a floor, with an offset of 0 days. Of equal floors the rule's own is
  named.
- **Ceiling.** The earlier of the notice deadline and the end date; of equal ones the notice deadline is
  named. It holds floors back, never bounds: a rule that asks for `before_renewal: 0 days` opens on the
  renewal date. The term's start stands above it: a notice deadline that was over before the term began
  holds a floor at the term's start.
- **Missed season.** Judged on the floor as the ceiling left it, for that is the first day on which the
  renewal could be opened: a season whose last day is that day still binds, one whose last day lies before
  it is missed with both its bounds. Between opening and lock it binds, and the floor moves it. Where
  nothing but a missed season bounds the renewal, it is opened on the floor: late for the budget, but
  opened.
- **Equal bounds.** The first of renewal, notice, budget season, budget lock decides.
- **Business day.** The other way is taken where the rule's way would pass the floor, or the ceiling from a
  day that is not past it yet. Where neither way is free the ceiling wins over the floor, and the day before
  is taken; only the term's start is never passed, so that a term without a business day up to its ceiling
  opens on its first one.
- **Budget missed** is said of the open date as it came out, calendar included, and only where the rule aims
  at the budget at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from csops_sync.domain.budget_season import BudgetSeason, budget_season
from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.dates import Duration, earlier, later
from csops_sync.domain.open_decision import (
    Bound,
    BoundKind,
    CalendarEffect,
    CeilingEffect,
    CeilingKind,
    FloorEffect,
    OpenDecision,
    TurnedBy,
)
from csops_sync.domain.rules import BudgetSeasonRule, BusinessDayRoll, Floor, FloorAnchor, OpenRule
from csops_sync.domain.terms import Term

__all__ = [
    "Bound",
    "BoundKind",
    "CalendarEffect",
    "CeilingEffect",
    "CeilingKind",
    "FloorEffect",
    "OpenDecision",
    "TurnedBy",
    "decide_open_date",
]

_IN_ORDER = tuple(BoundKind)
_OF_BUDGET = frozenset({BoundKind.BUDGET_SEASON, BoundKind.BUDGET_LOCK})
_AT_TERM_START = Floor(anchor=FloorAnchor.TERM_START, offset=Duration())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Between which days the open date may lie: never before the term's `start`.

    `high` is the ceiling; `low` is the latest floor, held back by the ceiling.
    """

    start: date
    low: date
    high: date


def decide_open_date(  # noqa: PLR0913 - all that the decision depends on, each by its name
    *,
    term: Term,
    new_term_months: int,
    notice_deadline: date | None,
    fiscal_month: int | None,
    rule: OpenRule,
    season: BudgetSeasonRule | None,
    calendar: BusinessCalendar,
) -> OpenDecision | None:
    """This function will work back from a term's dates to the business date on which its renewal is opened.

    `fiscal_month` (1-12) is the month in which the customer's fiscal year starts, None where nobody knows
    it: then there is no budget bound. `new_term_months` is the length of the term to come. None where no
    bound applies.

    Raises:
        ValueError: the fiscal month, the new term or the season has no sense; the message says what to
        correct.
    """
    budget = _budget(term, new_term_months, fiscal_month, season)
    bounds = tuple(_bounds(term, notice_deadline, budget, rule))
    if not bounds:
        return None
    floor, floor_day = _latest_floor(term, rule)
    kind, ceiling_day = _ceiling(term, notice_deadline)
    limits = _Limits(start=term.start, low=max(term.start, min(floor_day, ceiling_day)), high=ceiling_day)
    bounds = _with_missed(bounds, budget, limits.low)
    deciding = _earliest(bounds)
    wanted = max(deciding.day, limits.low)
    moved = _to_business_day(wanted, rule.business_day, limits, calendar)
    open_date = moved.to_day if moved else wanted
    return OpenDecision(
        open_date=open_date,
        decided_by=deciding.kind,
        bounds=tuple(sorted(bounds, key=_order)),
        floor=_floor_effect(floor, floor_day, term, counts=limits.low > deciding.day),
        ceiling=CeilingEffect(kind=kind, anchor_day=ceiling_day, day=limits.low, instead_of=floor_day)
        if floor_day > max(limits.low, deciding.day)
        else None,
        calendar=moved,
        notice_deadline=notice_deadline,
        budget=budget,
        budget_missed=_misses_budget(bounds, budget, open_date),
    )


def _budget(
    term: Term, new_term_months: int, fiscal_month: int | None, season: BudgetSeasonRule | None
) -> BudgetSeason | None:
    if fiscal_month is None or season is None:
        return None
    return budget_season(
        fiscal_month=fiscal_month,
        renewal_date=term.renewal_date,
        new_term_months=new_term_months,
        rule=season,
    )


def _bounds(
    term: Term, notice_deadline: date | None, budget: BudgetSeason | None, rule: OpenRule
) -> Iterator[Bound]:
    asked = (
        (BoundKind.RENEWAL, term.renewal_date, rule.before_renewal),
        (BoundKind.NOTICE, notice_deadline, rule.before_notice_deadline),
        (BoundKind.BUDGET_SEASON, budget.opens_on if budget else None, rule.before_budget_season),
        (BoundKind.BUDGET_LOCK, budget.last_day if budget else None, rule.before_budget_lock),
    )
    for kind, anchor_day, offset in asked:
        if anchor_day is not None and offset is not None:
            yield Bound(kind=kind, day=earlier(anchor_day, offset), anchor_day=anchor_day, offset=offset)


def _order(bound: Bound) -> tuple[date, int]:
    return (bound.day, _IN_ORDER.index(bound.kind))


def _latest_floor(term: Term, rule: OpenRule) -> tuple[Floor, date]:
    floors = (*rule.not_before, _AT_TERM_START)
    return max(((floor, _floor_day(floor, term)) for floor in floors), key=lambda pair: pair[1])


def _floor_day(floor: Floor, term: Term) -> date:
    match floor.anchor:
        case FloorAnchor.TERM_START:
            return later(term.start, floor.offset)
        case FloorAnchor.RENEWAL_DATE:
            return earlier(term.renewal_date, floor.offset)


def _ceiling(term: Term, notice_deadline: date | None) -> tuple[CeilingKind, date]:
    if notice_deadline is not None and notice_deadline <= term.end:
        return CeilingKind.NOTICE_DEADLINE, notice_deadline
    return CeilingKind.END_DATE, term.end


def _with_missed(bounds: tuple[Bound, ...], budget: BudgetSeason | None, low: date) -> tuple[Bound, ...]:
    if budget is None or budget.last_day >= low:
        return bounds
    return tuple(replace(bound, missed=bound.kind in _OF_BUDGET) for bound in bounds)


def _earliest(bounds: tuple[Bound, ...]) -> Bound:
    """Give the earliest bound that binds, or that of a missed season where nothing else is left."""
    binding = tuple(bound for bound in bounds if not bound.missed)
    return min(binding or bounds, key=_order)


def _floor_effect(floor: Floor, day: date, term: Term, *, counts: bool) -> FloorEffect:
    return FloorEffect(
        anchor=floor.anchor,
        anchor_day=term.start if floor.anchor is FloorAnchor.TERM_START else term.renewal_date,
        offset=floor.offset,
        day=day,
        counts=counts,
    )


def _misses_budget(bounds: tuple[Bound, ...], budget: BudgetSeason | None, open_date: date) -> bool:
    aims_at_budget = any(bound.kind in _OF_BUDGET for bound in bounds)
    return budget is not None and aims_at_budget and open_date > budget.last_day


def _to_business_day(
    day: date, roll: BusinessDayRoll, limits: _Limits, calendar: BusinessCalendar
) -> CalendarEffect | None:
    if roll is BusinessDayRoll.NONE or calendar.is_business_day(day):
        return None
    taken, turned_by = _way(day, roll, limits, calendar)
    going_back = taken is BusinessDayRoll.PRECEDING
    return CalendarEffect(
        calendar=calendar.name,
        from_day=day,
        to_day=calendar.preceding(day) if going_back else calendar.following(day),
        roll=taken,
        turned_by=turned_by,
    )


def _way(
    day: date, roll: BusinessDayRoll, limits: _Limits, calendar: BusinessCalendar
) -> tuple[BusinessDayRoll, TurnedBy | None]:
    """Say which way the calendar goes from a day off, and which limit left it no choice."""
    before = calendar.preceding(day)
    passes_floor = before < limits.low
    passes_ceiling = day <= limits.high < calendar.following(day)
    if before < limits.start or (passes_floor and not passes_ceiling):
        return BusinessDayRoll.FOLLOWING, _unless(
            as_asked=roll is BusinessDayRoll.FOLLOWING, because=TurnedBy.FLOOR
        )
    if passes_ceiling:
        as_asked = roll is BusinessDayRoll.PRECEDING and not passes_floor
        return BusinessDayRoll.PRECEDING, _unless(as_asked=as_asked, because=TurnedBy.CEILING)
    return roll, None


def _unless(*, as_asked: bool, because: TurnedBy) -> TurnedBy | None:
    return None if as_asked else because
