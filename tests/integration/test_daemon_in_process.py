"""The daemon as a whole: how it starts, keeps going and ends. Its threads are real; nothing waits for time to pass."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.daemon import Bench, Ticks

from csops_sync.app.daemon import Daemon
from csops_sync.app.health import Health, State
from csops_sync.app.installation import ConfigurationRefusedError, Installation
from csops_sync.app.instruments import Instruments
from csops_sync.ports.errors import AuthFailedError, PermanentError, TransientError, WrongOrgError

ENOUGH = 10.0


def real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - APScheduler itself reads the system's clock


class SignalStop:
    """A stop signal that really wakes up whoever waits. The first `impatient` waits only move the clock on."""

    def __init__(self, ticks: Ticks, *, impatient: int = 0) -> None:
        self.event = Event()
        self.ticks = ticks
        self.on_wait: Callable[[], None] = lambda: None
        self.impatient = impatient

    def is_set(self) -> bool:
        return self.event.is_set()

    def wait(self, seconds: float) -> bool:
        self.on_wait()
        if self.impatient:
            self.impatient -= 1
            self.ticks.seconds += seconds
            return self.event.is_set()
        return self.event.wait(seconds)


class Process:
    """A daemon on a thread; `started` and the like wait for what it says, not for time."""

    def __init__(self, bench: Bench, stop: SignalStop) -> None:
        self.bench, self.stop = bench, stop
        self.said = Event()
        self.result: bool | Exception | None = None
        self.instruments: Instruments = replace(
            bench.instruments, stop=stop, tell=self._hear, health=Health(bench.ticks), system_now=real_now
        )
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> bool | Exception | None:
        self.stop.event.set()
        return self.ended()

    def ended(self) -> bool | Exception | None:
        self._thread.join(ENOUGH)
        assert not self._thread.is_alive()
        return self.result

    def _run(self) -> None:
        try:
            self.result = Daemon(self.bench, self.instruments).run()
        except (ConfigurationRefusedError, PermanentError) as error:
            self.result = error

    def _hear(self, line: str) -> None:
        self.bench.told.append(line)
        if "first cycle" in line or "told" in line:
            self.said.set()


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.sell()
    return made


@pytest.fixture
def launch(bench: Bench) -> Iterator[Callable[..., Process]]:
    launched: list[Process] = []

    def make(stop: SignalStop | None = None) -> Process:
        process = Process(bench, stop or SignalStop(bench.ticks))
        launched.append(process)
        process.start()
        return process

    yield make
    for process in launched:
        process.end()


def test_it_takes_the_lease_runs_a_cycle_and_gives_the_lease_back_at_the_end(
    bench: Bench, launch: Callable[..., Process]
) -> None:
    process = launch()
    assert process.said.wait(ENOUGH)
    assert bench.store.leases.holder(bench.crm.org_id) is not None

    began = monotonic()
    assert process.end() is True

    assert monotonic() - began < 8
    assert bench.store.leases.holder(bench.crm.org_id) is None
    assert process.instruments.health.view().facts.state is State.STOPPING


def test_an_org_that_is_down_at_the_start_is_asked_again(
    bench: Bench, launch: Callable[..., Process]
) -> None:
    bench.files.raises = [TransientError("no answer"), TransientError("no answer")]
    process = launch(SignalStop(bench.ticks, impatient=5))

    assert process.said.wait(ENOUGH)

    assert len(bench.log.named("start.failed")) == 1


@pytest.mark.parametrize(
    "error",
    [
        AuthFailedError("refused. To do: approve the app"),
        WrongOrgError("the state belongs to another org"),
        PermanentError("no such user"),
    ],
    ids=["credentials", "wrong org", "mapping"],
)
def test_what_needs_a_person_at_the_start_does_not_loop_and_is_said(
    bench: Bench, launch: Callable[..., Process], error: Exception
) -> None:
    bench.files.raises = [error] * 5
    process = launch(SignalStop(bench.ticks, impatient=20))
    while process.stop.impatient:
        assert process.result is None

    assert bench.files.takes == 1
    assert process.instruments.health.view().problems == (f"starting: {error}",)
    assert process.instruments.health.view().alive
    assert process.end() is True


def test_a_changed_file_ends_the_wait_at_the_start(bench: Bench, launch: Callable[..., Process]) -> None:
    bench.files.raises = [PermanentError("no such user")]
    began = bench.ticks.seconds
    stop = SignalStop(bench.ticks, impatient=100)
    stop.on_wait = lambda: setattr(bench.files, "content", "mended")

    process = launch(stop)

    assert process.said.wait(ENOUGH)
    assert bench.ticks.seconds - began < 250


def test_a_faulty_configuration_refuses_the_start(bench: Bench, launch: Callable[..., Process]) -> None:
    bench.files.problems = ("rules.yaml:12:5: open: no duration",)

    assert isinstance(launch().ended(), ConfigurationRefusedError)


def test_a_fault_edited_in_while_the_org_is_waited_for_is_refused_and_waited_out(
    bench: Bench,
) -> None:
    """The files held when the process began: a slip must not end it."""
    bench.files.raises = [TransientError("no answer")]
    stop = SignalStop(bench.ticks, impatient=100)
    fault = "rules.yaml:12:5: open: no duration"
    edits = iter([("faulty", (fault,)), ("mended", ())])
    warned: list[tuple[str, ...]] = []

    def edit() -> None:
        bench.files.content, bench.files.problems = next(edits, ("mended", ()))
        warned.append(process.instruments.health.view().facts.refused)

    process = Process(bench, stop)
    stop.on_wait = edit
    process.start()
    assert process.said.wait(ENOUGH)
    process.end()

    assert [line["problem"] for line in bench.log.named("configuration.refused")] == [fault]
    assert warned[:2] == [(), (fault,)]
    assert process.instruments.health.view().facts.refused == ()


def test_an_edit_that_falls_into_the_first_reading_is_taken_by_the_first_cycle(
    bench: Bench, launch: Callable[..., Process]
) -> None:
    """The files are digested before they are read: what is written meanwhile is another content."""
    whole = bench.take

    def take_slowly() -> Installation:
        taken = whole()
        bench.files.content, bench.files.rules = "second", ruleset(hash="second")
        return taken

    bench.take = take_slowly  # type: ignore[method-assign]  # an editor saves while the daemon reads
    process = launch(SignalStop(bench.ticks, impatient=3))
    assert process.said.wait(ENOUGH)

    assert process.instruments.health.view().facts.rules_hash == "second"


def test_a_schema_that_does_not_fit_refuses_the_start(bench: Bench, launch: Callable[..., Process]) -> None:
    bench.files.raises = [PermanentError("run `csops-sync db upgrade`", code="schema")]

    assert isinstance(launch().ended(), PermanentError)


def test_a_blocked_creation_is_not_ready_and_says_the_line(
    bench: Bench, launch: Callable[..., Process]
) -> None:
    bench.files.creation_blocked = "csops-sync.yaml:31:14: End__c is hidden"
    bench.files.check = ("csops-sync.yaml:31:14: End__c is hidden",)
    process = launch()
    assert process.said.wait(ENOUGH)

    problems = process.instruments.health.view().problems

    assert "no renewal is created: csops-sync.yaml:31:14: End__c is hidden" in problems
    assert bench.log.named("check.found")


def test_a_clock_that_was_set_back_does_not_stop_the_cycles(
    bench: Bench, launch: Callable[..., Process]
) -> None:
    process = launch()
    assert process.said.wait(ENOUGH)
    bench.files.content, bench.files.rules = "second", ruleset(hash="second")

    bench.ticks.seconds += 400
    taken = process.instruments.health
    until = monotonic() + ENOUGH
    while taken.view().facts.rules_hash != "second" and monotonic() < until:
        process.said.wait(0.01)

    assert taken.view().facts.rules_hash == "second"
