"""`emulate`, a Slack that nobody here wrote, as a child process with channels, one person and two tokens."""

import json
import subprocess
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import requests
from tests.fakes import node_packages

FULL, BLIND = "xoxb-full", "xoxb-blind"
"""Tokens: with every scope that the product asks for; without the one to read what stands in channels."""
HISTORY = "channels:history"


class EmulatedSlack:
    """`with EmulatedSlack(...) as slack:` serves `slack.url`; its scopes are strict, its clock is the system's."""

    def __init__(self, *, channels: list[str], email: str, scopes: list[str]) -> None:
        person = {"name": "person", "real_name": "Person", "email": email}
        blind = [scope for scope in scopes if scope != HISTORY]
        tokens = [{"token": FULL, "scopes": scopes}, {"token": BLIND, "scopes": blind}]
        seed = {
            "strict_scopes": True,
            "channels": [{"name": name} for name in channels],
            "users": [person],
            "tokens": [{**token, "user": "person"} for token in tokens],
        }
        self._process = node_packages.started("emulate_slack.mjs")
        self.url = f"{self._told(json.dumps({'slack': seed}))}/api/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def empty(self) -> None:
        """Forget every message."""
        self._told("again")

    def now(self) -> datetime:
        """The instant of its `Date` header, aware UTC."""
        answer = requests.post(
            f"{self.url}auth.test", headers={"Authorization": f"Bearer {FULL}"}, timeout=10
        )
        return parsedate_to_datetime(answer.headers["Date"])

    def _told(self, line: str) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{line}\n")
        stdin.flush()
        answer = stdout.readline().strip()
        assert answer, "emulate ended; what it said stands above"
        return answer
