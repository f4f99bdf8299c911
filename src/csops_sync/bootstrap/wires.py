"""The process and its wires: files, environment, the system's clock, the stop signal, what stands around transports."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from csops_sync.adapters.salesforce.transport import WrapAdapter
from csops_sync.adapters.slack.connection import ClientFactory, make_client
from csops_sync.adapters.store.engine import Database
from csops_sync.config.loader import Loaded, load


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPaths:
    """The two files of a configuration."""

    rules: Path
    connections: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Transports:
    """What stands between the product and its wires; tests put their own around them."""

    wrap_salesforce: WrapAdapter | None = None
    slack_client: ClientFactory = make_client
    on_database: Callable[[Database], None] = lambda _engine: None
    monotonic: Callable[[], float] = time.monotonic


class Stopper:
    """The stop signal as everything sees it: a flag to ask, and a wait that it ends early."""

    def __init__(self) -> None:
        self._event = Event()

    def stop(self) -> None:
        """This function will ask everything to end."""
        self._event.set()

    def is_set(self) -> bool:
        """This function will say whether a stop was asked for."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """This function will wait, and say True where a stop was asked for meanwhile."""
        return self._event.wait(seconds)


def system_now() -> datetime:
    """This function will read the system's clock, aware, UTC: for tokens, timeouts and logs, never for business."""
    return datetime.now(UTC)


def system_today(timezone: str = "UTC") -> date:
    """This function will give the system's date, for holidays and before Salesforce has said its own."""
    return system_now().astimezone(ZoneInfo(timezone)).date()


def environment() -> Mapping[str, str]:
    """This function will give the process's environment."""
    return os.environ


def load_configuration(paths: ConfigPaths, given: Mapping[str, str] | None = None) -> Loaded:
    """This function will load both files; raises ConfigRefusedError with every fault."""
    return load(paths.rules, paths.connections, environment=given or environment(), today=system_today())
