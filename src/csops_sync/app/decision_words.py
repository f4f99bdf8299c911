"""An open decision in words: the lines that `explain` and the dashboard show, each with its own arithmetic. Pure.

The sentences are English here; `decision_words_ja` has the Japanese ones.
"""

from collections.abc import Iterator
from datetime import date

from csops_sync.app import decision_words_ja
from csops_sync.app.step_words import ENGLISH, JAPANESE, StepWords
from csops_sync.app.views import StepRow
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
from csops_sync.domain.sentences import Sentence, Wording

_SATURDAY = 5
_LOCKED_BEFORE = Wording("budget.locked", "the budget locked after {day}, {span} before opening")
_LOCKS_AFTER = Wording("budget.locks", "the budget locks after {day}, {span} after opening")
_NAMES = {
    BoundKind.RENEWAL: "renewal",
    BoundKind.NOTICE: "notice",
    BoundKind.BUDGET_SEASON: "budget season",
    BoundKind.BUDGET_LOCK: "budget lock",
}
_CEILINGS = {CeilingKind.NOTICE_DEADLINE: "the notice deadline", CeilingKind.END_DATE: "the end date"}


def bound_words(decision: OpenDecision) -> str:
    """This function will name what decided, as `plan` does: `budget season 2025-11-01`, `renewal less 90 days`."""
    bound = decision.deciding
    if bound.kind is BoundKind.RENEWAL:
        return f"renewal less {bound.offset}"
    names = {**_NAMES, BoundKind.NOTICE: "notice deadline"}
    return f"{names[bound.kind]} {bound.anchor_day}"


def decision_steps(
    decision: OpenDecision, *, term_end: date, notice: Duration | None, language: str = ENGLISH
) -> tuple[StepRow, ...]:
    """This function will list every bound, then floor, ceiling and calendar, with the arithmetic of each.

    `term_end` and `notice` are the contract's: the notice deadline is counted back from the one by the other. Names and
    marks are the same in every language; the arithmetic is in that which is asked for.
    """
    words = decision_words_ja.WORDS if language == JAPANESE else WORDS
    return tuple(_steps(decision, words, term_end, notice))


def decision_remarks(decision: OpenDecision) -> tuple[str, ...]:
    """This function will say how the open date stands to the customer's budget."""
    if decision.budget is None:
        return ()
    last_day = decision.budget.last_day
    days = (last_day - decision.open_date).days
    if days < 0:
        return (_LOCKED_BEFORE(day=last_day, span=_days(-days)),)
    return (_LOCKS_AFTER(day=last_day, span=_days(days)),)


def _steps(
    decision: OpenDecision, words: StepWords, term_end: date, notice: Duration | None
) -> Iterator[StepRow]:
    for bound in decision.bounds:
        mark = "earliest" if bound is decision.deciding else "missed" if bound.missed else ""
        text = words.bound(bound, decision, term_end, notice)
        yield StepRow(name=_NAMES[bound.kind], day=bound.day, text=text, mark=mark)
    floor, ceiling, calendar = decision.floor, decision.ceiling, decision.calendar
    if (
        floor.counts or floor.offset != Duration()
    ):  # the term's own start is worth a line only where it counts
        yield StepRow(name="floor", day=floor.day, text=words.floor(floor))
    if ceiling:
        yield StepRow(name="ceiling", day=ceiling.day, text=words.ceiling(ceiling))
    if calendar:
        yield StepRow(name="calendar", day=calendar.to_day, text=words.calendar(calendar))


def _bound_text(bound: Bound, decision: OpenDecision, term_end: date, notice: Duration | None) -> str:
    if bound.kind is BoundKind.RENEWAL:
        return f"{bound.anchor_day}{_less(bound, ' less')}"
    if bound.kind is BoundKind.NOTICE:
        counted = f" ({term_end} less {notice})" if notice else ""
        return f"deadline {bound.anchor_day}{counted}{_less(bound)}"
    year = f" for the fiscal year from {decision.budget.fiscal_year_start}" if decision.budget else ""
    verb = "opens" if bound.kind is BoundKind.BUDGET_SEASON else "last day"
    over = ": over by the floor, so it does not bind" if bound.missed else ""
    return f"{verb} {bound.anchor_day}{year}{_less(bound)}{over}"


def _less(bound: Bound, word: str = ", less") -> str:
    return f"{word} {bound.offset}" if bound.offset != Duration() else ""


def _floor_text(floor: FloorEffect) -> str:
    from_start = floor.anchor is FloorAnchor.TERM_START
    counted = "" if floor.offset == Duration() else f" {'plus' if from_start else 'less'} {floor.offset}"
    effect = "later than the earliest, so it counts" if floor.counts else "not later, so it does not count"
    anchor = "contract start" if from_start else "renewal"
    return f"{anchor} {floor.anchor_day}{counted}: {effect}"


def _ceiling_text(ceiling: CeilingEffect) -> str:
    named = f"{_CEILINGS[ceiling.kind]} {ceiling.anchor_day}"
    return f"the floor {ceiling.instead_of} would pass {named}, so that wins"


def _calendar_text(effect: CalendarEffect) -> str:
    is_weekend = effect.from_day.weekday() >= _SATURDAY
    kind = f"a {effect.from_day:%A}" if is_weekend else f"no business day in {effect.calendar}"
    went_on = effect.roll is BusinessDayRoll.FOLLOWING
    if effect.turned_by is None:
        way = "the next business day" if went_on else "the business day before"
        return f"{effect.from_day} is {kind}; {way}"
    barrier = "the floor" if effect.turned_by is TurnedBy.FLOOR else "the ceiling"
    way = (
        f"the business day before would pass {barrier}, so the next one"
        if went_on
        else f"the next business day would pass {barrier}, so the one before"
    )
    return f"{effect.from_day} is {kind}; {way}"


def _days(number: int) -> str:
    if number == 1:
        return Sentence("days.one", "1 day")
    return Sentence("days.many", "{n} days", n=number)


WORDS = StepWords(bound=_bound_text, floor=_floor_text, ceiling=_ceiling_text, calendar=_calendar_text)
"""The English sentences."""
