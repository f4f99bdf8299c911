"""Answers that are lost and people who are faster: no second opportunity, no second message, no edit undone."""

from collections.abc import Iterator

import pytest
from tests.fakes.crossings import Crossings
from tests.fakes.lives import killed_at, let_lease_run_out, live_and_die, once_at
from tests.fakes.persevering import persevere
from tests.fakes.world import BY_HAND, World, new_world

INSERT = "POST /services/data/v66.0/composite/sobjects"
READ = "POST /services/data/v66.0/composite"
LAST_READ = 2
"""The first composite of a pass is the pull, the second the read right before anything is written."""
POST = "chat.postMessage"


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as made:
        yield made


@pytest.mark.parametrize("lost", ["drop_before", "drop_after"])
def test_a_create_whose_answer_is_lost_is_there_once(world: World, lost: str) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    world.sandbox.faults({"fault": lost, "path": "composite/sobjects"})

    persevere(world)
    world.work_next_day()

    assert world.fired() == 1
    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert world.outcome().told[f"opened/{sold.key}"] == 1


@pytest.mark.parametrize(
    "fault",
    [{"fault": "drop_before"}, {"fault": "drop_after"}, {"fault": "internal_error", "after": True}],
    ids=["lost before", "lost after", "taken although it was refused"],
)
def test_a_post_whose_answer_is_lost_is_there_once(world: World, fault: dict[str, object]) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    world.sandbox.faults({"service": "slack", "path": POST, **fault})

    persevere(world)
    world.work_next_day()

    assert world.fired() == 1
    assert world.outcome().told[f"opened/{sold.key}"] == 1
    assert world.told("opened/") == [f"opened/{sold.key}"]


def test_a_human_who_creates_it_before_our_last_read_is_adopted(world: World) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    world.crossings.begin(once_at(f"request {READ}", lambda: world.create_by_hand(sold), time=LAST_READ))

    persevere(world)

    assert world.opened(sold)["Name"] == BY_HAND
    assert len(world.renewals()) == 1
    assert world.outcome().told[f"opened/{sold.key}"] == 0


@pytest.mark.parametrize("is_linked", [True, False], ids=["with its contract", "without a link"])
def test_a_human_who_creates_it_at_the_same_moment_is_shown_to_the_csm_with_both_links(
    world: World, *, is_linked: bool
) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    link = {} if is_linked else {"ContractId": None, "RecordTypeId": _renewal_record_type(world)}
    made: list[str] = []
    world.crossings.begin(
        once_at(f"request {INSERT}", lambda: made.append(world.create_by_hand(sold, **link)))
    )

    persevere(world)
    world.work_next_day()

    (theirs,) = made
    (shown,) = [one for one in world.sandbox.messages() if theirs in one["text"]]
    assert shown["metadata"]["event_payload"]["key"] == f"parallel/{sold.key}/{theirs}"
    assert world.opened(sold)["Id"] in shown["text"]
    assert world.outcome().told[f"opened/{sold.key}"] == 1
    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]


def test_a_human_at_the_same_moment_and_a_kill_before_our_answer_leave_one_of_ours(world: World) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    kill = killed_at(f"response {INSERT}")
    by_hand = once_at(f"request {INSERT}", lambda: world.create_by_hand(sold))

    def both(crossings: Crossings, name: str) -> None:
        by_hand(crossings, name)
        kill(crossings, name)

    live_and_die(world, world.crossings, both)
    let_lease_run_out(world)
    persevere(world)
    world.work_next_day()

    told = world.outcome().told
    assert [one["Renewal_Key__c"] for one in world.renewals()] == [sold.key]
    assert told[f"opened/{sold.key}"] == 1
    assert sum(times for event, times in told.items() if event.startswith("parallel/")) == 1


def test_an_update_whose_answer_is_lost_undoes_no_edit_that_came_after_it(world: World) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    persevere(world)
    world.change(sold.contract, months=13)
    world.sandbox.faults({"fault": "drop_after", "path": "/composite$", "contains": "PATCH"})
    world.sandbox.advance_business_days(1)
    world.attempt()
    assert world.opened(sold)["CloseDate"] == "2026-07-31"

    world.sandbox.advance(seconds=20)
    world.edit_by_hand(sold, CloseDate="2026-05-15")
    persevere(world)
    world.change(sold.contract, months=14)
    world.work_next_day()

    opened = world.opened(sold)
    assert world.fired() == 1
    assert opened["CloseDate"] == "2026-05-15"
    assert (opened["Renewal_Date__c"], opened["Name"]) == ("2026-09-01", "みなと商事 2026-09 更新")


def test_an_edit_between_our_last_read_and_our_update_stays(world: World) -> None:
    (sold,) = world.sell_and_wait("みなと商事")
    persevere(world)
    world.change(sold.contract, months=13)
    world.sandbox.advance_business_days(1)

    def edit() -> None:
        world.sandbox.advance(seconds=2)
        world.edit_by_hand(sold, CloseDate="2026-05-15", NextStep="電話する")

    world.crossings.begin(once_at(f"response {READ}", edit, time=LAST_READ))

    persevere(world)

    opened = world.opened(sold)
    assert (opened["CloseDate"], opened["NextStep"]) == ("2026-05-15", "電話する")
    assert opened["Renewal_Date__c"] == "2026-08-01"


def _renewal_record_type(world: World) -> str:
    types = world.sandbox.records("RecordType")
    return str(next(one["Id"] for one in types if one["DeveloperName"] == "Renewal"))
