"""Killed while ranks are seen, told, answered and escalated: one of each, nothing missing, by the sandbox's ledgers.

Three days: an afternoon; a night with storms, a second channel, cards posted anew, a late history, what is held until
the morning, and an escalation across it; and a day of people who live far apart, who are called later. Of each,
`make test` kills at every kind of crossing: each named point with each kind of thing that is on its way there
(`before commit: outbox sending storm`, `response chat.postMessage: late`). Crossings between which nothing lasting
happens leave the same behind, so one of them stands for all (`tests/fakes/kill_choice.py`), and of the two later days
only what the afternoon has not is killed at. Every crossing of the first two is killed at, with faults and second kills
after it, by `make soak`; or without them, in some half an hour, by `python -m tests.fakes.kill_sweep --scenario night`.
"""

import pytest
from tests.fakes.postgres import PostgresServer
from tests.fakes.swept import Swept, check, sweep

PARTS = 2
LEAST = 10
"""So many kinds a day has at least that no other one has."""
SOAK_PARTS = 20
SEED = ("--seed", "20260406")
AFTERNOON = ("--scenario", "confidence", *SEED)
NIGHT = ("--scenario", "night", *SEED)
ABROAD = ("--scenario", "abroad", *SEED)
DAYS = {"afternoon": AFTERNOON, "night": (*NIGHT, "--beside", "confidence")}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("day", DAYS)
def test_a_kill_at_each_kind_of_crossing_of_confidence_loses_nothing_and_doubles_nothing(
    day: str, part: int
) -> None:
    swept = sweep(*DAYS[day], "--each-kind", "--part", str(part), "--parts", str(PARTS))

    assert len(swept.kills) >= LEAST // PARTS
    check(swept)


@pytest.mark.timeout(600)
def test_a_kill_at_each_kind_of_crossing_of_a_day_across_time_zones_calls_everybody_once() -> None:
    swept = sweep(*ABROAD, "--beside", "confidence", "--each-kind")

    assert swept.kills
    check(swept)


def test_a_twentieth_of_the_kills_of_confidence_on_postgres_loses_nothing_and_doubles_nothing(
    postgres_server: PostgresServer,
) -> None:
    swept = sweep(*AFTERNOON, "--postgres", postgres_server.folder, "--share", "0.05")

    assert len(swept.kills) == round(len(swept.crossings) / 20)
    check(swept)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(SOAK_PARTS))
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_every_kill_of_the_night_with_faults_and_second_kills_loses_nothing_and_doubles_nothing(
    request: pytest.FixtureRequest, database: str, part: int
) -> None:
    """The afternoon's are with those of the other days, in `test_kill_sweep.py`."""
    where = [*NIGHT, "--part", str(part), "--parts", str(SOAK_PARTS), "--again", "5"]
    if database == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        where += ["--postgres", server.folder]

    check(sweep(*where))


def test_the_recorded_afternoon_holds_everything_that_confidence_does_by_day() -> None:
    """The sweep proves as much as its day: three cards, what did not fit on one, a reply, a reminder, a note, Tasks."""
    swept = sweep(*AFTERNOON, "--share", "0")

    assert swept.recording["problems"] == []
    assert {name: swept.recording[name] for name in ("created", "posted")} == {"created": 4, "posted": 7}
    assert swept.points() >= {
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


def test_the_recorded_night_holds_what_is_folded_held_merged_corrected_posted_anew_and_escalated() -> None:
    """Two loads, each with a summary for two managers; cards, replies, a correction, a reminder, and a reason."""
    swept = sweep(*NIGHT, "--share", "0")

    assert swept.recording["problems"] == []
    assert _posted(swept) == {"storm": 4, "card": 11, "move": 3, "late": 1, "escalated": 1}
    assert {kind for crossing in swept.kinds for kind in crossing} >= {
        "after commit: confidence_change held",
        "after commit: confidence_change merged",
        "after commit: confidence_change summarised",
        "after commit: confidence_change correction",
        "after commit: inbox reasoned",
        "after commit: outbox pending answer",
        "after commit: outbox cancelled move",
        "after commit: outbox cancelled card",
        "response POST /services/data/v66.0/composite: PATCH Opportunity",
        "response chat.getPermalink",
    }


def test_the_recorded_day_across_time_zones_holds_who_is_called_later_merged_and_not_called_any_more() -> (
    None
):
    """Four hear of it later, of seven messages; one is answered, one told anew, and one undone before that."""
    swept = sweep(*ABROAD, "--share", "0")

    assert swept.recording["problems"] == []
    assert _posted(swept) == {"card": 6, "move": 1, "call": 4}
    assert {kind for crossing in swept.kinds for kind in crossing} >= {
        "after commit: outbox pending call",
        "after commit: outbox cancelled call",
    }


def _posted(swept: Swept) -> dict[str, int]:
    asked = [
        kind
        for crossing in swept.kinds
        for kind in crossing
        if kind.startswith("response chat.postMessage: ")
    ]
    kinds = [one.rpartition(" ")[2] for one in asked]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
