"""An open decision in words; the whole of the example stands in the test of `explain`."""

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.app.open_decisions import BOUNDS, DECISION, NOTICE, TERM_END

from csops_sync.app.decision_words import bound_words, decision_remarks, decision_steps
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

LOCK = Bound(
    kind=BoundKind.BUDGET_LOCK,
    day=date(2026, 1, 1),
    anchor_day=date(2026, 1, 31),
    offset=Duration(days=30),
)


def words(decision: OpenDecision, name: str) -> str:
    """What is said of one step."""
    steps = decision_steps(decision, term_end=TERM_END, notice=NOTICE)
    return next(step.text for step in steps if step.name == name)


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (BOUNDS[0], "budget season 2025-11-01"),
        (BOUNDS[1], "renewal less 180 days"),
        (BOUNDS[2], "notice deadline 2026-08-01"),
        (LOCK, "budget lock 2026-01-31"),
    ],
)
def test_plan_names_the_bound_that_decided(bound: Bound, expected: str) -> None:
    """By the day that it stands for, or by the lead where the renewal date stands beside it anyway."""
    assert bound_words(replace(DECISION, bounds=(bound,), decided_by=bound.kind)) == expected


def test_a_missed_season_is_marked_and_said_not_to_bind() -> None:
    """It is kept, and shown."""
    missed = replace(LOCK, missed=True)
    decision = replace(DECISION, bounds=(missed, *BOUNDS[1:]), decided_by=BoundKind.RENEWAL)
    first = decision_steps(decision, term_end=TERM_END, notice=NOTICE)[0]

    assert (first.name, first.mark) == ("budget lock", "missed")
    assert first.text == (
        "last day 2026-01-31 for the fiscal year from 2026-04-01, less 30 days: "
        "over by the floor, so it does not bind"
    )


def test_a_floor_that_does_not_count_says_so_and_the_terms_own_start_is_not_worth_a_line() -> None:
    """Every term has its start as a floor."""
    floor = FloorEffect(
        anchor=FloorAnchor.RENEWAL_DATE,
        anchor_day=date(2026, 10, 1),
        offset=Duration(months=12),
        day=date(2025, 10, 1),
        counts=False,
    )
    assert words(replace(DECISION, floor=floor), "floor") == (
        "renewal 2026-10-01 less 12 months: not later, so it does not count"
    )

    bare = replace(floor, anchor=FloorAnchor.TERM_START, offset=Duration())
    steps = decision_steps(replace(DECISION, floor=bare), term_end=TERM_END, notice=None)
    assert [step.name for step in steps] == ["budget season", "renewal", "notice", "calendar"]
    assert steps[2].text == "deadline 2026-08-01, less 90 days"


def test_a_ceiling_says_what_it_kept_the_floor_from() -> None:
    """There the ceiling wins, and is reported."""
    ceiling = CeilingEffect(
        kind=CeilingKind.NOTICE_DEADLINE,
        anchor_day=date(2026, 8, 1),
        day=date(2026, 8, 1),
        instead_of=date(2026, 9, 1),
    )

    assert words(replace(DECISION, ceiling=ceiling), "ceiling") == (
        "the floor 2026-09-01 would pass the notice deadline 2026-08-01, so that wins"
    )


@pytest.mark.parametrize(
    ("roll", "turned_by", "expected"),
    [
        (BusinessDayRoll.PRECEDING, None, "the business day before"),
        (BusinessDayRoll.FOLLOWING, None, "the next business day"),
        (
            BusinessDayRoll.PRECEDING,
            TurnedBy.CEILING,
            "the next business day would pass the ceiling, so the one before",
        ),
    ],
)
def test_the_calendar_says_which_way_it_went_and_why(
    roll: BusinessDayRoll, turned_by: TurnedBy | None, expected: str
) -> None:
    """A Tuesday that is off is a holiday of its calendar."""
    effect = CalendarEffect(
        calendar="JP",
        from_day=date(2025, 9, 23),
        to_day=date(2025, 9, 22),
        roll=roll,
        turned_by=turned_by,
    )

    assert words(replace(DECISION, calendar=effect), "calendar") == (
        f"2025-09-23 is no business day in JP; {expected}"
    )


def test_the_budget_is_set_against_the_open_date() -> None:
    """61 days from 1 December to 31 January; nothing where the fiscal year is not known."""
    late = replace(DECISION, open_date=date(2026, 2, 1))

    assert decision_remarks(DECISION) == ("the budget locks after 2026-01-31, 61 days after opening",)
    assert decision_remarks(late) == ("the budget locked after 2026-01-31, 1 day before opening",)
    assert decision_remarks(replace(DECISION, budget=None)) == ()
