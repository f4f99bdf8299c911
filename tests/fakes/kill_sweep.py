"""The sweep: record every crossing of one day's work, then kill a forked child at each, start again, and compare.

Runs as a process of its own, for only a process without threads may fork: `python -m tests.fakes.kill_sweep`. Prints
one JSON line about the recording and one about each kill.
"""

import argparse
import json
import os
import signal
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from tests.fakes.crossings import Crossings, Watch
from tests.fakes.databases import PostgresDatabase, Resettable, SqliteFile
from tests.fakes.forked import in_child
from tests.fakes.kill_choice import Kinds, by_share, of_each_kind
from tests.fakes.kill_scenario import SCENARIOS, TODAY, Scenario, connections
from tests.fakes.lives import let_lease_run_out
from tests.fakes.outcome import Outcome, read_outcome
from tests.fakes.persevering import let_time_pass_at_once
from tests.fakes.postgres import PostgresServer
from tests.fakes.rig import Rig
from tests.fakes.sandbox import SandboxProcess
from tests.fakes.trouble import ANYWHERE, CERTAIN

from csops_sync.config.loader import Loaded


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The run without a kill: its crossings by name and by kind, and what it wrote on the day of the kills."""

    crossings: list[str]
    kinds: list[list[str]]
    created: int
    updated: int
    posted: int
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One kill. `died` is False where the child came to its end unharmed; `problems` are what is not as it must be."""

    number: int
    name: str
    died: bool
    problems: list[str]


class Sweep:
    """One sandbox and one database, both put back before every run."""

    def __init__(
        self, sandbox: SandboxProcess, database: Resettable, folder: Path, scenario: Scenario
    ) -> None:
        self._scenario = scenario
        self._sandbox = sandbox
        self._database = database
        self._names = folder / "crossings.json"
        self._loaded: Loaded | None = None
        self._prepare(connections(folder))
        self._kept = sandbox.snapshot()
        self.recording, self._reference = self._record()

    def kill(self, number: int, *, trouble_seed: int | None = None) -> Kill:
        """This function will kill a child at one crossing, let another one finish the work, and compare.

        With a seed the second child meets a fault and is killed too, somewhere, and a third one finishes the work.
        """
        self._reset()
        died = in_child(lambda: self._scenario.work(self._rig(_killed_at(number)))) == -signal.SIGKILL
        if trouble_seed is not None:
            self._more_trouble(Random(trouble_seed))  # noqa: S311  # repeatable
        code = in_child(self._recover)
        outcome = read_outcome(self._sandbox)
        failed = [f"the next start ended with exit code {code}"] if code else []
        return Kill(
            number=number,
            name=self.recording.crossings[number - 1],
            died=died,
            problems=[*failed, *outcome.doubled(), *outcome.differences(self._reference)],
        )

    def _more_trouble(self, chance: Random) -> None:
        self._sandbox.faults({**chance.choice((*ANYWHERE, *CERTAIN)), "nth": chance.randint(1, 6)})
        number = chance.randint(1, len(self.recording.crossings))

        def work() -> None:
            let_lease_run_out(self._rig())
            self._scenario.work(self._rig(_killed_at(number)))

        in_child(work)

    def _prepare(self, path: Path) -> None:
        rig = Rig(sandbox=self._sandbox, database=self._database.url, rules=self._scenario.rules)
        rig.connections = path
        rig.loaded = self._loaded = rig.load()
        self._scenario.prepare(rig)
        rig.restart()
        self._database.keep()

    def _record(self) -> tuple[Recording, Outcome]:
        self._reset()
        before = len(self._sandbox.ledger()["writes"])
        failed = in_child(self._work_and_note)
        writes = self._sandbox.ledger()["writes"][before:]
        failed = failed or in_child(lambda: self._scenario.go_on(self._rig()))
        if failed:
            raise RuntimeError("the run without a kill failed; its words are above")
        outcome = read_outcome(self._sandbox)
        names, kinds = json.loads(self._names.read_text("utf-8"))
        recording = Recording(
            crossings=names,
            kinds=kinds,
            created=sum(1 for one in writes if one["operation"] == "create"),
            updated=sum(1 for one in writes if one["operation"] == "update"),
            posted=sum(1 for one in writes if one["operation"] == "chat.postMessage"),
            problems=outcome.doubled(),
        )
        return recording, outcome

    def _work_and_note(self) -> None:
        crossings = Crossings()
        rig = self._rig(crossings)
        self._scenario.work(rig)
        self._names.write_text(json.dumps([crossings.names, crossings.kinds]), "utf-8")
        rig.restart()

    def _recover(self) -> None:
        rig = self._rig()
        let_lease_run_out(rig)
        self._scenario.work(rig)
        self._scenario.go_on(rig)

    def _reset(self) -> None:
        self._sandbox.restore(self._kept)
        self._database.reset()

    def _rig(self, crossings: Crossings | None = None) -> Rig:
        rig = Rig(
            sandbox=self._sandbox.reached_anew(),
            database=self._database.url,
            rules=self._scenario.rules,
            loaded=self._loaded,
            transports=(crossings or Crossings()).transports(),
        )
        let_time_pass_at_once(rig)
        return rig


def _killed_at(number: int) -> Crossings:
    return Crossings(_kill_at(number))


def _kill_at(number: int) -> Watch:
    def kill(crossings: Crossings, _name: str) -> None:
        if crossings.count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def main() -> None:
    """This function will sweep one part and print what it found."""
    given = _arguments().parse_args()
    with ExitStack() as opened:
        sweep = _opened(opened, given.scenario, given.postgres)
        _say(sweep.recording)
        known = _opened(opened, given.beside, None).recording.kinds if given.beside else ()
        for number in _numbers(sweep.recording, given, known)[given.part :: given.parts]:
            _say(sweep.kill(number))
            for round_ in range(given.again):
                _say(sweep.kill(number, trouble_seed=1_000 * given.seed + 100 * round_ + number))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS, default="friday")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="kill at this share of the crossings")
    parser.add_argument("--each-kind", action="store_true", help="kill once at each kind of crossing instead")
    parser.add_argument("--beside", choices=SCENARIOS, help="leave out the kinds that this one has")
    parser.add_argument("--seed", type=int, default=1, help="of the choice, where not all are killed at")
    parser.add_argument("--postgres", help="the socket folder of a server that runs; SQLite without it")
    parser.add_argument(
        "--again", type=int, default=0, help="how often each crossing is done with more trouble"
    )
    return parser


def _opened(opened: ExitStack, name: str, postgres: str | None) -> Sweep:
    scenario = SCENARIOS[name]
    folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="csops-sync-sweep-")))
    sandbox = opened.enter_context(SandboxProcess.start(org=scenario.org, today=TODAY))
    database: Resettable = PostgresDatabase(PostgresServer(postgres)) if postgres else SqliteFile(folder)
    return Sweep(sandbox, database, folder, scenario)


def _numbers(recording: Recording, given: argparse.Namespace, known: Kinds) -> Sequence[int]:
    if given.each_kind:
        left_out = {kind for crossing in known for kind in crossing}
        return of_each_kind(recording.kinds, known=left_out, seed=given.seed)
    return by_share(len(recording.crossings), share=given.share, seed=given.seed)


def _say(found: Recording | Kill) -> None:
    print(json.dumps(asdict(found), ensure_ascii=False), flush=True)  # noqa: T201  # what it is run for


if __name__ == "__main__":
    main()
