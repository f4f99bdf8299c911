"""Both services of the sandbox as applications in this process: their routes, and what they answer without a server."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from tests.fakes.sandbox_org import START, LocalOrg

from csops_sync.sandbox.control import Control
from csops_sync.sandbox.faults import Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.next_opening import NextOpening
from csops_sync.sandbox.salesforce.api import Api
from csops_sync.sandbox.salesforce.http import Web
from csops_sync.sandbox.salesforce.identity import Identity
from csops_sync.sandbox.salesforce.oauth import App, OAuth
from csops_sync.sandbox.salesforce.sessions import Sessions
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.app import Tokens, build_slack
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.state import SlackState
from csops_sync.sandbox.slack_orders import SlackOrders

URL = "http://127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """The two services, the control endpoint's routes, and who reads its Slack orders."""

    salesforce: Starlette
    slack: Starlette
    control: list[Route]
    orders: SlackOrders


def applications() -> Applications:
    """Put the services together around an org of users only, without pages."""
    local, faults = LocalOrg(), Faults()
    org, ledger, sessions = local.org, Ledger(local.clock), Sessions(lambda: START, local.org.is_active)
    state = SlackState(clock=local.clock)
    acts = Acts(state=state, sockets=Sockets(lock=state.lock, watch=state.watch))
    slack = build_slack(faults=faults, ledger=ledger, acts=acts, tokens=Tokens(bot="xoxb-1", app="xapp-1"))
    control = Control(
        clock=local.clock,
        org=org,
        sessions=sessions,
        faults=faults,
        ledger=ledger,
        slack=acts,
        limits=slack.state.limits,
        opening=NextOpening(org),
    ).routes()
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    app = App(client_id="app", client_secret="secret", public_key=key.public_key(), url=URL)  # noqa: S106  # worth nothing
    web = Web(Api(org, sessions, faults, ledger), OAuth(org, app, sessions), Identity(org, sessions, URL))
    return Applications(
        salesforce=web.app([]),
        slack=slack,
        control=control,
        orders=SlackOrders(acts=acts, limits=slack.state.limits),
    )


def paths(served: Starlette) -> set[str]:
    """Give the paths of an application, `/services/{rest}`."""
    routes = [route for route in served.routes if isinstance(route, Route | WebSocketRoute)]
    return {route.path_format for route in routes}


def status(served: Starlette, method: str, path: str) -> int:
    """Give the status by which an application answers a request without token and body."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(served(scope, receive, send))
    return int(sent[0]["status"])
