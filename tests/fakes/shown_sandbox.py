"""A sandbox with the daemon's dashboard beside it, and a terminal that asks the same state."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import requests
from tests.fakes.played import PlayedSandbox

_ENGLISH = {"Accept-Language": "en"}
_PATIENCE, _LOOK = 60.0, 0.5


@dataclass
class Shown:
    """A sandbox, its dashboard, and a terminal beside them."""

    play: PlayedSandbox
    url: str

    @classmethod
    def of(cls, play: PlayedSandbox) -> "Shown":
        """Find the dashboard where the daemon says that it is."""
        return cls(play, play.heard(r"Dashboard +(\S+?)/\n"))

    def get(self, path: str) -> requests.Response:
        """Ask for a page in English."""
        return requests.get(self.url + path, headers=_ENGLISH, timeout=30)

    def terminal(self, *words: str) -> Any:  # noqa: ANN401 - JSON of many shapes
        """Give what a command says with `--json`."""
        variables = Path(self.play.heard(r"Other verbs \. (\S+)")).read_text("utf-8")
        pairs = (one.removeprefix("export ").split("=", 1) for one in variables.splitlines())
        given = {name: shlex.split(value)[0] for name, value in pairs}
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "csops_sync", *words, "--json"],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def snapshot_of(self, day: str) -> None:
        """Wait until the daemon has taken the snapshot of a day."""
        self._until(lambda: 'id="t-bridge"' in self.get(f"/bridge?since={day}").text)

    def rerate(self, rank: str) -> None:
        """Somebody rates the first open renewals anew, all the same."""
        answer = requests.get(f"{self.play.crm}/sandbox/records/Opportunity", timeout=30).json()
        rated = [
            one for one in answer["records"] if one["Confidence__c"] in ("A", "B") and not one["IsClosed"]
        ]
        for one in rated[:3]:
            edit = {
                "op": "update",
                "object": "Opportunity",
                "id": one["Id"],
                "values": {"Confidence__c": rank},
            }
            self.play.control("edit", edit)

    def moved(self, since: str) -> Any:  # noqa: ANN401 - JSON of many shapes
        """Wait until the landing has moved since a day, and both ends are read by the page, too."""
        self._until(lambda: 'id="t-movers"' in self.get(f"/bridge?since={since}").text)
        return self.terminal("bridge", "--from", since)

    def _until(self, holds: Callable[[], bool]) -> None:
        until = monotonic() + _PATIENCE
        while not holds():
            assert monotonic() < until, self.play.said.read_text("utf-8")
            sleep(_LOOK)
