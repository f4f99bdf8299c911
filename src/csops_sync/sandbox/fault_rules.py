"""A rule for a fault: how it is read from JSON, which requests it fits, when it is due, and what it then asks for."""

import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

SERVICES = ("salesforce", "slack")
_SAME = {"lock_row": "unable_to_lock_row", "invalid_session_id": "expired_session"}
_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")
_LOWEST_STATUS, _HIGHEST_STATUS = 200, 599

Json = str | int | float | bool | None
_Check = Callable[[object], str | None]
"""Gives what a value has to be where it is something else, None where it is fine."""


class FaultError(ValueError):
    """A rule that cannot be understood; the text says what would be right."""


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
class Rule:
    """One rule in force, with its counts. `spec` is what was asked for; `lot` is drawn for the next match."""

    spec: Mapping[str, Json]
    method: str | None
    path: re.Pattern[str]
    contains: re.Pattern[str] | None
    nth: int
    times: int
    rate: float | None
    chance: random.Random
    lot: float
    matched: int = 0
    fired: int = 0

    @property
    def service(self) -> str:
        """Whose requests it fits."""
        return str(self.spec["service"])

    @property
    def is_outside(self) -> bool:
        """Whether the HTTP server plays it, not the service."""
        kind = str(self.spec["fault"])
        return kind in WIRE or from_outside(self.service, kind) is not None

    @property
    def is_due(self) -> bool:
        """Whether the next match is to fail."""
        has_luck = self.rate is None or self.lot < self.rate
        return has_luck and self.matched + 1 >= self.nth and not (self.times and self.fired >= self.times)

    def matches(self, method: str, path: str, body: bytes) -> bool:
        """This function will say whether it fits a request."""
        if self.method is not None and self.method != method:
            return False
        if not self.path.search(path):
            return False
        return self.contains is None or bool(self.contains.search(body.decode("utf-8", "replace")))

    def count(self) -> None:
        """This function will count a match; every match draws a lot, whatever else is in force."""
        self.matched += 1
        self.lot = self.chance.random()

    def fire(self) -> Fault:
        """This function will count once that it fired, and give the fault that it asks for."""
        self.fired += 1
        kind = str(self.spec["fault"])
        arguments = {key: value for key, value in self.spec.items() if key in _ARGUMENTS}
        return Fault(kind=_SAME.get(kind, kind), arguments=arguments)


def names(service: str) -> frozenset[str]:
    """This function will give everything that a service's `fault` can be."""
    own = PLAIN | _SAME.keys() if service == "salesforce" else frozenset({"error"})
    return WIRE | own | BY_SERVICE[service].keys()


def read(spec: Mapping[str, Json]) -> Rule:
    """This function will read one rule; FaultError says what is wrong with it."""
    unknown = set(spec) - _MATCHERS.keys() - _ARGUMENTS.keys()
    if unknown:
        known = ", ".join(sorted(_MATCHERS.keys() | _ARGUMENTS.keys()))
        raise FaultError(f"unknown key {min(unknown)!r} in a fault; known are {known}")
    service = spec.get("service", "salesforce")
    if service not in SERVICES:
        raise FaultError(f"unknown service {service!r}; use salesforce or slack")
    _check_kind(str(service), spec.get("fault"))
    _check_values(spec)
    rate, contains = spec.get("rate"), spec.get("contains")
    chance = random.Random(str(spec.get("seed", 0)))  # noqa: S311  # a repeatable rehearsal, no secret
    return Rule(
        spec={**spec, "service": service},
        method=None if spec.get("method") is None else str(spec["method"]).upper(),
        path=re.compile(str(spec.get("path") or "")),
        contains=None if contains is None else re.compile(str(contains)),
        nth=int(spec.get("nth") or 1),
        times=int(spec.get("times", 0 if rate is not None else 1) or 0),
        rate=None if rate is None else float(rate),
        chance=chance,
        lot=chance.random(),
    )


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


def _check_values(spec: Mapping[str, Json]) -> None:
    for name, check in {**_MATCHERS, **_ARGUMENTS}.items():
        value = spec.get(name)
        wanted = None if value is None else check(value)
        if wanted is not None:
            raise FaultError(f"{name} {wanted}, not {value!r}")
    if spec["fault"] == "status" and spec.get("status") is None:
        raise FaultError('the fault status takes a status, as {"fault": "status", "status": 502}')


def _whole(lowest: int, highest: float = math.inf) -> _Check:
    upto = "or more" if math.isinf(highest) else f"to {highest:g}"

    def check(value: object) -> str | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
        return None if fits else f"is a whole number, {lowest} {upto}"

    return check


def _number(highest: float, words: str) -> _Check:
    def check(value: object) -> str | None:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= highest
        return None if fits else f"{words} 0 to {highest:g}"

    return check


def _pattern(value: object) -> str | None:
    try:
        re.compile(value if isinstance(value, str) else "(")
    except re.error as error:
        why = f" ({error.msg} at character {(error.pos or 0) + 1})" if isinstance(value, str) else ""
        return f"is a regular expression; escape what it means literally with a backslash{why}"
    return None


def _method(value: object) -> str | None:
    return None if str(value).upper() in _METHODS else f"is one of {', '.join(_METHODS)}"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) else "is a text"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "is true or false"


def _seed(value: object) -> str | None:
    return None if isinstance(value, (str, int, float)) else "is a number or a text"


_MATCHERS: Mapping[str, _Check] = {
    "service": _text,
    "fault": _text,
    "method": _method,
    "path": _pattern,
    "contains": _pattern,
    "nth": _whole(1),
    "times": _whole(0),
    "rate": _number(1, "is a chance,"),
    "seed": _seed,
}
_ARGUMENTS: Mapping[str, _Check] = {
    "seconds": _number(LONGEST, "are"),
    "status": _whole(_LOWEST_STATUS, _HIGHEST_STATUS),
    "answer": _text,
    "content_type": _text,
    "after": _flag,
    "row": _whole(1),
    "code": _text,
    "message": _text,
    "retry_after": _whole(0),
}
