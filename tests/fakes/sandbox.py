"""The sandbox's control endpoint with typed methods, and the sandbox as a child process."""

import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import requests

Record = dict[str, Any]
"""One row as the API would give it: field name to JSON value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxUrls:
    """What the sandbox printed when it was ready."""

    salesforce: str
    slack: str
    slack_api: str
    control: str
    client_id: str
    client_secret: str
    username: str
    private_key_file: str
    slack_token: str
    slack_app_token: str
    today: str


class SandboxControl(ABC):
    """The control endpoint of a running sandbox, wherever it runs."""

    def __init__(self, urls: SandboxUrls) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        self.urls = urls

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @abstractmethod
    def stop(self) -> object:
        """End the sandbox."""

    def now(self) -> datetime:
        """Give the sandbox's instant, aware UTC."""
        return _instant(self._get("clock"))

    def advance(self, *, days: float = 0, seconds: float = 0) -> datetime:
        """Move the clock on and give the new instant."""
        step = timedelta(days=days, seconds=seconds).total_seconds()
        return _instant(self._post("clock", {"advance": {"seconds": step}}))

    def advance_business_days(self, count: int) -> datetime:
        """Move to the same time of the count-th weekday from now."""
        return _instant(self._post("clock", {"advance": {"business_days": count}}))

    def set_clock(self, instant: datetime) -> datetime:
        """Set the clock, back or forward."""
        return _instant(self._post("clock", {"set": instant.astimezone(UTC).isoformat()}))

    def create(self, object_name: str, values: Mapping[str, object], **how: object) -> str:
        """Create a record as a person (`by`: username or id, default the admin) and give its id."""
        return str(self._edit("create", object_name, None, values, how)["id"])

    def update(self, object_name: str, record: str, values: Mapping[str, object], **how: object) -> None:
        """Edit a record as a person; `at` (ISO) and `visible_after` (seconds) as the control endpoint takes them."""
        self._edit("update", object_name, record, values, how)

    def edits(self, orders: Sequence[Mapping[str, object]]) -> list[str]:
        """Do many edits, as the control endpoint takes one each, and give the records' ids."""
        return list(self._post("edits", list(orders))["ids"])

    def delete(self, object_name: str, record: str, **how: object) -> None:
        """Delete a record as a person."""
        self._edit("delete", object_name, record, {}, how)

    def undelete(self, object_name: str, record: str, **how: object) -> None:
        """Take a record out of the recycle bin as a person."""
        self._edit("undelete", object_name, record, {}, how)

    def faults(self, *specs: Mapping[str, object]) -> None:
        """Ask for faults, after those that are in force."""
        self._post("faults", list(specs))

    def fault_report(self) -> list[Record]:
        """Give each fault with how often it matched and fired."""
        return list(self._get("faults")["faults"])

    def clear_faults(self) -> None:
        """Lift every fault."""
        self._answer(self._http.delete(f"{self.urls.control}/faults", timeout=30))

    def expire_sessions(self) -> None:
        """Make every access token invalid."""
        self._post("expire_sessions", {})

    def toggles(self, **values: object) -> None:
        """Set switches of the org: flow_month_end, latest_date_covered, fls_hidden, hide_rows, api_allowance."""
        self._post("toggles", values)

    def ledger(self) -> Record:
        """Give `{"writes": [...], "calls": {...}, "queries": [...]}`, by the sandbox's own account."""
        return dict(self._get("ledger"))

    def records(self, object_name: str) -> list[Record]:
        """Give every row of an object, deleted ones and those not visible yet included."""
        return list(self._get(f"records/{object_name}")["records"])

    def truth(self) -> Record:
        """Give `{"model": ..., "terms": [...]}`: what an org's past was drawn from (docs/sandbox.md, "A past")."""
        return self._get("truth")

    def messages(self) -> list[Record]:
        """Give every Slack message with its channel, oldest first."""
        return list(self._get("messages")["messages"])

    def sockets(self) -> Record:
        """Give Socket Mode's `connections`, `deliveries` (oldest first), how many are `pending`, and `misuses`."""
        return self._get("sockets")

    def slack(self, **order: object) -> Record:
        """Do something in Slack, as `csops_sync.sandbox.slack_orders` reads it.

        What a person does (`user` by e-mail, `channel` by name, `ts`): `say`, `react`, `unreact`, `click`, `submit`,
        `close_view`; what goes wrong: `drop`, `disconnect`, `lose_next`, `twice_next`; and the workspace's settings.
        """
        return self._post("slack", order)

    def snapshot(self) -> str:
        """Keep the whole state and give the id to `restore` it by."""
        return str(self._post("snapshot", {})["id"])

    def restore(self, snapshot: str) -> None:
        """Go back to a snapshot, clock and Slack included; it can be restored again."""
        self._post("restore", {"id": snapshot})

    def _edit(
        self,
        operation: str,
        object_name: str,
        record: str | None,
        values: Mapping[str, object],
        how: Mapping[str, object],
    ) -> Record:
        order: dict[str, object] = {
            "op": operation,
            "object": object_name,
            "id": record,
            "values": dict(values),
        }
        order.update({"as" if key == "by" else key: value for key, value in how.items()})
        return self._post("edit", order)

    def _get(self, path: str) -> Record:
        return self._answer(self._http.get(f"{self.urls.control}/{path}", timeout=30))

    def _post(self, path: str, body: object) -> Record:
        return self._answer(self._http.post(f"{self.urls.control}/{path}", json=body, timeout=60))

    @staticmethod
    def _answer(response: requests.Response) -> Record:
        if not response.ok:
            raise RuntimeError(f"the sandbox refused {response.url}: {response.status_code} {response.text}")
        return dict(response.json())


class SandboxProcess(SandboxControl):
    """`with SandboxProcess.start(org="small", today=date(2026, 4, 1)) as sandbox: ...`."""

    def __init__(self, process: "subprocess.Popen[str]", urls: SandboxUrls) -> None:
        super().__init__(urls)
        self._process = process

    @classmethod
    def start(  # noqa: PLR0913  # the sandbox's command line
        cls,
        *,
        org: str = "none",
        contracts: int = 50,
        seed: int = 1,
        today: date = date(2026, 4, 1),
        frozen: bool = True,
        metadata: Sequence[str] = (),
        history: int | None = None,
    ) -> Self:
        """Start a sandbox on free ports and wait until it answers."""
        command = [sys.executable, "-m", "csops_sync.sandbox", "--org", org, "--contracts", str(contracts)]
        command += ["--seed", str(seed), "--today", today.isoformat()]
        command += ["--frozen"] if frozen else []
        command += [] if history is None else ["--history", str(history)]
        for path in metadata:
            command += ["--metadata", path]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own module
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.communicate()
            raise RuntimeError(f"the sandbox ended with {process.returncode} before it was ready")
        return cls(process, SandboxUrls(**json.loads(line)))

    @property
    def pid(self) -> int:
        """The process's number, for the kernel's account of it."""
        return self._process.pid

    def reached_anew(self) -> Self:
        """Give the same sandbox over connections of its own, as a forked child needs them."""
        return type(self)(self._process, self.urls)

    def stop(self) -> int:
        """End the sandbox by closing its standard input, as a dying parent would, and give its exit status."""
        return self._end()

    def terminate(self) -> int:
        """End the sandbox by SIGTERM and give its exit status."""
        self._process.terminate()
        return self._end()

    def _end(self) -> int:
        self._http.close()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._process.wait()


def _instant(answer: Record) -> datetime:
    return datetime.fromisoformat(str(answer["now"]))
