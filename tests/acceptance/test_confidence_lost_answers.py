"""What is said on cards although the answer is lost: one card, one reply, one reaction, and the newest face."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.fakes.persevering import persevere
from tests.fakes.sandbox import Record
from tests.fakes.world import World, new_world

RULES = Path(__file__).parent / "config" / "confidence.yaml"
MONDAY = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)
LOST = pytest.mark.parametrize("lost", ["drop_before", "drop_after"])
POST, UPDATE, REACT = "chat.postMessage", "chat.update", "reactions.add"


@pytest.fixture
def world() -> Iterator[World]:
    """It is 10:00 in Tokyo on a Monday, and one renewal is rated C."""
    with new_world(rules=RULES) as made:
        sold = made.sell("みなと商事", start=date(2025, 10, 2))
        made.create_by_hand(sold, Confidence__c="C")
        persevere(made)
        made.sandbox.set_clock(MONDAY)
        persevere(made)
        yield made


def moved(world: World, rank: str, **fault: object) -> None:
    """Let the rank move and settle; once it is told, a call meets the fault."""
    (deal,) = world.sandbox.records("Opportunity")
    world.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": rank}, by=world.csm())
    persevere(world)
    world.sandbox.advance(seconds=360)
    if fault:
        world.sandbox.faults({"service": "slack", **fault})
    persevere(world)


def messages(world: World, prefix: str) -> list[Record]:
    """Our messages whose key begins so, as they stand in Slack; never was one of them posted twice."""
    assert world.outcome().doubled() == []
    return [one for one in world.sandbox.messages() if _key(one).startswith(prefix)]


def _key(message: Record) -> str:
    return str((message["metadata"] or {}).get("event_payload", {}).get("key", ""))


@LOST
def test_a_card_whose_answer_is_lost_is_there_once(world: World, lost: str) -> None:
    moved(world, "D", fault=lost, path=POST)

    assert world.fired() == 1
    assert len(messages(world, "card/")) == 1


@LOST
def test_a_reply_whose_answer_is_lost_is_there_once_in_its_thread(world: World, lost: str) -> None:
    moved(world, "D")
    moved(world, "E", fault=lost, path=POST)

    (card,) = messages(world, "card/")
    assert world.fired() == 1
    assert [one["thread_ts"] for one in messages(world, "move/")] == [card["ts"]]


@LOST
def test_an_update_whose_answer_is_lost_is_on_the_card(world: World, lost: str) -> None:
    moved(world, "D")
    moved(world, "E", fault=lost, path=UPDATE)

    (card,) = messages(world, "card/")
    assert world.fired() == 1
    assert "D → E" in card["text"]
    assert len(messages(world, "move/")) == 1


@LOST
def test_a_reaction_whose_answer_is_lost_stands_there_once(world: World, lost: str) -> None:
    moved(world, "B", fault=lost, path=REACT)

    (card,) = messages(world, "card/")
    assert world.fired() == 1
    assert {emoji: len(users) for emoji, users in card["reactions"].items()} == {"tada": 1}


@LOST
def test_a_summary_whose_answer_is_lost_is_there_once(world: World, lost: str) -> None:
    csm = world.csm()
    for number in range(21):
        sold = world.sell(f"顧客{number}", start=date(2025, 10, 2))
        world.create_by_hand(sold, Confidence__c="C")
    persevere(world)
    world.sandbox.advance(seconds=60)
    for deal in world.sandbox.records("Opportunity"):
        world.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": "D"}, by=csm)
    persevere(world)
    world.sandbox.advance(seconds=360)
    world.sandbox.faults({"service": "slack", "fault": lost, "path": POST})
    persevere(world)

    assert world.fired() == 1
    assert len(messages(world, "storm/")) == 1
    assert messages(world, "card/") == []
