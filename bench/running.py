"""The run: a sandbox, a database for each subject, every step in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fakes.postgres import running_postgres
from tests.fakes.sandbox import SandboxProcess

from bench.measuring import Measured, from_line, loop_ms
from bench.people import come_to_work, rate

CHECKOUT = Path(__file__).parents[1]
TODAY = date(2026, 11, 24)
TELL, READ, DECIDE = "tell a move", "read changes", "decide changes"
STEPS = ("load", "evaluate", "idle", "re-evaluate", "fall due", "open", TELL, READ, DECIDE)
NOT_PLAIN = frozenset({"fall due", TELL})
"""The plain script has no such step: it opens what is due by its table, and tells nobody anything."""
PRODUCT, PLAIN = "csops-sync", "plain script"
_LATER = {PRODUCT: "fall due", PLAIN: "open"}
_RATED_BEFORE = {PRODUCT: TELL, PLAIN: READ}
_SETTLED_SECONDS = 3600
"""So long after the sandbox's records were made the run begins: no pull finds them new again."""
_BUSINESS_DAYS = 4
"""So many days of the generated org's renewals are opened: about one contract in a hundred."""
_RULE, _CHANGED_RULE = "before_renewal: 90 days", "before_renewal: 92 days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is measured on which database."""

    name: str
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The configuration before and after the change of rules."""

    rules: Path
    changed_rules: Path
    connections: Path


@dataclass(slots=True, kw_only=True)
class Run:
    """One run's surroundings and results. `say` is told of each step as it ends.

    `loops` say how fast the machine was before each subject, see `loop_ms`: others may use it, too.
    """

    sandbox: SandboxProcess
    start: str
    files: Files
    say: Callable[[str], None]
    results: dict[Subject, dict[str, Measured]] = field(default_factory=dict)
    loops: list[float] = field(default_factory=list)

    def measure(self, subject: Subject, database_url: str) -> None:
        """This method will take a subject through all steps, from the org as it was at the start."""
        self.sandbox.restore(self.start)
        environment = {**os.environ, **_credentials(self.sandbox), "CSOPS_SYNC_DATABASE_URL": database_url}
        if subject.name == PRODUCT:
            _child(self._product("prepare", self.files.rules), environment)
        found = self.results.setdefault(subject, {})
        self.loops.append(loop_ms())
        began = self.sandbox.now()
        for step in STEPS:
            if step in NOT_PLAIN and subject.name == PLAIN:
                continue
            if step == _LATER[subject.name]:
                self.sandbox.advance_business_days(_BUSINESS_DAYS)
            if step == _RATED_BEFORE[subject.name]:
                self._let_people_rate(subject, environment, opened_since=began)
            if step == READ:
                rate(self.sandbox, "DA", opened_since=began)
            found[step] = from_line(_child(self._command(subject, step), environment))
            self.say(f"{subject.name} on {subject.engine}: {step} {found[step].seconds:.1f} s")

    def _let_people_rate(
        self, subject: Subject, environment: Mapping[str, str], *, opened_since: datetime
    ) -> None:
        """Have what was opened rated B, which is taken in, and one of it moved, which is yet to be seen."""
        come_to_work(self.sandbox)
        rate(self.sandbox, "B", opened_since=opened_since)
        _child(self._command(subject, "idle"), environment)
        rate(self.sandbox, "A", opened_since=opened_since, most=1)

    def _command(self, subject: Subject, step: str) -> Sequence[str]:
        if subject.name == PLAIN:
            return ["bench.plain", step, str(self._created())]
        before = step in ("load", "evaluate") or (
            step == "idle" and "re-evaluate" not in self.results[subject]
        )
        return self._product(step, self.files.rules if before else self.files.changed_rules)

    def _product(self, step: str, rules: Path) -> Sequence[str]:
        return ["bench.product", step, str(rules), str(self.files.connections)]

    def _created(self) -> int:
        """Give how many renewals the product opened: the plain script opens as many."""
        opened = [found["open"].amount for found in self.results.values() if "open" in found]
        return max(opened, default=0)


def run(*, contracts: int, engines: Sequence[str], say: Callable[[str], None]) -> Run:
    """This function will measure product and plain script on each engine, on one sandbox of `contracts` contracts."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="csops-sync-bench-")))
        say(f"a sandbox of {contracts} contracts is being made")
        sandbox = opened.enter_context(
            SandboxProcess.start(org="generated", contracts=contracts, today=TODAY)
        )
        sandbox.advance(seconds=_SETTLED_SECONDS)
        databases = opened.enter_context(_databases(folder, engines))
        running = Run(sandbox=sandbox, start=sandbox.snapshot(), files=_files(folder), say=say)
        for name in (PRODUCT, PLAIN):
            for engine in engines:
                subject = Subject(name=name, engine=engine)
                running.measure(subject, databases(subject))
        return running


@contextmanager
def _databases(folder: Path, engines: Sequence[str]) -> Iterator[Callable[[Subject], str]]:
    """Give fresh databases: files of SQLite, and a PostgreSQL that waits for the disk as it does by default."""
    with ExitStack() as opened:
        server = opened.enter_context(running_postgres(quick=False)) if "postgresql" in engines else None

        def fresh(subject: Subject) -> str:
            if subject.engine == "postgresql" and server is not None:
                return server.url(server.create())
            return f"sqlite:///{folder / subject.name.replace(' ', '-')}.db"

        yield fresh


def _files(folder: Path) -> Files:
    rules = CHECKOUT / "config" / "rules.yaml"
    changed = folder / "changed-rules.yaml"
    text = rules.read_text("utf-8")
    if _RULE not in text:
        raise ValueError(f"{rules} no longer says `{_RULE}`: name another change of rules here")
    changed.write_text(text.replace(_RULE, _CHANGED_RULE), "utf-8")
    return Files(rules=rules, changed_rules=changed, connections=CHECKOUT / "config" / "sandbox.yaml")


def _credentials(sandbox: SandboxProcess) -> Mapping[str, str]:
    urls = sandbox.urls
    return {
        "CSOPS_SYNC_SALESFORCE_URL": urls.salesforce,
        "CSOPS_SYNC_SALESFORCE_CLIENT_ID": urls.client_id,
        "CSOPS_SYNC_SALESFORCE_USERNAME": urls.username,
        "CSOPS_SYNC_SALESFORCE_PRIVATE_KEY_FILE": urls.private_key_file,
        "CSOPS_SYNC_SLACK_TOKEN": urls.slack_token,
        "CSOPS_SYNC_SLACK_API_URL": urls.slack_api,
    }


def _child(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a module of this package to its end and give the last line that it printed."""
    done = subprocess.run(  # noqa: S603 - our own modules, by our own interpreter
        [sys.executable, "-m", *command],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip().rpartition("\n")[2]
