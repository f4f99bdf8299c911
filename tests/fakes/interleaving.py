"""One story lived twice: without trouble, and with it. Both must leave the same in the sandbox's ledgers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes import story, trouble
from tests.fakes.contract_shapes import STANDARD
from tests.fakes.crossings import Crossings, Watch
from tests.fakes.databases import SqliteFile
from tests.fakes.lives import Killed, let_lease_run_out, usurp
from tests.fakes.outcome import Outcome, read_outcome
from tests.fakes.persevering import let_time_pass_at_once, persevere
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.story import Customers, Day, Deed
from tests.fakes.trouble import Trouble
from tests.fakes.world import World

from csops_sync.config.loader import Loaded

RULES = Path(__file__).parents[1] / "acceptance" / "config" / "renewals-only.yaml"
TROUBLES_PER_STORY = 8
BASELINE = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
_DAY, _SATURDAY = timedelta(days=1), 5
_NOBODY_DIES_THERE = (
    "after commit"  # the pool that takes the connection back would keep the exception to itself
)


@dataclass(frozen=True)
class Lived:
    """How one troubled run ended, beside the run without trouble."""

    opened: int
    fired: int
    restarts: int
    doubled: Sequence[str]
    differences: Sequence[str]


@dataclass
class _Count:
    restarts: int = 0
    fired: int = 0


class Interleavings:
    """One sandbox with its baseline done, and a file of state, both put back before every run."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self._sandbox = sandbox
        self._database = SqliteFile(folder)
        self._loaded: Loaded | None = None
        self._connections = _connections(folder)
        self._loaded = self._world().load()
        self._customers = self._baseline()
        self._kept = sandbox.snapshot()
        self._calm: dict[int, Outcome] = {}

    def live(self, seed: int, *, days: int | None = None) -> Lived:
        """This function will live the story and the trouble of a seed."""
        number = seed // TROUBLES_PER_STORY
        length = days or (3 if number % 8 == 0 else 2)
        told = story.tell(number, days=length)
        calm = self._calmly(number, told)
        count = _Count()
        troubled = self._run(told, trouble.plan(seed, days=length), count)
        return Lived(
            opened=min(_opened(calm), _opened(troubled)),
            fired=count.fired,
            restarts=count.restarts,
            doubled=[*calm.doubled(), *troubled.doubled()],
            differences=troubled.differences(calm, apart_from={"LastModifiedById"}),
        )

    def _calmly(self, number: int, days: Sequence[Day]) -> Outcome:
        if number not in self._calm:
            self._calm[number] = self._run(days, [Trouble() for _ in days], _Count())
        return self._calm[number]

    def _run(self, days: Sequence[Day], troubles: Sequence[Trouble], count: _Count) -> Outcome:
        self._sandbox.restore(self._kept)
        self._database.reset()
        world = self._world()
        morning = BASELINE
        for day, wrong in zip(days, troubles, strict=True):
            morning = _business_days_after(morning, day.business_days)
            self._sandbox.set_clock(morning)
            self._live(world, day, wrong, count)
        world.restart()
        return read_outcome(self._sandbox)

    def _live(self, world: World, day: Day, wrong: Trouble, count: _Count) -> None:
        """Live one day: people, then the product with all that goes wrong, until nothing waits."""
        if wrong.is_restarted:
            world.restart()
            count.restarts += 1
        for deed in day.before:
            deed.do(world, self._customers)
        self._sandbox.faults(*wrong.faults)
        pending = list(day.meanwhile)
        for death in (*wrong.deaths, None):
            world.crossings.begin(self._watch(world, wrong, pending, death))
            if self._survived(world):
                break
            count.restarts += 1
        world.crossings.begin()
        if day.meanwhile:
            self._late(world, pending)
        count.fired += world.fired()
        self._sandbox.clear_faults()

    def _survived(self, world: World) -> bool:
        try:
            persevere(world)
        except Killed:
            world.die()
            let_lease_run_out(world)
            return False
        return True

    def _watch(self, world: World, wrong: Trouble, pending: list[Deed], death: int | None) -> Watch:
        def watch(crossings: Crossings, name: str) -> None:
            if pending and crossings.count >= wrong.meanwhile_at:
                self._do_meanwhile(world, pending)
            if crossings.count == wrong.usurped_at and name.startswith("request"):
                usurp(world)
            if death is not None and crossings.count >= death and name != _NOBODY_DIES_THERE:
                raise Killed

        return watch

    def _late(self, world: World, pending: list[Deed]) -> None:
        """Let happen what the day was too short for; the next cycle sees what was done after the last one had read."""
        self._do_meanwhile(world, pending)
        persevere(world)

    def _do_meanwhile(self, world: World, pending: list[Deed]) -> None:
        self._sandbox.advance(
            seconds=2
        )  # within the same second Salesforce's guard cannot tell two edits apart
        deeds = list(pending)
        pending.clear()
        for deed in deeds:
            deed.do(world, self._customers)

    def _baseline(self) -> Customers:
        world = self._world()
        customers = story.sell_everything(world)
        persevere(world)
        world.restart()
        self._database.keep()
        return customers

    def _world(self) -> World:
        world = World(sandbox=self._sandbox, database=self._database.url, rules=RULES)
        world.connections, world.is_checked = (
            self._connections,
            False,
        )  # what a start asks the org about its fields
        let_time_pass_at_once(world)
        world.loaded = self._loaded
        return world


def _connections(folder: Path) -> Path:
    """Log in by secret: to sign by a private key takes longer than all else in a start."""
    path = folder / "csops-sync.yaml"
    text = STANDARD.connections.read_text("utf-8")
    path.write_text(f"salesforce: {{auth: client_credentials}}\n{text}", "utf-8")
    return path


def _opened(outcome: Outcome) -> int:
    """Count the renewals that were inserted, each by its key and by its contract and date."""
    return len(outcome.created) // 2


def _business_days_after(morning: datetime, count: int) -> datetime:
    for _ in range(count):
        morning += _DAY
        while morning.weekday() >= _SATURDAY:
            morning += _DAY
    return morning
