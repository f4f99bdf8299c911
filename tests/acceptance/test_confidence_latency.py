"""From an edit in Salesforce to its message in Slack: the window, at most one poll, and nothing more.

All clocks are the sandbox's, which stands still while we work: what is counted is how many cycles and deliveries it
takes. How long these take by themselves is measured by `make bench`.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.rig import Rig, running
from tests.fakes.sandbox import Record

RULES = Path(__file__).parent / "config" / "confidence.yaml"
POLL, SETTLE, OURS = timedelta(seconds=60), timedelta(minutes=5), timedelta(seconds=2)


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Rig, Record]]:
    """A rig whose renewals a person opened and rated B, at 10:00 in Tokyo on a Wednesday."""
    with running(today=date(2026, 4, 1), rules=RULES) as rig:
        sold = rig.sell("みなと商事", start=date(2025, 10, 2))
        values = {"Name": "更新", "AccountId": sold.account, "ContractId": sold.contract, "StageName": "提案"}
        more = {"CloseDate": "2026-09-30", "Amount": 1_200_000, "Confidence__c": "B"}
        deal = rig.sandbox.create("Opportunity", {**values, **more}, by=rig.csm())
        rig.sandbox.set_clock(rig.sandbox.now().replace(hour=1, minute=0, second=0, microsecond=0))
        rig.sync()
        yield rig, {"Id": deal}


def posted_at(rig: Rig) -> list[datetime]:
    """When each card and reply was posted, by Slack's own stamps."""
    ours = (one for one in rig.sandbox.messages() if one["metadata"])
    keys = ((str(one["metadata"]["event_payload"]["key"]), float(one["ts"])) for one in ours)
    return sorted(
        datetime.fromtimestamp(int(ts), tz=rig.sandbox.now().tzinfo)
        for key, ts in keys
        if key.startswith(("card/", "move/", "reply/"))
    )


@pytest.mark.parametrize(("after_poll", "rank"), [(1, "D"), (30, "E"), (59, "C")])
def test_a_message_stands_after_the_window_and_at_most_one_poll(
    opened: tuple[Rig, Record], after_poll: int, rank: str
) -> None:
    rig, deal = opened
    before = len(posted_at(rig))
    rig.sync()
    polled = rig.sandbox.now()
    rig.sandbox.set_clock(polled + timedelta(seconds=after_poll))
    edited = rig.sandbox.now()
    rig.sandbox.update("Opportunity", deal["Id"], {"Confidence__c": rank}, by=rig.csm())
    due = edited + SETTLE
    cycles_after_window = 0
    while len(posted_at(rig)) == before:
        polled += POLL
        rig.sandbox.set_clock(polled)
        rig.cycle()
        assert len(posted_at(rig)) == before, "a cycle decides, it posts nothing"
        rig.deliver()
        cycles_after_window += polled >= due

    assert cycles_after_window == 1, "one cycle and one delivery after the window"
    (posted,) = posted_at(rig)[before:][:1]
    assert due <= posted <= due + POLL + OURS
    assert posted < edited + SETTLE + POLL + OURS
