"""The Japanese sentences of an open decision; `decision_words` says when each is said. Pure."""

from datetime import date

from csops_sync.app.step_words import StepWords
from csops_sync.domain.dates import Duration
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
from csops_sync.domain.rules import BusinessDayRoll, FloorAnchor

_WEEKDAYS = "月火水木金土日"
_SATURDAY = 5
_CEILINGS = {CeilingKind.NOTICE_DEADLINE: "解約通知期限", CeilingKind.END_DATE: "満了日"}
_BUDGET = {BoundKind.BUDGET_SEASON: "予算編成の開始日", BoundKind.BUDGET_LOCK: "予算に間に合う最終日"}


def day_ja(day: date) -> str:
    """This function will write a day as the dashboard does: `2026/04/01`."""
    return f"{day:%Y/%m/%d}"


def span_ja(span: Duration) -> str:
    """This function will write a duration: `180 日`, `6 か月`, `1 か月と 3 日`."""
    months, days = f"{span.months} か月", f"{span.days} 日"
    if span.months and span.days:
        return f"{months}と {days}"
    return months if span.months else days


def _bound(bound: Bound, decision: OpenDecision, term_end: date, notice: Duration | None) -> str:
    anchor = day_ja(bound.anchor_day)
    if bound.kind is BoundKind.RENEWAL:
        return f"更新日 {anchor}{_before(bound.offset)}"
    if bound.kind is BoundKind.NOTICE:
        counted = f"({day_ja(term_end)} の {span_ja(notice)}前)" if notice else ""
        return f"解約通知期限 {anchor}{counted}{_before(bound.offset)}"
    year = f"{day_ja(decision.budget.fiscal_year_start)} からの会計年度の" if decision.budget else ""
    over = "。下限の日には過ぎているため、対象外" if bound.missed else ""
    return f"{year}{_BUDGET[bound.kind]} {anchor}{_before(bound.offset)}{over}"


def _before(offset: Duration) -> str:
    return f" の {span_ja(offset)}前" if offset != Duration() else ""


def _floor(floor: FloorEffect) -> str:
    from_start = floor.anchor is FloorAnchor.TERM_START
    way = "後" if from_start else "前"
    counted = "" if floor.offset == Duration() else f" の {span_ja(floor.offset)}{way}"
    anchor = "契約開始日" if from_start else "更新日"
    effect = (
        "最も早い制約より後のため、この日とします"
        if floor.counts
        else "最も早い制約より後ではなく、影響しません"
    )
    return f"{anchor} {day_ja(floor.anchor_day)}{counted}: {effect}"


def _ceiling(ceiling: CeilingEffect) -> str:
    named = f"{_CEILINGS[ceiling.kind]} {day_ja(ceiling.anchor_day)}"
    return (
        f"下限 {day_ja(ceiling.instead_of)} では{named} を過ぎるため、{_CEILINGS[ceiling.kind]}を優先します"
    )


def _calendar(effect: CalendarEffect) -> str:
    weekday = effect.from_day.weekday()
    kind = f"{_WEEKDAYS[weekday]}曜日" if weekday >= _SATURDAY else f" {effect.calendar} の休業日"
    went_on = effect.roll is BusinessDayRoll.FOLLOWING
    other, taken = ("前", "次") if went_on else ("次", "前")
    if effect.turned_by is None:
        return f"{day_ja(effect.from_day)} は{kind}のため、{taken}の営業日"
    barrier = "下限" if effect.turned_by is TurnedBy.FLOOR else "上限"
    return f"{day_ja(effect.from_day)} は{kind}で、{other}の営業日は{barrier}を越えるため、{taken}の営業日"


WORDS = StepWords(bound=_bound, floor=_floor, ceiling=_ceiling, calendar=_calendar)
"""The Japanese sentences."""
