"""Killed at any crossing and started again: nothing is lost and nothing doubled, by the sandbox's own ledgers."""

import pytest
from tests.fakes.postgres import PostgresServer
from tests.fakes.swept import check, sweep

PARTS = 4
SOAK_PARTS = 10


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(one, marks=pytest.mark.thorough) for one in range(1, PARTS))]
)
def test_a_kill_at_any_crossing_loses_nothing_and_doubles_nothing(part: int) -> None:
    swept = sweep("--part", str(part), "--parts", str(PARTS))

    assert [kill["number"] for kill in swept.kills] == list(range(part + 1, len(swept.crossings) + 1, PARTS))
    check(swept)


def test_a_kill_during_the_first_load_and_the_baseline_loses_nothing_and_doubles_nothing() -> None:
    """A seeded quarter of its crossings; `make soak` has all of them."""
    swept = sweep("--scenario", "baseline", "--share", "0.25", "--seed", "20260401")

    assert len(swept.kills) == round(len(swept.crossings) / 4)
    check(swept)


def test_a_tenth_of_the_kills_on_postgres_loses_nothing_and_doubles_nothing(
    postgres_server: PostgresServer,
) -> None:
    swept = sweep("--postgres", postgres_server.folder, "--share", "0.1", "--seed", "20260401")

    assert len(swept.kills) == round(len(swept.crossings) / 10)
    check(swept)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(SOAK_PARTS))
@pytest.mark.parametrize("scenario", ["baseline", "friday", "confidence"])
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_every_kill_with_faults_and_second_kills_after_it_loses_nothing_and_doubles_nothing(
    request: pytest.FixtureRequest, database: str, scenario: str, part: int
) -> None:
    """The full matrix; a part takes some minutes: `make soak ARGS="-k 'sqlite and friday'"` runs a piece of it."""
    where = ["--scenario", scenario, "--part", str(part), "--parts", str(SOAK_PARTS), "--again", "20"]
    if database == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        where += ["--postgres", server.folder]

    check(sweep(*where))


def test_the_recorded_day_crosses_every_boundary_with_every_kind_of_write() -> None:
    """The sweep proves as much as its day holds: inserts, a stamp, updates, figures, messages, transports, commits.

    Of the updates four are the figures of the forecast.
    """
    swept = sweep("--share", "0")

    assert _counts(swept.recording) == {"created": 2, "updated": 7, "posted": 4}
    assert swept.recording["problems"] == []
    assert swept.points() >= {
        "before commit",
        "after commit",
        "request POST /services/oauth2/token",
        "response POST /services/oauth2/token",
        "request POST composite",
        "response POST composite",
        "request POST composite/sobjects",
        "response POST composite/sobjects",
        "request PATCH composite/sobjects",
        "response PATCH composite/sobjects",
        "request chat.postMessage",
        "response chat.postMessage",
    }


def _counts(recording: dict[str, object]) -> dict[str, object]:
    return {name: recording[name] for name in ("created", "updated", "posted")}
