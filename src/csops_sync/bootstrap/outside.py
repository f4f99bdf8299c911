"""Salesforce and Slack, built from settings: where concrete adapters of the outside are named."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from csops_sync.adapters.salesforce.connect import Hooks as SalesforceHooks
from csops_sync.adapters.salesforce.connect import Salesforce, connect
from csops_sync.adapters.salesforce.connection import Flow, SalesforceConnection
from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import SlackOptions
from csops_sync.adapters.slack.digests import SlackDigests
from csops_sync.adapters.slack.listener import SlackListener
from csops_sync.bootstrap.wires import Stopper, Transports, system_now
from csops_sync.config.loader import Loaded
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import OrgIdentity
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.log import EventLog


def salesforce_of(loaded: Loaded, wires: Transports, stop: Stopper) -> Salesforce:
    """This function will build everything for one org; nothing is asked of it yet."""
    org = loaded.settings.salesforce
    connection = SalesforceConnection(
        url=org.url,
        flow=Flow(org.auth.value),
        client_id=org.client_id,
        username=org.username,
        private_key=org.private_key,
        client_secret=org.client_secret,
        audience=org.audience,
        api_version=org.api_version,
        budget_share=float(org.api_share),
        write_reserve=float(org.write_reserve),
        org_ceiling=float(org.org_ceiling),
    )
    hooks = SalesforceHooks(
        system_clock=system_now, monotonic=wires.monotonic, wrap_adapter=wires.wrap_salesforce
    )
    return connect(connection, loaded.mapping, waiter=stop, hooks=hooks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """One workspace: messages of renewals, cards of confidence, digests, and what is needed to listen."""

    chat: SlackChat
    cards: SlackCards
    digests: SlackDigests
    options: SlackOptions


def slack_of(loaded: Loaded, salesforce: Salesforce, wires: Transports) -> Slack:
    """This function will build everything for one workspace; Salesforce tells the time in it."""
    settings = loaded.settings.slack
    options = SlackOptions(
        token=settings.token.get_secret_value() if settings.token else "",
        app_token=settings.app_token.get_secret_value() if settings.app_token else "",
        base_url=settings.api_url,
        locale=loaded.settings.locale,
        timezone=loaded.rules.calendar.timezone,
        overrides={**_stand_in(loaded), **settings.users},
        fallback=settings.fallback,
    )
    chat = SlackChat(
        options, clock=salesforce.clock, client_factory=wires.slack_client, monotonic=wires.monotonic
    )
    return Slack(
        chat=chat,
        cards=SlackCards(chat.workspace, monotonic=wires.monotonic),
        digests=SlackDigests(chat.workspace, monotonic=wires.monotonic),
        options=options,
    )


def _stand_in(loaded: Loaded) -> Mapping[str, str]:
    """Let the rules mention the fallback as a handle, where it is a member id or an e-mail."""
    fallback = loaded.settings.slack.fallback
    confidence = loaded.rules.confidence
    handle = confidence.fallback if confidence else None
    return {handle: fallback} if handle and fallback and handle != fallback else {}


def as_us(rules: RuleSet, identity: OrgIdentity) -> RuleSet:
    """This function will tell the rules as whom we write, so that our own edits are taken for nobody else's."""
    return replace(rules, ownership=replace(rules.ownership, our_user_id=identity.integration_user_id))


def listener_of(slack: Slack, salesforce: Salesforce, wires: Transports, *, log: EventLog) -> SlackListener:
    """This function will build the ear for answers in Slack; it connects when it is started."""
    return SlackListener(
        slack.options,
        clock=salesforce.clock,
        log=log,
        client_factory=wires.slack_client,
        monotonic=wires.monotonic,
    )


def with_automation(loaded: Loaded, salesforce: Salesforce) -> RuleSet:
    """This function will find the users whose edits are automation; PermanentError for one that is not there."""
    names = loaded.settings.automation_usernames
    if not names:
        return loaded.rules
    ids = salesforce.reader.user_ids(sorted(names))
    if unknown := sorted(names - set(ids)):
        raise PermanentError(
            f"ownership.automation_users: Salesforce knows no user {', '.join(unknown)}; correct csops-sync.yaml"
        )
    ownership = loaded.rules.ownership
    known = ownership.automation_user_ids | frozenset(ids.values())
    return replace(loaded.rules, ownership=replace(ownership, automation_user_ids=known))
