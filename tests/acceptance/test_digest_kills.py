"""Killed at every step of the Monday morning on which the digest is told: one of each part, none missing.

And answers that are lost on the way: what Slack did and did not say is found in its own history.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.crossings import Crossings, Watch
from tests.fakes.digest_monday import (
    FIRST_KEY,
    NINE,
    PICTURE,
    RULES,
    live_a_week,
    messages_of,
    tell_and_die,
    tell_monday,
)
from tests.fakes.lives import Killed, back_up, let_lease_run_out, put_back
from tests.fakes.rig import Rig, running

from csops_sync.ports.store import OutboxStatus

_OTHERS = 8
METHODS = ("files.completeUploadExternal", "chat.postMessage", "files.getUploadURLExternal")


@dataclass(frozen=True)
class Morning:
    """The moment before the digest, to which rig and sandbox can be put back; and what the morning tells."""

    rig: Rig
    crossings: Crossings
    state: Path
    kept: str
    told: dict[str, int]
    names: tuple[str, ...]

    def begin(self) -> None:
        """Put everything back."""
        self.rig.sandbox.clear_faults()
        self.rig.sandbox.restore(self.kept)
        put_back(self.rig, self.state)
        let_lease_run_out(self.rig)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    crossings = Crossings()
    with running(today=date(2026, 3, 30), org="small", rules=RULES) as rig:
        live_a_week(rig)
        rig.sandbox.set_clock(NINE)
        copy = tmp_path_factory.mktemp("monday") / "state.db"
        back_up(rig, copy)
        kept = rig.sandbox.snapshot()
        rig.transports = crossings.transports()
        crossings.begin()
        tell_monday(rig)
        yield Morning(
            rig=rig,
            crossings=crossings,
            state=copy,
            kept=kept,
            told=dict(messages_of(rig)),
            names=tuple(crossings.names),
        )


def test_the_morning_that_is_killed_holds_a_picture_and_the_threads_of_managers(morning: Morning) -> None:
    assert morning.told[FIRST_KEY] == 1
    assert morning.told[PICTURE] == 1
    assert sum(1 for key in morning.told if "/team/" in key) >= 4
    assert set(morning.told.values()) == {1}


def test_a_kill_at_any_step_leaves_one_digest(morning: Morning) -> None:
    """Every call that people would see, and every eighth crossing to anything else."""
    chosen = [
        number
        for number, name in enumerate(morning.names, start=1)
        if "chat." in name or "files." in name or number % _OTHERS == 0
    ]
    assert len(chosen) > 20
    for number in chosen:
        morning.begin()
        assert tell_and_die(morning.rig, morning.crossings, _kill_at(number)), number
        let_lease_run_out(morning.rig)
        tell_monday(morning.rig)
        assert dict(messages_of(morning.rig)) == morning.told, (number, morning.names[number - 1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "ratelimited", "internal_error"])
def test_an_answer_that_is_lost_leaves_one_digest(morning: Morning, method: str, kind: str) -> None:
    """The connection drops before or after Slack has done what it was asked for, or Slack refuses for now."""
    morning.begin()
    morning.rig.sandbox.faults(_fault(method, kind))

    tell_monday(morning.rig)

    assert dict(messages_of(morning.rig)) == morning.told


def test_a_slack_that_lets_the_app_write_no_files_gets_everything_but_the_picture(morning: Morning) -> None:
    morning.begin()
    path = "/files.getUploadURLExternal"
    morning.rig.sandbox.faults({"service": "slack", "path": path, "fault": "missing_scope", "times": 0})

    tell_monday(morning.rig)

    told = {key: times for key, times in morning.told.items() if key != PICTURE}
    assert dict(messages_of(morning.rig)) == told
    with morning.rig.assembly.store.reading() as tx:
        (row,) = tx.outbox.get([f"{FIRST_KEY}/picture"])
    assert row.status is OutboxStatus.PARKED
    assert "missing_scope" in str(row.error)


def _kill_at(number: int) -> Watch:
    def watch(crossings: Crossings, _name: str) -> None:
        if crossings.count == number:
            raise Killed

    return watch


def _fault(method: str, kind: str) -> dict[str, object]:
    return {"service": "slack", "path": f"/{method}", "fault": kind, "times": 1}
