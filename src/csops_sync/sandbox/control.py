"""The control endpoint under `/sandbox`: the clock, other people's edits, faults, switches, ledger, snapshots."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from csops_sync.sandbox import clock_orders, orders
from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.clock_orders import OrderError
from csops_sync.sandbox.faults import SERVICES, Faults, names
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.next_opening import NextOpening, Opening
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.org_state import SavedOrg
from csops_sync.sandbox.salesforce.schema import Json, Row
from csops_sync.sandbox.salesforce.sessions import Sessions
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack_orders import SlackOrders

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Saved:
    org: SavedOrg
    slack: object
    ledger: object
    faults: object
    now: datetime


@dataclass(slots=True, kw_only=True)
class Control:
    """What the control endpoint works on."""

    clock: VirtualClock
    org: Org
    sessions: Sessions
    faults: Faults
    ledger: Ledger
    slack: Acts
    limits: Limits
    opening: NextOpening
    truth: Callable[[], Mapping[str, object]] | None = None
    _saved: dict[str, _Saved] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """This method will give the routes under `/sandbox`."""
        reads: dict[str, Callable[[], object]] = {
            "health": lambda: {"ok": True},
            "clock": self._clock,
            "faults": lambda: {"faults": self.faults.report()},
            "fault_names": lambda: {service: sorted(names(service)) for service in SERVICES},
            "ledger": self.ledger.as_json,
            "next_opening": lambda: _told(self.opening.next()),
            "messages": self._messages,
            "sockets": self.slack.sockets.as_json,
            "truth": self._truth,
        }
        done: dict[str, Callable[[object], object]] = {
            "clock": self._move_clock,
            "edit": lambda order: {"id": orders.edit(self.org, order)},
            "edits": lambda order: {"ids": orders.edit_all(self.org, order)},
            "faults": self._add_faults,
            "expire_sessions": lambda _order: {"expired": self.sessions.expire()},
            "toggles": self._switch,
            "next_opening": self._tell_opening,
            "slack": SlackOrders(acts=self.slack, limits=self.limits).do,
            "snapshot": self._snapshot,
            "restore": self._restore,
        }
        routes = [Route(f"/sandbox/{name}", _read(read), methods=["GET"]) for name, read in reads.items()]
        routes += [Route(f"/sandbox/{name}", _order(work), methods=["POST"]) for name, work in done.items()]
        routes.append(Route("/sandbox/faults", _read(self._clear_faults), methods=["DELETE"]))
        routes.append(Route("/sandbox/records/{object}", self._records, methods=["GET"]))
        return routes

    def _truth(self) -> Mapping[str, object]:
        """What the org's past was drawn from, and each of its terms."""
        return {"model": None, "terms": []} if self.truth is None else self.truth()

    def _clock(self) -> dict[str, object]:
        return {"now": self.clock.now().isoformat(), "today": clock_orders.today(self.org).isoformat()}

    def _move_clock(self, order: object) -> dict[str, object]:
        if order != {"advance": "next_opening"}:
            clock_orders.move_clock(self.org, self.clock, order)
            return self._clock()
        found = clock_orders.to_next_opening(self.clock, self.opening)
        return {**self._clock(), **_told(found)}

    def _tell_opening(self, order: object) -> object:
        """Note when the next renewal is opened, by one who knows the rules."""
        match order:
            case {"on": None}:
                self.opening.tell(None, "")
            case {"on": str(text), **rest} if set(rest) <= {"what"}:
                self.opening.tell(clock_orders.day_of(text), str(rest.get("what", "")))
            case _:
                raise OrderError(
                    'send {"on": "2026-05-07", "what": "3 renewals"}, or {"on": null} to forget it'
                )
        return _told(self.opening.next())

    def _add_faults(self, order: object) -> object:
        specs = order if isinstance(order, list) else [order]
        rules = [spec for spec in specs if isinstance(spec, dict)]
        if len(rules) < len(specs):
            raise OrderError("faults come as a list of objects")
        self.faults.add(rules)
        return {"faults": self.faults.report()}

    def _clear_faults(self) -> object:
        self.faults.clear()
        return {"faults": []}

    def _switch(self, order: object) -> object:
        orders.switch(self.org, order)
        return {"ok": True}

    def _messages(self) -> object:
        channels = self.slack.state.as_json()
        found = [
            {"channel": name, **message}
            for name, messages in channels.items()
            if isinstance(messages, list)
            for message in messages
        ]
        return {"messages": sorted(found, key=lambda message: str(message["ts"]))}

    def _snapshot(self, _order: object) -> object:
        name = f"snapshot-{len(self._saved) + 1}"
        self._saved[name] = _Saved(
            self.org.save(),
            self.slack.state.snapshot(),
            self.ledger.snapshot(),
            self.faults.snapshot(),
            self.clock.now(),
        )
        return {"id": name}

    def _restore(self, order: object) -> object:
        saved = self._saved.get(str(order.get("id"))) if isinstance(order, dict) else None
        if saved is None:
            raise OrderError(f"there is no such snapshot; there are {', '.join(self._saved) or 'none'}")
        self.org.restore(saved.org)
        self.slack.state.restore(saved.slack)
        self.slack.sockets.forget()
        self.ledger.restore(saved.ledger)
        self.faults.restore(saved.faults)
        self.clock.set(saved.now)
        return self._clock()

    async def _records(self, request: Request) -> Response:
        kind = self.org.schema.find(request.path_params["object"])
        if kind is None:
            return _refused(f"there is no object {request.path_params['object']!r}")
        self.org.settle()
        table = self.org.tables[kind.name]
        rows: dict[Json, Row] = {row[0]: row for row in table}
        rows.update({entry.row[0]: entry.row for entry in self.org.pending if entry.table is table})
        return JSONResponse({"records": [kind.record(row) for row in rows.values()]})


def _told(opening: Opening | None) -> dict[str, object]:
    if opening is None:
        return {"opening": None}
    return {"opening": {**asdict(opening), "on": opening.on.isoformat()}}


def _read(read: Callable[[], object]) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return JSONResponse(read())

    return endpoint


def _order(work: Callable[[object], object]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(work(_read_json(await request.body())))
        except ApiError as error:
            return JSONResponse({"error": error.message, "code": error.code}, status_code=400)
        except ValueError as error:
            return _refused(str(error))

    return endpoint


def _read_json(body: bytes) -> object:
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise OrderError(
            f"the body is no JSON ({error}); send an object, as the documentation has them"
        ) from None


def _refused(text: str) -> Response:
    return JSONResponse({"error": text}, status_code=400)
