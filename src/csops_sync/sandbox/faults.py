"""Faults asked for beforehand: which request is to fail, when, and how. The Salesforce and the Slack share them.

A rule names a service, and optionally a method, a regular expression for the path (a composite's subrequests are
looked at one by one, by their url) and one for the body. It fires on the `nth` match (first by default) for `times`
matches (1 by default, 0 for ever), or at a `rate` with a `seed`. The `fault` is a kind of connection (`WIRE`), a
refusal by name (`fault_table.py`), `error` with a `code` of one's own, or `row_error`.

Every rule that fits a request counts it, whichever of them fires: the first that is due does. A request that never
reaches the service, as its connection was dropped before, is counted by rules for connections alone.
"""

import random
import re
import threading
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import get_close_matches

from csops_sync.sandbox.fault_table import BY_SERVICE, from_outside

WIRE = frozenset(
    {
        "drop_before",
        "drop_after",
        "slow",
        "drip",
        "hang",
        "truncated",
        "reset_in_body",
        "duplicate",
        "status",
    }
)
"""Kinds that the HTTP server plays (`toxics.py`), the same for both services."""

PLAIN = frozenset({"expired_session", "row_error", "error"})
"""Kinds that a service plays, beside the refusals that it has by name."""

LONGEST = 60.0
"""Seconds for which a fault may hold a connection."""

_SAME = {"lock_row": "unable_to_lock_row", "invalid_session_id": "expired_session"}
SERVICES = ("salesforce", "slack")
_MATCHERS = frozenset({"service", "fault", "method", "path", "contains", "nth", "times", "rate", "seed"})
_ARGUMENTS = frozenset(
    {"seconds", "status", "answer", "content_type", "after", "row", "code", "message", "retry_after"}
)

Json = str | int | float | bool | None


class FaultError(ValueError):
    """A rule that cannot be understood; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule that fired: its kind and its arguments.

    Arguments: `seconds` (slow, drip, hang), `answer` and `content_type` (status), `after` (does the work first),
    `row` (Salesforce's refusals: that row of a collection alone), `code` (row_error, error), `status`, `message`,
    `retry_after` (seconds; ratelimited).
    """

    kind: str
    arguments: Mapping[str, Json]

    def text(self, name: str, default: str) -> str:
        """This function will give an argument as text."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: float) -> float:
        """This function will give an argument as a number."""
        value = self.arguments.get(name)
        return default if value is None else float(value)


@dataclass(slots=True, kw_only=True)
class _Rule:
    spec: Mapping[str, Json]
    method: str | None
    path: re.Pattern[str]
    contains: re.Pattern[str] | None
    nth: int
    times: int
    rate: float | None
    chance: random.Random
    matched: int = 0
    fired: int = 0

    def matches(self, method: str, path: str, body: bytes) -> bool:
        if self.method is not None and self.method != method:
            return False
        if not self.path.search(path):
            return False
        return self.contains is None or bool(self.contains.search(body.decode("utf-8", "replace")))

    def count(self) -> bool:
        """Count a match and say whether it is due; a rate draws on every match, whatever else is in force."""
        self.matched += 1
        has_luck = self.rate is None or self.chance.random() < self.rate
        return has_luck and self.matched >= self.nth and not (self.times and self.fired >= self.times)

    def fire(self) -> Fault:
        """Give the fault that it asks for."""
        self.fired += 1
        kind = str(self.spec["fault"])
        arguments = {key: value for key, value in self.spec.items() if key in _ARGUMENTS}
        return Fault(kind=_SAME.get(kind, kind), arguments=arguments)

    def concerns(self, service: str, *, transport: bool) -> bool:
        """Say whether it is of this service, and played by the HTTP server or not."""
        return self.spec["service"] == service and _is_played_outside(self.spec) == transport


@dataclass(slots=True)
class Faults:
    """The rules in force. Safe to be used from several threads."""

    _rules: list[_Rule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, specs: Sequence[Mapping[str, Json]]) -> None:
        """This function will put rules in force, after those that are there; FaultError where one is unclear."""
        rules = [_rule(spec) for spec in specs]
        with self._lock:
            self._rules = [*self._rules, *rules]

    def clear(self) -> None:
        """This function will lift every rule and forget the counts."""
        with self._lock:
            self._rules = []

    def transport(self, service: str, method: str, path: str, body: bytes = b"") -> Fault | None:
        """This function will give the fault that the HTTP server has to play on this request."""
        return self._take(service, method, path, body, transport=True)

    def answer(self, service: str, method: str, path: str, body: bytes = b"") -> Fault | None:
        """This function will give the fault that the service has to play on this request, once per request."""
        return self._take(service, method, path, body, transport=False)

    def report(self) -> list[dict[str, object]]:
        """This function will give each rule as it was asked for, with how often it matched and fired."""
        with self._lock:
            return [{**rule.spec, "matched": rule.matched, "fired": rule.fired} for rule in self._rules]

    def snapshot(self) -> object:
        """This function will give a copy for `restore`, counts included."""
        with self._lock:
            return deepcopy(self._rules)

    def restore(self, saved: object) -> None:
        """This function will go back to a `snapshot`; TypeError for anything else."""
        if not isinstance(saved, list):
            raise TypeError("not a snapshot of faults")
        with self._lock:
            self._rules = deepcopy(saved)

    def _take(self, service: str, method: str, path: str, body: bytes, *, transport: bool) -> Fault | None:
        with self._lock:
            rules = [rule for rule in self._rules if rule.concerns(service, transport=transport)]
            met = [rule for rule in rules if rule.matches(method, path, body)]
            due = [rule for rule in met if rule.count()]
            return due[0].fire() if due else None


def names(service: str) -> frozenset[str]:
    """This function will give everything that a service's `fault` can be."""
    own = PLAIN | _SAME.keys() if service == "salesforce" else frozenset({"error"})
    return WIRE | own | BY_SERVICE[service].keys()


def _rule(spec: Mapping[str, Json]) -> _Rule:
    unknown = set(spec) - _MATCHERS - _ARGUMENTS
    if unknown:
        known = ", ".join(sorted(_MATCHERS | _ARGUMENTS))
        raise FaultError(f"unknown key {min(unknown)!r} in a fault; known are {known}")
    service = spec.get("service", "salesforce")
    if service not in SERVICES:
        raise FaultError(f"unknown service {service!r}; use salesforce or slack")
    _check_kind(str(service), spec.get("fault"))
    _check_seconds(spec.get("seconds"))
    rate, contains = spec.get("rate"), spec.get("contains")
    return _Rule(
        spec={**spec, "service": service},
        method=None if spec.get("method") is None else str(spec["method"]).upper(),
        path=re.compile(str(spec.get("path", ""))),
        contains=None if contains is None else re.compile(str(contains)),
        nth=int(spec.get("nth") or 1),
        times=int(spec.get("times", 0 if rate is not None else 1) or 0),
        rate=None if rate is None else float(rate),
        chance=random.Random(str(spec.get("seed", 0))),  # noqa: S311  # a repeatable rehearsal, no secret
    )


def _is_played_outside(spec: Mapping[str, Json]) -> bool:
    kind = str(spec["fault"])
    return kind in WIRE or from_outside(str(spec["service"]), kind) is not None


def _check_kind(service: str, kind: Json) -> None:
    known = names(service)
    if kind in known:
        return
    near = get_close_matches(str(kind), known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise FaultError(
        f"unknown fault {kind!r} of {service}; {meant}GET /sandbox/fault_names lists them, and any other error is"
        ' asked for by {"fault": "error", "code": …}'
    )


def _check_seconds(seconds: Json) -> None:
    if seconds is not None and not 0 <= float(seconds) <= LONGEST:
        raise FaultError(f"seconds are 0 to {LONGEST:g}, not {seconds!r}")
