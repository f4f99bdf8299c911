"""Where the parts of this adapter are put together."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from requests.adapters import BaseAdapter

from csops_sync.adapters.salesforce.budget import ApiBudget
from csops_sync.adapters.salesforce.client import Client
from csops_sync.adapters.salesforce.clock import SalesforceClock, ServerTime
from csops_sync.adapters.salesforce.connection import SalesforceConnection
from csops_sync.adapters.salesforce.describe import Describer
from csops_sync.adapters.salesforce.oauth import OAuth
from csops_sync.adapters.salesforce.reader import SalesforceReader
from csops_sync.adapters.salesforce.retry import ReadRetry
from csops_sync.adapters.salesforce.transport import HeaderObserver, WrapAdapter, open_session
from csops_sync.adapters.salesforce.writer import SalesforceWriter
from csops_sync.ports.clock import Waiter
from csops_sync.ports.mapping import OrgMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Salesforce:
    """One org: the two ports, its clock, and the login, which `oauth.reset()` frees after a person mended it."""

    reader: SalesforceReader
    writer: SalesforceWriter
    clock: SalesforceClock
    oauth: OAuth


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What the outside gives: the system's clock (aware), for tokens only; and who stands around the HTTP transport."""

    system_clock: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    wrap_adapter: WrapAdapter | None = None


def connect(
    connection: SalesforceConnection, mapping: OrgMapping, *, waiter: Waiter, hooks: Hooks
) -> Salesforce:
    """This function will build everything for one org; no network is touched before the first call.

    `waiter` ends the pauses between repeated reads when the process stops.
    """
    server_time = ServerTime(hooks.monotonic)
    budget = ApiBudget(
        share=connection.budget_share,
        write_reserve=connection.write_reserve,
        org_ceiling=connection.org_ceiling,
        now=server_time.now,
    )
    session = open_session(
        connection, observer=HeaderObserver(server_time, budget), wrap=hooks.wrap_adapter or _bare
    )
    oauth = OAuth(connection, session, system_clock=hooks.system_clock, monotonic=hooks.monotonic)
    client = Client(
        oauth=oauth,
        session=session,
        api_version=connection.api_version,
        budget=budget,
        retry=ReadRetry(waiter),
    )
    clock = SalesforceClock(server_time, client.versions)
    describer = Describer(client)
    reader = SalesforceReader(
        client=client,
        budget=budget,
        describer=describer,
        mapping=mapping,
        clock=clock,
        overlap=connection.overlap_seconds,
    )
    writer = SalesforceWriter(client=client, describer=describer, mapping=mapping)
    return Salesforce(reader=reader, writer=writer, clock=clock, oauth=oauth)


def _bare(adapter: BaseAdapter) -> BaseAdapter:
    return adapter
