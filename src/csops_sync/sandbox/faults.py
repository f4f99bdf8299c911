"""Faults asked for beforehand: which request is to fail, when, and how. The Salesforce and the Slack share them.

A rule names a service, and optionally a method, a regular expression for the path (a composite's subrequests are
looked at one by one, by their url) and one for the body. It fires on the `nth` match (first by default) for `times`
matches (1 by default, 0 for ever), or at a `rate` with a `seed`. The `fault` is a kind of connection (`WIRE`), a
refusal by name (`fault_table.py`), `error` with a `code` of one's own, or `row_error`.

Every rule that fits a request counts it, whichever of them fires: the first that is due does, and it alone. A request
that never reaches the service, as its connection was dropped before, is counted by rules for connections alone.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from csops_sync.sandbox.fault_rules import (
    LONGEST,
    PLAIN,
    SERVICES,
    WIRE,
    Fault,
    FaultError,
    Json,
    Rule,
    names,
    read,
)

__all__ = ["LONGEST", "PLAIN", "SERVICES", "WIRE", "Fault", "FaultError", "Faults", "Json", "names"]

_ANSWERS = {"salesforce": re.compile(r"/services/data/v"), "slack": re.compile(r"/api/")}
"""Where each service refuses by itself; a login has the faults of connections and pages alone."""


@dataclass(slots=True)
class Faults:
    """The rules in force. Safe to be used from several threads."""

    _rules: list[Rule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, specs: Sequence[Mapping[str, Json]]) -> None:
        """This function will put rules in force, after those that are there; FaultError where one is unclear."""
        rules = [read(spec) for spec in specs]
        with self._lock:
            self._rules = [*self._rules, *rules]

    def clear(self) -> None:
        """This function will lift every rule and forget the counts."""
        with self._lock:
            self._rules = []

    def transport(self, service: str, method: str, path: str, body: bytes = b"") -> Fault | None:
        """This function will give the fault that the HTTP server has to play on this request, once per request.

        None also where a rule of the service itself is due before any for connections: that one is left to `answer`.
        """
        with self._lock:
            rules = self._met(service, method, path, body)
            if not _ANSWERS[service].match(path):
                rules = [rule for rule in rules if rule.is_outside]
            first = next((rule for rule in rules if rule.is_due), None)
            for rule in rules:
                if rule.is_outside:
                    rule.count()
            return first.fire() if first is not None and first.is_outside else None

    def answer(
        self, service: str, method: str, path: str, body: bytes = b"", *, spared: bool = False
    ) -> Fault | None:
        """This function will give the fault that the service has to play on this request, once per request.

        `spared` says that the request has had its fault: it is counted, and nothing more befalls it.
        """
        with self._lock:
            rules = [rule for rule in self._met(service, method, path, body) if not rule.is_outside]
            first = next((rule for rule in rules if rule.is_due), None)
            for rule in rules:
                rule.count()
            return first.fire() if first is not None and not spared else None

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

    def _met(self, service: str, method: str, path: str, body: bytes) -> list[Rule]:
        return [rule for rule in self._rules if rule.service == service and rule.matches(method, path, body)]
