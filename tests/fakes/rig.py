"""The whole product on the sandbox, in this process: real adapters over real HTTP, cycles driven by hand."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.fakes.contract_shapes import STANDARD, Shape
from tests.fakes.sandbox import Record, SandboxProcess

from csops_sync.app.cycle import CycleReport, run_cycle
from csops_sync.app.delivery import has_work, run_delivery
from csops_sync.app.engine import Engine
from csops_sync.bootstrap import (
    Assembly,
    ConfigPaths,
    Stopper,
    Transports,
    assemble,
    checked,
    load_configuration,
)
from csops_sync.config.loader import Loaded

ROOT = Path(__file__).parents[2]
RULES = ROOT / "tests" / "acceptance" / "config" / "rules.yaml"
_PASSES = 12


@dataclass
class Rig:
    """One product on one sandbox. `restart` is a new process's view of the same database."""

    sandbox: SandboxProcess
    database: str
    rules: Path = RULES
    connections: Path | None = None
    shape: Shape = STANDARD
    transports: Transports = field(default_factory=Transports)
    stopper: Stopper | None = None
    loaded: Loaded | None = None
    is_checked: bool = True
    _assembly: Assembly | None = None

    @property
    def assembly(self) -> Assembly:
        """The product as it was put together last."""
        if self._assembly is None:
            made = assemble(self.load(), transports=self.transports, stopper=self.stopper)
            self._assembly = checked(made) if self.is_checked else made
        return self._assembly

    def load(self) -> Loaded:
        """The configuration as it was given, else as the files have it now."""
        if self.loaded is not None:
            return self.loaded
        connections = self.connections or self.shape.connections
        return load_configuration(ConfigPaths(rules=self.rules, connections=connections), self.environment())

    def environment(self) -> Mapping[str, str]:
        """The variables that lead to the sandbox and the database."""
        urls = self.sandbox.urls
        return {
            "CSOPS_SYNC_SALESFORCE_URL": urls.salesforce,
            "CSOPS_SYNC_SALESFORCE_CLIENT_ID": urls.client_id,
            "CSOPS_SYNC_SALESFORCE_CLIENT_SECRET": urls.client_secret,
            "CSOPS_SYNC_SALESFORCE_USERNAME": urls.username,
            "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY_FILE": urls.private_key_file,
            "CSOPS_SYNC_SLACK_TOKEN": urls.slack_token,
            "CSOPS_SYNC_SLACK_APP_TOKEN": urls.slack_app_token,
            "CSOPS_SYNC_SLACK_API_URL": urls.slack_api,
            "CSOPS_SYNC_DATABASE_URL": self.database,
        }

    def engine(self) -> Engine:
        """An engine under the lease."""
        grant = self.assembly.holding.claim()
        assert grant is not None, "another process holds the lease"
        return self.assembly.engine(grant)

    def cycle(self) -> CycleReport:
        """Run one cycle."""
        return run_cycle(self.engine())

    def deliver(self) -> None:
        """Deliver until nothing waits; what is unknown is waited for by moving the sandbox's clock."""
        for _ in range(_PASSES):
            engine = self.engine()
            run_delivery(engine)
            if not has_work(engine):
                return
            self.sandbox.advance(seconds=61)
        raise AssertionError("something is still waiting in the outbox")

    def deliver_once(self) -> None:
        """Make one delivery run, whatever it leaves waiting."""
        run_delivery(self.engine())

    def use(self, assembly: Assembly) -> None:
        """Go on with this assembly."""
        self._assembly = assembly

    def sync(self) -> CycleReport:
        """Run a cycle and deliver what it decided."""
        report = self.cycle()
        self.deliver()
        return report

    def next_day(self, days: int = 1) -> CycleReport:
        """Let days pass, then run a cycle and deliver."""
        self.sandbox.advance(days=days)
        return self.sync()

    def restart(self) -> None:
        """Give the lease back and forget the process; the next use puts everything together anew."""
        if self._assembly is not None:
            self._assembly.holding.release()
        self.die()

    def die(self) -> None:
        """Forget a process that gave nothing back: its lease is still there."""
        if self._assembly is not None:
            self._assembly.database.dispose()
            self._assembly = None

    def renewals(self) -> list[Record]:
        """The opportunities with a renewal key, as the sandbox holds them, by key."""
        keyed = [one for one in self.sandbox.records("Opportunity") if one["Renewal_Key__c"]]
        return sorted(keyed, key=lambda one: str(one["Renewal_Key__c"]))

    def told(self, notice: str = "") -> list[str]:
        """The keys of our messages in Slack, those that begin with `notice`."""
        keys = [str(one["metadata"]["event_payload"]["key"]) for one in self.sandbox.messages()]
        return sorted(key for key in keys if key.startswith(notice))

    def sell(
        self,
        name: str,
        *,
        start: date,
        months: int = 12,
        account: Mapping[str, object] | None = None,
        **contract: object,
    ) -> "Sold":
        """Make a customer with one active contract, as the admin would by hand."""
        made = {"Name": name, "CSM__c": self.csm(), "BillingCountry": "Japan", **(account or {})}
        account_id = self.sandbox.create("Account", made)
        return Sold(
            account=account_id, contract=self.contract(account_id, start=start, months=months, **contract)
        )

    def contract(self, account: str, *, start: date, months: int = 12, **values: object) -> str:
        """Give a customer one more active contract, in this rig's shape."""
        return self.shape.sign(self.sandbox, account, start, months, values)

    def change(self, contract: str, *, start: date | None = None, months: int | None = None) -> None:
        """Correct a contract's start or length."""
        self.shape.change(self.sandbox, contract, start, months)

    def csm(self) -> str:
        """The id of an active user who is no integration, automation or admin."""
        users = self.sandbox.records("User")
        people = [one for one in users if one["IsActive"] and one["ManagerId"]]
        return str(people[0]["Id"])


@dataclass(frozen=True)
class Sold:
    """The ids of a customer and its contract."""

    account: str
    contract: str

    @property
    def key(self) -> str:
        """The key of the contract's first renewal."""
        return f"{self.contract}-1"


@contextmanager
def running(
    *, today: date, org: str = "none", build: Callable[..., Rig] = Rig, **options: object
) -> Iterator[Rig]:
    """A rig on a fresh sandbox and a fresh SQLite file."""
    with (
        tempfile.TemporaryDirectory(prefix="csops-sync-") as folder,
        SandboxProcess.start(org=org, today=today) as sandbox,
    ):
        rig = build(sandbox=sandbox, database=f"sqlite:///{os.fspath(folder)}/state.db", **options)
        try:
            yield rig
        finally:
            rig.restart()
