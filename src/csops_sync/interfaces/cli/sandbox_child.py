"""The embedded sandbox: a Salesforce and a Slack on loopback, in a child process that ends with this one."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Self

import requests

from csops_sync.app.foretelling import NextOpening
from csops_sync.app.refusals import RefusedError

_ENDS_WITHIN = 5.0
_CONTROL_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """Which org the sandbox is built from. `frozen` stops its clock between advances."""

    org: str = "small"
    contracts: int = 200
    seed: int = 1
    today: date
    frozen: bool = False

    def arguments(self) -> Sequence[str]:
        """This function will give the sandbox's command line."""
        plain = ["--org", self.org, "--contracts", str(self.contracts), "--seed", str(self.seed)]
        return [*plain, "--today", self.today.isoformat(), *(["--frozen"] if self.frozen else [])]


class SandboxChild:
    """`with SandboxChild.start(options) as sandbox:`; the child ends when its standard input closes."""

    def __init__(self, process: "subprocess.Popen[str]", line: str) -> None:
        self._process = process
        self.line = line
        self._urls: Mapping[str, str] = json.loads(line)

    @classmethod
    def start(cls, options: SandboxOptions) -> Self:
        """This function will start the child and wait for the line that says where it listens.

        Raises RefusedError where it ended before that; its own words are on stderr then.
        """
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-m", "csops_sync.sandbox", *options.arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is for the daemon, which then ends its sandbox
        )
        try:
            line = process.stdout.readline() if process.stdout else ""
        except BaseException:  # a signal: what was started ends with us, and cleans up behind it
            _end(process)
            raise
        if not line:
            raise RefusedError(f"the sandbox ended with code {process.wait()} before it listened; see above")
        return cls(process, line.strip())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def crm_page(self) -> str:
        """Where a browser sees the CRM."""
        return self._urls["salesforce"] + "/"

    @property
    def slack_page(self) -> str:
        """Where a browser sees Slack."""
        return self._urls["slack"] + "/"

    @property
    def next_day_command(self) -> str:
        """What to type for the sandbox's next business day."""
        order = '{"advance": {"business_days": 1}}'
        return f"curl -s {self._urls['control']}/clock -H 'Content-Type: application/json' -d '{order}'"

    def environment(self) -> Mapping[str, str]:
        """This function will give the variables that lead the product to this sandbox."""
        urls = self._urls
        return {
            "CSOPS_SYNC_SALESFORCE_URL": urls["salesforce"],
            "CSOPS_SYNC_SALESFORCE_CLIENT_ID": urls["client_id"],
            "CSOPS_SYNC_SALESFORCE_USERNAME": urls["username"],
            "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY_FILE": urls["private_key_file"],
            "CSOPS_SYNC_SLACK_TOKEN": urls["slack_token"],
            "CSOPS_SYNC_SLACK_APP_TOKEN": urls["slack_app_token"],
            "CSOPS_SYNC_SLACK_API_URL": urls["slack_api"],
        }

    def advance_business_days(self, days: int) -> None:
        """This function will move the sandbox's clock to the same time of a later business day."""
        self._order("clock", {"advance": {"business_days": days}})

    def tell_opening(self, found: NextOpening | None) -> None:
        """This function will tell the sandbox, which knows no rules, on which day the next renewals are opened."""
        what = (
            {"on": None} if found is None else {"on": found.on.isoformat(), "what": _renewals(found.renewals)}
        )
        self._order("next_opening", what)

    def _order(self, path: str, order: Mapping[str, object]) -> None:
        answer = requests.post(f"{self._urls['control']}/{path}", json=order, timeout=_CONTROL_TIMEOUT)
        answer.raise_for_status()

    @property
    def has_ended(self) -> bool:
        """Whether the child is gone, by itself or not."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """This function will end the child, by force if it does not go by itself."""
        _end(self._process)


def _renewals(count: int) -> str:
    return "1 renewal" if count == 1 else f"{count} renewals"


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its standard input, at which it ends; what it still says is read, so that it does not choke on it."""
    try:
        process.communicate(timeout=_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
