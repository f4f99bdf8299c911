"""A CSM in New York and a manager in Tokyo hear of one move, each in their own hours: real adapters, a real sandbox."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.fakes.confidence_abroad import ABROAD, RULES, head, who_lives
from tests.fakes.rig import Rig, running
from tests.fakes.sandbox import Record

from csops_sync.ports.store import OutboxStatus

TODAY = date(2026, 4, 1)
NINE_THERE = datetime(2026, 4, 8, 13, tzinfo=UTC)
"""In New York on Wednesday: ten in the evening in Tokyo."""


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A rig at 10:00 in Tokyo on Wednesday, 8 April, with one renewal rated B whose CSM lives in New York."""
    with running(today=TODAY, rules=RULES) as made:
        made.sell("みなと商事", start=date(2025, 7, 2), account={"CSM__c": who_lives(made, ABROAD)})
        made.sync()
        made.next_day(3)
        (deal,) = made.renewals()
        made.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": "B"}, by=head(made))
        made.sync()
        made.sandbox.set_clock(made.sandbox.now().replace(hour=1, minute=0))
        made.sandbox.advance(days=4)
        made.sync()
        yield made


def move(rig: Rig, rank: str) -> None:
    (deal,) = rig.renewals()
    rig.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": rank}, by=head(rig))
    rig.cycle()
    rig.sandbox.advance(seconds=360)
    rig.cycle()
    rig.deliver_once()


def at(rig: Rig, instant: datetime) -> None:
    rig.sandbox.set_clock(instant)
    rig.cycle()
    rig.deliver_once()


def told(rig: Rig, prefix: str) -> list[Record]:
    keyed = rig.sandbox.messages()
    return [
        one for one in keyed if str(one["metadata"]["event_payload"]["key"]).startswith((prefix, "call/"))
    ]


def test_each_is_mentioned_in_their_own_hours_and_once(rig: Rig) -> None:
    move(rig, "D")
    (card,) = told(rig, "card/")
    assert card["text"].count("<@U") == 1
    assert "営業時間外のため、営業時間になってからここでお知らせします" in card["text"]

    at(rig, NINE_THERE - timedelta(minutes=1))
    assert len(told(rig, "card/")) == 1
    at(rig, NINE_THERE)
    card, call = told(rig, "card/")
    assert call["thread_ts"] == card["ts"]
    assert call["text"].count("<@U") == 1
    assert "営業時間になりましたのでお知らせします" in call["text"]
    called = {one["text"][one["text"].index("<@") :].split(">")[0] for one in (card, call)}
    assert len(called) == 2  # two people

    at(rig, NINE_THERE + timedelta(days=1))
    assert len(told(rig, "card/")) == 2


def test_another_process_calls_who_was_asleep_when_the_first_one_told_it(rig: Rig) -> None:
    move(rig, "D")
    rig.sandbox.set_clock(NINE_THERE)
    rig.restart()
    rig.deliver_once()

    card, call = told(rig, "card/")
    assert call["thread_ts"] == card["ts"]


def test_a_process_that_ended_without_an_answer_leaves_the_call_to_the_next(rig: Rig) -> None:
    rig.sandbox.faults({"fault": "drop_after", "path": "chat.postMessage"})
    move(rig, "D")
    rig.sandbox.advance(seconds=120)
    rig.restart()
    rig.deliver_once()
    assert len(told(rig, "card/")) == 1

    at(rig, NINE_THERE)
    assert len(told(rig, "card/")) == 2
    with rig.assembly.store.reading() as tx:
        left = tx.outbox.with_status(OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNKNOWN)
    assert list(left) == []
