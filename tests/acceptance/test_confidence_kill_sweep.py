"""Killed while ranks are seen, told, answered and escalated: one of each, nothing missing, by the sandbox's ledgers."""

import pytest
from tests.fakes.postgres import PostgresServer
from tests.fakes.swept import check, sweep

PARTS = 2
SHARE = 1 / 6
"""Of the crossings of an afternoon, seeded; `make soak` kills at all of them, with more trouble after each."""
SCENARIO = ("--scenario", "confidence", "--seed", "20260406")


@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_a_sixth_of_the_crossings_of_confidence_loses_nothing_and_doubles_nothing(
    part: int,
) -> None:
    swept = sweep(*SCENARIO, "--share", str(SHARE), "--part", str(part), "--parts", str(PARTS))

    assert len(swept.kills) >= len(swept.crossings) * SHARE // PARTS
    check(swept)


def test_a_twentieth_of_the_kills_of_confidence_on_postgres_loses_nothing_and_doubles_nothing(
    postgres_server: PostgresServer,
) -> None:
    swept = sweep(*SCENARIO, "--postgres", postgres_server.folder, "--share", "0.05")

    assert len(swept.kills) == round(len(swept.crossings) / 20)
    check(swept)


def test_the_recorded_afternoon_holds_everything_that_confidence_ever_does() -> None:
    """The sweep proves as much as its day: three cards, what did not fit on one, a reply, a reminder, a note, Tasks."""
    swept = sweep(*SCENARIO, "--share", "0")

    assert swept.recording["problems"] == []
    assert {name: swept.recording[name] for name in ("created", "posted")} == {"created": 4, "posted": 7}
    assert swept.kinds() >= {
        "before commit",
        "after commit",
        "request POST composite",
        "response POST composite",
        "request POST composite/sobjects",
        "response POST composite/sobjects",
        "request chat.postMessage",
        "response chat.postMessage",
        "request chat.update",
        "response chat.update",
        "request reactions.add",
        "response reactions.add",
        "request conversations.history",
        "request users.info",
    }
