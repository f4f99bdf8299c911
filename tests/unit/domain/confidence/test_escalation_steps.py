"""Who is asked next: up from whoever made the change, then whom the rules name, and the fallback where nobody is left.

csm -> boss -> head -> chief is one line of management, rep -> lead -> chief another; root is automation.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.fakes.confidence import face

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.card import Card, ask, escalate
from csops_sync.domain.confidence.escalation import Ladder, Step, brought_up_to_date, laid_on, superiors
from csops_sync.domain.confidence.rules import AnswerWithin
from csops_sync.domain.facts import Person

FOUR_HOURS = timedelta(hours=4)
FALLBACK = "@cs-ops"
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
HOURS = BusinessHours(
    calendar=BusinessCalendar("none", frozenset()), zone="UTC", opens_at=time(9), closes_at=time(18)
)
CARD = Card(
    id="006/#risk",
    moved_at=NOON,
    face=face(),
    opportunity_id="006",
    renewal_key="800-1",
    account_id="001",
    key="card/1",
    channel="#risk",
    move_id="m",
)
ABOVE: Mapping[str, str | None] = {
    "csm": "boss",
    "boss": "head",
    "head": "chief",
    "chief": None,
    "rep": "lead",
    "lead": "chief",
    "root": "chief",
    "loader": None,
    "lost": "nobody",
}
PEOPLE = {
    one: Person(id=one, name=one.upper(), email=None, is_active=True, manager_id=above)
    for one, above in ABOVE.items()
}
NAMED = {"csm.manager.manager": "head", "@cs-leads": "@cs-leads"}


def without(*inactive: str) -> dict[str, Person]:
    return {one: replace(person, is_active=one not in inactive) for one, person in PEOPLE.items()}


def ladder(*inactive: str, fallback: str | None = FALLBACK, csm: str | None = "csm") -> Ladder:
    return Ladder(
        people=without(*inactive),
        resolve=NAMED.get,
        csm=PEOPLE[csm] if csm else None,
        automation=frozenset({"root"}),
        fallback=fallback,
    )


def steps(
    above: int, *, by: tuple[str, ...] = ("csm",), mentioned: tuple[str, ...] = ("boss",), rungs: Ladder
) -> list[str]:
    within = AnswerWithin(span=FOUR_HOURS, above=above)
    return [one.person for one in rungs.steps(within, mentioned=mentioned, changed_by=by)]


@pytest.mark.parametrize(
    ("by", "mentioned", "expected", "words"),
    [
        (("csm",), ("boss",), ["head", "chief"], "boss was mentioned with the change: the two above him"),
        (("csm",), ("@cs-leads",), ["boss", "head"], "only a group was mentioned: csm's own manager first"),
        (("boss",), ("csm",), ["head", "chief"], "above boss, who made it, and never boss"),
        (("rep",), ("boss",), ["lead", "chief"], "rep belongs to another line, and its own is climbed"),
        (("csm", "rep"), ("boss",), ["lead", "chief"], "of two, the last who made the change"),
        (("rep", "lead"), ("boss",), ["chief", FALLBACK], "nobody above chief: the fallback takes step two"),
        (("head",), ("boss",), ["chief", FALLBACK], "one above head: the fallback takes step two"),
        (
            ("chief",),
            ("boss",),
            ["head", FALLBACK],
            "nobody above chief: up from the CSM, past boss and chief",
        ),
        (
            ("root",),
            ("boss",),
            ["head", "chief"],
            "automation is left out, although somebody stands above it",
        ),
        (("loader",), ("boss",), ["head", "chief"], "a data load has nobody above it: up from the CSM"),
        (
            ("lost",),
            ("boss",),
            ["head", "chief"],
            "whose manager is not read has nobody above: up from the CSM",
        ),
        (("gone",), ("boss",), ["head", "chief"], "a user whom nobody knows: up from the CSM"),
        ((), ("boss",), ["head", "chief"], "nobody knows who made it: up from the CSM"),
        (("csm",), ("boss", "head", "chief"), [FALLBACK], "all of them were mentioned: the fallback, once"),
        (("csm",), ("boss", "head", "chief", FALLBACK), [], "and where it was mentioned too, nobody is left"),
    ],
)
def test_it_climbs_above_whoever_made_the_change(
    by: tuple[str, ...], mentioned: tuple[str, ...], expected: list[str], words: str
) -> None:
    assert steps(2, by=by, mentioned=mentioned, rungs=ladder()) == expected, words


@pytest.mark.parametrize(
    ("most", "expected"), [(0, []), (1, ["head"]), (2, ["head", "chief"]), (3, ["head", "chief", FALLBACK])]
)
def test_it_climbs_at_most_the_configured_steps(most: int, expected: list[str]) -> None:
    assert steps(most, rungs=ladder()) == expected
    assert steps(9, rungs=ladder()) == ["head", "chief", FALLBACK]


def test_the_inactive_are_passed_over_and_climbed_past() -> None:
    assert steps(1, rungs=ladder("head")) == ["chief"]
    assert steps(2, rungs=ladder("head", "chief")) == [FALLBACK]
    assert steps(2, rungs=ladder("head", "chief", fallback=None)) == []


def test_where_there_is_no_csm_and_no_changer_the_fallback_is_asked() -> None:
    assert steps(2, by=("loader",), rungs=ladder(csm=None)) == [FALLBACK]
    assert steps(2, by=("loader",), rungs=ladder(csm=None, fallback=None)) == []


def test_a_circle_of_managers_ends() -> None:
    people = {**PEOPLE, "chief": replace(PEOPLE["chief"], manager_id="boss")}

    assert [one.id for one in superiors(people["csm"], people)] == ["boss", "head", "chief"]
    assert [one.id for one in superiors(people["boss"], people)] == ["head", "chief"]


def test_whom_the_rules_name_come_after_those_above_and_nobody_twice() -> None:
    within = AnswerWithin(span=FOUR_HOURS, above=1, steps=("csm.manager.manager", "nobody", "@cs-leads"))
    found = ladder().steps(within, mentioned=("boss",), changed_by=("csm",))

    assert found == (
        Step(person="head", why="HEAD stands above CSM, who made the change"),
        Step(person=FALLBACK, why="Salesforce names nobody active for nobody: the fallback is asked"),
        Step(person="@cs-leads", why="the rules name @cs-leads"),
    )


@pytest.mark.parametrize(
    ("by", "csm", "words"),
    [
        (
            ("chief",),
            "csm",
            "nobody else stands above CSM, who looks after the renewal: the fallback is asked",
        ),
        (
            ("rep", "lead", "chief"),
            None,
            "Salesforce names nobody who made the change or looks after the renewal",
        ),
        (("lead",), "csm", "nobody else stands above LEAD, who made the change: the fallback is asked"),
    ],
)
def test_the_end_of_the_line_is_said(by: tuple[str, ...], csm: str | None, words: str) -> None:
    within = AnswerWithin(span=FOUR_HOURS, above=3)
    found = ladder(csm=csm).steps(within, mentioned=("boss",), changed_by=by)

    assert found[-1].person == FALLBACK
    assert found[-1].why.startswith(words)


def asking(*rungs: str, level: int = 0) -> Card:
    within = AnswerWithin(span=FOUR_HOURS)
    made = ask(CARD, people=("boss",), steps=rungs, within=within, hours=HOURS, now=NOON)
    told = laid_on(made, [Step(person=one, why=f"why {one}") for one in rungs])
    return replace(told, level=level, asked=("boss", *rungs[:level]))


@pytest.mark.parametrize(
    ("rungs", "inactive", "expected", "words"),
    [
        (("head", "@cs-leads"), (), ("head", "@cs-leads"), "everybody is there"),
        (("head", "@cs-leads"), ("head",), ("chief", "@cs-leads"), "the next above head, then as before"),
        (("head", "chief"), ("head",), ("chief",), "the next above head is chief, whose turn comes anyway"),
        (("head", "chief"), ("head", "chief"), (FALLBACK,), "the fallback is asked once"),
        (("unread",), (), (FALLBACK,), "whom Salesforce does not show any more is not there either"),
    ],
)
def test_who_became_inactive_while_the_card_waited_is_replaced(
    rungs: tuple[str, ...], inactive: tuple[str, ...], expected: tuple[str, ...], words: str
) -> None:
    card = brought_up_to_date(asking(*rungs), people=without(*inactive), fallback=FALLBACK)

    assert card.steps == expected, words
    assert len(card.whys) == len(expected)


def test_steps_that_were_taken_stay_and_why_the_next_is_another_is_said() -> None:
    card = brought_up_to_date(
        asking("boss", "head", level=1), people=without("boss", "head"), fallback=FALLBACK
    )

    assert card.steps == ("boss", "chief")
    assert card.whys == ("why boss", "CHIEF stands above HEAD, who is not active any more")


def test_where_nobody_is_left_at_all_the_question_stays_and_nobody_is_mentioned() -> None:
    card = brought_up_to_date(asking("head"), people=without("head", "chief"), fallback=None)
    after, mentioned = escalate(card, hours=HOURS, now=NOON)

    assert (card.steps, mentioned, after.due_at) == ((), (), None)
    assert after.waits
