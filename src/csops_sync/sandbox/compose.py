"""Puts the sandbox together: one clock, one ledger, one list of faults; a Salesforce and a Slack that share them."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.types import ASGIApp

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.control import Control
from csops_sync.sandbox.faults import Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.pages.crm import crm_routes
from csops_sync.sandbox.pages.slack_pages import slack_routes
from csops_sync.sandbox.salesforce.api import Api, template
from csops_sync.sandbox.salesforce.http import Web
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.sessions import App, Sessions
from csops_sync.sandbox.seed import OrgSeed
from csops_sync.sandbox.server import Gate
from csops_sync.sandbox.slack.app import build_slack
from csops_sync.sandbox.slack.state import SlackState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Both services, ready to be served, and what a client needs to log in."""

    salesforce: ASGIApp
    slack: ASGIApp
    app: App
    username: str
    slack_token: str


def compose(
    *, org: Org, clock: VirtualClock, seed: OrgSeed, app: App, system_now: Callable[[], datetime]
) -> Sandbox:
    """This function will build both services around an org."""
    faults, ledger, turn = Faults(), Ledger(clock), asyncio.Lock()
    sessions = Sessions(org, app)
    token = f"xoxb-{secrets.token_hex(16)}"
    state = _slack_state(clock, seed)
    slack = build_slack(
        clock=clock, faults=faults, ledger=ledger, state=state, token=token, pages=slack_routes(state)
    )
    control = Control(
        clock=clock,
        org=org,
        sessions=sessions,
        faults=faults,
        ledger=ledger,
        slack=state,
        limits=slack.state.limits,
    )
    web = Web(Api(org, sessions, faults, ledger), sessions, system_now)
    salesforce = web.app([*control.routes(), *crm_routes(org)])

    def gate(served: ASGIApp, service: str, prefix: str, named: Callable[[str], str]) -> Gate:
        def count(method: str, path: str) -> None:
            ledger.call(service, method, named(path))

        return Gate(
            served, service=service, prefix=prefix, faults=faults, clock=clock, turn=turn, count=count
        )

    return Sandbox(
        salesforce=gate(salesforce, "salesforce", "/services/", template),
        slack=gate(slack, "slack", "/api/", str),
        app=app,
        username=str((org.record("User", org.people.integration) or {})["Username"]),
        slack_token=token,
    )


def _slack_state(clock: VirtualClock, seed: OrgSeed) -> SlackState:
    organization = seed.organization
    return SlackState(
        clock=clock,
        channels=seed.slack_channels,
        users=seed.slack_users,
        timezone=str(organization.get("TimeZoneSidKey") or "UTC"),
        language=str(organization.get("LanguageLocaleKey") or "en")[:2],
    )
