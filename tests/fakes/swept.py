"""One run of the kill sweep, as a process of its own, and what it found."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.kill_choice import Kinds

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Swept:
    """What one run of the sweep printed: the recording, and one line about each kill."""

    recording: dict[str, object]
    kills: Sequence[dict[str, object]]

    @property
    def crossings(self) -> list[str]:
        """The names of all crossings of the day."""
        names = self.recording["crossings"]
        assert isinstance(names, list)
        return names

    @property
    def kinds(self) -> Kinds:
        """Of each crossing its name with everything that is on its way there."""
        kinds = self.recording["kinds"]
        assert isinstance(kinds, list)
        return kinds

    def points(self) -> set[str]:
        """The named points, without the version and the ids of Salesforce's addresses."""
        return set(_points(self.crossings))

    def problems(self) -> list[str]:
        """Whatever is not as it must be, with the kill that it followed."""
        return [
            f"killed at crossing {kill['number']}, {kill['name']}: {problem}"
            for kill in self.kills
            for problem in _texts(kill["problems"])
        ]


def sweep(*arguments: str) -> Swept:
    """This function will run the sweep as a process of its own; what fails in it fails here."""
    command = [sys.executable, "-m", "tests.fakes.kill_sweep", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # our own module
    assert done.returncode == 0, done.stderr
    recording, *kills = [json.loads(line) for line in done.stdout.splitlines()]
    return Swept(recording, kills)


def check(swept: Swept) -> None:
    """Every kill hit, and nothing is not as it must be."""
    assert all(kill["died"] for kill in swept.kills)
    assert swept.problems() == []


def _points(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        verb, _, path = name.partition(" /services/data/v")
        yield f"{verb} {path.partition('/')[2]}" if path else name


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]
