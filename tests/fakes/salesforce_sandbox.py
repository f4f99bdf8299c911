"""The adapter connected to a sandbox process, as the product would be."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.salesforce_org import RecordingWaiter, connected, jwt_connection
from tests.fakes.sandbox import SandboxProcess

from csops_sync.adapters.salesforce.connect import Hooks, Salesforce
from csops_sync.adapters.salesforce.transport import WrapAdapter
from csops_sync.ports.mapping import OrgMapping


def on_sandbox(
    sandbox: SandboxProcess,
    mapping: OrgMapping | None = None,
    *,
    api_version: str = "66.0",
    wrap_adapter: WrapAdapter | None = None,
    waiter: RecordingWaiter | None = None,
) -> Salesforce:
    """Log in to it by JWT bearer; the assertion is dated by the system's clock, as outside of tests."""
    urls = sandbox.urls
    connection = jwt_connection(
        urls.salesforce,
        client_id=urls.client_id,
        username=urls.username,
        key=Path(urls.private_key_file).read_text("utf-8"),
    )
    hooks = Hooks(system_clock=_system_now, wrap_adapter=wrap_adapter)
    return connected(replace(connection, api_version=api_version), mapping, waiter=waiter, hooks=hooks)


def _system_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251  # tokens go by the system's clock
