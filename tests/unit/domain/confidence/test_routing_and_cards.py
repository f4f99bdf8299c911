"""Whom a move is told, and what a card asks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from tests.fakes.confidence import face

from csops_sync.domain.business_calendar import BusinessCalendar
from csops_sync.domain.conditions import Clause, Condition, OneOf
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.confidence.card import Card, acknowledge, ask, escalate, snooze
from csops_sync.domain.confidence.face import CardState
from csops_sync.domain.confidence.ranks import BAD_NEWS, GOOD_NEWS, Direction
from csops_sync.domain.confidence.routing import mentions_of, routes_of
from csops_sync.domain.confidence.rules import AnswerWithin, Route
from csops_sync.domain.facts import Person

ENTERPRISE = Condition((Clause("account.tier", OneOf(("Enterprise",))),))
RISK = Route(changes=BAD_NEWS, channel="#risk", origin="1", prior_at_least=Decimal(3_000_000))
BOARD = Route(changes=BAD_NEWS, channel="#board", origin="2", when=ENTERPRISE, also=True)
PLAIN = Route(changes=BAD_NEWS | GOOD_NEWS, channel="#renewals", origin="3")


def channels(direction: Direction, prior: int | None, tier: str = "Standard") -> list[str]:
    values: Mapping[str, str] = {"account.tier": tier}
    amount = None if prior is None else Decimal(prior)
    found = routes_of([RISK, BOARD, PLAIN], direction=direction, prior=amount, lookup=values.get)
    return [one.channel for one in found]


@pytest.mark.parametrize(
    ("direction", "prior", "tier", "expected"),
    [
        (Direction.WORSENED, 3_000_000, "Standard", ["#risk"]),
        (Direction.WORSENED, 3_000_000, "Enterprise", ["#risk", "#board"]),
        (Direction.WORSENED, 2_999_999, "Standard", ["#renewals"]),
        (Direction.LOST, None, "Standard", ["#renewals"]),
        (Direction.IMPROVED, 9_000_000, "Enterprise", ["#renewals"]),
        (Direction.RATED, 9_000_000, "Enterprise", []),
    ],
)
def test_the_first_route_that_fits_and_those_that_also_want_it(
    direction: Direction, prior: int | None, tier: str, expected: list[str]
) -> None:
    assert channels(direction, prior, tier) == expected


CSM = Person(id="csm", name="佐藤", email=None, is_active=True, manager_id="boss")
PEOPLE = {"csm": "csm", "csm.manager": "boss", "@cs-leads": "@cs-leads", "nobody": None}


def mentioned(*paths: str, by: tuple[str, ...]) -> tuple[str, ...]:
    return mentions_of(paths, resolve=PEOPLE.get, csm=CSM, changed_by=by)


@pytest.mark.parametrize(
    ("paths", "by", "expected"),
    [
        (("csm.manager",), ("csm",), ("boss",)),
        (("csm.manager",), ("boss",), ("csm",)),
        (("csm",), ("csm",), ("boss",)),
        (("csm", "csm.manager"), ("csm",), ("boss",)),
        (("csm.manager", "@cs-leads"), ("boss",), ("@cs-leads", "csm")),
        (("csm.manager", "@cs-leads"), ("csm", "boss"), ("@cs-leads",)),
        (("@cs-leads",), ("boss",), ("@cs-leads",)),
        (("csm.manager",), ("csm", "boss"), ()),
        (("csm.manager", "csm.manager"), ("other",), ("boss",)),
        (("nobody",), ("other",), ()),
    ],
)
def test_who_changed_it_is_not_mentioned_and_the_other_one_is(
    paths: tuple[str, ...], by: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert mentioned(*paths, by=by) == expected


HOURS = BusinessHours(
    calendar=BusinessCalendar("none", frozenset()), zone="UTC", opens_at=time(9), closes_at=time(18)
)
WITHIN = AnswerWithin(span=timedelta(hours=4), steps=("csm.manager.manager", "@cs-leads"))
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
ASKING = ask(
    Card(
        id="006/#risk",
        moved_at=NOON,
        face=face(),
        opportunity_id="006",
        renewal_key="800-1",
        account_id="001",
        key="card/1",
        channel="#risk",
        move_id="m",
    ),
    people=("boss",),
    steps=("head", "@cs-leads"),
    within=WITHIN,
    hours=HOURS,
    now=NOON,
)


def test_a_card_asks_and_says_until_when() -> None:
    assert (ASKING.state, ASKING.asked, ASKING.due_at) == (
        CardState.ASKING,
        ("boss",),
        NOON + timedelta(hours=4),
    )


def test_each_step_is_taken_once_and_then_nobody_is_left() -> None:
    first, one = escalate(ASKING, hours=HOURS, now=NOON + timedelta(hours=4))
    second, two = escalate(first, hours=HOURS, now=NOON + timedelta(days=1))
    third, three = escalate(second, hours=HOURS, now=NOON + timedelta(days=2))

    assert (one, two, three) == (("head",), ("@cs-leads",), ())
    assert (first.asked, first.due_at) == (("boss", "head"), datetime(2026, 4, 2, 11, tzinfo=UTC))
    assert (second.due_at, third.due_at) == (None, None)


def test_the_first_answer_counts() -> None:
    done = acknowledge(ASKING, by="boss", at=NOON)

    assert (done.state, done.answered_by, done.answered_at, done.due_at) == (
        CardState.ACKNOWLEDGED,
        "boss",
        NOON,
        None,
    )
    assert acknowledge(done, by="head", at=NOON + timedelta(hours=1)) == done
    assert snooze(done, by="head", until=NOON) == done


def test_a_snooze_asks_the_same_people_again_when_it_is_over() -> None:
    asleep = snooze(ASKING, by="boss", until=NOON + timedelta(days=3))
    again, who = escalate(asleep, hours=HOURS, now=NOON + timedelta(days=2))

    assert (asleep.state, asleep.due_at) == (CardState.SNOOZED, NOON + timedelta(days=3))
    assert (again.state, again.level, who) == (CardState.ASKING, 0, ("boss",))
    assert acknowledge(asleep, by="boss", at=NOON).state is CardState.ACKNOWLEDGED


def test_a_quiet_card_cannot_be_answered() -> None:
    quiet = replace(ASKING, state=CardState.QUIET)
    assert acknowledge(quiet, by="boss", at=NOON) == quiet
