"""A real `csops-sync run` as a child process, watched as an operator would: by HTTP, by its log, by signals."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

import requests
from tests.fakes.rig import Rig

PATIENCE = 40.0
_LOOK = 0.05


@dataclass(frozen=True, kw_only=True)
class Files:
    """A daemon's two files in a folder of its own, so that a test may change them under it."""

    rules: Path
    connections: Path
    port: int

    @classmethod
    def copied(
        cls, folder: Path, rig: Rig, *, name: str = "one", changes: Mapping[str, str] | None = None
    ) -> Self:
        """Copy the rig's files, listening on a free port; `changes` are texts replaced in the connections."""
        own = folder / name
        own.mkdir()
        text = (rig.connections or rig.shape.connections).read_text("utf-8")
        for old, new in (changes or {}).items():
            assert old in text
            text = text.replace(old, new)
        port = _free_port()
        (own / "csops-sync.yaml").write_text(f'{text}\nlisten: "127.0.0.1:{port}"\n', "utf-8")
        (own / "rules.yaml").write_text(rig.rules.read_text("utf-8"), "utf-8")
        return cls(rules=own / "rules.yaml", connections=own / "csops-sync.yaml", port=port)


class DaemonProcess:
    """`with DaemonProcess.start(rig, files) as daemon: ...`; killed at the end where it still runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", files: Files, log: Path) -> None:
        self.process = process
        self.files = files
        self._log = log

    @classmethod
    def start(cls, rig: Rig, files: Files) -> Self:
        """Start it on the rig's sandbox and database, and come back at once."""
        log = files.rules.parent / f"log-{monotonic():.3f}"
        command = [sys.executable, "-m", "csops_sync", "run"]
        command += ["--rules", str(files.rules), "--connections", str(files.connections)]
        with log.open("wb") as stream:
            process = subprocess.Popen(  # noqa: S603 - our own module
                command, env={**os.environ, **rig.environment()}, stdout=subprocess.DEVNULL, stderr=stream
            )
        return cls(process, files, log)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait(PATIENCE)

    def get(self, path: str) -> requests.Response:
        """Ask its web server."""
        with requests.Session() as http:
            http.trust_env = False
            return http.get(f"http://127.0.0.1:{self.files.port}{path}", timeout=5)

    def ready(self) -> dict[str, Any]:
        """What `/readyz` says; empty where nothing listens yet."""
        try:
            return dict(self.get("/readyz").json())
        except requests.RequestException:
            return {}

    def metric(self, name: str) -> float:
        """One figure of `/metrics`; what has not been counted yet is zero."""
        lines = self.get("/metrics").text.splitlines()
        found = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
        return float(found[0]) if found else 0.0

    def until(self, holds: Callable[[], object], *, within: float = PATIENCE) -> float:
        """Wait until something holds, and give the seconds that it took."""
        began = monotonic()
        while not holds():
            assert self.process.poll() is None, f"it ended with {self.process.poll()}:\n{self.log_text()}"
            assert monotonic() - began < within, f"not within {within} s:\n{self.ready()}\n{self.log_text()}"
            sleep(_LOOK)
        return monotonic() - began

    def until_ready(self) -> float:
        """Wait until it is ready."""
        return self.until(lambda: self.ready().get("ready"))

    def until_state(self, state: str, *, within: float = PATIENCE) -> float:
        """Wait until it is `active` or `standby`."""
        return self.until(lambda: self.ready().get("state") == state, within=within)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal and give the exit code with the seconds until the end."""
        began = monotonic()
        self.process.send_signal(number)
        return self.process.wait(PATIENCE), monotonic() - began

    def log_text(self) -> str:
        """Everything that it logged."""
        return self._log.read_text("utf-8")

    def events(self, name: str) -> list[dict[str, Any]]:
        """Its log lines of one event."""
        lines = [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
