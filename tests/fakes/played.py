"""`csops-sync run --sandbox` as a newcomer runs it: a process in an empty folder, which says where to look."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import requests

_PATIENCE = 60.0
_ENDS_WITHIN = 20.0
_LOOK = 0.05


@dataclass
class PlayedSandbox:
    """The running daemon with its sandbox; `crm` and `slack` are where their pages are."""

    process: "subprocess.Popen[bytes]"
    said: Path
    crm: str = ""
    slack: str = ""

    def heard(self, pattern: str) -> str:
        """Wait until it has said something, and give the first group of the pattern."""
        until = monotonic() + _PATIENCE
        while not (found := re.search(pattern, self.said.read_text("utf-8"))):
            assert self.process.poll() is None, self.said.read_text("utf-8")
            assert monotonic() < until, f"never said {pattern}:\n{self.said.read_text('utf-8')}"
            sleep(_LOOK)
        return found[1]

    def advance(self, **step: float) -> None:
        """Move the sandbox's clock: `business_days`, `seconds`, as its `curl` line does."""
        self.control("clock", {"advance": step})

    def control(self, path: str, body: Mapping[str, object]) -> None:
        """Order something from the sandbox."""
        with requests.Session() as http:
            http.trust_env = False
            http.post(f"{self.crm}/sandbox/{path}", json=body, timeout=30).raise_for_status()

    def hold(self) -> None:
        """Stop the daemon between two polls; the sandbox goes on."""
        self.process.send_signal(signal.SIGSTOP)

    def end(self) -> None:
        """End it as Ctrl-C would, by force where it does not go."""
        self.go_on()
        self.process.terminate()
        try:
            self.process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def go_on(self) -> None:
        """Let the daemon go on."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def playing(folder: Path, *words: str) -> Iterator[PlayedSandbox]:
    """Run it with the files that are shipped, from when it has read the org for the first time until the block ends."""
    said = folder / "said"
    command = [sys.executable, "-m", "csops_sync", "run", "--sandbox", *words]
    with said.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=folder, env=_environment(), stdout=stream, stderr=stream
        )
    play = PlayedSandbox(process, said)
    try:
        play.crm = play.heard(r"CRM page +(\S+?)/\n")
        play.slack = play.heard(r"Slack page +(\S+?)/\n")
        play.heard("(first cycle on this org)")
        yield play
    finally:
        play.end()


def _environment() -> Mapping[str, str]:
    """Nothing of a real org's may reach it, nor another's port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CSOPS_SYNC_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}
