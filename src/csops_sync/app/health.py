"""How the daemon is: told by its jobs, asked by whoever serves `/readyz` and `/metrics`. Safe between threads."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock

from csops_sync.app.failures import Failure, FailureKind
from csops_sync.domain.sentences import Sentence, Wording, joined, understood
from csops_sync.ports.chat_words import CHAT_WORDS
from csops_sync.ports.crm import ApiUsage
from csops_sync.ports.store import OutboxStatus

CYCLE = "cycle"
START = "start"
LEASE = "lease"
INTERVALS = 3
"""So many pull intervals without a successful cycle are too many."""

_SKEW_SECONDS = 60
_SHORTEST_PATIENCE = 15.0
_ALIVE_SECONDS = 120.0
_ROW_WAITS = Wording("health.row-waits", "{n} outbox row {status}: see `csops-sync outbox list`")
_ROWS_WAIT = Wording("health.rows-wait", "{n} outbox rows {status}: see `csops-sync outbox list`")
WAITS_FOR_A_PERSON = (OutboxStatus.PARKED, OutboxStatus.HELD)
"""Outbox rows that stay until somebody orders something about them."""


class State(StrEnum):
    """What the process does: it alone acts for the org, or another one does."""

    STARTING = "starting"
    ACTIVE = "active"
    STANDBY = "standby"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A job's last failure, how often in a row, and since when (monotonic seconds)."""

    failure: Failure
    count: int
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known, as it was told last. Instants are monotonic seconds."""

    state: State = State.STARTING
    began: float = 0.0
    turned: float = 0.0
    interval: float = 60.0
    fresh_since: float = 0.0
    last_success: float | None = None
    occupied: str | None = None
    must_load: bool = False
    rules_hash: str = ""
    refused: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    creation_blocked: str | None = None
    degraded: tuple[str, ...] = ()
    paused: str | None = None
    deaf: str | None = None
    unread: str | None = None
    awaited: str | None = None
    is_slow: bool = False
    skew: float | None = None
    usage: ApiUsage | None = None
    outbox: Mapping[OutboxStatus, int] = field(default_factory=dict)
    troubles: Mapping[str, Trouble] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """Health at one moment. `problems` keep the process from being ready; `warnings` do not. Ages in seconds."""

    facts: Facts
    alive: bool
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    uptime: float
    success_age: float | None

    @property
    def ready(self) -> bool:
        """Whether the process does its work, or stands by to do it."""
        return not self.problems


class Health:
    """Keeps `Facts`, and judges them when asked."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        now = monotonic()
        self._facts = Facts(began=now, turned=now, fresh_since=now)

    def note(self, **facts: object) -> None:
        """This function will take over facts by name (see `Facts`)."""
        with self._lock:
            self._facts = replace(self._facts, **facts)  # type: ignore[arg-type]  # checked by `replace` itself

    def became(self, state: State) -> None:
        """This function will note a change of state; the patience for a first success begins anew."""
        self.note(state=state, fresh_since=self._monotonic())

    def turned(self) -> None:
        """This function will note that the heartbeat came round."""
        self.note(turned=self._monotonic())

    def succeeded(self, job: str) -> bool:
        """This function will note a job's success; True where it ends a trouble."""
        now = self._monotonic()
        with self._lock:
            troubles = dict(self._facts.troubles)
            ended = troubles.pop(job, None) is not None
            self._facts = replace(self._facts, troubles=troubles)
            if job == CYCLE:
                self._facts = replace(self._facts, last_success=now, fresh_since=now)
        return ended

    def failed(self, job: str, failure: Failure) -> int:
        """This function will note a job's failure, and count how often it failed in the same words in a row."""
        with self._lock:
            known = self._facts.troubles.get(job)
            again = known is not None and known.failure.text == failure.text
            trouble = Trouble(
                failure=failure,
                count=known.count + 1 if known and again else 1,
                since=known.since if known else self._monotonic(),
            )
            self._facts = replace(self._facts, troubles={**self._facts.troubles, job: trouble})
            return trouble.count

    def survived(self, job: str) -> None:
        """This function will note that a job ran to its end: an unexpected failure of it is over."""
        with self._lock:
            kept = {
                name: trouble
                for name, trouble in self._facts.troubles.items()
                if name != job or trouble.failure.kind is not FailureKind.UNEXPECTED
            }
            self._facts = replace(self._facts, troubles=kept)

    @contextmanager
    def occupied(self, what: str, *, must_load: bool = False) -> Iterator[None]:
        """This function will note long work, during which no cycle can succeed; `must_load` for a first load."""
        self.note(occupied=what, must_load=must_load)
        try:
            yield
        finally:
            self.note(occupied=None, must_load=False, fresh_since=self._monotonic())

    def stale(self) -> float | None:
        """This function will give the seconds without a successful cycle where they are too many, else None."""
        facts, now = self._facts, self._monotonic()
        return _stale(facts, now)

    def view(self) -> HealthView:
        """This function will judge everything as it is now."""
        facts, now = self._facts, self._monotonic()
        return HealthView(
            facts=facts,
            alive=now - facts.turned < _ALIVE_SECONDS or facts.state is State.STARTING,
            problems=tuple(_problems(facts, now)),
            warnings=tuple(_warnings(facts)),
            uptime=now - facts.began,
            success_age=None if facts.last_success is None else now - facts.last_success,
        )


def _stale(facts: Facts, now: float) -> float | None:
    if facts.state is not State.ACTIVE or facts.occupied:
        return None
    age = now - facts.fresh_since
    return age if age > max(INTERVALS * facts.interval, _SHORTEST_PATIENCE) else None


def _problems(facts: Facts, now: float) -> Iterator[str]:
    if facts.state in (State.STARTING, State.STOPPING):
        trouble = facts.troubles.get(START)
        if trouble is None:
            yield Sentence("health.state", "{state}", state=facts.state)
        else:
            yield Sentence("health.stuck", "{state}: {why}", state=facts.state, why=trouble.failure.text)
        return
    if facts.state is State.STANDBY:
        return
    if facts.must_load and facts.occupied:
        yield Sentence("health.loading", "{what}; nothing is decided before it is whole", what=facts.occupied)
    elif facts.last_success is None and not facts.troubles:
        yield Sentence("health.first-cycle", "the first cycle of this process is under way")
    if facts.creation_blocked:
        yield Sentence("health.blocked", "no renewal is created: {why}", why=facts.creation_blocked)
    stale = _stale(facts, now)
    if stale is not None:
        yield Sentence(
            "health.stale",
            "no successful cycle for {seconds} s, where one is due every {interval} s",
            seconds=f"{stale:.0f}",
            interval=f"{facts.interval:.0f}",
        )
    for job, trouble in sorted(facts.troubles.items()):
        if trouble.failure.kind.needs_person or (stale is not None and job in (CYCLE, LEASE)):
            yield Sentence("health.failing", "{job}: {why}", job=job, why=trouble.failure.text)


def _warnings(facts: Facts) -> Iterator[str]:
    if facts.state is State.STANDBY:
        yield Sentence("health.standby", "standing by: another process acts for this org")
    if facts.refused:
        yield Sentence(
            "health.refused",
            "the changed configuration is refused, the rules of before are in force: {why}",
            why=joined(facts.refused),
        )
    yield from (one for one in facts.check if one not in (facts.creation_blocked or ""))
    yield from _limits(facts)
    for status in WAITS_FOR_A_PERSON:
        if count := facts.outbox.get(status, 0):
            yield waiting_text(status, count)
    for job, trouble in sorted(facts.troubles.items()):
        if not trouble.failure.kind.needs_person:
            yield Sentence(
                "health.retrying",
                "{job} (time {n}): {why}",
                job=job,
                n=trouble.count,
                why=trouble.failure.text,
            )


def waiting_text(status: OutboxStatus, count: int) -> str:
    """This function will warn of rows that wait for a person."""
    words = _ROWS_WAIT if count > 1 else _ROW_WAITS
    return words(n=count, status=status)


def _limits(facts: Facts) -> Iterator[str]:
    """What works less well than it could."""
    if facts.degraded:
        yield Sentence(
            "health.degraded",
            "getUpdated is not to be had for {names}: the overlap alone finds late rows",
            names=tuple(facts.degraded),
        )
    if facts.paused:
        yield Sentence(
            "health.paused", "paused ({what}): run `csops-sync resume` to send again", what=facts.paused
        )
    if facts.deaf:
        yield Sentence(
            "health.deaf",
            "answers in Slack are not heard at once, and are read again every 15 minutes: {why}",
            why=understood(facts.deaf, CHAT_WORDS),
        )
    if facts.unread:
        yield Sentence(
            "health.unread",
            "reactions on cards cannot be read again, so a lost one leaves its card asking: {why}",
            why=understood(facts.unread, CHAT_WORDS),
        )
    if facts.awaited:
        yield facts.awaited
    if facts.is_slow:
        yield Sentence("health.slow", "Salesforce's API allowance is nearly used up, so polling is slower")
    if facts.skew is not None and abs(facts.skew) > _SKEW_SECONDS:
        yield Sentence(
            "health.skew",
            "Salesforce's clock and this machine's are {seconds} s apart: correct the machine's (NTP)",
            seconds=f"{facts.skew:+.0f}",
        )
