"""A rank that moves in Salesforce, and what Slack shows of it: real adapters, a real sandbox."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.rig import Rig, running
from tests.fakes.sandbox import Record

RULES = Path(__file__).parent / "config" / "confidence.yaml"
TODAY = date(2026, 4, 1)


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A rig at 10:00 in Tokyo on a Wednesday, with one renewal opened the day before and rated B."""
    with running(today=TODAY, rules=RULES) as made:
        made.sell("みなと商事", start=date(2025, 7, 2))
        made.sync()
        made.next_day(3)
        (deal,) = made.renewals()
        made.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": "B"}, by=made.csm())
        made.sync()
        made.sandbox.set_clock(made.sandbox.now().replace(hour=1, minute=0))
        made.sandbox.advance(days=4)
        made.sync()
        yield made


def deal(rig: Rig) -> Record:
    (found,) = rig.renewals()
    return found


def move(rig: Rig, rank: str, *, seconds: float = 0) -> None:
    rig.sandbox.update("Opportunity", deal(rig)["Id"], {"Confidence__c": rank}, by=rig.csm())
    rig.sandbox.advance(seconds=seconds)


def settle(rig: Rig) -> None:
    rig.sync()
    rig.sandbox.advance(seconds=360)
    rig.sync()


def cards(rig: Rig, prefix: str) -> list[Record]:
    """Our messages whose key begins so, in threads too."""
    return [one for one in rig.sandbox.messages() if str(_key(one)).startswith(prefix)]


def _key(message: Record) -> str:
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))


def test_a_rank_that_falls_is_a_card_that_mentions_the_manager(rig: Rig) -> None:
    move(rig, "D")
    settle(rig)

    (card,) = cards(rig, "card/")
    assert "みなと商事" in card["text"]
    assert "<@U" in card["text"] + str(card["blocks"])
    assert rig.told("card/") == [_key(card)]


def test_moves_between_two_polls_are_one_card_with_the_path(rig: Rig) -> None:
    for rank in ("D", "E", "C"):
        move(rig, rank, seconds=20)
    settle(rig)

    (card,) = cards(rig, "card/")
    assert "B→D→E→C" in str(card).replace(" ", "")


def test_the_card_lives_on_and_the_thread_has_the_moves(rig: Rig) -> None:
    move(rig, "D")
    settle(rig)
    move(rig, "E")
    settle(rig)

    (card,) = cards(rig, "card/")
    (reply,) = cards(rig, "move/")
    assert reply["thread_ts"] == card["ts"]
    assert "D→E" in str(card["blocks"]).replace(" ", "")


def test_a_rank_that_rises_is_celebrated_with_the_bots_reaction(rig: Rig) -> None:
    move(rig, "A")
    settle(rig)

    (card,) = cards(rig, "card/")
    assert list(card["reactions"]) == ["tada"]


def test_an_idle_poll_costs_no_more_calls_than_before(rig: Rig) -> None:
    move(rig, "D")
    settle(rig)
    before = rig.assembly.salesforce.reader.usage().ours
    rig.cycle()

    assert rig.assembly.salesforce.reader.usage().ours - before <= 2
