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
    clock, faults, turn = org.clock, Faults(), asyncio.Lock()
    ledger = Ledger(clock)
    sessions = Sessions(system_now, org.is_active)
    org.leavers.append(sessions.end_of)
    tokens = Tokens(bot=f"xoxb-{secrets.token_hex(16)}", app=f"xapp-1-{APP_ID}-{secrets.token_hex(16)}")
    state = _slack_state(clock, seed, slack_url)
    acts = Acts(state=state, sockets=Sockets(lock=state.lock, watch=state.watch))
    slack = build_slack(faults=faults, ledger=ledger, acts=acts, tokens=tokens, pages=slack_routes(acts))
    opening = NextOpening(org)
    control = Control(
        clock=clock,
        org=org,
        sessions=sessions,
        faults=faults,
        ledger=ledger,
        slack=acts,
        limits=slack.state.limits,
        opening=opening,
        truth=seed.truth,
    )
    identity = Identity(org, sessions, app.url)
    web = Web(Api(org, sessions, faults, ledger), OAuth(org, app, sessions), identity)
    salesforce = web.app([*control.routes(), *crm_routes(org, clock, opening)])

    def gate(served: ASGIApp, service: str, prefix: str, named: Callable[[str], str]) -> Gate:
        def count(method: str, path: str) -> None:
            ledger.call(service, method, named(path))

        return Gate(
            served,
            service=service,
            prefix=prefix,
            faults=faults,
            clock=clock,
            turn=turn,
            count=count,
            apart=(PREFIX,),
        )

    return Sandbox(
        salesforce=gate(salesforce, "salesforce", "/services/", template),
        slack=gate(slack, "slack", "/api/", str),
        app=app,
        username=str((org.record("User", org.people.integration) or {})["Username"]),
        tokens=tokens,
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
