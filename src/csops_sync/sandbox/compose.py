"""Puts the sandbox together: one clock, one ledger, one list of faults; a Salesforce and a Slack that share them."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from csops_sync.sandbox.clock import VirtualClock
from csops_sync.sandbox.control import Control
from csops_sync.sandbox.faults import Faults
from csops_sync.sandbox.ledger import Ledger
from csops_sync.sandbox.next_opening import NextOpening
from csops_sync.sandbox.pages.crm import crm_routes
from csops_sync.sandbox.pages.slack_forms import PREFIX
from csops_sync.sandbox.pages.slack_pages import slack_routes
from csops_sync.sandbox.salesforce.api import Api, template
from csops_sync.sandbox.salesforce.http import Web
from csops_sync.sandbox.salesforce.identity import Identity
from csops_sync.sandbox.salesforce.loader import load_org
from csops_sync.sandbox.salesforce.oauth import App, OAuth
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema_loading import load
from csops_sync.sandbox.salesforce.sessions import Sessions
from csops_sync.sandbox.seed import OrgSeed
from csops_sync.sandbox.server import Gate
from csops_sync.sandbox.slack.acts import Acts
from csops_sync.sandbox.slack.app import Tokens, build_slack
from csops_sync.sandbox.slack.model import APP_ID
from csops_sync.sandbox.slack.pace import Limits
from csops_sync.sandbox.slack.sockets import Sockets
from csops_sync.sandbox.slack.state import SlackState

_WORK_STARTS = time(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Both services, ready to be served, and what a client needs to log in."""

    salesforce: ASGIApp
    slack: ASGIApp
    app: App
    username: str
    tokens: Tokens


def opened_org(seed: OrgSeed, *, today: date, frozen: bool, metadata: Sequence[Path]) -> Org:
    """This function will build an org whose clock starts at nine in its own time zone; SeedError, MetadataError.

    `metadata` are files or options by name, beside those that the seed needs itself.
    """
    zone = ZoneInfo(str(seed.organization.get("TimeZoneSidKey") or "UTC"))
    start = datetime.combine(today, _WORK_STARTS, tzinfo=zone).astimezone(UTC)
    extra = [one for one in metadata if str(one) not in seed.options]
    return load_org(load([*map(Path, seed.options), *extra]), VirtualClock(start, frozen=frozen), seed)


def compose(
    *,
    org: Org,
    seed: OrgSeed,
    app: App,
    slack_url: str,
    system_now: Callable[[], datetime],
) -> Sandbox:
    """This function will build both services around an org; the app's URL is Salesforce's, `slack_url` Slack's."""
    tokens = Tokens(bot=f"xoxb-{secrets.token_hex(16)}", app=f"xapp-1-{APP_ID}-{secrets.token_hex(16)}")
    shared = _Shared(org)
    state = _slack_state(org.clock, seed, slack_url)
    acts = Acts(state=state, sockets=Sockets(lock=state.lock, watch=state.watch))
    slack = build_slack(
        faults=shared.faults, ledger=shared.ledger, acts=acts, tokens=tokens, pages=slack_routes(acts)
    )
    sessions = Sessions(system_now, org.is_active)
    org.leavers.append(sessions.end_of)
    salesforce = shared.salesforce(seed, app, sessions, acts, slack.state.limits)
    return Sandbox(
        salesforce=shared.gate(salesforce, "salesforce", "/services/", template),
        slack=shared.gate(slack, "slack", "/api/", str),
        app=app,
        username=str((org.record("User", org.people.integration) or {})["Username"]),
        tokens=tokens,
    )


class _Shared:
    """What both services have in common: the org with its clock, the ledger, the faults, and the turns of requests."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.faults = Faults()
        self.ledger = Ledger(org.clock)
        self.turn = asyncio.Lock()

    def salesforce(self, seed: OrgSeed, app: App, sessions: Sessions, acts: Acts, limits: Limits) -> ASGIApp:
        """Build Salesforce, with the pages of the CRM and the orders to the sandbox; `limits` are Slack's."""
        org, opening = self.org, NextOpening(self.org)
        control = Control(
            clock=org.clock,
            org=org,
            sessions=sessions,
            faults=self.faults,
            ledger=self.ledger,
            slack=acts,
            limits=limits,
            opening=opening,
            truth=seed.truth,
        )
        identity = Identity(org, sessions, app.url)
        web = Web(Api(org, sessions, self.faults, self.ledger), OAuth(org, app, sessions), identity)
        return web.app([*control.routes(), *crm_routes(org, org.clock, opening)])

    def gate(self, served: ASGIApp, service: str, prefix: str, named: Callable[[str], str]) -> Gate:
        """Put the gate before a service at which its faults meet requests, and each call is counted by its name."""

        def count(method: str, path: str) -> None:
            self.ledger.call(service, method, named(path))

        return Gate(
            served,
            service=service,
            prefix=prefix,
            faults=self.faults,
            clock=self.org.clock,
            turn=self.turn,
            count=count,
            apart=(PREFIX,),
        )


def _slack_state(clock: VirtualClock, seed: OrgSeed, url: str) -> SlackState:
    organization = seed.organization
    state = SlackState(
        clock=clock,
        channels=seed.slack_channels,
        users=seed.slack_users,
        timezone=str(organization.get("TimeZoneSidKey") or "UTC"),
        language=str(organization.get("LanguageLocaleKey") or "en")[:2],
        timezones=seed.slack_timezones,
    )
    state.have_emoji(seed.slack_emoji)
    state.home = url
    return state
