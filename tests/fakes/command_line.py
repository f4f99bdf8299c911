"""`csops-sync` as its own process, on a sandbox and a SQLite file, from an empty folder."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.command_process import run_command
from tests.fakes.sandbox import Record, SandboxProcess

from csops_sync.adapters.store.binding import bound_org
from csops_sync.adapters.store.engine import open_engine
from csops_sync.adapters.store.lease import SqlLeases

_CONFIG = Path(__file__).parents[2] / "config"
_WITHIN = 120


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The result as JSON."""
        return dict(json.loads(self.out))


@dataclass
class CommandLine:
    """Runs commands as a person at a terminal would; `folder` is where they stand."""

    sandbox: SandboxProcess
    folder: Path

    def __call__(self, *words: str, code: int = 0) -> Answer:
        """Run a command that must end with this exit code."""
        environment = {**os.environ, **self.environment()}
        ended, out, err = run_command(words, environment=environment, folder=self.folder, within=_WITHIN)
        assert ended == code, f"{words}: {ended}\n{out}\n{err}"
        return Answer(ended, out, err)

    def environment(self) -> dict[str, str]:
        """The variables that lead to the sandbox, the shipped files, and the database."""
        urls = self.sandbox.urls
        return {
            "CSOPS_SYNC_SALESFORCE_URL": urls.salesforce,
            "CSOPS_SYNC_SALESFORCE_CLIENT_ID": urls.client_id,
            "CSOPS_SYNC_SALESFORCE_USERNAME": urls.username,
            "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY_FILE": urls.private_key_file,
            "CSOPS_SYNC_SLACK_TOKEN": urls.slack_token,
            "CSOPS_SYNC_SLACK_API_URL": urls.slack_api,
            "CSOPS_SYNC_RULES": str(_CONFIG / "rules.yaml"),
            "CSOPS_SYNC_CONNECTIONS": str(_CONFIG / "sandbox.yaml"),
            "CSOPS_SYNC_DATABASE_URL": f"sqlite:///{self.folder / 'state.db'}",
        }

    def hold_lease(self, owner: str) -> None:
        """Let another process hold the org for an hour."""
        database = open_engine(self.environment()["CSOPS_SYNC_DATABASE_URL"])
        org_id = bound_org(database)
        assert org_id is not None
        assert SqlLeases(database).claim(org_id=org_id, owner=owner, ttl_seconds=3600)
        database.dispose()

    def first_line_then_interrupt(self, *words: str) -> tuple[str, int]:
        """Start a command that stays, read its first line, press Ctrl-C, and give its exit code."""
        with subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "csops_sync", *words], cwd=self.folder, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            return line, process.wait(timeout=_WITHIN)

    def plan(self) -> dict[str, Any]:
        """What `plan --json` says."""
        return self("plan", "--json").json

    def approved(self) -> Answer:
        """Sync with the hash that the plan names."""
        return self("sync", "--approve", self.plan()["held_hash"])

    def dump(self) -> list[str]:
        """Every row of the database, but not who holds the lease."""
        with closing(sqlite3.connect(self.folder / "state.db")) as database:
            return [line for line in database.iterdump() if not line.startswith('INSERT INTO "lease"')]

    def writes(self) -> list[Record]:
        """The sandbox's ledger of what was written and done, by us and nobody else."""
        return [one for one in self.sandbox.ledger()["writes"] if one["outcome"] == "ok"]

    def contract(self, customer: str) -> Record:
        """The first contract of a customer, by a part of its name."""
        accounts = {one["Id"] for one in self.sandbox.records("Account") if customer in str(one["Name"])}
        return next(one for one in self.sandbox.records("Contract") if one["AccountId"] in accounts)

    def renewal(self, contract: Record) -> Record | None:
        """The living opportunity with the newest key of a contract."""
        keyed = [
            one
            for one in self.sandbox.records("Opportunity")
            if str(one["Renewal_Key__c"] or "").startswith(str(contract["Id"]))
        ]
        return max(keyed, key=lambda one: str(one["Renewal_Key__c"]), default=None)
