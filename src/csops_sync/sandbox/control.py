"""The control endpoint under `/sandbox`: the clock, other people's edits, faults, switches, ledger, snapshots."""

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.faults import FaultError, Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.orgs.dates import japanese_business_days, next_business_day, weekdays
from csops_sync.sandbox.salesforce import writing
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.ids import normal
from csops_sync.sandbox.salesforce.org import Org, SavedOrg
from csops_sync.sandbox.salesforce.schema import Json
from csops_sync.sandbox.salesforce.sessions import Sessions
from csops_sync.sandbox.salesforce.writing import Hand
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.state import SlackState

Body: TypeAlias = Mapping[str, object]
_COVERED = ("honest", "off", "error")
_LISTS = ("fls_hidden", "fls_read_only", "hide_rows")


class ControlError(ValueError):
    """An order that cannot be understood; the text says what would be."""


@dataclass(frozen=True, slots=True)
class _Saved:
    org: SavedOrg
    slack: object
    ledger: object
    faults: object
    now: datetime


@dataclass(slots=True, kw_only=True)
class Control:
    """Answers the control endpoint."""

    clock: VirtualClock
    org: Org
    sessions: Sessions
    faults: Faults
    ledger: Ledger
    slack: SlackState
    limits: Limits
    _saved: dict[str, _Saved] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def routes(self) -> list[Route]:
        """This function will give the routes under `/sandbox`."""
        reads: dict[str, Callable[[], object]] = {
            "health": lambda: {"ok": True},
            "clock": self._now,
            "faults": lambda: {"faults": self.faults.report()},
            "ledger": self.ledger.as_json,
            "messages": self._messages,
            "toggles": self._toggles,
        }
        orders: dict[str, Callable[[object], object]] = {
            "clock": self._set_clock,
            "edit": self._edit,
            "faults": self._add_faults,
            "expire_sessions": lambda _body: {"expired": self.sessions.expire()},
            "toggles": self._switch,
            "slack": self._slack,
            "snapshot": self._snapshot,
            "restore": self._restore,
        }
        routes = [Route(f"/sandbox/{name}", _read(read), methods=["GET"]) for name, read in reads.items()]
        routes += [Route(f"/sandbox/{name}", _order(order), methods=["POST"]) for name, order in orders.items()]
        routes.append(Route("/sandbox/faults", _read(self._clear_faults), methods=["DELETE"]))
        routes.append(Route("/sandbox/records/{object}", self._records, methods=["GET"]))
        return routes

    def _now(self) -> dict[str, object]:
        return {"now": self.clock.now().isoformat(), "today": self._today().isoformat()}

    def _set_clock(self, body: object) -> object:
        match body:
            case {"set": str(text)}:
                self.clock.set(_instant(text))
            case {"advance": {"business_days": int(count)}}:
                self.clock.advance(self._business_days(count))
            case {"advance": {**steps}} if steps and set(steps) <= {"days", "hours", "minutes", "seconds"}:
                self.clock.advance(timedelta(**{str(unit): _number(value) for unit, value in steps.items()}))
            case _:
                raise ControlError(
                    'send {"advance": {"days": 1}}, {"advance": {"business_days": 1}} or {"set": ISO}'
                )
        return self._now()

    def _business_days(self, count: int) -> timedelta:
        today = day = self._today()
        zone = self._organization()["TimeZoneSidKey"]
        japan = japanese_business_days(today.year, today.year + 1) if zone == "Asia/Tokyo" else weekdays
        for _ in range(count):
            day = next_business_day(day, japan)
        return day - today

    def _today(self) -> "datetime.date":  # type: ignore[name-defined]
        return self.clock.now().astimezone(ZoneInfo(str(self._organization()["TimeZoneSidKey"]))).date()

    def _organization(self) -> Mapping[str, Json]:
        return next(self.org.records("Organization"))
