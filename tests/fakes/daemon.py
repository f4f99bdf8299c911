"""The daemon's surroundings in memory: a source of installations, a log, a meter, a stop and a clock by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from tests.fakes.builders import ruleset
from tests.fakes.chat import FakeChat
from tests.fakes.crm import FakeCrm
from tests.fakes.store import MemoryDatabase, MemoryStore

from csops_sync.app.configuration_watch import ConfigurationWatch
from csops_sync.app.cycle_job import CycleJob, Hands
from csops_sync.app.daily_jobs import DailyJobs
from csops_sync.app.delivery_job import DeliveryJob
from csops_sync.app.engine import Desk, Engine
from csops_sync.app.health import Health, HealthView
from csops_sync.app.holding import Holding
from csops_sync.app.installation import ConfigurationRefusedError, Installation, Pulse
from csops_sync.app.instruments import Instruments
from csops_sync.app.lease_keeper import LeaseKeeper
from csops_sync.app.recheck_job import RecheckJob
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Role
from csops_sync.ports.errors import TransientError
from csops_sync.ports.mapping import OrgMapping
from csops_sync.ports.store import LeaseGrant, Leases, OutboxRow, OutboxStatus

ORG = "00D000000000001AAA"
OPERATOR = "#csops-ops"
PULL = 60.0


@dataclass
class Ticks:
    """Monotonic seconds that a test moves."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class NoWait:
    """A stop signal whose waits take no time."""

    stopped: bool = False
    waited: list[float] = field(default_factory=list)

    def is_set(self) -> bool:
        return self.stopped

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return self.stopped


@dataclass
class RecordingLog:
    """Keeps what was logged: level, event, details."""

    lines: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)

    def info(self, event: str, **details: object) -> None:
        self.lines.append(("info", event, details))

    def warning(self, event: str, **details: object) -> None:
        self.lines.append(("warning", event, details))

    def error(self, event: str, **details: object) -> None:
        self.lines.append(("error", event, details))

    def bug(self, event: str, raised: BaseException, /, **details: object) -> None:
        self.lines.append(("bug", event, {**details, "raised": raised}))

    def named(self, event: str) -> list[Mapping[str, object]]:
        """The details of every line of one event."""
        return [details for _, name, details in self.lines if name == event]


@dataclass
class RecordingMeter:
    """Keeps what was counted, as tuples."""

    counted: list[tuple[str, ...]] = field(default_factory=list)

    def cycle(self, *, result: str, seconds: float, rows: int, intents: Mapping[str, int]) -> None:
        assert seconds >= 0
        assert rows >= 0
        assert all(count >= 0 for count in intents.values())
        self.counted.append(("cycle", result))

    def delivered(self, *, kind: str, result: str) -> None:
        self.counted.append(("delivered", kind, result))

    def job(self, *, name: str, outcome: str) -> None:
        self.counted.append(("job", name, outcome))

    def configuration(self, *, accepted: bool) -> None:
        self.counted.append(("configuration", str(accepted)))


@dataclass
class Files:
    """The two files as a test writes them: their content, and what loading them gives or raises."""

    content: str = "first"
    rules: RuleSet = field(default_factory=ruleset)
    problems: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    creation_blocked: str | None = None
    raises: list[Exception] = field(default_factory=list)
    takes: int = 0


@dataclass
class FragileLeases:
    """Leases of a database that can be made unreachable, or to raise what nobody foresaw."""

    whole: Leases
    is_down: bool = False
    raises: list[Exception] = field(default_factory=list)

    def claim(self, *, org_id: str, owner: str, ttl_seconds: float) -> LeaseGrant | None:
        self._ask()
        return self.whole.claim(org_id=org_id, owner=owner, ttl_seconds=ttl_seconds)

    def release(self, grant: LeaseGrant) -> None:
        self._ask()
        self.whole.release(grant)

    def holder(self, org_id: str) -> LeaseGrant | None:
        self._ask()
        return self.whole.holder(org_id)

    def _ask(self) -> None:
        if self.raises:
            raise self.raises.pop(0)
        if self.is_down:
            raise TransientError("the database does not answer")


class Bench:
    """One process beside others on one `database`: real jobs on a Salesforce and a Slack in memory."""

    def __init__(
        self, *, crm: FakeCrm | None = None, database: MemoryDatabase | None = None, owner: str = "one"
    ) -> None:
        self.crm = crm or FakeCrm(org_id=ORG)
        self.chat = FakeChat(clock=self.crm, channels=("#renewals", OPERATOR))
        self.ticks = Ticks()
        self.stop = NoWait()
        self.log = RecordingLog()
        self.meter = RecordingMeter()
        self.files = Files()
        self.told: list[str] = []
        self.is_slow = False
        self.skew: float | None = None
        self.database = database or MemoryDatabase(self.database_now)
        self.store = MemoryStore(ORG, self.database)
        self.leases = FragileLeases(self.store.leases)
        self.holding = Holding(self.leases, org_id=ORG, owner=owner, monotonic=self.ticks)
        self.health = Health(self.ticks)
        self.instruments = Instruments(
            log=self.log,
            meter=self.meter,
            health=self.health,
            stop=self.stop,
            monotonic=self.ticks,
            system_now=self.database_now,
            tell=self.told.append,
        )
        self.keeper = LeaseKeeper(self.holding, self.instruments)
        self.installation = self.installed()
        self.replaced: list[Installation] = []
        hands = Hands(keeper=self.keeper, current=lambda: self.installation, replace=self.replace)
        self.cycle = CycleJob(hands, ConfigurationWatch(self, self.instruments), self.instruments)
        self.delivery = DeliveryJob(hands, self.cycle, self.instruments)
        self.daily = DailyJobs(hands, self.instruments)
        self.recheck_job = RecheckJob(hands, self, self.instruments)
        self.health.note(interval=PULL)

    def database_now(self) -> datetime:
        """The database's and the system's clock, which go with the monotonic one."""
        return datetime.fromtimestamp(1_767_225_600 + self.ticks.seconds, UTC)

    def pass_time(self, seconds: float) -> None:
        """Let all clocks go on, and the heartbeat with them."""
        self.ticks.seconds += seconds
        self.crm.advance(seconds=seconds)
        self.keeper.beat()

    def sell(self) -> str:
        """Make a customer with one active contract in the org, and give the contract's id."""
        account = self.crm.create(Role.ACCOUNT, {"name": "株式会社みなと商事", "country": "JP"})
        return self.crm.create(
            Role.CONTRACT,
            {
                "account": account,
                "number": "00000001",
                "status": "Activated",
                "start": date(2025, 10, 1).isoformat(),
                "end": date(2026, 9, 30).isoformat(),
                "annual_amount": 6_000_000,
                "auto_renews": False,
            },
        )

    def fingerprint(self) -> str:
        return self.files.content

    def take(self) -> Installation:
        self.files.takes += 1
        if self.files.raises:
            raise self.files.raises.pop(0)
        if self.files.problems:
            raise ConfigurationRefusedError(self.files.problems)
        return self.installed()

    def recheck(self) -> Installation:
        return self.take()

    def replace(self, installation: Installation) -> None:
        """Take another installation, as the daemon does."""
        self.replaced.append(installation)
        self.installation = installation

    def installed(self) -> Installation:
        """What the files give at this moment."""
        return Installation(
            engine=self._engine_of(self.files.rules, self.files.creation_blocked),
            holding=self.holding,
            pulse=Pulse(
                pull=PULL, delivery=2.0, reconcile_at=time(3), housekeeping_at=time(4), timezone="Asia/Tokyo"
            ),
            rules_hash=self.files.rules.hash,
            problems=self.files.check,
            slow_down=lambda: self.is_slow,
            skew=lambda: self.skew,
        )

    def _engine_of(
        self, rules: RuleSet, creation_blocked: str | None
    ) -> Callable[[LeaseGrant | None], Engine]:
        engine = Engine(
            store=self.store,
            reader=self.crm,
            writer=self.crm,
            chat=self.chat,
            clock=self.crm,
            rules=rules,
            mapping=OrgMapping(objects={}, written=frozenset(), hashes=dict.fromkeys(Role, "m")),
            identity=FakeCrm(org_id=ORG).identity(),
            desk=Desk(operator_channel=OPERATOR, creation_blocked=creation_blocked),
            stopping=self.stop.is_set,
        )
        return lambda grant: replace(
            engine,
            grant=grant,
            still_ours=(lambda: self.holding.holds(grant)) if grant else (lambda: True),
        )

    def ready(self) -> HealthView:
        """The health as `/readyz` would show it."""
        return self.health.view()

    def outbox(self, *statuses: OutboxStatus) -> list[OutboxRow]:
        """The rows of the outbox by status, all unless some are named."""
        with self.store.reading() as tx:
            return list(tx.outbox.with_status(*(statuses or tuple(OutboxStatus))))

    def notes(self) -> list[OutboxRow]:
        """What the operator was told, or is to be told."""
        return [row for row in self.outbox() if row.key.startswith("operator/")]
